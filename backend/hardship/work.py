"""Applications for help in hardship, for the work list."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, literal, select

from backend.hardship.models import HardshipApplication
from backend.hardship.rules import State
from backend.kit.ports import Urgency, WorkKind
from backend.kit.texts import Text

KINDS = {
    "hardship_application": WorkKind(
        Urgency.HELP,
        Text("She asked for help in hardship.", "客户申请了困难帮扶。"),
        Text(
            "Read it and decide, or ask her for what is missing.",
            "阅读申请并作出决定，或请客户补充。",
        ),
        "POST /v1/staff/borrowers/{borrower_id}/hardship-applications/{case_id}/decide",
        "/console/borrowers/{borrower_id}/hardship/{case_id}",
    )
}


class OpenApplications:
    """She asked for help, and it is our turn."""

    code = "hardship"

    @property
    def kinds(self) -> Mapping[str, WorkKind]:
        """As the port says."""
        return KINDS

    def cases(self) -> Select[*tuple[Any, ...]]:
        """One case an application; while she is asked something, it is hers to move."""
        return select(
            HardshipApplication.borrower_id,
            HardshipApplication.id.label("case_id"),
            literal("hardship_application").label("kind"),
            HardshipApplication.decide_by_on.label("due_on"),
            HardshipApplication.submitted_at.label("since"),
        ).where(HardshipApplication.state.in_((State.SUBMITTED, State.UNDER_REVIEW)))


SOURCE = OpenApplications()
