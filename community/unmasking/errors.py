"""Refusals of unmaskings."""

from backend.kit.problems import Conflict, Forbidden, NotFound
from backend.kit.texts import Text


class NotInNeed(Forbidden):
    code = "not-in-need"
    title = Text(
        "Only where somebody may be in need is it told whose words these are.",
        "仅在有人可能处于危机时，才可得知作者身份。",
    )


class UnmaskingUnknown(NotFound):
    code = "unmasking-unknown"
    title = Text("There is no such unmasking.", "没有这条记录。")


class AlreadySeen(Conflict):
    code = "unmasking-seen"
    title = Text("Somebody looked at this already.", "已有人复核。")
