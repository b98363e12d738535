"""Refusals of evidence."""

from backend.kit.problems import Conflict, NotFound
from backend.kit.texts import Text


class TileUnknown(NotFound):
    code = "tile-unknown"
    title = Text("The log has no such tile.", "日志中没有该数据块。")


class CheckpointUnknown(NotFound):
    code = "checkpoint-unknown"
    title = Text("The log has not been signed yet.", "日志尚未签署。")


class ReceiptUnknown(NotFound):
    code = "receipt-unknown"
    title = Text("There is no such receipt.", "没有这份凭证。")


class EntryUnknown(NotFound):
    code = "entry-unknown"
    title = Text("The log that was signed has no such entry.", "已签署的日志中没有该条目。")


class ReceiptNotReady(Conflict):
    code = "receipt-not-ready"
    title = Text(
        "This was written down, and its place in the log is being sealed. Please try again in a"
        " minute.",
        "该记录已保存，正在写入日志，请一分钟后再试。",
    )
