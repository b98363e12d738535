"""What all loans of one product share."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.loans.models import Loan, LoanProduct
from backend.loans.queries import LoanKey
from backend.loans.rules import ALLOCATION_ORDER_DEFAULT
from backend.loans.service.inputs import ProductInput
from backend.loans.service.references import mark_touched

TOUCHED_AT_ONCE = 1_000  # loans of one event


def put_product(session: Session, *, product: ProductInput, now: datetime) -> None:
    """Store a product. Another allocation order has all its loans settled anew."""
    values: dict[str, object] = {
        "allocation_order": list(ALLOCATION_ORDER_DEFAULT),
        "rounding": "half_up",
        "grace_days": 0,
        "regime": None,
        "method": "equal_installment",
        "day_count": "30/360",
        "installment_multiple_minor": 1,
        "recalculate_interest": "none",
        "plan_rate": None,
        "assumed": [],
        **product,
    }
    before = session.execute(
        select(LoanProduct.allocation_order)
        .where(LoanProduct.code == values["code"])
        .with_for_update()
    ).scalar_one_or_none()
    session.execute(
        insert(LoanProduct)
        .values(values)
        .on_conflict_do_update(
            index_elements=[LoanProduct.code],
            set_={name: values[name] for name in values if name != "code"},
        )
    )
    if before is not None and list(before) != values["allocation_order"]:
        _settle_anew(session, code=str(values["code"]), now=now)


def _settle_anew(session: Session, *, code: str, now: datetime) -> None:
    touched = session.execute(
        update(Loan)
        .where(Loan.product_code == code)
        .values(stale=True)
        .returning(Loan.borrower_id, Loan.id)
    ).all()
    keys = [LoanKey(borrower_id, loan_id) for borrower_id, loan_id in touched]
    for start in range(0, len(keys), TOUCHED_AT_ONCE):
        mark_touched(session, keys=keys[start : start + TOUCHED_AT_ONCE], now=now, history=False)
