"""Reads of products."""

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from backend.kit.problems import NotFound
from backend.loans.models import LoanProduct


def get_product(session: Session, *, code: str) -> Row[Any]:
    """A product with what its schedules are reckoned by. Refuses: NotFound."""
    row = session.execute(
        select(LoanProduct.__table__).where(LoanProduct.code == code)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row
