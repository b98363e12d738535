"""Good Faith Guard: six in a row bring a waiver, a better next rate and a higher limit.

Set-based: the same statements serve one borrower after an event and a thousand after an import.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Integer, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import DateTime, Uuid

from backend.benefits import queries
from backend.benefits.rules import (
    GUARD_CAUSE,
    GUARD_EVERY,
    GUARD_LIFE,
    GUARD_LIMIT_PERCENT,
    GUARD_RATE_POINTS,
    GUARD_RATE_POINTS_OTHERWISE,
    GUARD_STREAK,
    Ending,
    Kind,
    State,
)
from backend.benefits.service.endings import announce_changes
from backend.benefits.service.grants import Given, grant_benefit, tell_given
from backend.kit.ids import new_id
from backend.loans import service as loans
from backend.profile import queries as profile
from backend.tiers import service as tiers

JUDGED_AT_ONCE = 1_000
_IDS = bindparam("ids", type_=ARRAY(Uuid))
_STREAK = bindparam("streak", type_=Integer)

_REARM = text(
    """
    UPDATE benefit_guard g SET is_armed = true
      FROM profile p
     WHERE g.borrower_id = ANY(:ids) AND NOT g.is_armed
       AND p.borrower_id = g.borrower_id AND coalesce(p.on_time_streak, 0) < :streak
    """
).bindparams(_IDS, _STREAK)

# The row decides who of two that look at once may grant; `rules.may_guard` says the same of one.
_CLAIM = text(
    """
    INSERT INTO benefit_guard (borrower_id, number, granted_on, is_armed)
    SELECT p.borrower_id, 1, :today, false
      FROM profile p
      JOIN enrolment e ON e.borrower_id = p.borrower_id AND e.status = 'enrolled'
     WHERE p.borrower_id = ANY(:ids) AND p.on_time_streak >= :streak
     ORDER BY p.borrower_id
    ON CONFLICT (borrower_id) DO UPDATE
       SET number = benefit_guard.number + 1, granted_on = excluded.granted_on, is_armed = false
     WHERE benefit_guard.is_armed
       AND excluded.granted_on >= benefit_guard.granted_on + :every_days
    RETURNING borrower_id, number
    """
).bindparams(_IDS, _STREAK, bindparam("today", type_=Date), bindparam("every_days", type_=Integer))

_GRANT = text(
    """
    WITH given AS (
        SELECT c.*, coalesce(CAST(:rates AS jsonb) ->> s.tier, :rate_otherwise) AS points
          FROM unnest(:ids, :numbers, :discount_ids, :limit_ids)
            AS c(borrower_id, number, discount_id, limit_id)
          LEFT JOIN tier_state s ON s.borrower_id = c.borrower_id
    ), wanted AS (
        SELECT borrower_id, discount_id AS id, 'rate_discount' AS kind, number,
               jsonb_build_object('applies_to', 'next_loan', 'points', points) AS terms,
               'activated' AS state, CAST(:today AS date) AS activated_on
          FROM given
        UNION ALL
        SELECT borrower_id, limit_id, 'limit_increase', number,
               jsonb_build_object('percent', CAST(:percent AS int)), 'offered', NULL
          FROM given
    ), granted AS (
        INSERT INTO benefit_grant (borrower_id, id, kind, terms, cause, occasion, state,
                                   granted_at, changed_at, activated_on, expires_on)
        SELECT borrower_id, id, kind, terms, :cause, :cause || ':' || number || ':' || kind, state,
               :now, :now, activated_on, :expires_on
          FROM wanted
         ORDER BY borrower_id, kind
        RETURNING borrower_id, id, kind, terms, expires_on, state
    ), found AS (
        INSERT INTO benefit_grant_lookup (grant_id, borrower_id) SELECT id, borrower_id FROM granted
    )
    SELECT * FROM granted
    """
).bindparams(
    _IDS,
    bindparam("numbers", type_=ARRAY(Integer)),
    bindparam("discount_ids", type_=ARRAY(Uuid)),
    bindparam("limit_ids", type_=ARRAY(Uuid)),
    bindparam("now", type_=DateTime(timezone=True)),
    bindparam("expires_on", type_=Date),
)

_UNDO = text(
    """
    WITH undone AS (
        UPDATE benefit_guard SET is_armed = true, granted_on = granted_on - :every_days
         WHERE borrower_id = ANY(:ids)
        RETURNING borrower_id, number
    )
    UPDATE benefit_grant g
       SET state = 'revoked', ending = :ending, ended_at = :now, changed_at = :now
      FROM undone
     WHERE g.borrower_id = undone.borrower_id AND g.borrower_id = ANY(:ids)
       AND g.occasion LIKE :cause || ':' || undone.number || ':%'
       AND g.state IN ('offered', 'activated') AND g.kind <> 'fee_waiver'
    RETURNING g.borrower_id, g.id, g.kind
    """
).bindparams(
    _IDS,
    bindparam("every_days", type_=Integer),
    bindparam("now", type_=DateTime(timezone=True)),
)


def follow_facts(
    session: Session, *, borrower_ids: Sequence[UUID], today: date, now: datetime
) -> list[UUID]:
    """Grant the Guard to those enrolled whose settled facts show six in a row; returns whose.

    Once for each run on time, and at most once a year. The rate follows the tier of this moment.
    """
    ids = sorted(borrower_ids)
    session.execute(_REARM, {"ids": ids, "streak": GUARD_STREAK})
    claimed = session.execute(
        _CLAIM,
        {"ids": ids, "streak": GUARD_STREAK, "today": today, "every_days": GUARD_EVERY.days},
    ).all()
    if not claimed:
        return []
    whose = [row.borrower_id for row in claimed]
    # The same facts may move her tier, and its hearer may come after this one.
    tiers.retier_now(session, borrower_ids=whose, cause=GUARD_CAUSE, today=today, now=now)
    numbers = {row.borrower_id: row.number for row in claimed}
    granted = session.execute(_GRANT, _granted(numbers, today=today, now=now)).all()
    given = [
        Given(
            row.borrower_id,
            row.id,
            Kind(row.kind),
            row.terms,
            GUARD_CAUSE,
            row.expires_on,
            State(row.state),
        )
        for row in granted
    ]
    tell_given(session, given, now=now)
    _waive_penalties(session, numbers=numbers, now=now)
    return whose


def _granted(numbers: dict[UUID, int], *, today: date, now: datetime) -> dict[str, Any]:
    return {
        "ids": list(numbers),
        "numbers": list(numbers.values()),
        "discount_ids": [new_id() for _ in numbers],
        "limit_ids": [new_id() for _ in numbers],
        "rates": _JSON_RATES,
        "rate_otherwise": GUARD_RATE_POINTS_OTHERWISE,
        "percent": GUARD_LIMIT_PERCENT,
        "cause": GUARD_CAUSE,
        "today": today,
        "now": now,
        "expires_on": today + GUARD_LIFE,
    }


_JSON_RATES = "{" + ",".join(f'"{tier}":"{rate}"' for tier, rate in GUARD_RATE_POINTS.items()) + "}"


def _waive_penalties(session: Session, *, numbers: dict[UUID, int], now: datetime) -> None:
    for waived in loans.waive_penalties(
        session, borrower_ids=list(numbers), cause=GUARD_CAUSE, now=now
    ):
        number = numbers[waived.borrower_id]
        grant_benefit(
            session,
            borrower_id=waived.borrower_id,
            kind=Kind.FEE_WAIVER,
            terms={
                "loan_external_id": waived.loan_external_id,
                "adjustment_external_id": waived.external_id,
                "currency": waived.currency,
                "amount_minor": waived.amount_minor,
                "on": waived.on.isoformat(),
            },
            cause=GUARD_CAUSE,
            occasion=f"{GUARD_CAUSE}:{number}:{Kind.FEE_WAIVER}:{waived.loan_id}",
            # It stands in the books; nothing is asked of her.
            state=State.ACTIVATED,
            now=now,
        )


def undo_guard(session: Session, *, borrower_ids: Sequence[UUID], now: datetime) -> list[UUID]:
    """After rows of a loan were taken back or changed: what six in a row brought that were none.

    As her rows stand now, the streak on the day of the grant decides. A waiver stays, and so
    does what the core system has carried out; the rest is revoked. Returns whose.
    """
    guards = queries.list_open_guards(session, borrower_ids=borrower_ids)
    undone: list[UUID] = []
    for start in range(0, len(guards), JUDGED_AT_ONCE):
        days = [(row.borrower_id, row.granted_on) for row in guards[start : start + JUDGED_AT_ONCE]]
        then = profile.list_facts_restated(session, moments=days, now=now)
        undone += [key[0] for key in days if not _is_kept(then[key]["on_time_streak"])]
    if undone:
        revoked = session.execute(
            _UNDO,
            {
                "ids": undone,
                "every_days": GUARD_EVERY.days,
                "ending": Ending.STREAK_UNDONE,
                "cause": GUARD_CAUSE,
                "now": now,
            },
        )
        announce_changes(session, revoked.all(), state=State.REVOKED, now=now)
    return undone


def _is_kept(streak: Any) -> bool:
    return (streak or 0) >= GUARD_STREAK
