"""Facts that another feature knows: told by its event, kept as they were told."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Numeric, String, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from backend.kit.outbox import Recorded
from backend.profile.refresh_sql import LOCK
from backend.profile.service.absorbing import announce_facts, lock, told_of

_PUT_TIERS = text(
    """
    WITH told AS (
        SELECT * FROM unnest(:ids, :tiers, :seqs) AS t(borrower_id, tier, seq)
    ), newest AS (
        SELECT DISTINCT ON (borrower_id) * FROM told ORDER BY borrower_id, seq DESC
    ), moved AS (
        UPDATE profile p SET tier = newest.tier, tier_seq = newest.seq
        FROM newest
        WHERE p.borrower_id = newest.borrower_id AND p.tier_seq < newest.seq
    )
    INSERT INTO fact_change (borrower_id, fact, occurred_at, event_seq, value)
    SELECT told.borrower_id, 'tier', :now, told.seq, to_jsonb(told.tier)
    FROM told JOIN profile p USING (borrower_id)
    WHERE told.seq <> p.tier_seq
    ON CONFLICT (borrower_id, fact, occurred_at, event_seq) DO NOTHING
    """
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("tiers", type_=ARRAY(String)),
    bindparam("seqs", type_=ARRAY(BigInteger)),
)


def put_tiers(session: Session, *, told: Sequence[tuple[UUID, str, int]], now: datetime) -> None:
    """Make new tiers facts: (borrower, tier, seq of the event that told it), in any order.

    The event with the highest seq counts; one that comes after it is history only.
    """
    session.execute(LOCK, {"ids": sorted({borrower_id for borrower_id, *_ in told})})
    session.execute(
        _PUT_TIERS,
        {
            "ids": [borrower_id for borrower_id, *_ in told],
            "tiers": [tier for _, tier, _ in told],
            "seqs": [seq for *_, seq in told],
            "now": now,
        },
    )


# One statement for each fact; a value that comes late, being older, changes nothing.
def _put(column: str, kind: Any) -> TextClause:
    return text(
        f"""
        WITH told AS (
            SELECT DISTINCT ON (borrower_id) borrower_id, seq, value
              FROM unnest(:ids, :values, :seqs) AS t(borrower_id, value, seq)
             ORDER BY borrower_id, seq DESC
        ), newest AS (
            SELECT * FROM told
             WHERE NOT EXISTS (
                 SELECT FROM fact_change f
                  WHERE f.borrower_id = told.borrower_id AND f.fact = '{column}'
                    AND f.event_seq > told.seq
             )
        ), noted AS (
            INSERT INTO fact_change (borrower_id, fact, occurred_at, event_seq, value)
            SELECT borrower_id, '{column}', :now, seq, to_jsonb(value) FROM newest
            ON CONFLICT (borrower_id, fact, occurred_at, event_seq) DO NOTHING
        )
        UPDATE profile p SET {column} = newest.value
          FROM newest WHERE p.borrower_id = newest.borrower_id
        RETURNING p.borrower_id
        """  # noqa: S608 - column names of ours
    ).bindparams(
        bindparam("ids", type_=ARRAY(Uuid)),
        bindparam("values", type_=ARRAY(kind)),
        bindparam("seqs", type_=ARRAY(BigInteger)),
    )


_PUT = {
    name: _put(name, kind)
    for name, kind in {
        "hardship_active": Boolean,
        "plans_kept_ratio": Numeric,
        "plan_installments_kept": BigInteger,
    }.items()
}
Told = Decimal | int | bool


def put_told(
    session: Session, *, fact: str, told: Sequence[tuple[Recorded, Told]], now: datetime
) -> None:
    """Make what events told a fact, one of `_PUT`; of a borrower's events the newest counts.

    Says, as of any other news, that her facts have settled.
    """
    by_borrower = {
        each.event.borrower_id: each
        for each, _ in sorted(told, key=lambda one: one[0].seq)
        if each.event.borrower_id is not None
    }
    lock(session, borrower_ids=sorted(by_borrower))
    moved = session.execute(
        _PUT[fact],
        {
            "ids": [each.event.borrower_id for each, _ in told],
            "values": [value for _, value in told],
            "seqs": [each.seq for each, _ in told],
            "now": now,
        },
    )
    announce_facts(session, told=[(each, told_of(by_borrower[each])) for each in moved.scalars()])
