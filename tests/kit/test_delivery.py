"""Events are told once to each hearer, in order, and one bad one does not hold up the rest."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from backend import app
from backend.events.borrowers import BorrowerChanged
from backend.events.tiers import TierChanged
from backend.kit import delivery, outbox
from backend.kit.db import PREPARED_AFTER, Database, transaction
from backend.kit.ids import new_id
from backend.kit.outbox import DeliveryRow, EventRow, Recorded
from backend.kit.wiring import Handler, routes_of
from tests.clock import NOW


@dataclass
class Listener:
    """A handler that remembers what it heard, and may refuse some of it."""

    heard: list[int]
    refuses: frozenset[int] = frozenset()

    def run(self, recorded: Sequence[Recorded]) -> None:
        for item in recorded:
            if item.seq in self.refuses:
                message = "cannot take this one"
                raise ValueError(message)
        self.heard += [item.seq for item in recorded]


@pytest.fixture
def listener() -> Iterator[Listener]:
    return Listener(heard=[])


@pytest.fixture
def handler(listener: Listener) -> Iterator[Handler]:
    handler = Handler(
        name="test.listener",
        hears=(BorrowerChanged,),
        run=lambda _session, recorded, _now: listener.run(recorded),
    )
    outbox.configure(routes_of([handler]))
    yield handler
    outbox.configure(routes_of(app.handlers()))


def announce(session: Session, count: int) -> list[int]:
    return outbox.announce_all(
        session, [BorrowerChanged(borrower_id=new_id(), occurred_at=NOW) for _ in range(count)]
    )


def test_each_event_is_heard_once_and_in_order(
    session: Session, handler: Handler, listener: Listener
) -> None:
    seqs = announce(session, 5)
    assert delivery.deliver_batch(handler, now=NOW) == 5
    assert delivery.deliver_batch(handler, now=NOW) == 0
    assert listener.heard == seqs == sorted(seqs)


def test_a_batch_holds_a_hundred_at_most(session: Session, handler: Handler) -> None:
    announce(session, 130)
    assert delivery.deliver_batch(handler, now=NOW) == 100
    assert delivery.deliver_batch(handler, now=NOW) == 30


def test_only_those_with_something_due_are_looked_at(
    session: Session, handler: Handler, listener: Listener
) -> None:
    asked = [handler.name, "test.idle"]
    assert delivery.list_due(asked) == set()
    [first, second] = announce(session, 2)
    assert delivery.list_due(asked) == {handler.name}
    assert delivery.list_due(["test.idle"]) == set()
    listener.refuses = frozenset({first})
    delivery.deliver_batch(handler, now=NOW)  # one is done, the other waits for its next try
    assert listener.heard == [second]
    assert delivery.list_due(asked) == set()


KEPT = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%one by one%'"
ANEW = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%many at once%'"


@pytest.mark.parametrize(("is_bulk", "asked", "kept"), [(True, ANEW, 0), (False, KEPT, 1)])
def test_only_of_many_statements_are_planned_each_time(
    session: Session, handler: Handler, *, is_bulk: bool, asked: str, kept: int
) -> None:
    seen = []

    def look(session: Session, _recorded: Sequence[Recorded], _now: datetime) -> None:
        for _ in range(PREPARED_AFTER + 2):
            number = session.execute(text(asked)).scalar_one()
        seen.append(number)

    announce(session, 2)
    driver = session.connection().connection.driver_connection
    driver.prepare_threshold = PREPARED_AFTER
    delivery.deliver_batch(replace(handler, run=look, is_bulk=is_bulk), now=NOW)
    assert seen == [kept]


@pytest.mark.parametrize(("is_read_outside", "waits"), [(True, "on"), (False, "off")])
def test_what_others_read_of_many_is_on_the_disk_before_they_can(
    session: Session, handler: Handler, *, is_read_outside: bool, waits: str
) -> None:
    seen = []

    def look(session: Session, _recorded: Sequence[Recorded], _now: datetime) -> None:
        seen.append(
            session.execute(text("SELECT current_setting('synchronous_commit')")).scalar_one()
        )

    announce(session, 2)
    session.execute(text("SET LOCAL synchronous_commit = on"))
    bulk = replace(handler, run=look, is_bulk=True, is_read_outside=is_read_outside)
    delivery.deliver_batch(bulk, now=NOW)
    assert seen == [waits]


def test_the_core_system_reads_no_grant_that_a_power_cut_undoes() -> None:
    told_of = {each.name: each.is_read_outside for each in app.handlers()}
    assert told_of["benefits.rebuilt"]


def test_history_is_kept_and_nobody_is_told(session: Session, handler: Handler) -> None:
    outbox.announce(session, BorrowerChanged(borrower_id=new_id(), occurred_at=NOW, backfill=True))
    assert session.scalar(select(func.count()).select_from(EventRow)) == 1
    assert delivery.deliver_batch(handler, now=NOW) == 0


def test_one_bad_event_waits_and_the_others_go_on(
    session: Session, handler: Handler, listener: Listener
) -> None:
    seqs = announce(session, 3)
    listener.refuses = frozenset({seqs[1]})
    delivery.deliver_batch(handler, now=NOW)
    assert listener.heard == [seqs[0], seqs[2]]
    waiting = session.execute(select(DeliveryRow).where(DeliveryRow.seq == seqs[1])).scalar_one()
    assert (waiting.attempts, waiting.last_error, waiting.done_at) == (1, "ValueError", None)
    assert delivery.deliver_batch(handler, now=NOW) == 0, "it waits before the next try"


def test_after_ten_tries_it_is_parked_and_can_be_retried(
    session: Session, handler: Handler, listener: Listener
) -> None:
    (seq,) = announce(session, 1)
    listener.refuses = frozenset({seq})
    for _ in range(delivery.ATTEMPTS_MAX):
        session.execute(update(DeliveryRow).values(due_at=text("now() - interval '1 second'")))
        assert delivery.deliver_batch(handler, now=NOW) == 1
    (parked,) = delivery.list_parked(session, limit=10)
    assert (parked.handler, parked.seq, parked.attempts) == ("test.listener", seq, 10)
    assert delivery.deliver_batch(handler, now=NOW) == 0
    listener.refuses = frozenset()
    assert delivery.retry_parked(session, handler="test.listener", seq=seq)
    assert delivery.deliver_batch(handler, now=NOW) == 1
    assert listener.heard == [seq]


def test_an_event_comes_back_as_it_was_announced(session: Session) -> None:
    event = TierChanged(
        borrower_id=new_id(),
        occurred_at=NOW,
        from_tier=None,
        to_tier="current",
        from_rank=None,
        to_rank=3,
        policy_version=1,
    )
    seq = outbox.announce(session, event)
    row = session.execute(select(EventRow.__table__).where(EventRow.seq == seq)).one()
    assert outbox.restore(row) == Recorded(seq=seq, event=event, recorded_at=row.recorded_at)


def test_delivered_rows_are_forgotten_after_thirty_days(session: Session, handler: Handler) -> None:
    announce(session, 2)
    delivery.deliver_batch(handler, now=NOW)
    assert delivery.purge_delivered(session) == 0
    session.execute(update(DeliveryRow).values(done_at=func.now() - timedelta(days=31)))
    assert delivery.purge_delivered(session) == 2
    assert session.scalar(select(func.count()).select_from(EventRow)) == 2


@pytest.mark.commits
def test_two_workers_never_hand_over_the_same_event(
    session: Session, own_database: Database, handler: Handler, listener: Listener
) -> None:
    with transaction() as announcing:
        seqs = announce(announcing, 400)

    def drain(_: int) -> None:
        while delivery.deliver_batch(replace(handler, batch_max=7), now=NOW):
            pass

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(drain, range(4)))
    assert sorted(listener.heard) == seqs


@pytest.mark.commits
def test_an_act_that_fails_announces_nothing(
    session: Session, own_database: Database, handler: Handler
) -> None:
    def act_and_fail() -> None:
        with transaction() as acting:
            announce(acting, 1)
            raise KeyError

    with pytest.raises(KeyError):
        act_and_fail()
    assert session.scalar(select(func.count()).select_from(EventRow)) == 0
