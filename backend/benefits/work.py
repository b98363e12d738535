"""Benefits that wait for her and waivers that she asked for, for the work list."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, literal, select

from backend.benefits.models import BenefitGrant, WaiverRequest
from backend.benefits.rules import State
from backend.benefits.waiver_rules import State as RequestState
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


WAIVER_KINDS = {
    "waiver_request": WorkKind(
        Urgency.ANSWER,
        Text("She asked to have penalty interest waived.", "客户申请减免罚息。"),
        Text("Look at her reason and answer her.", "核对申请原因并答复客户。"),
        "POST /v1/staff/borrowers/{borrower_id}/waiver-requests/{case_id}/decide",
        "/console/borrowers/{borrower_id}/waivers/{case_id}",
    )
}


class OpenWaiverRequests:
    """She asked for a waiver that a person decides on."""

    code = "waivers"

    @property
    def kinds(self) -> Mapping[str, WorkKind]:
        """As the port says."""
        return WAIVER_KINDS

    def cases(self) -> Select[*tuple[Any, ...]]:
        """One case a request, to be answered by its day."""
        return select(
            WaiverRequest.borrower_id,
            WaiverRequest.id.label("case_id"),
            literal("waiver_request").label("kind"),
            WaiverRequest.due_on,
            WaiverRequest.asked_at.label("since"),
        ).where(WaiverRequest.state == RequestState.OPEN)


SOURCES = (WaitingBenefits(), OpenWaiverRequests())
