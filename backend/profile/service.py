"""What changes the profile: an event absorbed, history rebuilt, a fact declared."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import (
    BigInteger,
    Boolean,
    Numeric,
    String,
    TextClause,
    bindparam,
    insert,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from backend.events.borrowers import BorrowersStored
from backend.events.loans import LoansSettled
from backend.events.profile import FactsChanged, FactsRebuilt
from backend.kit.bulk import plan_for_many
from backend.kit.outbox import Event, Recorded, announce, announce_all
from backend.kit.predicates import FactType
from backend.kit.problems import FieldError, Invalid, NotFound, PreconditionFailed
from backend.kit.programme_zone import moment
from backend.kit.texts import Text
from backend.profile import queries
from backend.profile.catalogue import FACTS
from backend.profile.errors import FactNameTaken
from backend.profile.models import ExtraFact, Profile
from backend.profile.refresh_sql import (
    ENSURE,
    FIND_CHANGED,
    FORGET_REBUILT,
    LOCK,
    REBUILD,
    REFRESH,
)

EXTRA_FACTS_MAX = 50
# Scores in policies, and kept values: in the history of facts a name is one thing.
RESERVED_NAMES = frozenset({"capacity", "willingness", "value", *Profile.__table__.columns.keys()})
REBUILD_BATCH = 1_000


def absorb(session: Session, *, causes: Sequence[Recorded], now: datetime, today: date) -> None:
    """Compute the facts of those whom these events are about, and say that they are settled.

    What several events about one borrower change is noted under the first of them: as of that
    one all of it was known.

    One `FactsChanged` for each event, changed facts or not: who waits for an event waits for it
    to be absorbed.
    An event about her whose loans are still to be settled waits until they are.
    """
    in_order = sorted(causes, key=lambda each: each.seq)
    about = [(each.event.borrower_id, each) for each in in_order if each.event.borrower_id]
    ids = sorted({borrower_id for borrower_id, _ in about})
    _lock(session, borrower_ids=ids)
    # Looked at under the lock: whatever settles the others later waits here, and then finds them.
    settled = set(queries.list_settled(session, borrower_ids=ids))
    refresh(
        session,
        seqs={
            borrower_id: each.seq for borrower_id, each in reversed(about) if borrower_id in settled
        },
        now=now,
        today=today,
    )
    told = [(borrower_id, _told(each)) for borrower_id, each in about]
    _announce(session, told=[each for each in told if each[0] in settled])
    _await(session, told=[each for each in told if each[0] not in settled])


def _told(cause: Recorded) -> dict[str, Any]:
    return {
        "cause": type(cause.event).__name__,
        "cause_seq": cause.seq,
        "occurred_at": cause.event.occurred_at.isoformat(),
    }


def _announce(session: Session, *, told: Sequence[tuple[UUID, Mapping[str, Any]]]) -> None:
    announce_all(
        session,
        [
            FactsChanged(
                borrower_id=borrower_id,
                occurred_at=datetime.fromisoformat(each["occurred_at"]),
                cause=each["cause"],
                cause_seq=each["cause_seq"],
            )
            for borrower_id, each in told
        ],
    )


_AWAIT = text("UPDATE profile SET awaited = awaited || :told WHERE borrower_id = :id").bindparams(
    bindparam("told", type_=JSONB)
)
_TAKE_AWAITED = text(
    """
    WITH awaiting AS (
        SELECT borrower_id, awaited FROM profile
        WHERE borrower_id = ANY(:ids) AND awaited <> '[]'
    )
    UPDATE profile p SET awaited = '[]' FROM awaiting a WHERE a.borrower_id = p.borrower_id
    RETURNING a.borrower_id, a.awaited
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))


def _await(session: Session, *, told: Sequence[tuple[UUID, Mapping[str, Any]]]) -> None:
    if told:
        session.execute(_AWAIT, [{"id": borrower_id, "told": [each]} for borrower_id, each in told])


def _announce_awaited(session: Session, *, borrower_ids: Sequence[UUID]) -> None:
    rows = session.execute(_TAKE_AWAITED, {"ids": list(borrower_ids)}).all()
    told = [(row.borrower_id, each) for row in rows for each in row.awaited]
    _announce(session, told=sorted(told, key=lambda each: each[1]["cause_seq"]))


def refresh(
    session: Session, *, seqs: Mapping[UUID, int], now: datetime, today: date
) -> list[UUID]:
    """Compute and store; returns whose facts changed. `seqs`: the event that caused each.

    `today` is the programme's; each borrower's facts are of her own day.
    """
    ids = sorted(seqs)
    _lock(session, borrower_ids=ids)
    changed = session.execute(
        REFRESH,
        {
            "ids": ids,
            "seqs": [seqs[each] for each in ids],
            "now": now,
            **moment(now, today=today).parameters,
        },
    )
    return list(changed.scalars())


def refresh_stale(
    session: Session, *, borrower_ids: Sequence[UUID], now: datetime, today: date
) -> int:
    """Store what time alone has changed (a window's edge passed); returns for how many."""
    plan_for_many(session)
    on = moment(now, today=today)
    found = session.execute(FIND_CHANGED, {"ids": list(borrower_ids), **on.parameters})
    stale = list(found.scalars())
    if not stale:
        return 0
    return len(refresh(session, seqs=dict.fromkeys(stale, 0), now=now, today=today))


