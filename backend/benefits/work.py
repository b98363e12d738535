"""Benefits that wait for her, for the work list."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, literal, select

from backend.benefits.models import BenefitGrant
from backend.benefits.rules import State
from backend.kit.ports import Urgency, WorkKind
from backend.kit.texts import Text

KINDS = {
    "benefit_waiting": WorkKind(
        Urgency.OFFER,
        Text("A benefit waits for her.", "有一项权益待客户领取。"),
        Text("Tell her what it is and help with a proof.", "向其说明并协助准备证明材料。"),
        "POST /v1/staff/borrowers/{borrower_id}/benefit-proofs",
    )
}


class WaitingBenefits:
    """Something was offered, and she has neither taken it up nor declined it."""

    code = "benefits"

    @property
    def kinds(self) -> Mapping[str, WorkKind]:
        """As the port says."""
        return KINDS

    def cases(self) -> Select[*tuple[Any, ...]]:
        """One case an offer, until its last day."""
        return select(
            BenefitGrant.borrower_id,
            BenefitGrant.id.label("case_id"),
            literal("benefit_waiting").label("kind"),
            BenefitGrant.expires_on.label("due_on"),
            BenefitGrant.granted_at.label("since"),
        ).where(BenefitGrant.state == State.OFFERED)


SOURCE = WaitingBenefits()
