"""Borrowers who earn: enrolled, with loans of a known schedule."""

from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.ids import new_id
from backend.programme import service as programme
from rewards.points import service
from tests.clock import NOW, TODAY
from tests.factories.loans import make_borrower, make_installments, make_loan

INSTALLMENT_MINOR = 10_100
_names = count(1)


def make_member(session: Session, *, enrolled: bool = True, **more: Any) -> tuple[str, UUID]:
    """A borrower by both her ids, enrolled two years ago."""
    name = f"member-{next(_names)}"
    borrower_id = make_borrower(session, external_id=name, **more)
    if enrolled:
        enrol(session, borrower_id)
    return name, borrower_id


def enrol(session: Session, borrower_id: UUID, *, days_ago: int = 730) -> None:
    programme.enrol_all(
        session, borrower_ids=[borrower_id], reason="test", now=NOW - timedelta(days=days_ago)
    )


def make_schedule(session: Session, name: str, due_on: list[date], **more: Any) -> tuple[str, UUID]:
    """A loan with an instalment of 10,100 on each of these days."""
    rows = make_installments(len(due_on))
    for row, day in zip(rows, due_on, strict=True):
        row["due_on"] = day
    return make_loan(
        session,
        borrower=name,
        installments=rows,
        opened_on=min(due_on) - timedelta(days=40),
        **more,
    )


def give(
    session: Session,
    borrower_id: UUID,
    points: int,
    *,
    now: Any = NOW,
    source_id: UUID | None = None,
    **more: Any,
) -> int:
    """Points from nowhere in particular; answers the entry's number."""
    number = service.earn(
        session,
        borrower_id=borrower_id,
        points=points,
        source=service.Source("referral", source_id or new_id()),
        cause=service.Cause("referral"),
        now=now,
        **more,
    )
    assert number is not None
    return number


def give_points(session: Session, borrower_id: UUID, points: int) -> None:
    """Points that she can spend today."""
    give(session, borrower_id, points)


def days(*offsets: int) -> list[date]:
    return [TODAY + timedelta(days=each) for each in offsets]
