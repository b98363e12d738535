"""Refusals of procedures."""

from backend.kit.problems import Conflict, NotFound
from backend.kit.texts import Text


class ProcedureUnknown(NotFound):
    code = "procedure-unknown"
    title = Text("There is no such case.", "没有这项程序。")


class ProcedureOpen(Conflict):
    code = "procedure-open"
    title = Text("A case is open for her already.", "该客户已有一项进行中的程序。")


class SilenceNotProven(Conflict):
    """Reasons name each rule that does not hold, with its value and what was needed."""

    code = "silence-not-proven"
    title = Text(
        "The record does not prove silence; please try to reach her first.",
        "现有记录不足以认定失联，请先尝试与其联系。",
    )


class ForgeryNotUpheld(Conflict):
    code = "forgery-not-upheld"
    title = Text(
        "No forgery of this document has been upheld, or its case was opened before.",
        "该材料未被认定为伪造，或已就此开启过程序。",
    )


class ProcedureMoveRefused(Conflict):
    code = "procedure-move-refused"
    title = Text("The case cannot go there from where it stands.", "当前状态下不能作此变更。")


class ReplyStillPossible(Conflict):
    """`reply_until_on` is her last day to reply."""

    code = "reply-still-possible"
    title = Text("Her days to reply have not passed yet.", "客户的答复期限尚未届满。")


class SilenceEnded(Conflict):
    """Reasons say what she did."""

    code = "silence-ended"
    title = Text(
        "She has given a sign of life: the silence is over.", "客户已有回应，失联情形不再成立。"
    )


class ReplyClosed(Conflict):
    code = "procedure-reply-closed"
    title = Text(
        "This has been decided. Please talk to us: it can be looked at again.",
        "此事已有决定。请与我们联系，我们可以再次核查。",
    )


class HandOverMissing(NotFound):
    code = "hand-over-missing"
    title = Text("Nothing was handed over in this case.", "此程序没有移交文件。")
