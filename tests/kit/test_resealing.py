"""The job `reencrypt`: everything old is sealed anew, a writer wins, and a kill costs nothing."""

import secrets
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, event, func, select, text, update
from sqlalchemy.orm import Session

from backend.borrowers import queries
from backend.borrowers.models import Borrower, BorrowerLookup
from backend.kit import crypto, db, resealing
from backend.kit.idempotency import CONTEXT, IdempotentAnswer
from backend.kit.keyring import Kind
from tests.factories.loans import make_borrower
from tests.factories.runs import make_job_context
from tests.fixtures.keys import keys, ring

BODIES = 2_500  # three chunks
NOTHING = {"resealed": 0, "rehashed": 0, "unreadable": 0}

pytestmark = pytest.mark.commits


class Cut(Exception):
    """The process ends here."""


@pytest.fixture(autouse=True)
def between_keys(own_database: db.Database) -> Iterator[None]:
    with keys(field=ring("new", "old"), lookup=ring("second", "first")):
        yield


def fill(session: Session, many: int) -> None:
    """Answers of a table with three columns in its key, sealed with the old key."""
    with keys(field=ring("old")):
        session.add_all(
            IdempotentAnswer(
                caller=f"client:{n % 7}",
                route="POST /v1/things",
                key_hash=secrets.token_bytes(32),
                request_hash=b"r",
                status=201,
                content_type="application/json",
                body=crypto.encrypt(f"answer {n}", context=CONTEXT),
            )
            for n in range(many)
        )
        session.commit()


def run(**changes: Any) -> dict[str, Any]:
    return resealing.run(replace(make_job_context(), **changes))


def sealed_with(session: Session) -> dict[str, int]:
    return {
        use.key: use.count
        for use in resealing.list_uses(session)
        if use.where == "idempotent_answer.body"
    }


def test_everything_old_is_sealed_anew_and_says_what_it_said(session):
    fill(session, BODIES)
    assert sealed_with(session) == {"old": BODIES}
    assert run() == NOTHING | {"resealed": BODIES}
    assert sealed_with(session) == {"new": BODIES}
    bodies = session.execute(select(IdempotentAnswer.body)).scalars()
    assert {crypto.decrypt(body, context=CONTEXT) for body in bodies} == {
        f"answer {n}" for n in range(BODIES)
    }
    assert run() == NOTHING


def test_a_run_that_is_cut_off_goes_on_where_it_stood(session):
    fill(session, BODIES)

    def die() -> None:
        session.rollback()
        if sealed_with(session).get("new") == 2_000:
            raise Cut

    with pytest.raises(Cut):
        run(heartbeat=die)
    assert sealed_with(session) == {"new": 2_000, "old": 500}
    xmin = session.execute(select(func.max(text("xmin::text::bigint"))).select_from(
        IdempotentAnswer)).scalar_one()  # fmt: skip
    session.rollback()
    assert run() == NOTHING | {"resealed": 500}
    again = select(func.count()).select_from(IdempotentAnswer).where(
        text("xmin::text::bigint > :xmin")
    )  # fmt: skip
    assert session.execute(again, {"xmin": xmin}).scalar_one() == 500


def test_who_writes_meanwhile_wins(session, own_database):
    """One row is changed between its reading and its writing, another is held."""
    ids = [make_borrower(session, name=f"Name {n}") for n in range(3)]
    session.commit()
    with keys(field=ring("old")):
        _reseal_by_hand(session, ids)
    table = Borrower.__table__
    columns = [each for each in resealing._registry.sealed if each.table == "borrower"]
    with own_database.writes.connect() as other, db.transaction() as job:
        _after_reading(job, lambda: _rename(other, ids[0]))
        holder = own_database.writes.connect()
        holder.execute(select(Borrower.id).where(Borrower.id == ids[1]).with_for_update())
        after, changed, unreadable = resealing.reseal_chunk(job, table, columns, after=())
        holder.close()
    assert (changed, unreadable) == (1, 0)
    assert after == [ids[2]]
    names = [queries.get_profile(session, borrower_id=who).name for who in ids]
    assert names == ["Renamed", "Name 1", "Name 2"]
    # The next pass finds the one that was held.
    assert run() == NOTHING | {"resealed": 1}


def _reseal_by_hand(session: Session, ids: list[UUID]) -> None:
    for n, who in enumerate(ids):
        sealed = crypto.encrypt(f"Name {n}", context=queries.NAME)
        session.execute(update(Borrower).where(Borrower.id == who).values(name_cipher=sealed))
    session.commit()


def _rename(other: Connection, who: UUID) -> None:
    sealed = crypto.encrypt("Renamed", context=queries.NAME)
    other.execute(update(Borrower).where(Borrower.id == who).values(name_cipher=sealed))
    other.commit()


def _after_reading(job: Session, act: Callable[[], None]) -> None:
    """Do something when the job has read, and before it writes."""
    turns = iter((True,))

    def once(*_: Any) -> None:
        if next(turns, False):
            act()

    event.listen(job.connection(), "after_cursor_execute", once)


def test_what_cannot_be_opened_is_left_and_told(session):
    fill(session, 3)
    with keys(field=ring("lost")):
        lost = crypto.encrypt("lost", context=CONTEXT)
    first = session.execute(select(IdempotentAnswer).limit(1)).scalar_one()
    first.body = lost
    session.commit()
    assert run() == {"resealed": 2, "rehashed": 0, "unreadable": 1}
    assert sealed_with(session) == {"lost": 1, "new": 2}
    assert run() == NOTHING | {"unreadable": 1}


def test_a_borrower_whose_row_is_held_is_hashed_anew_later(session, own_database):
    with keys(field=ring("old"), lookup=ring("first")):
        ids = [make_borrower(session, name=f"Name {n}") for n in range(2)]
        session.commit()
    with own_database.writes.connect() as holder:
        holder.execute(select(Borrower.id).where(Borrower.id == ids[0]).with_for_update())
        assert run() == NOTHING | {"resealed": 1, "rehashed": 1}
    assert run() == NOTHING | {"resealed": 1, "rehashed": 1}
    assert set(session.execute(select(BorrowerLookup.key_name)).scalars()) == {"second"}


def test_hashes_of_the_old_key_are_counted_as_its_uses(session):
    with keys(lookup=ring("first")):
        make_borrower(session, name="Name", phone="+12025550100")
        session.commit()
    lookups = [use for use in resealing.list_uses(session) if use.kind is Kind.LOOKUP]
    assert [(use.key, use.where, use.count) for use in lookups] == [("first", "borrower_lookup", 2)]


def test_memory_does_not_grow_with_the_table(session):
    def peak(many: int) -> int:
        fill(session, many)
        session.expunge_all()
        tracemalloc.start()
        run()
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    small = peak(resealing.CHUNK)
    assert peak(8 * resealing.CHUNK) < 2 * small + 1_000_000
