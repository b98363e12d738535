"""A borrower's own tier page: state, reasons, scores, and what would change it.

The finished answer is kept in memory under everything that it was made from, so a repeat costs
one select.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from threading import Lock
from typing import Any
from uuid import UUID

import orjson
from cachetools import LRUCache
from sqlalchemy.orm import Session

from backend.kit.predicates import Facts, FactType, Value
from backend.kit.programme_zone import moment
from backend.kit.texts import Locale, Text
from backend.tiers import queries
from backend.tiers.explain import next_better, reasons_for
from backend.tiers.policies import Loaded, get_policy
from backend.tiers.policy import Tier
from backend.tiers.ways import Reader, Ways
from backend.tiers.wording import GRACE, KEPT, SET_BY_A_PERSON, SET_UNTIL, says

ANSWERS_MAX = 20_000

_answers: LRUCache[tuple[Any, ...], bytes] = LRUCache(maxsize=ANSWERS_MAX)
_lock = Lock()


def get_answer(
    session: Session, *, borrower_id: UUID, locale: Locale, today: date, now: datetime
) -> bytes:
    """The answer as JSON: the policy's days are of `today`, hers of her own day at `now`.

    Refuses: NotFound before the first evaluation.
    """
    row = queries.get_own_tier(session, borrower_id=borrower_id, today=today)
    # Without the person: two borrowers with the same facts read the same words. Only amounts and
    # what time alone would change are looked up for her, and then the key names her.
    *shared, refreshed_at = row
    her_day = moment(now, today=today).today(row.timezone)
    key = (locale, today, her_day, *shared)
    own_key = (borrower_id, refreshed_at, *key)
    with _lock:
        kept = _answers.get(key) or _answers.get(own_key)
    if kept is not None:
        return kept
    ways = Ways(
        session,
        get_policy(session, version=row.policy_version),
        borrower_id=borrower_id,
        reader=Reader(locale, row.currency, her_day),
    )
    answer = orjson.dumps(_compose(row, ways))
    if ways.is_lasting:
        with _lock:
            _answers[own_key if ways.is_her_own else key] = answer
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
    reader = Reader(locale, row.currency, row.evaluated_on)
    # Nothing but a hand moves her elsewhere than the policy says.
    is_by_hand = row.tier != row.raw_tier
    return {
        "tier": public(loaded.policy.tier(row.tier), locale),
        "since": row.evaluated_on,
        "reasons": [_reason("set_by_a_person", SET_BY_A_PERSON, locale)]
        if is_by_hand
        else reasons_in_words(loaded, facts, reader=reader),
        "policy_version": row.policy_version,
    }


def forget() -> None:
    """Empty this process's memory; see `policies.forget`."""
    with _lock:
        _answers.clear()


def _compose(row: Any, ways: Ways) -> dict[str, Any]:
    loaded, reader = ways.loaded, ways.reader
    facts = read_facts(orjson.loads(row.facts), loaded.policy.kinds)
    until = row.override_until
    goal = next_better(loaded, row.tier)
    ahead = None
    if goal is not None:
        would_change = ways.to(goal, facts, override_until=until)
        ahead = {"tier": public(goal, reader.locale), "would_change": would_change}
    return {
        "tier": public(loaded.policy.tier(row.tier), reader.locale),
        "since": row.since_on.isoformat(),
        "reasons": _reasons(loaded, row, facts, reader=reader),
        "scores": dict(loaded.judge.verdict(facts).scores),
        "next": ahead,
        "pending": _pending(row, facts, ways),
        "override_until": None if until is None else until.isoformat(),
        "policy_version": row.policy_version,
    }


def _reasons(loaded: Loaded, row: Any, facts: Facts, *, reader: Reader) -> list[dict[str, str]]:
    """What the policy says of her facts, and before it why that is not what counts, if so."""
    if row.override_until is not None:
        return [_reason("set_by_a_person", SET_UNTIL.format(day=row.override_until), reader.locale)]
    from_facts = reasons_in_words(loaded, facts, reader=reader)
    if row.pending_tier is not None:
        words = GRACE.format(day=_pending_on(loaded, row))
        return [_reason("grace", words, reader.locale), *from_facts]
    if loaded.judge.verdict(facts).tier != row.tier:
        return [_reason("kept", KEPT, reader.locale), *from_facts]
    return from_facts


def _reason(code: str, words: Text, locale: Locale) -> dict[str, str]:
    return {"code": code, "text": words.in_(locale)}


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


def _pending_on(loaded: Loaded, row: Any) -> date:
    on: date = row.pending_since_on + timedelta(days=loaded.policy.grace_days)
    return on


def _pending(row: Any, facts: Facts, ways: Ways) -> dict[str, Any] | None:
    """The worse tier that waits, its day, and what would still avert it."""
    policy = ways.loaded.policy
    tier = None if row.pending_tier is None else policy.tier(row.pending_tier)
    present = policy.tier(row.tier)
    if tier is None or present is None:
        return None
    on = _pending_on(ways.loaded, row)
    return {
        "tier": public(tier, ways.reader.locale),
        "on": on.isoformat(),
        "would_change": ways.to(present, facts, before=on),
    }


def read_facts(stored: Mapping[str, Any], kinds: Mapping[str, FactType]) -> dict[str, Value | None]:
    """Stored facts as values: decimals and days were written as text."""
    return {name: _from_json(stored.get(name), kind) for name, kind in kinds.items()}


def _from_json(raw: Any, kind: FactType) -> Any:
    if raw is None or kind not in (FactType.DECIMAL, FactType.DATE):
        return raw
    return Decimal(raw) if kind is FactType.DECIMAL else date.fromisoformat(raw)
