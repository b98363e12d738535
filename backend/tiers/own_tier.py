"""A borrower's own tier page: state, reasons, scores, and what would change it.

The finished answer is kept in memory under everything that it was made from, so a repeat costs
one select.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from threading import Lock
from typing import Any
from uuid import UUID

import orjson
from cachetools import LRUCache
from sqlalchemy.orm import Session

from backend.kit.predicates import Facts, FactType, Value
from backend.kit.texts import Locale
from backend.profile import queries as profile
from backend.tiers import queries
from backend.tiers.explain import Change, next_better, reasons_for, sets_that_reach
from backend.tiers.policies import Loaded, get_policy
from backend.tiers.policy import Tier
from backend.tiers.wording import (
    A_PERSON_HELPS,
    AND_ALSO,
    TIME_HELPS,
    says,
    value_text,
)

ANSWERS_MAX = 20_000
MONTHS_AHEAD_MAX = 12
DAYS_A_STEP = 30

_answers: LRUCache[tuple[Any, ...], bytes] = LRUCache(maxsize=ANSWERS_MAX)
_lock = Lock()


@dataclass(frozen=True)
class Reader:
    """For whom it is written: her currency, her arrears, her language, her day."""

    locale: Locale
    currency: str | None
    arrears_minor: int
    today: date


def get_answer(session: Session, *, borrower_id: UUID, locale: Locale, today: date) -> bytes:
    """The answer as JSON. Refuses: NotFound before the first evaluation."""
    row = queries.get_own_tier(session, borrower_id=borrower_id)
    # Without the person: two borrowers with the same facts read the same words. Only what time
    # alone would change is looked up for her, and then the key names her.
    key = (locale, today, *row)
    with _lock:
        kept = _answers.get(key) or _answers.get((borrower_id, *key))
    if kept is not None:
        return kept
    body, is_her_own = _compose(session, row, borrower_id=borrower_id, locale=locale, today=today)
    answer = orjson.dumps(body)
    with _lock:
        _answers[(borrower_id, *key) if is_her_own else key] = answer
    return answer


def get_history(
    session: Session, *, borrower_id: UUID, locale: Locale, args: Mapping[str, Any]
) -> dict[str, Any]:
    """A page of her moves, newest first, each explained by the policy that made it."""
    moves = queries.page_moves(session, borrower_id=borrower_id, args=args)
    return {
        "items": [_move(session, row, locale=locale) for row in moves.items],
        "next_cursor": moves.next_cursor,
    }


def _move(session: Session, row: Any, *, locale: Locale) -> dict[str, Any]:
    loaded = get_policy(session, version=row.policy_version)
    facts = read_facts(row.facts, loaded.policy.kinds)
    reader = Reader(locale, row.currency, 0, row.evaluated_on)
    return {
        "tier": public(loaded.policy.tier(row.tier), locale),
        "since": row.evaluated_on,
        "reasons": reasons_in_words(loaded, facts, reader=reader),
        "policy_version": row.policy_version,
    }


def forget() -> None:
    """Empty this process's memory; see `policies.forget`."""
    with _lock:
        _answers.clear()


def _compose(
    session: Session, row: Any, *, borrower_id: UUID, locale: Locale, today: date
) -> tuple[dict[str, Any], bool]:
    loaded = get_policy(session, version=row.policy_version)
    facts = read_facts(orjson.loads(row.facts), loaded.policy.kinds)
    reader = Reader(locale, row.currency, row.arrears_minor or 0, today)
    verdict = loaded.judge.verdict(facts)
    goal = next_better(loaded, row.tier)
    is_her_own = False
    ahead = None
    if goal is not None:
        ways = _ways(loaded, facts, goal=goal, reader=reader)
        if not ways:
            is_her_own = True
            ways = [_time_or_a_person(session, loaded, goal, borrower_id=borrower_id, to=reader)]
        ahead = {"tier": public(goal, locale), "would_change": ways}
    body = {
        "tier": public(loaded.policy.tier(row.tier), locale),
        "since": row.since_on.isoformat(),
        "reasons": reasons_in_words(loaded, facts, reader=reader),
        "scores": dict(verdict.scores),
        "next": ahead,
        "pending": _pending(loaded, row, locale),
        "policy_version": row.policy_version,
    }
    return body, is_her_own


