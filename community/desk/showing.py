"""What the desk's templates are given: the words for codes, the keys, the choices of a form."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from backend.kit.console.languages import LANGUAGE_NAMES
from backend.kit.texts import Locale, Text
from community.appeals.wording import ACTION_TEXTS
from community.cases.rules import Queue
from community.desk import forms, highlights, wording
from community.desk.labels import LABELS, STEPS
from community.members.rules import name_of
from community.moderation.rules import (
    CLAUSES,
    CLAUSES_ABOUT_LENDER,
    PENALTIES,
    TIMED,
    Action,
    Clause,
)
from community.topics.rules import TOPICS, Topic

MINUTES, HOURS = 60, 24
COMMON: dict[str, Any] = {
    "desk": wording,
    "says": LABELS,
    "says_steps": STEPS,
    "clauses": CLAUSES,
    "outcomes": ACTION_TEXTS,
    "languages": LANGUAGE_NAMES,
}


def age(since: datetime, *, now: datetime) -> Text:
    """How long it waits, in its two largest units."""
    minutes = max(now - since, timedelta()) // timedelta(minutes=1)
    hours, minutes = divmod(minutes, MINUTES)
    days, hours = divmod(hours, HOURS)
    if days:
        return Text(f"{days} d {hours} h", f"{days} 天 {hours} 小时")
    if hours:
        return Text(f"{hours} h {minutes} min", f"{hours} 小时 {minutes} 分钟")
    return Text(f"{minutes} min", f"{minutes} 分钟")


def clauses_of(queue: Queue) -> list[Clause]:
    """The rules that a decision in this queue may rest on, in their order."""
    return [each for each in Clause if queue is not Queue.LENDER or each in CLAUSES_ABOUT_LENDER]


def keys_of(shown: Mapping[str, Any]) -> list[tuple[str, Text]]:
    """Every key of a case's page and what it does."""
    actions = [(each["key"], wording.ACTIONS[Action(each["action"])]) for each in shown["actions"]]
    offered = clauses_of(Queue(shown["queue"]))
    rules = [(str(n), CLAUSES[each]) for n, each in enumerate(offered, start=1)]
    has_penalties = any(each["action"] in PENALTIES for each in shown["actions"])
    return [
        *actions,
        *([*rules, ("p", LABELS["preview"])] if has_penalties else []),
        ("k", LABELS["skip"]),
        ("e", LABELS["escalate"]),
        ("l", LABELS["release"]),
        ("t", LABELS["keep"]),
        ("z", LABELS["undo_last"]),
        ("?", LABELS["shortcuts"]),
    ]


def case_page(
    shown: Mapping[str, Any], *, form: Mapping[str, str], locale: Locale, now: datetime
) -> dict[str, Any]:
    """Everything beside the case itself."""
    actions = [Action(each["action"]) for each in shown["actions"]]
    content = shown["content"]
    left = shown["claimed_until"] - now
    return COMMON | {
        "case": shown,
        "pieces": highlights.cut(
            title=content["title"] or "", body=content["body"], findings=shown["findings"]
        ),
        "topic": TOPICS[Topic(content["topic"])].name if content["topic"] else None,
        "name": name_of(shown["author"]["handle"], in_chinese=locale == "zh-CN"),
        "seconds_left": max(int(left.total_seconds()), 0),
        "is_crisis": shown["queue"] == Queue.CRISIS,
        "has_penalties": any(each in PENALTIES for each in actions),
        "has_reasons": any(each in PENALTIES or each in wording.ANSWERS for each in actions),
        "has_days": any(each in TIMED for each in actions),
        "penalties": PENALTIES,
        "offered_clauses": clauses_of(Queue(shown["queue"])),
        "day_choices": [(each, _days(each)) for each in forms.DAYS],
        "hold_choices": [
            (each, _days(each) if each != "0" else LABELS["no_hold"]) for each in forms.HOLD_DAYS
        ],
        "ways": [
            (each, LABELS["lead"] if each == forms.LEAD else wording.QUEUES[Queue(each)])
            for each in (forms.WAYS if not shown["appeal"] else forms.WAYS[:1])
            if each != shown["queue"]
        ],
        "keys": keys_of(shown),
        "forms": forms,
        "statement": statement(form, actions=actions),
        "form": form,
    }


def statement(form: Mapping[str, str], *, actions: list[Action]) -> dict[str, Any] | None:
    """In both languages: what becomes of the text, by which rule, why, and what she may do."""
    clause = form.get("clause", "")
    if clause not in set(Clause):
        return None
    return {
        "actions": [each for each in actions if each in PENALTIES],
        "clause": clause,
        "own_words": form.get("reason", "").strip(),
    }


def _days(choice: str) -> Text:
    if choice == forms.FOR_GOOD:
        return LABELS["for_good"]
    unit = LABELS["day" if choice == "1" else "many_days"]
    return Text(f"{choice} {unit.en}", f"{choice} {unit.zh_cn}")
