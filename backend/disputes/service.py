"""Submitting a dispute, talking about it, deciding it, and taking it back."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from backend.benefits import service as benefits
from backend.contacts import service as contacts
from backend.disputes import queries, rules
from backend.disputes.errors import (
    DisputedUnknown,
    DisputeMoveRefused,
    DisputeOpen,
    DisputeRepeated,
    DisputeSettled,
    TooManyDisputes,
)
from backend.disputes.models import Dispute, DisputeStep
from backend.disputes.rules import DECIDED, About, Ground, State
from backend.events.disputes import DisputeStateChanged
from backend.kit import crypto
from backend.kit.clock import day_in_zone
from backend.kit.db import AnyRow
from backend.kit.ids import new_id
from backend.kit.outbox import announce
from backend.kit.problems import FieldError, Invalid
from backend.kit.programme_zone import programme_day
from backend.loans import service as loans
from backend.loans.queries import LoanRecord
from backend.tiers import service as tiers
from backend.tiers.rules import FREEZE_DAYS_MAX

CAUSE = "dispute"
SEALED = queries.SEALED


def submit(
    session: Session,
    *,
    borrower_id: UUID,
    loan_id: UUID,
    about: About,
    text: str,
    adjustment_id: UUID | None,
    payment_id: UUID | None,
    now: datetime,
) -> UUID:
    """She says that something is wrong: her tier stays, reminders stop, the line says so.

    Refuses: NotFound (the loan), DisputedUnknown, Invalid (a line that this is not about),
    DisputeOpen, DisputeSettled, DisputeRepeated, TooManyDisputes.
    """
    # The tier first, then the loan, as everybody who locks both. Of two at once, the second waits
    # here and then finds the first.
    tiers.lock(session, borrower_id=borrower_id)
    record = loans.get_record_for_update(session, borrower_id=borrower_id, loan_id=loan_id)
    _check_named(record, about, adjustment_id=adjustment_id, payment_id=payment_id)
    matter = rules.matter_of(about, charge_id=adjustment_id, payment_id=payment_id)
    _check_open(session, record, matter=matter, adjustment_id=adjustment_id)
    _check_repeats(session, record, matter=matter, today=day_in_zone(now, record.timezone))
    dispute_id = new_id()
    session.execute(
        insert(Dispute).values(
            borrower_id=borrower_id,
            id=dispute_id,
            loan_id=loan_id,
            about=about,
            matter=matter,
            adjustment_id=adjustment_id,
            payment_id=payment_id,
            state=State.SUBMITTED,
            submitted_at=now,
            changed_at=now,
            due_on=rules.answer_by(programme_day(now)),
            currency=record.currency,
        )
    )
    row = queries.get_dispute(session, borrower_id=borrower_id, dispute_id=dispute_id)
    _note(session, row, state=State.SUBMITTED, words=text, staff_id=None, now=now)
    _begin_peace(session, row, today=day_in_zone(now, record.timezone), now=now)
    _tell(session, row, before=None, after=State.SUBMITTED, now=now)
    return dispute_id


def _check_named(
    record: LoanRecord, about: About, *, adjustment_id: UUID | None, payment_id: UUID | None
) -> None:
    if adjustment_id is not None:
        if about not in rules.NAMES_A_CHARGE:
            raise Invalid(
                errors=[FieldError("#/adjustment_id", "Names a line of a fee or penalty.")]
            )
        charge = _find_charge(record, adjustment_id)
        if charge is None or charge.kind != about:
            raise DisputedUnknown
    if payment_id is not None:
        if about not in rules.NAMES_A_PAYMENT:
            raise Invalid(
                errors=[FieldError("#/payment_id", "Names a payment that is in question.")]
            )
        if all(row.id != payment_id for row in record.history.payments):
            raise DisputedUnknown


def _find_charge(record: LoanRecord, adjustment_id: UUID) -> Any:
    return next((row for row in record.history.adjustments if row.id == adjustment_id), None)


def _check_open(
    session: Session, record: LoanRecord, *, matter: str, adjustment_id: UUID | None
) -> None:
    borrower_id, loan_id = record.key
    standing = queries.list_open(session, borrower_id=borrower_id)
    for row in standing:
        if (row.loan_id, row.matter) == (loan_id, matter):
            raise DisputeOpen.beside(row.id)
    if len(standing) >= rules.OPEN_MAX:
        raise TooManyDisputes.beyond(rules.OPEN_MAX)
    if adjustment_id is not None:
        mended = queries.find_mended(session, borrower_id=borrower_id, adjustment_id=adjustment_id)
        if mended is not None:
            raise DisputeSettled.by(mended)


def _check_repeats(session: Session, record: LoanRecord, *, matter: str, today: date) -> None:
    borrower_id, loan_id = record.key
    rejected = queries.list_rejected_at(
        session, borrower_id=borrower_id, loan_id=loan_id, matter=matter
    )
    days = [day_in_zone(at, record.timezone) for at in rejected]
    free_on = rules.may_raise_on(days, today=today)
    if free_on is not None:
        raise DisputeRepeated.until(free_on, times=rules.REJECTED_MAX, days=rules.LOOK_BACK.days)


def withdraw(session: Session, *, borrower_id: UUID, dispute_id: UUID, now: datetime) -> None:
    """She takes it back. Refuses: DisputeUnknown, DisputeMoveRefused."""
    tiers.lock(session, borrower_id=borrower_id)
    row = queries.get_dispute_for_update(session, borrower_id=borrower_id, dispute_id=dispute_id)
    _move(session, row, after=State.WITHDRAWN, words=None, staff_id=None, now=now)


def reply(
    session: Session, *, borrower_id: UUID, dispute_id: UUID, text: str, now: datetime
) -> None:
    """She answers what she was asked. Refuses: DisputeUnknown, DisputeMoveRefused."""
    row = queries.get_dispute_for_update(session, borrower_id=borrower_id, dispute_id=dispute_id)
    if row.state != State.INFO_REQUESTED:
        raise DisputeMoveRefused(state=row.state)
    due_on = rules.answer_after_reply(programme_day(now), due_on=row.due_on)
    _move(
        session,
        row,
        after=State.UNDER_REVIEW,
        words=text,
        staff_id=None,
        now=now,
        due_on=due_on,
    )


def take(
    session: Session, *, borrower_id: UUID, dispute_id: UUID, staff_id: UUID, now: datetime
) -> None:
    """A person looks at it. Refuses: DisputeUnknown, DisputeMoveRefused."""
    row = queries.get_dispute_for_update(session, borrower_id=borrower_id, dispute_id=dispute_id)
    _move(
        session,
        row,
        after=State.UNDER_REVIEW,
        words=None,
        staff_id=staff_id,
        now=now,
        taken_by=staff_id,
    )


def ask(
    session: Session,
    *,
    borrower_id: UUID,
    dispute_id: UUID,
    question: str,
    staff_id: UUID,
    now: datetime,
) -> None:
    """Ask her for what is missing. Refuses: DisputeUnknown, DisputeMoveRefused."""
    row = queries.get_dispute_for_update(session, borrower_id=borrower_id, dispute_id=dispute_id)
    _move(
        session,
        row,
        after=State.INFO_REQUESTED,
        words=question,
        staff_id=staff_id,
        now=now,
        taken_by=staff_id,
    )


def decide(
    session: Session,
    *,
    borrower_id: UUID,
    dispute_id: UUID,
    outcome: State,
    grounds: Sequence[Ground],
    answer: str,
    amount_minor: int | None,
    staff_id: UUID,
    now: datetime,
) -> None:
    """Answer it, once: of two who decide, the second is told the state that won.

    A fee or penalty that was wrong is waived. Refuses: DisputeUnknown, DisputeMoveRefused, Invalid.
    """
    # The tier, the loan, and then what is hers: everybody in that order.
    tiers.lock(session, borrower_id=borrower_id)
    found = queries.get_dispute(session, borrower_id=borrower_id, dispute_id=dispute_id)
    record = loans.get_record_for_update(session, borrower_id=borrower_id, loan_id=found.loan_id)
    row = queries.get_dispute_for_update(session, borrower_id=borrower_id, dispute_id=dispute_id)
    if not rules.may_move(State(row.state), outcome) or outcome not in DECIDED:
        raise DisputeMoveRefused(state=row.state)
    remedy = _check_decision(
        record, row, outcome=outcome, grounds=grounds, amount_minor=amount_minor
    )
    waived = _mend(session, row, remedy_minor=remedy or 0, now=now)
    _move(
        session,
        row,
        after=outcome,
        words=answer,
        staff_id=staff_id,
        now=now,
        decided_by=staff_id,
        grounds=[str(ground) for ground in dict.fromkeys(grounds)],
        waived_minor=waived,
        correction_minor=(remedy or 0) - waived,
    )


def _check_decision(
    record: LoanRecord,
    row: AnyRow,
    *,
    outcome: State,
    grounds: Sequence[Ground],
    amount_minor: int | None,
) -> int | None:
    fault = rules.find_ground_error(outcome, frozenset(grounds))
    if fault is not None:
        raise Invalid(errors=[FieldError("#/grounds", fault)])
    charge = _find_charge(record, row.adjustment_id) if row.adjustment_id else None
    charged = None if charge is None else charge.amount_minor
    is_wanted = outcome is State.PARTLY_UPHELD and charged is not None
    if is_wanted != (amount_minor is not None):
        detail = "Is given for a fee or penalty that is upheld in part, and only then."
        raise Invalid(errors=[FieldError("#/amount_minor", detail)])
    if is_wanted and amount_minor is not None and amount_minor >= (charged or 0):
        raise Invalid(errors=[FieldError("#/amount_minor", "Must be less than the whole line.")])
    return rules.remedy_minor(outcome, charged_minor=charged, named_minor=amount_minor)


def _mend(session: Session, row: AnyRow, *, remedy_minor: int, now: datetime) -> int:
    if not remedy_minor:
        return 0
    waived = benefits.waive_charge(
        session,
        borrower_id=row.borrower_id,
        loan_id=row.loan_id,
        adjustment_id=row.adjustment_id,
        amount_minor=remedy_minor,
        cause=CAUSE,
        now=now,
    )
    return 0 if waived is None else waived.amount_minor


def _move(
    session: Session,
    row: AnyRow,
    *,
    after: State,
    words: str | None,
    staff_id: UUID | None,
    now: datetime,
    **values: Any,
) -> None:
    before = State(row.state)
    if not rules.may_move(before, after):
        raise DisputeMoveRefused(state=row.state)
    if not rules.MOVES[after]:
        values["ended_at"] = now
        _end_peace(session, row, now=now)
    session.execute(
        update(Dispute)
        .where(Dispute.borrower_id == row.borrower_id, Dispute.id == row.id)
        .values(state=after, changed_at=now, **values)
    )
    _note(session, row, state=after, words=words, staff_id=staff_id, now=now)
    _tell(
        session,
        row,
        before=before,
        after=after,
        now=now,
        waived_minor=values.get("waived_minor", 0),
        correction_minor=values.get("correction_minor", 0),
    )


def _note(
    session: Session,
    row: AnyRow,
    *,
    state: State,
    words: str | None,
    staff_id: UUID | None,
    now: datetime,
) -> None:
    # The dispute is locked, or new: nobody else counts meanwhile.
    known = queries.count_steps(session, borrower_id=row.borrower_id, dispute_id=row.id)
    session.execute(
        insert(DisputeStep).values(
            borrower_id=row.borrower_id,
            dispute_id=row.id,
            number=known + 1,
            state=state,
            staff_id=staff_id,
            words_cipher=None if words is None else crypto.encrypt(words, context=queries.CONTEXT),
            at=now,
        )
    )


def _begin_peace(session: Session, row: AnyRow, *, today: date, now: datetime) -> None:
    # As long as a freeze may last: it is the end of the dispute that ends it.
    until_on = today + timedelta(days=FREEZE_DAYS_MAX)
    cause = f"{CAUSE}:{row.id}"
    tiers.freeze(session, borrower_id=row.borrower_id, cause=cause, until_on=until_on, now=now)
    contacts.hold(session, borrower_id=row.borrower_id, cause=cause, until_on=until_on, now=now)
    if row.adjustment_id is not None:
        loans.mark_disputed(
            session, borrower_id=row.borrower_id, adjustment_id=row.adjustment_id, cause=cause
        )


def _end_peace(session: Session, row: AnyRow, *, now: datetime) -> None:
    cause = f"{CAUSE}:{row.id}"
    tiers.lift_freeze(session, borrower_id=row.borrower_id, cause=cause, today=programme_day(now))
    contacts.release(session, borrower_id=row.borrower_id, cause=cause)
    if row.adjustment_id is not None:
        loans.unmark_disputed(
            session, borrower_id=row.borrower_id, adjustment_id=row.adjustment_id, cause=cause
        )


def _tell(
    session: Session,
    row: AnyRow,
    *,
    before: State | None,
    after: State,
    now: datetime,
    waived_minor: int = 0,
    correction_minor: int = 0,
) -> None:
    announce(
        session,
        DisputeStateChanged(
            borrower_id=row.borrower_id,
            occurred_at=now,
            dispute_id=row.id,
            loan_id=row.loan_id,
            about=row.about,
            before=before,
            after=after,
            waived_minor=waived_minor,
            correction_minor=correction_minor,
            currency=row.currency,
        ),
    )
