"""Requests for plans that wait for a person, for the work list."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, or_, select

from backend.kit.ports import Urgency, WorkKind
from backend.kit.texts import Text
from backend.repayment_plans.models import PlanRequest
from backend.repayment_plans.rules import State

# States in which it is for a person of the lender to see to it.
FOR_STAFF = (State.UNDER_REVIEW, State.APPEALED, State.CORE_DIFFERS, State.AWAITING_CORE)
KINDS = {
    "plan_request": WorkKind(
        Urgency.ANSWER,
        Text("She asked for a plan.", "客户申请了还款方案。"),
        Text("Look at the options side by side and answer her.", "并列比较各项方案并答复客户。"),
        "POST /v1/staff/plan-requests/{case_id}/decide",
        "/console/plan-requests/{case_id}",
    )
}


def is_ours() -> ColumnElement[bool]:
    """Waits for a person; what the core system is to book does so once its day has passed."""
    return PlanRequest.state.in_(FOR_STAFF) & or_(
        PlanRequest.state != State.AWAITING_CORE, PlanRequest.relief_since_on.is_not(None)
    )


class OpenPlanRequests:
    """She asked for a plan, and it is our turn."""

    code = "repayment_plans"

    @property
    def kinds(self) -> Mapping[str, WorkKind]:
        """As the port says."""
        return KINDS

    def cases(self) -> Select[*tuple[Any, ...]]:
        """One case a request; while she is asked something, it is hers to move."""
        return select(
            PlanRequest.borrower_id,
            PlanRequest.id.label("case_id"),
            literal("plan_request").label("kind"),
            PlanRequest.due_on.label("due_on"),
            PlanRequest.requested_at.label("since"),
        ).where(is_ours())


SOURCE = OpenPlanRequests()
