"""The emergency fund: monthly budgets, moved in double entry, never below zero.

Every move is one conditional UPDATE of its month's row and one entry, in the transaction of the
act. A proposal reserves, so that what was approved is always there.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.benefits import queries as benefit_queries
from backend.benefits import service as benefits
from backend.benefits.models import BenefitGrant
from backend.benefits.rules import OPEN as BENEFIT_OPEN
from backend.benefits.rules import Kind
from backend.benefits.rules import State as BenefitState
from backend.hardship import queries, rules
from backend.hardship.errors import (
    ApplicationMoveRefused,
    FundGrantOpen,
    FundGrantSettled,
    FundShort,
    TopUpSettled,
)
from backend.hardship.models import (
    HardshipBudget,
    HardshipFundEntry,
    HardshipFundGrant,
    HardshipTopUp,
)
from backend.hardship.rules import Account, FundState, State, TopUpState
from backend.hardship.service.decisions import refuse_checker
from backend.kit.db import AnyRow
from backend.kit.ids import new_id
from backend.kit.money import Money
from backend.staff.errors import SecondPersonNeeded

CAUSE = "hardship"
_COLUMNS = {
    Account.AVAILABLE: HardshipBudget.available_minor,
    Account.RESERVED: HardshipBudget.reserved_minor,
    Account.PAID: HardshipBudget.paid_minor,
}
MAY_BE_HELPED = (*rules.OPEN, State.GRANTED)


def _move(
    session: Session,
    *,
    amount: Money,
    month: date,
    between: tuple[Account, Account],
    cause: str,
    now: datetime,
) -> None:
    """Refuses: FundShort."""
    giving, taking = between
    values: dict[Any, Any] = {}
    condition = [HardshipBudget.currency == amount.currency, HardshipBudget.month == month]
    if giving in _COLUMNS:
        values[_COLUMNS[giving]] = _COLUMNS[giving] - amount.amount_minor
        condition.append(_COLUMNS[giving] >= amount.amount_minor)
    values[_COLUMNS[taking]] = _COLUMNS[taking] + amount.amount_minor
    moved = session.execute(
        update(HardshipBudget).where(*condition).values(values).returning(HardshipBudget.currency)
    ).first()
    if moved is None:
        raise FundShort
    session.execute(
        insert(HardshipFundEntry).values(
            id=new_id(),
            currency=amount.currency,
            month=month,
            from_account=giving,
            to_account=taking,
            amount_minor=amount.amount_minor,
            cause=cause,
            at=now,
        )
    )


def ask_top_up(
    session: Session, *, amount: Money, month: date, reason: str, asked_by: UUID, now: datetime
) -> UUID:
    """Ask for money for a month; it is there when another person confirms."""
    top_up_id = new_id()
    session.execute(
        insert(HardshipTopUp).values(
            id=top_up_id,
            currency=amount.currency,
            month=month,
            amount_minor=amount.amount_minor,
            reason=reason,
            state=TopUpState.ASKED,
            asked_by=asked_by,
            asked_at=now,
        )
    )
    return top_up_id


def decide_top_up(
    session: Session, *, top_up_id: UUID, is_confirmed: bool, decided_by: UUID, now: datetime
) -> None:
    """Let it count, or not.

    Refuses: TopUpUnknown, TopUpSettled, SecondPersonNeeded.
    """
    row = queries.get_top_up(session, top_up_id=top_up_id, lock=True)
    if row.state != TopUpState.ASKED:
        raise TopUpSettled
    if row.asked_by == decided_by:
        raise SecondPersonNeeded
    session.execute(
        update(HardshipTopUp)
        .where(HardshipTopUp.id == top_up_id)
        .values(
            state=TopUpState.CONFIRMED if is_confirmed else TopUpState.REJECTED,
            decided_by=decided_by,
            decided_at=now,
        )
    )
    if not is_confirmed:
        return
    session.execute(
        upsert(HardshipBudget)
        .values(currency=row.currency, month=row.month)
        .on_conflict_do_nothing()
    )
    _move(
        session,
        amount=Money(row.amount_minor, row.currency),
        month=row.month,
        between=(Account.OUTSIDE, Account.AVAILABLE),
        cause=f"top-up:{top_up_id}",
        now=now,
    )


def propose_grant(
    session: Session,
    *,
    borrower_id: UUID,
    application_id: UUID,
    amount: Money,
    proposed_by: UUID,
    month: date,
    now: datetime,
) -> UUID:
    """Reserve money for an application, until another person approves or rejects it.

    Refuses: ApplicationUnknown, ApplicationMoveRefused, FundGrantOpen, FundShort.
    """
    row = queries.get_for_update(session, borrower_id=borrower_id, application_id=application_id)
    if row.state not in MAY_BE_HELPED:
        raise ApplicationMoveRefused
    # Under the application's lock, so that the constraint behind it is never met.
    known = queries.find_fund_grant(session, borrower_id=borrower_id, application_id=application_id)
    if known is not None and known.state not in (FundState.REJECTED, FundState.RELEASED):
        raise FundGrantOpen
    grant_id = new_id()
    _move(
        session,
        amount=amount,
        month=month,
        between=(Account.AVAILABLE, Account.RESERVED),
        cause=f"reserve:{grant_id}",
        now=now,
    )
    session.execute(
        insert(HardshipFundGrant).values(
            borrower_id=borrower_id,
            id=grant_id,
            application_id=application_id,
            currency=amount.currency,
            month=month,
            amount_minor=amount.amount_minor,
            state=FundState.PROPOSED,
            proposed_by=proposed_by,
            proposed_at=now,
        )
    )
    return grant_id


def approve_grant(
    session: Session, *, borrower_id: UUID, fund_grant_id: UUID, decided_by: UUID, now: datetime
) -> UUID:
    """Let another person's proposal become a benefit of the core system; answers for what.

    Refuses: FundGrantUnknown, FundGrantSettled, SecondPersonNeeded, ApplicationMoveRefused,
    CheckerDecides.
    """
    row = _lock_proposed(
        session, borrower_id=borrower_id, fund_grant_id=fund_grant_id, decided_by=decided_by
    )
    # Locked, so that she cannot take it back in the same moment.
    application = queries.get_for_update(
        session, borrower_id=borrower_id, application_id=row.application_id
    )
    if application.state not in MAY_BE_HELPED:
        raise ApplicationMoveRefused
    refuse_checker(session, application, decider=decided_by)
    benefit_grant_id = benefits.grant_benefit(
        session,
        borrower_id=borrower_id,
        kind=Kind.HARDSHIP_FUND,
        terms={"amount_minor": row.amount_minor, "currency": row.currency},
        cause=CAUSE,
        now=now,
        state=BenefitState.ACTIVATED,
        occasion=f"hardship_fund:{fund_grant_id}",
    )
    _write(
        session,
        row,
        state=FundState.APPROVED,
        decided_by=decided_by,
        decided_at=now,
        benefit_grant_id=benefit_grant_id,
    )
    approved_for: UUID = row.application_id
    return approved_for


def reject_grant(
    session: Session, *, borrower_id: UUID, fund_grant_id: UUID, decided_by: UUID, now: datetime
) -> UUID:
    """Give back what was reserved; answers for which application.

    Refuses: FundGrantUnknown, FundGrantSettled, SecondPersonNeeded.
    """
    row = _lock_proposed(
        session, borrower_id=borrower_id, fund_grant_id=fund_grant_id, decided_by=decided_by
    )
    _release(session, row, now=now)
    _write(session, row, state=FundState.REJECTED, decided_by=decided_by, decided_at=now)
    rejected_for: UUID = row.application_id
    return rejected_for


def list_to_settle(session: Session, *, limit: int) -> Sequence[AnyRow]:
    """Approved grants whose benefit the core system has carried out, or that ended before."""
    return session.execute(
        select(HardshipFundGrant.borrower_id, HardshipFundGrant.id)
        .where(
            HardshipFundGrant.state == FundState.APPROVED,
            exists().where(
                BenefitGrant.borrower_id == HardshipFundGrant.borrower_id,
                BenefitGrant.id == HardshipFundGrant.benefit_grant_id,
                BenefitGrant.state.not_in(BENEFIT_OPEN),
            ),
        )
        .order_by(HardshipFundGrant.borrower_id, HardshipFundGrant.id)
        .limit(limit)
    ).all()


def settle_grant(
    session: Session, *, borrower_id: UUID, fund_grant_id: UUID, now: datetime
) -> FundState:
    """Book as paid what the core system carried out, and give back what ended before."""
    row = queries.get_fund_grant_for_update(
        session, borrower_id=borrower_id, fund_grant_id=fund_grant_id
    )
    if row.state != FundState.APPROVED:
        return FundState(row.state)
    grant = benefit_queries.get_own(session, borrower_id=borrower_id, grant_id=row.benefit_grant_id)
    if grant.state in BENEFIT_OPEN:
        return FundState.APPROVED
    is_paid = grant.state == BenefitState.FULFILLED
    if is_paid:
        _move(
            session,
            amount=Money(row.amount_minor, row.currency),
            month=row.month,
            between=(Account.RESERVED, Account.PAID),
            cause=f"pay:{fund_grant_id}",
            now=now,
        )
    else:
        _release(session, row, now=now)
    after = FundState.PAID if is_paid else FundState.RELEASED
    _write(session, row, state=after)
    return after


def _lock_proposed(
    session: Session, *, borrower_id: UUID, fund_grant_id: UUID, decided_by: UUID
) -> AnyRow:
    row = queries.get_fund_grant_for_update(
        session, borrower_id=borrower_id, fund_grant_id=fund_grant_id
    )
    if row.state != FundState.PROPOSED:
        raise FundGrantSettled
    if row.proposed_by == decided_by:
        raise SecondPersonNeeded
    return row


def _release(session: Session, row: AnyRow, *, now: datetime) -> None:
    _move(
        session,
        amount=Money(row.amount_minor, row.currency),
        month=row.month,
        between=(Account.RESERVED, Account.AVAILABLE),
        cause=f"release:{row.id}",
        now=now,
    )


def _write(session: Session, row: AnyRow, **values: Any) -> None:
    session.execute(
        update(HardshipFundGrant)
        .where(HardshipFundGrant.borrower_id == row.borrower_id, HardshipFundGrant.id == row.id)
        .values(**values)
    )
