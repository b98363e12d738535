"""The proof of the fund: each month is what its entries say, and what its grants have of it."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.hardship.models import (
    HardshipBudget,
    HardshipFundEntry,
    HardshipFundGrant,
    HardshipTopUp,
)
from backend.hardship.rules import Account, FundState, TopUpState
from backend.kit.db import AnyRow
from backend.kit.wiring import Audit

_KEPT = (Account.AVAILABLE, Account.RESERVED, Account.PAID)


def run(session: Session) -> Iterator[str]:
    """One line for each difference."""
    for budget in session.execute(select(HardshipBudget.__table__)).all():
        entries = _by_accounts(session, budget)
        name = f"hardship fund {budget.currency} {budget.month:%Y-%m}"
        for account in _KEPT:
            kept = getattr(budget, f"{account}_minor")
            booked = entries.get(account, 0)
            if kept != booked:
                yield f"{name}: {account} is {kept}, its entries say {booked}"
        granted = _granted(session, budget)
        for account, states in (
            (Account.RESERVED, (FundState.PROPOSED, FundState.APPROVED)),
            (Account.PAID, (FundState.PAID,)),
        ):
            owed = sum(granted.get(state, 0) for state in states)
            kept = getattr(budget, f"{account}_minor")
            if kept != owed:
                yield f"{name}: {account} is {kept}, its grants have {owed}"
        given = -entries.get(Account.OUTSIDE, 0)
        topped_up = _topped_up(session, budget)
        if given != topped_up:
            yield f"{name}: {given} came in, top-ups of {topped_up} were confirmed"


def _by_accounts(session: Session, budget: AnyRow) -> dict[str, int]:
    sums: dict[str, int] = {}
    rows = session.execute(
        select(
            HardshipFundEntry.from_account,
            HardshipFundEntry.to_account,
            func.sum(HardshipFundEntry.amount_minor).label("amount"),
        )
        .where(
            HardshipFundEntry.currency == budget.currency,
            HardshipFundEntry.month == budget.month,
        )
        .group_by(HardshipFundEntry.from_account, HardshipFundEntry.to_account)
    )
    for giving, taking, amount in rows:
        sums[giving] = sums.get(giving, 0) - int(amount)
        sums[taking] = sums.get(taking, 0) + int(amount)
    return sums


def _granted(session: Session, budget: AnyRow) -> dict[str, int]:
    rows = session.execute(
        select(HardshipFundGrant.state, func.sum(HardshipFundGrant.amount_minor))
        .where(
            HardshipFundGrant.currency == budget.currency,
            HardshipFundGrant.month == budget.month,
        )
        .group_by(HardshipFundGrant.state)
    )
    return {state: int(amount) for state, amount in rows}


def _topped_up(session: Session, budget: AnyRow) -> int:
    total = session.execute(
        select(func.coalesce(func.sum(HardshipTopUp.amount_minor), 0)).where(
            HardshipTopUp.currency == budget.currency,
            HardshipTopUp.month == budget.month,
            HardshipTopUp.state == TopUpState.CONFIRMED,
        )
    ).scalar_one()
    return int(total)


AUDITS = (Audit(name="hardship_fund", run=run),)
