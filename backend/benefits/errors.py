"""Refusals of benefits."""

from uuid import UUID

from backend.kit.problems import Conflict, Invalid, NotFound, Reason
from backend.kit.texts import Text


class GrantUnknown(NotFound):
    code = "benefit-grant-unknown"
    title = Text("There is no such benefit grant.", "没有这项权益。")


class GrantMoveRefused(Conflict):
    code = "benefit-not-open"
    title = Text("This benefit can no longer be changed in that way.", "这项权益已不能再作此变更。")


class GrantExpired(Conflict):
    code = "benefit-expired"
    title = Text("The last day to take this benefit up has passed.", "领取这项权益的期限已过。")


class ProofNeeded(Conflict):
    code = "benefit-proof-needed"
    title = Text(
        "We need to see a proof first; we will gladly help you with it.",
        "需要先核实一份证明材料，我们很乐意协助您。",
    )


class DocumentNotVerified(Conflict):
    code = "document-not-verified"
    title = Text(
        "This document is not verified today. It is a proof once somebody has checked it.",
        "这份材料目前未通过核实。经专人核实后即可作为证明。",
    )


class ProofTaken(Conflict):
    code = "proof-already-used"
    title = Text("This proof was recorded before.", "该证明已登记过。")


class AlreadyNegotiated(Conflict):
    code = "waiver-already-negotiated"
    title = Text(
        "Penalty interest of this loan was waived by agreement before; that is possible once.",
        "该贷款的罚息此前已协商减免过，每笔贷款只能协商减免一次。",
    )

    @classmethod
    def on(cls, loan_id: UUID) -> "AlreadyNegotiated":
        """Of a loan: the rule, and the ways that are left."""
        return cls(
            reasons=[Reason(cls.code, cls.title)],
            would_change=[{"kind": "plan", "loan_id": str(loan_id)}, {"kind": "human"}],
        )


class NothingToWaive(Conflict):
    code = "nothing-to-waive"
    title = Text(
        "No penalty interest is open on this loan in a month that had no waiver yet.",
        "该贷款目前没有可减免的罚息：罚息已结清，或当月已减免过。",
    )

    @classmethod
    def on(cls, loan_id: UUID) -> "NothingToWaive":
        """Of a loan: the rule, and the ways that are left."""
        return cls(
            reasons=[Reason(cls.code, cls.title)],
            would_change=[{"kind": "dispute", "loan_id": str(loan_id)}],
        )


class WaiverRequestUnknown(NotFound):
    code = "waiver-request-unknown"
    title = Text("There is no such waiver request.", "没有这项减免申请。")


class WaiverRequestOpen(Conflict):
    """`waiver_request_id`: the one that waits."""

    code = "waiver-request-open"
    title = Text(
        "A waiver request for this loan waits for an answer already.",
        "该贷款已有一项减免申请等待答复。",
    )

    @classmethod
    def beside(cls, request_id: UUID) -> "WaiverRequestOpen":
        """One waits at a time for a loan."""
        return cls(
            reasons=[Reason(cls.code, cls.title)],
            would_change=[{"kind": "withdraw", "waiver_request_id": str(request_id)}],
            waiver_request_id=str(request_id),
        )


class WaiverRequestMoveRefused(Conflict):
    """`state`: how it stands, which is what won."""

    code = "waiver-request-not-open"
    title = Text("This waiver request is decided already.", "该减免申请已有结果。")


class TooManyMonths(Conflict):
    code = "waiver-too-many-months"
    title = Text("This is more months than can be waived.", "申请减免的月数超过上限。")


class PackUnknown(NotFound):
    code = "benefit-pack-unknown"
    title = Text("There is no such benefit pack.", "没有该权益包。")


class PackCodeTaken(Conflict):
    code = "benefit-pack-code-taken"
    title = Text("A benefit pack has this code already.", "该代码已被其他权益包使用。")


class VersionNotDraft(Conflict):
    code = "benefit-pack-not-draft"
    title = Text("This version was published before.", "该版本已发布。")


class CashLike(Invalid):
    """Reasons name what it is that would turn a benefit into money."""

    code = "cash-like-benefit"
    title = Text(
        "A benefit is never cash or anything like it.", "权益不得为现金或任何类似现金的形式。"
    )


class KindReserved(Invalid):
    code = "benefit-kind-reserved"
    title = Text(
        "This kind is granted by its own rule and never by a pack.",
        "该类权益只按其专门规则发放，不得纳入权益包。",
    )
