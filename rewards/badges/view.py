"""Badges as their borrower reads them: held, taken back, and within reach."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.borrowers import queries as borrowers
from backend.kit.clock import day_in_zone
from backend.kit.texts import Locale, Text
from backend.profile import queries as profile
from rewards.badges import queries
from rewards.badges.definition import Counter, Definition
from rewards.badges.definitions import list_live
from rewards.badges.earned import ENROLLED
from rewards.badges.rules import GOAL_MAX, State, period_of
from rewards.badges.wording import progress, why_taken_back


def picture_url(code: str) -> str:
    """Where the picture of a badge is served."""
    return f"/v1/badges/{code}/picture.svg"


def show_award(row: Any, *, locale: Locale) -> dict[str, Any]:
    """An award in the words of the version that it was earned by."""
    words = {
        name: Text.from_json(row.document[name]).in_(locale) for name in ("name", "description")
    }
    is_revoked = row.state == State.REVOKED
    return {
        "id": row.id,
        "code": row.code,
        **words,
        "picture_url": picture_url(row.code),
        "period": row.period or None,
        "state": row.state,
        "earned_on": row.earned_on,
        "awarded_at": row.awarded_at,
        "revoked_at": row.revoked_at,
        "revoked_because": why_taken_back(row.revoked_cause, locale=locale) if is_revoked else None,
    }


def show_own(
    session: Session, *, borrower_id: UUID, args: Mapping[str, Any], now: datetime, locale: Locale
) -> dict[str, Any]:
    """A page of her awards, and what she may earn next."""
    found = queries.page_awards(session, borrower_id=borrower_id, args=args)
    return {
        "items": [show_award(row, locale=locale) for row in found.items],
        "next_cursor": found.next_cursor,
        "next": _list_next(session, borrower_id=borrower_id, now=now, locale=locale),
    }


def _list_next(
    session: Session, *, borrower_id: UUID, now: datetime, locale: Locale
) -> list[dict[str, Any]]:
    facts = profile.get_facts(session, borrower_id=borrower_id, now=now)
    # Badges are for the enrolled: nobody else is told of what she cannot earn.
    if facts["programme_status"] != ENROLLED.value:
        return []
    zone = borrowers.find_timezone(session, borrower_id=borrower_id)
    today = day_in_zone(now, zone or "UTC")
    held = {
        (code, period) for _, code, period in queries.list_held(session, borrower_ids=[borrower_id])
    }
    missing = [
        each
        for each in list_live(session)
        if (each.code, period_of(each.repeats, on=today)) not in held
    ]
    return [_show_next(each, facts, locale=locale) for each in sorted(missing, key=_order)]


def _order(definition: Definition) -> tuple[str, int, str]:
    """Those of one counter side by side, the nearest goal first."""
    first: Sequence[Counter] = definition.counters[:1]
    fact, goal = (first[0].fact, first[0].goal) if first else ("~", GOAL_MAX)
    return fact, goal, definition.code


def _show_next(
    definition: Definition, facts: Mapping[str, Any], *, locale: Locale
) -> dict[str, Any]:
    return {
        "code": definition.code,
        "name": definition.name.in_(locale),
        "description": definition.description.in_(locale),
        "how_to_earn": definition.how_to_earn.in_(locale),
        "picture_url": picture_url(definition.code),
        "repeats": str(definition.repeats),
        "progress": [_show_counter(each, facts, locale=locale) for each in definition.counters],
    }


def _show_counter(counter: Counter, facts: Mapping[str, Any], *, locale: Locale) -> dict[str, Any]:
    # Unknown is nothing yet; a fraction on the way to a whole goal is not there yet.
    current = max(0, min(int(facts.get(counter.fact) or 0), counter.goal))
    return {
        "fact": counter.fact,
        "current": current,
        "goal": counter.goal,
        "text": progress(current=current, goal=counter.goal, locale=locale),
    }
