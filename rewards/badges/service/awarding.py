"""Giving badges: one borrower after an event, or everybody over history. One code path."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.events.badges import BadgeAwarded
from backend.kit.ids import new_id
from backend.kit.outbox import announce_all
from backend.kit.texts import Text
from backend.loans import queries as loans
from backend.programme import service as programme
from rewards.badges import queries
from rewards.badges.definition import Definition
from rewards.badges.definitions import list_live
from rewards.badges.earned import ENROLLED, Earned, first_earned, list_earned, list_steps
from rewards.badges.rules import period_of

# Earned longer ago it is history, and nobody is told as if it had just happened.
NEWS_AGE_MAX = timedelta(hours=24)

_STORE = text(
    """
    INSERT INTO badge_award (borrower_id, id, code, version, period, state, earned_at, earned_on,
                             event_seq, facts, awarded_at, campaign_id)
    SELECT borrower_id, id, code, version, period, 'standing', earned_at, earned_on, event_seq,
           facts, :now, campaign_id
    FROM json_to_recordset(CAST(:rows AS json)) AS r(
        borrower_id uuid, id uuid, code text, version bigint, period text,
        earned_at timestamptz, earned_on date, event_seq bigint, facts jsonb, campaign_id uuid)
    ORDER BY borrower_id, code, period
    ON CONFLICT (borrower_id, code, period) WHERE state = 'standing' DO NOTHING
    RETURNING id
    """
)


def award(
    session: Session, *, borrower_ids: Sequence[UUID], now: datetime, is_history: bool = False
) -> int:
    """Give these borrowers what they earned up to now and do not hold; returns how many awards.

    Only the enrolled are given any. `is_history` marks all of it as backfill.
    """
    live = list_live(session)
    ids = sorted(set(borrower_ids))
    candidates = {each.borrower_id for each in _find(session, ids, live, now=now)}
    if not candidates:
        return 0
    # Found without a lock; locked in a statement of its own, in id order; and looked for again in
    # the next one, which sees what another worker has given or a person has taken back.
    enrolled = programme.lock_enrolled(session, borrower_ids=sorted(candidates))
    found = _find(session, enrolled, live, now=now)
    names = {each.code: each.name for each in live}
    return _store(session, found, names, now=now, is_history=is_history)


@dataclass(frozen=True, slots=True)
class Given:
    """What became of a badge that a campaign gives: no id where she holds it already."""

    award_id: UUID | None
    is_withdrawn: bool = False


def give(
    session: Session,
    *,
    borrower_id: UUID,
    code: str,
    campaign_id: UUID,
    seq: int,
    on: date,
    now: datetime,
) -> Given:
    """Give one badge for a campaign, whose conditions earned it; her enrolment is held.

    It is held once in its period like any other, and its own condition neither gives it a second
    time nor takes it back.
    """
    definition = next((each for each in list_live(session) if each.code == code), None)
    if definition is None:
        return Given(None, is_withdrawn=True)
    earned = Earned(
        borrower_id=borrower_id,
        code=code,
        version=definition.version,
        period=period_of(definition.repeats, on=on),
        at=now,
        seq=seq,
        on=on,
        is_rebuilt=False,
        facts={},
    )
    stored = _write(session, {new_id(): earned}, now=now, campaign_id=campaign_id)
    names = {code: definition.name}
    events = [_event(award_id, earned, names, now=now, is_history=False) for award_id in stored]
    announce_all(session, events)
    return Given(next(iter(stored), None))


def _find(
    session: Session, borrower_ids: Sequence[UUID], live: Sequence[Definition], *, now: datetime
) -> list[Earned]:
    if not borrower_ids or not live:
        return []
    reversed_ids = set(loans.list_with_reversals(session, borrower_ids=borrower_ids))
    taken_back = queries.list_taken_back(session, borrower_ids=borrower_ids)
    special = sorted(reversed_ids | taken_back.keys())
    plain = [each for each in borrower_ids if each not in reversed_ids | taken_back.keys()]
    found = list_earned(session, borrower_ids=plain, definitions=live, now=now)
    if not special:
        return found
    steps = list_steps(
        session,
        borrower_ids=special,
        names=frozenset().union(*(each.facts for each in live)),
        among=ENROLLED,
        restated=reversed_ids,
        now=now,
    )
    judged = [
        earned
        for who, own in steps.items()
        for each in live
        for earned in first_earned(
            who, own, each, taken_back_at=taken_back.get(who, {}).get(each.code, {})
        ).values()
    ]
    held = queries.list_held(session, borrower_ids=special)
    return found + [each for each in judged if each.key not in held]


def _store(
    session: Session,
    earned: Sequence[Earned],
    names: Mapping[str, Text],
    *,
    now: datetime,
    is_history: bool,
) -> int:
    by_id = {new_id(): each for each in earned}
    if not by_id:
        return 0
    stored = _write(session, by_id, now=now)
    announce_all(
        session,
        [
            _event(award_id, by_id[award_id], names, now=now, is_history=is_history)
            for award_id in stored
        ],
    )
    return len(stored)


def _write(
    session: Session,
    by_id: Mapping[UUID, Earned],
    *,
    now: datetime,
    campaign_id: UUID | None = None,
) -> list[UUID]:
    rows = [_row(id_, each) | {"campaign_id": campaign_id} for id_, each in by_id.items()]
    found = session.execute(_STORE, {"rows": orjson.dumps(rows).decode(), "now": now})
    return sorted(found.scalars())


def _row(award_id: UUID, earned: Earned) -> dict[str, Any]:
    return {
        "borrower_id": earned.borrower_id,
        "id": award_id,
        "code": earned.code,
        "version": earned.version,
        "period": earned.period,
        "earned_at": earned.at,
        "earned_on": earned.on,
        "event_seq": earned.seq or 0,
        "facts": dict(earned.facts),
    }


def _event(
    award_id: UUID,
    earned: Earned,
    names: Mapping[str, Text],
    *,
    now: datetime,
    is_history: bool,
) -> BadgeAwarded:
    is_past = is_history or earned.is_rebuilt or now - earned.at > NEWS_AGE_MAX
    return BadgeAwarded(
        borrower_id=earned.borrower_id,
        occurred_at=earned.at if is_past else now,
        award_id=award_id,
        code=earned.code,
        version=earned.version,
        earned_on=earned.on,
        backfill=is_past,
        name_en=names[earned.code].en,
        name_zh_cn=names[earned.code].zh_cn,
    )