def refresh_many(
    session: Session,
    *,
    borrower_ids: Sequence[UUID],
    seq: int,
    now: datetime,
    today: date,
    cause: type[Event] = LoansSettled,
) -> None:
    """Compute the facts of many as of today, after a bulk store that tells nothing of the past."""
    ids = sorted(set(borrower_ids))
    for start in range(0, len(ids), REBUILD_BATCH):
        batch = ids[start : start + REBUILD_BATCH]
        refresh(session, seqs=dict.fromkeys(batch, seq), now=now, today=today)
    _announce_awaited(session, borrower_ids=ids)
    _announce_rebuilt(session, borrower_ids=ids, now=now, cause=cause)


def follow_particulars(
    session: Session, *, borrower_ids: Sequence[UUID], seq: int, now: datetime, today: date
) -> None:
    """Compute the facts of many after a bulk store of themselves.

    Left to what tells of their loans: whose loans are still to be settled, and who has loans and
    no facts yet. Facts of hers without her past would be noted as if all had come about today.
    """
    # As in `absorb`: whoever computes the facts of the others waits for us, or we for him.
    _lock(session, borrower_ids=borrower_ids)
    settled = queries.list_settled(session, borrower_ids=borrower_ids)
    unknown = queries.list_unknown(session, borrower_ids=settled)
    told = [each for each in settled if each not in unknown]
    if told:
        refresh_many(
            session, borrower_ids=told, seq=seq, now=now, today=today, cause=BorrowersStored
        )


def rebuild(
    session: Session, *, borrower_ids: Sequence[UUID], seq: int, now: datetime, today: date
) -> None:
    """Compute facts as of each historic month's end and of today, after a bulk store."""
    ids = sorted(set(borrower_ids))
    for start in range(0, len(ids), REBUILD_BATCH):
        batch = ids[start : start + REBUILD_BATCH]
        _lock(session, borrower_ids=batch)
        session.execute(FORGET_REBUILT, {"ids": batch})
        on = moment(now, today=today)
        session.execute(REBUILD, {"ids": batch, "now": now, "seq": seq, **on.parameters})
    _announce_awaited(session, borrower_ids=ids)
    _announce_rebuilt(session, borrower_ids=ids, now=now, cause=LoansSettled, history=True)


def _announce_rebuilt(
    session: Session,
    *,
    borrower_ids: Sequence[UUID],
    now: datetime,
    cause: type[Event],
    history: bool = False,
) -> None:
    announce(
        session,
        FactsRebuilt(
            borrower_id=None,
            occurred_at=now,
            borrower_ids=tuple(borrower_ids),
            cause=cause.__name__,
            history=history,
        ),
    )


def _lock(session: Session, *, borrower_ids: Sequence[UUID]) -> None:
    # In id order, so that two handlers never wait for each other; and in a statement of its own,
    # so that the next one computes from what whoever held the lock has committed.
    session.execute(ENSURE, {"ids": list(borrower_ids)})
    session.execute(LOCK, {"ids": list(borrower_ids)})


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


# One text for all: the ORM would make a statement for each set of attributes that are known.
_PUT_PROTECTED = text(
    """
    INSERT INTO protected_attributes AS kept
           (borrower_id, sex, age_band, education, marital_status, updated_at)
    SELECT borrower_id, sex, age_band, education, marital_status, :now
      FROM json_to_recordset(CAST(:rows AS json)) AS r(
          borrower_id uuid, sex text, age_band text, education text, marital_status text)
     ORDER BY borrower_id
    ON CONFLICT (borrower_id) DO UPDATE SET
        sex = excluded.sex, age_band = excluded.age_band, education = excluded.education,
        marital_status = excluded.marital_status, updated_at = excluded.updated_at
     WHERE (kept.sex, kept.age_band, kept.education, kept.marital_status)
           IS DISTINCT FROM
           (excluded.sex, excluded.age_band, excluded.education, excluded.marital_status)
    RETURNING borrower_id
    """
)


_PUT_HARDSHIP = text(
    """
    WITH told AS (
        SELECT * FROM unnest(:ids, :active, :seqs) AS t(borrower_id, is_active, seq)
    ), newest AS (
        SELECT DISTINCT ON (borrower_id) * FROM told ORDER BY borrower_id, seq DESC
    ), moved AS (
        UPDATE profile p SET hardship_active = newest.is_active
        FROM newest
        WHERE p.borrower_id = newest.borrower_id AND newest.seq > coalesce(
            (SELECT max(c.event_seq) FROM fact_change c
             WHERE c.borrower_id = newest.borrower_id AND c.fact = 'hardship_active'), 0)
    )
    INSERT INTO fact_change (borrower_id, fact, occurred_at, event_seq, value)
    SELECT told.borrower_id, 'hardship_active', :now, told.seq, to_jsonb(told.is_active)
    FROM told JOIN profile p USING (borrower_id)
    ON CONFLICT (borrower_id, fact, occurred_at, event_seq) DO NOTHING
    """
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("active", type_=ARRAY(Boolean)),
    bindparam("seqs", type_=ARRAY(BigInteger)),
)


