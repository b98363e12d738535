"""Facts that another feature knows: told by its event, kept as they were told."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Numeric,
    Select,
    String,
    TextClause,
    bindparam,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from backend.kit.outbox import Recorded
from backend.profile.models import FactChange
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


# One statement for each fact. Every value that was told is history; one that comes late, being
# older, is dated before the newer one and changes nothing else.
def _put(column: str, kind: Any) -> TextClause:
    return text(
        f"""
        WITH told AS (
            SELECT DISTINCT ON (t.borrower_id, t.seq) t.borrower_id, t.seq, t.value,
                   (SELECT min(f.occurred_at) FROM fact_change f
                     WHERE f.borrower_id = t.borrower_id AND f.fact = '{column}'
                       AND f.event_seq > t.seq) AS newer_at
              FROM unnest(:ids, :values, :seqs) AS t(borrower_id, value, seq)
              JOIN profile USING (borrower_id)
             ORDER BY t.borrower_id, t.seq
        ), noted AS (
            INSERT INTO fact_change (borrower_id, fact, occurred_at, event_seq, value)
            SELECT borrower_id, '{column}', least(:now, newer_at), seq, to_jsonb(value) FROM told
            ON CONFLICT (borrower_id, fact, occurred_at, event_seq) DO NOTHING
        ), newest AS (
            SELECT DISTINCT ON (borrower_id) borrower_id, value FROM told
             WHERE newer_at IS NULL
             ORDER BY borrower_id, seq DESC
        ), moved AS (
            UPDATE profile p SET {column} = newest.value
              FROM newest WHERE p.borrower_id = newest.borrower_id
        )
        SELECT seq FROM told ORDER BY seq
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

    Says of each, as of any other news, that her facts have settled.
    """
    about = {
        each.seq: (each.event.borrower_id, each)
        for each, _ in told
        if each.event.borrower_id is not None
    }
    lock(session, borrower_ids=sorted({borrower_id for borrower_id, _ in about.values()}))
    seqs = session.execute(
        _PUT[fact],
        {
            "ids": [each.event.borrower_id for each, _ in told],
            "values": [value for _, value in told],
            "seqs": [each.seq for each, _ in told],
            "now": now,
        },
    ).scalars()
    heard = [about[seq] for seq in seqs]
    announce_facts(session, told=[(borrower_id, told_of(each)) for borrower_id, each in heard])


def note_past_tiers(
    session: Session, moved: Select[Any], *, parameters: Mapping[str, object]
) -> None:
    """Keep what tiers would have been at months' ends of imported history, where they changed.

    Rows of borrower_id, at, tier, before.
    """
    told = moved.subquery("moved")
    session.execute(
        insert(FactChange)
        .from_select(
            ["borrower_id", "fact", "occurred_at", "event_seq", "value", "is_rebuilt"],
            select(
                told.c.borrower_id,
                literal("tier"),
                told.c.at,
                literal(0),
                func.to_jsonb(told.c.tier),
                literal(value=True),
            ).where(told.c.tier.is_distinct_from(told.c.before)),
        )
        .on_conflict_do_nothing(),
        parameters,
    )
