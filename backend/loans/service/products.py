"""What all loans of one product share."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.loans.models import LoanProduct
from backend.loans.rules import ALLOCATION_ORDER_DEFAULT
from backend.loans.service.inputs import ProductInput


def put_product(session: Session, *, product: ProductInput) -> None:
    """Store a product. Another allocation order does not replay its loans; a re-import does."""
    values: dict[str, object] = {
        "allocation_order": list(ALLOCATION_ORDER_DEFAULT),
        "rounding": "half_up",
        "grace_days": 0,
        "regime": None,
        **product,
    }
    session.execute(
        insert(LoanProduct)
        .values(values)
        .on_conflict_do_update(
            index_elements=[LoanProduct.code],
            set_={name: values[name] for name in values if name != "code"},
        )
    )