def put_hardship(
    session: Session, *, told: Sequence[tuple[UUID, bool, int]], now: datetime
) -> None:
    """Make relief a fact: (borrower, whether it runs, seq of the event that told it).

    The event with the highest seq counts; one that comes after it is history only.
    """
    _lock(session, borrower_ids=sorted({borrower_id for borrower_id, *_ in told}))
    session.execute(
        _PUT_HARDSHIP,
        {
            "ids": [borrower_id for borrower_id, *_ in told],
            "active": [is_active for _, is_active, _ in told],
            "seqs": [seq for *_, seq in told],
            "now": now,
        },
    )


# One statement for each fact of plans; a value that comes late, being older, changes nothing.
def _put_plan_fact(column: str) -> TextClause:
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
        bindparam("values", type_=ARRAY(Numeric if column == "plans_kept_ratio" else BigInteger)),
        bindparam("seqs", type_=ARRAY(BigInteger)),
    )


PLAN_FACTS = ("plans_kept_ratio", "plan_installments_kept")
_PUT_PLAN_FACTS = {name: _put_plan_fact(name) for name in PLAN_FACTS}


def put_plan_fact(
    session: Session, *, fact: str, told: Sequence[tuple[Recorded, Decimal | int]], now: datetime
) -> None:
    """Make what an event told of her plans a fact, one of `PLAN_FACTS`; the newest event counts."""
    by_borrower = {
        each.event.borrower_id: each
        for each, _ in sorted(told, key=lambda one: one[0].seq)
        if each.event.borrower_id is not None
    }
    _lock(session, borrower_ids=sorted(by_borrower))
    moved = session.execute(
        _PUT_PLAN_FACTS[fact],
        {
            "ids": [each.event.borrower_id for each, _ in told],
            "values": [value for _, value in told],
            "seqs": [each.seq for each, _ in told],
            "now": now,
        },
    )
    _announce(session, told=[(each, _told(by_borrower[each])) for each in moved.scalars()])


def put_protected_attributes(
    session: Session, *, rows: Sequence[tuple[UUID, Mapping[str, str | None]]], now: datetime
) -> set[UUID]:
    """Store what only the fairness report may count; returns for whom that changed anything.

    An attribute not named becomes unknown.
    """
    if not rows:
        return set()
    # One statement cannot store a key twice: the last row about a borrower counts.
    latest = dict(rows)
    rows_now = [
        {"borrower_id": borrower_id} | {name: attributes.get(name) for name in queries.PROTECTED}
        for borrower_id, attributes in latest.items()
    ]
    changed = session.execute(_PUT_PROTECTED, {"rows": orjson.dumps(rows_now).decode(), "now": now})
    return set(changed.scalars())


def declare_fact(
    session: Session, *, values: Mapping[str, Any], staff_id: UUID, now: datetime
) -> None:
    """Let the core system send a new fact. Refuses: FactNameTaken, Invalid (too many)."""
    name = values["name"]
    existing = queries.list_extra_facts(session)
    taken = name in FACTS or name in RESERVED_NAMES
    if taken or queries.find_extra_fact(session, name=name) is not None:
        raise FactNameTaken
    if len(existing) >= EXTRA_FACTS_MAX:
        detail = f"At most {EXTRA_FACTS_MAX} facts may be declared."
        raise Invalid(errors=[FieldError("#/name", detail)])
    FactType(values["type"])
    session.execute(
        insert(ExtraFact).values(
            **_with_texts(values), version=1, created_by=staff_id, created_at=now
        )
    )


def _with_texts(values: Mapping[str, Any]) -> dict[str, Any]:
    # As they were read from the wire into names of ours, and as they are kept.
    said = {k: v for k, v in values.items() if k in ("labels", "action_texts") and v is not None}
    return {**values, **{k: Text(en=v["en"], zh_cn=v["zh_cn"]).as_json() for k, v in said.items()}}


def edit_fact(session: Session, *, name: str, version: int, changes: Mapping[str, Any]) -> None:
    """Change its words; name and type stay. Refuses: NotFound, PreconditionFailed."""
    _change_fact(session, name=name, version=version, changes=_with_texts(changes))


def retire_fact(session: Session, *, name: str, version: int, now: datetime) -> None:
    """No new policy may name it; published ones go on. Refuses: NotFound, PreconditionFailed."""
    _change_fact(session, name=name, version=version, changes={"retired_at": now})


def _change_fact(session: Session, *, name: str, version: int, changes: Mapping[str, Any]) -> None:
    current = queries.find_extra_fact(session, name=name)
    if current is None or current.retired_at is not None:
        raise NotFound
    done = session.execute(
        update(ExtraFact)
        .where(ExtraFact.name == name, ExtraFact.version == version)
        .values(**changes, version=version + 1)
        .returning(ExtraFact.name)
    ).first()
    if done is None:
        raise PreconditionFailed
