"""Loans that are late, for the work list."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import DateTime, Integer, Select, case, cast, literal, select

from backend.kit.ports import Urgency, WorkKind
from backend.kit.texts import Text
from backend.loans.models import Loan

KINDS = {
    "late_loan": WorkKind(
        Urgency.ARREARS,
        Text("A loan is late.", "一笔贷款已逾期。"),
        Text("Talk about what would fit, and try it out.", "与其商议合适的安排并试算。"),
        "POST /v1/staff/loan-schedules/preview",
    )
}


class LateLoans:
    """Open loans with something unpaid; the work list looks whether its day has passed."""

    code = "loans"

    @property
    def kinds(self) -> Mapping[str, WorkKind]:
        """As the port says."""
        return KINDS

    def cases(self) -> Select[*tuple[Any, ...]]:
        """One case a loan, late since the oldest unpaid due day, or as the core system reports."""
        since_on = case(
            (Loan.dpd_source == "computed", Loan.oldest_unpaid_due_on),
            (Loan.reported_dpd > 0, Loan.reported_as_of - cast(Loan.reported_dpd, Integer)),
        )
        return select(
            Loan.borrower_id,
            Loan.id.label("case_id"),
            literal("late_loan").label("kind"),
            since_on.label("due_on"),
            cast(since_on, DateTime(timezone=True)).label("since"),
        ).where(Loan.status != "closed", since_on.is_not(None))


SOURCE = LateLoans()
