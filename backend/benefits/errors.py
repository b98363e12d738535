"""Refusals of benefits."""

from backend.kit.problems import Conflict, Invalid, NotFound
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
