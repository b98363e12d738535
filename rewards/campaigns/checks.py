"""The checks P1 to P10 of a version, pure: what must not run, why, and where it stands.

They judge terms, so everything that a document says is judged, whoever wrote it and whenever.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from backend.kit.texts import Text
from backend.kit.wording import find_unkind
from backend.kit.wording.folding import fold
from rewards.campaigns import checks_facts
from rewards.campaigns.reasons import REASONS
from rewards.campaigns.rules import (
    GUARD_BENEFITS,
    HOLDOUT_LEAST,
    LENGTH_MAX_MONTHS,
    MESSAGE_PURPOSE,
    OFFERED_BENEFITS,
    REFUSED_EFFECTS,
    REFUSED_TRIGGERS,
    WAIVABLE,
    Check,
    Finding,
)
from rewards.campaigns.terms import (
    BadgeGiven,
    BenefitGiven,
    CampaignTerms,
    Message,
    Multiplied,
    Points,
    Refused,
)
from rewards.points.rules import add_months

# A list in which people see where they stand among others, or a prize for the best of them.
_RANKING = re.compile(
    r"leader.?board|\branking|\branked\b|\btop \d+ (borrowers|members|payers|people)"
    r"|排行榜|排名|榜单|名次|前\s*\d+\s*名",
    re.IGNORECASE,
)
_CASH = re.compile(
    r"\bcash\b|\bmoney back\b|cash.?back|\boff (what|the amount) you owe"
    r"|现金|红包|返现|提现|抵扣?欠款|抵扣?贷款",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Context:
    """What the checks know beside the terms.

    `badges`: codes of live ones. `extra_facts`: the lender's own, with their labels. `runs_since`:
    the first day on which an earlier version of it ran.
    """

    badges: frozenset[str]
    extra_facts: Mapping[str, Text] = field(default_factory=dict)
    runs_since: date | None = None


def check(terms: CampaignTerms, context: Context) -> list[Finding]:
    """Every finding, in the order of the checks."""
    found = [finding for judge in _JUDGES for finding in judge(terms, context)]
    numbers = list(Check)
    return sorted(found, key=lambda each: (numbers.index(each.check), each.pointer))


def blocking(findings: list[Finding], *, waived: frozenset[str]) -> list[Finding]:
    """Those that stand in the way of submission: all but P9 and P10 that were waived by name."""
    return [f for f in findings if f.check not in WAIVABLE or f.check not in waived]


def _found(check: Check, reason: str, pointer: str, **values: object) -> Finding:
    return Finding(check, REASONS[reason].format(**values), pointer)


def _trigger(terms: CampaignTerms, _: Context) -> Iterator[Finding]:
    check = REFUSED_TRIGGERS.get(terms.trigger)
    if check is not None:
        yield _found(check, f"trigger_{check}", "#/trigger/event")


def _effects(terms: CampaignTerms, context: Context) -> Iterator[Finding]:
    for place, effect in enumerate(terms.effects):
        pointer = f"#/effects/{place}"
        match effect:
            case Refused(named):
                check = REFUSED_EFFECTS[named]
                yield _found(check, named, f"{pointer}/kind")
            case BenefitGiven(benefit) if benefit in GUARD_BENEFITS:
                yield _found(Check.BORROWING, benefit, f"{pointer}/benefit")
            case BenefitGiven(benefit) if benefit not in OFFERED_BENEFITS:
                yield _found(Check.CASH_LIKE, "benefit", f"{pointer}/benefit")
            case BadgeGiven(code) if code not in context.badges:
                yield _found(Check.CASH_LIKE, "badge", f"{pointer}/code")
            case Message():
                yield from _message(effect, pointer)
            case _:
                pass


def _message(message: Message, pointer: str) -> Iterator[Finding]:
    if message.purpose != MESSAGE_PURPOSE:
        yield _found(Check.MESSAGE_RULES, "purpose", f"{pointer}/purpose")
    yield from _unkind(message.title, f"{pointer}/title")
    yield from _unkind(message.body, f"{pointer}/body")
    yield from _said(message.title, f"{pointer}/title")
    yield from _said(message.body, f"{pointer}/body")


def _texts(terms: CampaignTerms, _: Context) -> Iterator[Finding]:
    for name, said in (("name", terms.name), ("promise", terms.promise)):
        yield from _unkind(said, f"#/texts/{name}")
        yield from _said(said, f"#/texts/{name}")


def _unkind(said: Text, pointer: str) -> Iterator[Finding]:
    for language, words in said.as_json().items():
        for found in find_unkind(words):
            yield Finding(Check.MESSAGE_RULES, found.detail, f"{pointer}/{language}")


def _said(said: Text, pointer: str) -> Iterator[Finding]:
    """What is promised in words is a promise too, however they are typed."""
    for language, typed in said.as_json().items():
        words = fold(typed).text
        if _CASH.search(words):
            yield _found(Check.CASH_LIKE, "said", f"{pointer}/{language}")
        if _RANKING.search(words):
            yield _found(Check.RANKING, "said_ranking", f"{pointer}/{language}")


def _facts(terms: CampaignTerms, context: Context) -> Iterator[Finding]:
    for place, predicate in (("audience", terms.audience), ("conditions", terms.conditions)):
        for hit in checks_facts.find(
            predicate,
            pointer=f"#/{place}",
            extra_facts=context.extra_facts,
            is_condition=place == "conditions",
        ):
            yield _found(hit.check, hit.reason, hit.pointer, fact=hit.fact)


def _budget(terms: CampaignTerms, _: Context) -> Iterator[Finding]:
    budget = terms.budget
    gives_points = any(isinstance(each, Points | Multiplied) for each in terms.effects)
    only_fixed = not any(isinstance(each, Multiplied) for each in terms.effects)
    # What is multiplied may be nothing: then a benefit beside it takes no points, without an end.
    always_takes = not any(isinstance(each, BenefitGiven) for each in terms.effects) or any(
        isinstance(each, Points) for each in terms.effects
    )
    # Points run out by themselves where each award takes some; awards where each costs the same.
    ends_by_points = budget.points_total is not None and gives_points
    ends_by_awards = budget.awards_total is not None
    ends = ends_by_points if always_takes else ends_by_points and ends_by_awards
    if not (ends or (ends_by_awards and only_fixed)):
        yield _found(Check.NO_BUDGET, "budget", "#/budget")


def _holdout(terms: CampaignTerms, _: Context) -> Iterator[Finding]:
    if terms.holdout < HOLDOUT_LEAST:
        yield _found(Check.SMALL_HOLDOUT, "holdout", "#/holdout")


def _length(terms: CampaignTerms, context: Context) -> Iterator[Finding]:
    schedule = terms.schedule
    # A new version is the same campaign: it began when the first of them did.
    begins_on = min(schedule.starts_on, context.runs_since or schedule.starts_on)
    if schedule.ends_on >= add_months(begins_on, LENGTH_MAX_MONTHS):
        yield _found(Check.TOO_LONG, "length", "#/schedule/ends_on")


_JUDGES: tuple[Callable[[CampaignTerms, Context], Iterator[Finding]], ...] = (
    _trigger,
    _effects,
    _texts,
    _facts,
    _budget,
    _holdout,
    _length,
)
