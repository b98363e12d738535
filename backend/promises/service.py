"""Making promises, judging them by the payments, and withdrawing them."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import any_, insert, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from backend.contacts import service as contacts
from backend.events.promises import PromiseStateChanged
from backend.kit.clock import day_in_zone
from backend.kit.db import AnyRow
from backend.kit.ids import new_id
from backend.kit.money import Money
from backend.kit.outbox import announce
from backend.kit.problems import Reason
from backend.loans import service as loans
from backend.loans.queries import LoanRecord
from backend.loans.rules import MONTH_PRECISION
from backend.promises import queries, rules
from backend.promises.errors import PromiseMoveRefused, PromiseOpen
from backend.promises.models import Promise
from backend.promises.refusals import refusal_of
from backend.promises.rules import Given, State


def make_promise(
    session: Session,
    *,
    borrower_id: UUID,
    loan_id: UUID,
    amount_minor: int,
    on: date,
    now: datetime,
    recorded_by: UUID | None = None,
) -> UUID:
    """Take her word, and leave her in peace until its day. `recorded_by`: who heard it.

    Refuses: NotFound (the loan), PromiseOpen, PromiseDayOutside, PromiseRefused.
    """
    # Of two at once, the second waits here and then finds the first.
    record = loans.get_record_for_update(session, borrower_id=borrower_id, loan_id=loan_id)
    today = day_in_zone(now, record.timezone)
    judge_loans(session, keys=[(borrower_id, loan_id)], now=now)
    _check(session, record, amount_minor=amount_minor, on=on, today=today)
    promise_id = new_id()
    session.execute(
        insert(Promise).values(
            borrower_id=borrower_id,
            id=promise_id,
            loan_id=loan_id,
            currency=record.currency,
            amount_minor=amount_minor,
            on_date=on,
            made_on=today,
            made_at=now,
            given_by=Given.APP if recorded_by is None else Given.PHONE,
            recorded_by=recorded_by,
            not_counted=_list_there(record, made_on=today, on=on),
            state=State.OPEN,
            changed_at=now,
        )
    )
    made = queries.get_own(session, borrower_id=borrower_id, promise_id=promise_id)
    _follow(session, made, before=None, after=State.OPEN, paid_minor=0, now=now)
    return promise_id


def _check(
    session: Session, record: LoanRecord, *, amount_minor: int, on: date, today: date
) -> None:
    borrower_id, loan_id = record.key
    standing = session.execute(
        select(Promise.id, Promise.on_date, Promise.amount_minor).where(
            Promise.borrower_id == borrower_id,
            Promise.loan_id == loan_id,
            Promise.state == State.OPEN,
        )
    ).first()
    if standing is not None:
        raise PromiseOpen(
            reasons=[Reason(PromiseOpen.code, PromiseOpen.title)],
            would_change=[{"kind": "withdraw", "promise_id": str(standing.id)}],
            promise_id=str(standing.id),
            on=standing.on_date.isoformat(),
        )
    is_closed = record.status == "closed"
    open_minor = 0 if is_closed else record.state().outstanding.total_minor
    verdict = rules.may_promise(
        amount_minor=amount_minor,
        on=on,
        open_minor=open_minor,
        earlier=queries.list_past(session, borrower_id=borrower_id, today=today),
        today=today,
    )
    if verdict.why is not None:
        raise refusal_of(
            verdict, open_amount=Money(open_minor, record.currency), loan_id=loan_id, today=today
        )


def _list_there(record: LoanRecord, *, made_on: date, on: date) -> list[UUID]:
    return [
        row.id
        for row in record.history.payments
        if rules.counts(
            rules.Received(row.received_on, row.date_precision == MONTH_PRECISION),
            made_on=made_on,
            on=on,
        )
    ]


def withdraw(session: Session, *, borrower_id: UUID, promise_id: UUID, now: datetime) -> None:
    """She takes it back, which nobody holds against her.

    Refuses: PromiseUnknown, PromiseMoveRefused (it is decided).
    """
    row = queries.get_own_for_update(session, borrower_id=borrower_id, promise_id=promise_id)
    if not rules.may_move(State(row.state), State.WITHDRAWN):
        raise PromiseMoveRefused(state=row.state)
    _move(session, row, after=State.WITHDRAWN, paid_minor=row.paid_minor, now=now)


def judge_loans(
    session: Session,
    *,
    keys: Collection[tuple[UUID, UUID]],
    now: datetime,
) -> int:
    """Decide the promises of these loans by the payments as they stand; how many moved.

    The payments are read after the promises are locked: who waited for the lock sees what the
    one before her saw, or more. A payment that commits later has its own event, which judges anew.
    """
    rows = queries.list_for_update(session, keys=keys) if keys else ()
    if not rows:
        return 0
    paid = queries.list_paid(session, borrower_ids={row.borrower_id for row in rows})
    is_open = _list_loans_with_open(session, {row.borrower_id for row in rows})
    moved = 0
    # The newest first: of two that could be open, it is the one that counts.
    for row in sorted(rows, key=lambda each: each.id, reverse=True):
        paid_minor = paid.get(row.id, 0)
        other = is_open.get((row.borrower_id, row.loan_id), row.id)
        after = rules.judge(
            State(row.state),
            amount_minor=row.amount_minor,
            on=row.on_date,
            paid_minor=paid_minor,
            is_settled=row.is_settled,
            may_reopen=other == row.id,
            today=day_in_zone(now, row.timezone),
        )
        if after is State.OPEN:
            is_open[row.borrower_id, row.loan_id] = row.id
        elif other == row.id:
            is_open.pop((row.borrower_id, row.loan_id), None)
        if after != row.state:
            _move(session, row, after=after, paid_minor=paid_minor, now=now)
            moved += 1
        elif paid_minor != row.paid_minor:
            _write(session, row, paid_minor=paid_minor)
    return moved


def _list_loans_with_open(
    session: Session, borrower_ids: Collection[UUID]
) -> dict[tuple[UUID, UUID], UUID]:
    rows = session.execute(
        select(Promise.borrower_id, Promise.loan_id, Promise.id).where(
            Promise.borrower_id == any_(literal(list(borrower_ids), ARRAY(Uuid))),
            Promise.state == State.OPEN,
        )
    )
    return {(row.borrower_id, row.loan_id): row.id for row in rows}


def _move(session: Session, row: AnyRow, *, after: State, paid_minor: int, now: datetime) -> None:
    before = State(row.state)
    if not rules.may_move(before, after):
        raise PromiseMoveRefused(state=row.state)
    _write(session, row, state=after, paid_minor=paid_minor, changed_at=now)
    _follow(session, row, before=before, after=after, paid_minor=paid_minor, now=now)


def _write(session: Session, row: AnyRow, **values: Any) -> None:
    session.execute(
        update(Promise)
        .where(Promise.borrower_id == row.borrower_id, Promise.id == row.id)
        .values(**values)
    )


def _follow(
    session: Session,
    row: AnyRow,
    *,
    before: State | None,
    after: State,
    paid_minor: int,
    now: datetime,
) -> None:
    cause = f"promise:{row.id}"
    if after is State.OPEN:
        contacts.hold(
            session,
            borrower_id=row.borrower_id,
            cause=cause,
            until_on=rules.ends_on(row.on_date),
            now=now,
        )
    else:
        contacts.release(session, borrower_id=row.borrower_id, cause=cause)
    announce(
        session,
        PromiseStateChanged(
            borrower_id=row.borrower_id,
            occurred_at=now,
            promise_id=row.id,
            loan_id=row.loan_id,
            before=before,
            after=after,
            amount_minor=row.amount_minor,
            paid_minor=paid_minor,
            on=row.on_date,
            currency=row.currency,
        ),
    )
