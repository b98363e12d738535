"""Disputes that wait for an answer, for the work list."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, literal, select

from backend.disputes.models import Dispute
from backend.disputes.rules import State
from backend.kit.ports import Urgency, WorkKind
from backend.kit.texts import Text

KINDS = {
    "dispute": WorkKind(
        Urgency.ANSWER,
        Text("She says that something is wrong.", "客户提出了异议。"),
        Text("Look into it and answer her with reasons.", "核实情况并说明理由答复客户。"),
        "POST /v1/staff/borrowers/{borrower_id}/disputes/{case_id}/decide",
        "/console/borrowers/{borrower_id}/disputes/{case_id}",
    )
}


class OpenDisputes:
    """She says that something in the books is wrong, and it is our turn."""

    code = "disputes"

    @property
    def kinds(self) -> Mapping[str, WorkKind]:
        """As the port says."""
        return KINDS

    def cases(self) -> Select[*tuple[Any, ...]]:
        """One case a dispute; while she is asked something, it is hers to move."""
        return select(
            Dispute.borrower_id,
            Dispute.id.label("case_id"),
            literal("dispute").label("kind"),
            Dispute.due_on.label("due_on"),
            Dispute.submitted_at.label("since"),
        ).where(Dispute.state.in_((State.SUBMITTED, State.UNDER_REVIEW)))


SOURCE = OpenDisputes()
