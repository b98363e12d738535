"""Filling the demo: through the same doors as a lender's core system, settled to the end."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from uuid import UUID

from backend import app
from backend.benefits.jobs import offer_packs
from backend.borrowers import queries as borrower_queries
from backend.borrowers import service as borrowers
from backend.demo import people, uci
from backend.demo.calendar import DAYS_AFTER_CLOSE
from backend.demo.processes import deliver_all, in_processes
from backend.ingest.batch import store_lines
from backend.kit.db import bring_to_disk, transaction
from backend.kit.ids import new_id
from backend.kit.wiring import DemoFill, DemoOffice, JobContext
from backend.loans import service as loans
from backend.programme import service as programme
from backend.staff import demo as staff_demo
from backend.staff import queries as staff_queries
from backend.staff import service as staff
from backend.staff.rules import Role

ENROLLED_AT_ONCE = 5_000
SHARES = 2  # as many as the smallest machine has cores
BOUNCED = "The bank returned it."
MANAGER_NAME = "Lin Yue"


class SeedError(RuntimeError):
    """A line of the demo's own data was refused; the message names it."""


def seed(*, today: date, now: datetime, tell: Callable[[str], None]) -> None:
    """Store everything, settle it, rebuild facts and tiers. May be begun again at any point."""
    _open_staff_accounts(now=now)
    in_processes(import_share, [(share, today, now) for share in range(SHARES)])
    _assign_people(now=now)
    _fill_programme(app.demo_contents(), now=now)
    for external_id in people.reversals(today=today):
        with transaction() as session:
            loans.reverse_payment(session, external_id=external_id, reason=BOUNCED, now=now)
    tell("computing facts and tiers")
    in_processes(deliver_all, [(now,)] * SHARES)
    # One may have gone home while the other's last batch led to more.
    deliver_all(now)
    tell("offering the month's pack")
    offer_packs(JobContext(as_of=today, now=now, run_id=new_id(), heartbeat=lambda: None))
    _fill_programme(app.demo_contents_of_history(), now=now)
    with transaction() as session:
        bring_to_disk(session)


def import_share(share: int, today: date, now: datetime) -> None:
    """One of `SHARES` parts of the portfolio: stored as history, enrolled, settled."""
    borrower_ids = _store(_lines(share, today=today), now=now)
    for some in _chunks(borrower_ids, ENROLLED_AT_ONCE):
        with transaction() as session:
            programme.enrol_all(session, borrower_ids=some, reason="demo", now=now, is_history=True)
    deliver_all(now, only="loans.settle")


def _lines(share: int, *, today: date) -> Iterator[people.Line]:
    if share == 0:
        yield from people.lines(today=today)
    last_close = today - timedelta(days=DAYS_AFTER_CLOSE)
    yield from uci.lines(last_close=last_close, share=share, shares=SHARES)


def _store(lines: Iterable[people.Line], *, now: datetime) -> list[UUID]:
    """Store all lines as history; returns the ids of the borrowers among them."""
    found: list[UUID] = []
    for answer in store_lines(enumerate(lines, start=1), now=now, backfill=True):
        outcome = answer.outcome
        if outcome.status == "refused":
            message = f"line {answer.line} of the demo's data: {outcome.problem}"
            raise SeedError(message)
        if answer.kind == "borrower" and outcome.id is not None:
            found.append(outcome.id)
    return found


def _open_staff_accounts(*, now: datetime) -> None:
    with transaction() as session:
        for role in Role:
            staff_id = staff.add_staff(session, email=staff_email(role), roles={role}, now=now)
            if role is Role.ACCOUNT_MANAGER:
                staff.set_display_name(session, staff_id=staff_id, name=MANAGER_NAME)
        # Four eyes need two people in the same office.
        for role in (Role.RISK_OFFICER, Role.ADMIN):
            email = f"second.{staff_email(role)}"
            staff.add_staff(session, email=email, roles={role}, now=now)


def enrol_staff(*, now: datetime) -> None:
    """They can log in to the console. `now` is technical time: their codes are not the demo's."""
    password_hash = staff_demo.hash_demo_password()
    with transaction() as session:
        staff_demo.enrol_all(session, password_hash=password_hash, now=now)


def _assign_people(*, now: datetime) -> None:
    """The twenty have the account manager for theirs."""
    with transaction() as session:
        manager = staff_queries.get_account(session, email=staff_email(Role.ACCOUNT_MANAGER))
        for external_id, _, _ in list_people():
            borrower_id = borrower_queries.get_id(session, external_id=external_id)
            borrowers.assign(
                session, borrower_id=borrower_id, staff_id=manager.id, by=None, now=now
            )


def _fill_programme(fills: Iterable[DemoFill], *, now: datetime) -> None:
    """What marketers have written: each package's own."""
    with transaction() as session:
        author, approver = (
            staff_queries.get_account(session, email=staff_email(role)).id
            for role in (Role.MARKETER, Role.CAMPAIGN_APPROVER)
        )
        office = DemoOffice(author_id=author, approver_id=approver)
        for fill in fills:
            fill(session, office, now)


def staff_email(role: Role) -> str:
    """The demo's member of staff in this role."""
    return f"{role}@{staff_demo.DEMO_DOMAIN}"


def _chunks(ids: Sequence[UUID], size: int) -> Iterator[list[UUID]]:
    source = iter(ids)
    while chunk := list(islice(source, size)):
        yield chunk


def list_people() -> list[tuple[str, str, str]]:
    """The twenty: external id, name and situation, in the order of their telling."""
    return [(people.external_id(p), p.name, p.situation) for p in people.PEOPLE]
