"""The refusals of ingest."""

from backend.kit.problems import BadRequest, TooLarge, UnsupportedMediaType
from backend.kit.texts import Text


class LineUnreadable(BadRequest):
    code = "line-unreadable"
    title = Text("The line is not a JSON object.", "该行不是 JSON 对象。")


class LineTooLong(TooLarge):
    code = "line-too-long"
    title = Text("The line is too long.", "该行过长。")


class RowUnmappable(BadRequest):
    code = "row-unmappable"
    title = Text("The row has no value for some field.", "该行缺少某个字段的值。")


class NotNdjson(UnsupportedMediaType):
    code = "not-ndjson"
    title = Text("Send application/x-ndjson.", "请发送 application/x-ndjson。")