def public(tier: Tier | None, locale: Locale) -> dict[str, str]:
    """What she may read of a tier: its public code, name and a sentence about it."""
    if tier is None or tier.name is None or tier.about is None or tier.public_code is None:
        message = "a published policy has public texts for every tier that it gives"
        raise RuntimeError(message)
    return {
        "code": tier.public_code,
        "name": tier.name.in_(locale),
        "about": tier.about.in_(locale),
    }


def reasons_in_words(loaded: Loaded, facts: Facts, *, reader: Reader) -> list[dict[str, str]]:
    """The reasons with code and text."""
    verdict = loaded.judge.verdict(facts)
    known: dict[str, Value | None] = {**facts, **verdict.scores}
    return [
        {
            "code": name,
            "text": says(
                name,
                known.get(name),
                fact=loaded.fact(name),
                currency=reader.currency,
                locale=reader.locale,
            ),
        }
        for name in reasons_for(loaded, facts, verdict)
    ]


def _pending(loaded: Loaded, row: Any, locale: Locale) -> dict[str, Any] | None:
    tier = None if row.pending_tier is None else loaded.policy.tier(row.pending_tier)
    if tier is None:
        return None
    on = row.pending_since_on + timedelta(days=loaded.policy.grace_days)
    return {"tier": public(tier, locale), "on": on.isoformat()}


def _ways(loaded: Loaded, facts: Facts, *, goal: Tier, reader: Reader) -> list[dict[str, Any]]:
    rank = goal.rank or 0
    if loaded.judge.verdict(facts).rank >= rank:
        return []  # her facts are there already: it was set by hand, and time or a person ends it
    found = sets_that_reach(loaded, facts, rank=rank)
    return [_way([_step(change, reader) for change in changes], reader) for changes in found]


def _way(steps: list[dict[str, Any]], reader: Reader) -> dict[str, Any]:
    words = AND_ALSO.in_(reader.locale).join(step["text"] for step in steps)
    return {"kind": "action", "text": words, "changes": steps, "on": None}


def _step(change: Change, reader: Reader) -> dict[str, Any]:
    fact = change.fact
    goal = value_text(change.after, fact=fact, currency=reader.currency, locale=reader.locale)
    words = fact.says_how(_bare(goal, change), is_zero=change.after == 0).in_(reader.locale)
    return {
        "fact": fact.name,
        "label": fact.label.in_(reader.locale),
        "from": _as_json(change.before),
        "to": _as_json(change.after),
        "text": words,
        **_money(change, reader),
    }


def _bare(goal: str, change: Change) -> str:
    # The action's own words carry the unit of days.
    return str(change.after) if change.fact.unit == "days" else goal


def _money(change: Change, reader: Reader) -> dict[str, Any]:
    """Amount and day, where the change is one of money."""
    if change.fact.name == "days_past_due" and reader.arrears_minor > 0:
        amount = reader.arrears_minor
    elif change.fact.unit == "minor units" and isinstance(change.after, int):
        amount = abs(change.after - int(change.before))  # type: ignore[arg-type]
    else:
        return {"amount_minor": None, "currency": None, "on": None}
    return {
        "amount_minor": amount,
        "currency": reader.currency,
        "on": reader.today.isoformat(),
    }


def _time_or_a_person(
    session: Session, loaded: Loaded, goal: Tier, *, borrower_id: UUID, to: Reader
) -> dict[str, Any]:
    for month in range(1, MONTHS_AHEAD_MAX + 1):
        on = to.today + timedelta(days=DAYS_A_STEP * month)
        facts = profile.get_facts_expected(session, borrower_id=borrower_id, on=on, today=to.today)
        if loaded.judge.verdict(facts).rank >= (goal.rank or 0):
            words = TIME_HELPS.format(day=on.isoformat()).in_(to.locale)
            return {"kind": "time", "text": words, "changes": [], "on": on.isoformat()}
    words = A_PERSON_HELPS.in_(to.locale)
    return {"kind": "person", "text": words, "changes": [], "on": None}


def read_facts(stored: Mapping[str, Any], kinds: Mapping[str, FactType]) -> dict[str, Value | None]:
    """Stored facts as values: decimals and days were written as text."""
    return {name: _from_json(stored.get(name), kind) for name, kind in kinds.items()}


def _from_json(raw: Any, kind: FactType) -> Any:
    if raw is None or kind not in (FactType.DECIMAL, FactType.DATE):
        return raw
    return Decimal(raw) if kind is FactType.DECIMAL else date.fromisoformat(raw)


def _as_json(value: Value) -> Any:
    return str(value) if isinstance(value, Decimal | date) else value
