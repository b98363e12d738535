"""Refusals of disputes."""

from backend.kit.problems import Conflict, NotFound
from backend.kit.texts import Text


class DisputeUnknown(NotFound):
    code = "dispute-unknown"
    title = Text("There is no such dispute.", "没有这项异议。")


class DisputedUnknown(NotFound):
    code = "disputed-line-unknown"
    title = Text("This loan has no such line or payment.", "该贷款没有这笔费用或还款记录。")


class DisputeOpen(Conflict):
    """`dispute_id`: the one that is open; more can be said there."""

    code = "dispute-open"
    title = Text("A dispute about this is open already.", "关于此事的异议正在处理中。")


class DisputeSettled(Conflict):
    """`dispute_id`: the one by which this line was mended."""

    code = "dispute-settled"
    title = Text(
        "This line was put right before, in whole or in part.", "此项此前已全部或部分更正。"
    )


class TooManyDisputes(Conflict):
    code = "too-many-disputes"
    title = Text(
        "There are many open disputes already; let us answer some of them first.",
        "目前待处理的异议较多，请等我们先答复其中一部分。",
    )


class DisputeMoveRefused(Conflict):
    """`state`: how it stands, which is what won."""

    code = "dispute-not-open"
    title = Text("This dispute can no longer be changed in that way.", "该异议已不能再作此变更。")
