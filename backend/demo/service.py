"""Filling the demo: through the same doors as a lender's core system, settled to the end."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from itertools import islice
from threading import Event
from uuid import UUID

from backend.demo import people, uci
from backend.demo.calendar import DAYS_AFTER_CLOSE
from backend.ingest.batch import store_lines
from backend.kit import delivery
from backend.kit.db import transaction
from backend.kit.wiring import Handler
from backend.loans import service as loans
from backend.programme import service as programme
from backend.staff import service as staff
from backend.staff.rules import Role

ENROLLED_AT_ONCE = 5_000
IDLE_SECONDS = 0.05
DRAINERS = 2
BOUNCED = "The bank returned it."
STAFF_DOMAIN = "demo.goodfaith.example"


class SeedError(RuntimeError):
    """A line of the demo's own data was refused; the message names it."""


def seed(
    *, today: date, now: datetime, handlers: Sequence[Handler], tell: Callable[[str], None]
) -> None:
    """Store everything, settle it, rebuild facts and tiers. May be begun again at any point."""
    _open_staff_accounts(now=now)
    settling = [handler for handler in handlers if handler.name == "loans.settle"]
    with _draining(settling, now=now):
        borrower_ids = _store(_lines(today=today), now=now, tell=tell)
    for external_id in people.reversals(today=today):
        with transaction() as session:
            loans.reverse_payment(session, external_id=external_id, reason=BOUNCED, now=now)
    tell(f"enrolling {len(borrower_ids)} borrowers")
    for some in _chunks(borrower_ids, ENROLLED_AT_ONCE):
        with transaction() as session:
            programme.enrol_all(session, borrower_ids=some, reason="demo", now=now, is_history=True)
    tell("computing facts and tiers")
    with _draining(handlers, now=now):
        pass


def _lines(*, today: date) -> Iterator[people.Line]:
    yield from people.lines(today=today)
    yield from uci.lines(last_close=today - timedelta(days=DAYS_AFTER_CLOSE))


def _store(
    lines: Iterable[people.Line], *, now: datetime, tell: Callable[[str], None]
) -> list[UUID]:
    """Store all lines as history; returns the ids of the borrowers among them."""
    found: list[UUID] = []
    for answer in store_lines(enumerate(lines, start=1), now=now, backfill=True):
        outcome = answer.outcome
        if outcome.status == "refused":
            message = f"line {answer.line} of the demo's data: {outcome.problem}"
            raise SeedError(message)
        if answer.kind == "borrower" and outcome.id is not None:
            found.append(outcome.id)
            if len(found) % ENROLLED_AT_ONCE == 0:
                tell(f"{len(found)} borrowers stored")
    return found


class _draining:  # noqa: N801 - reads as the block that it opens
    """Deliveries go on beside the block, and to their end at the end of it."""

    def __init__(self, handlers: Sequence[Handler], *, now: datetime) -> None:
        self.handlers = handlers
        self.now = now
        self.is_ending = Event()
        self.pool = ThreadPoolExecutor(DRAINERS, thread_name_prefix="seed")

    def __enter__(self) -> None:
        self.work = [self.pool.submit(self._drain) for _ in range(DRAINERS)]

    def __exit__(self, *_: object) -> None:
        self.is_ending.set()
        self.pool.shutdown(wait=True)
        for work in self.work:
            work.result()
        # One drainer may have gone home while the other's last batch led to more.
        self._drain()

    def _drain(self) -> None:
        while True:
            done = sum(delivery.deliver_batch(each, now=self.now) for each in self.handlers)
            if done == 0:
                if self.is_ending.is_set():
                    return
                self.is_ending.wait(IDLE_SECONDS)


def _open_staff_accounts(*, now: datetime) -> None:
    with transaction() as session:
        for role in Role:
            staff.add_staff(session, email=staff_email(role), roles={role}, now=now)
        # Four eyes need two people in the same office.
        staff.add_staff(
            session, email=f"second.{staff_email(Role.RISK_OFFICER)}",
            roles={Role.RISK_OFFICER}, now=now,
        )  # fmt: skip


def staff_email(role: Role) -> str:
    """The demo's member of staff in this role."""
    return f"{role}@{STAFF_DOMAIN}"


def _chunks(ids: Sequence[UUID], size: int) -> Iterator[list[UUID]]:
    source = iter(ids)
    while chunk := list(islice(source, size)):
        yield chunk


def list_people() -> list[tuple[str, str, str]]:
    """The twenty: external id, name and situation, in the order of their telling."""
    return [(people.external_id(p), p.name, p.situation) for p in people.PEOPLE]
