"""Reading requests: strict JSON, and validation messages as JSON pointers in both languages."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import marshmallow
import orjson
from flask import Request
from webargs.flaskparser import FlaskParser

from backend.kit.problems import BadRequest, FieldError, Invalid, UnsupportedMediaType
from backend.kit.texts import Text

JSON_TYPES = ("application/json", "application/merge-patch+json")
ERRORS_MAX = 50
# Every string of a JSON text, and the colon behind it where it is a key.
STRINGS = re.compile(rb'"(?:[^"\\]+|\\.)*"\s*(:?)')


class StrictParser(FlaskParser):
    """Refuses other content types, loose JSON and unknown query parameters."""

    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": None}

    def load_json(self, req: Request, schema: marshmallow.Schema) -> Any:  # noqa: ARG002
        """The body, read strictly. Refuses: UnsupportedMediaType, BadRequest."""
        if req.mimetype not in JSON_TYPES:
            raise UnsupportedMediaType(Text("Send application/json.", "请发送 application/json。"))
        return read_json(req.get_data(cache=True))

    def handle_error(self, error: marshmallow.ValidationError, *_: Any, **__: Any) -> NoReturn:
        """A refusal of ours in place of an HTTP abort."""
        raise invalid_from(error.messages_dict)


def read_json(body: bytes) -> Any:
    """JSON as RFC 8259 has it: UTF-8, no NaN, no unpaired surrogates. Refuses: BadRequest.

    A key that is there twice is refused as well: readers differ about which of the two counts.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(
            Text(
                f"The body is not JSON: {error.msg} at character {error.pos}.",
                f"请求正文不是 JSON（第 {error.pos} 个字符处有误）。",
            )
        ) from None
    if STRINGS.findall(body).count(b":") != _count_keys(value):
        raise BadRequest(
            Text("The body holds a key twice in one object.", "请求正文的同一对象中有重复的键。")
        )
    return value


def _count_keys(value: Any) -> int:
    found = 0
    left = [value]
    # Not recursive: JSON nests deeper than Python calls.
    while left:
        item = left.pop()
        if isinstance(item, dict):
            found += len(item)
            left.extend(item.values())
        elif isinstance(item, list):
            left.extend(item)
    return found


def invalid_from(messages: Mapping[str, Any]) -> Invalid:
    """A validation refusal from marshmallow's nested messages."""
    tree: Any = messages
    if len(messages) == 1:
        location = next(iter(messages))
        if location in ("json", "query", "headers", "form", "files"):
            tree = messages[location]
    errors = list(_flatten(tree, "#"))[:ERRORS_MAX]
    return Invalid(errors=errors)


def _flatten(tree: Any, pointer: str) -> Iterator[FieldError]:
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            inner = pointer if key == "_schema" else f"{pointer}/{_escape(str(key))}"
            yield from _flatten(value, inner)
    elif isinstance(tree, list):
        for item in tree:
            yield from _flatten(item, pointer)
    else:
        yield FieldError(pointer=pointer, detail=str(tree))


def _escape(key: str) -> str:
    """One step of a JSON pointer [RFC 6901]."""
    return key.replace("~", "~0").replace("/", "~1")


# marshmallow's words, and ours, in Chinese. What is not here stays in English.
_CHINESE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), chinese)
    for pattern, chinese in (
        (r"^Missing data for required field\.$", "此项为必填项。"),
        (r"^Unknown field\.$", "没有这个字段。"),
        (r"^Field may not be null\.$", "此项不能为空。"),
        (r"^Not a valid string\.$", "应为文本。"),
        (r"^Not a valid integer\.$", "应为整数。"),
        (r"^Not a valid boolean\.$", "应为 true 或 false。"),
        (r"^Not a valid date\.$", "应为日期，例如 2026-11-23。"),
        (r"^Not a valid (?:aware )?datetime\.$", "应为带时区的时间。"),
        (r"^Not a valid UUID\.$", "应为 UUID。"),
        (r"^Not a valid list\.$", "应为列表。"),
        (r"^Not a valid mapping type\.$", "应为对象。"),
        (r"^(?:Must be an object|Invalid input type)\.$", "应为对象。"),
        (r"^Must be one of: (.*)\.$", r"应为以下之一：\1。"),
        (r"^Must be greater than or equal to (\S+) and less than or equal to (\S+)\.$",
         r"应在 \1 与 \2 之间。"),
        (r"^Length must be between (\d+) and (\d+)\.$", r"长度应在 \1 与 \2 之间。"),
        (r"^Must not hold control characters\.$", "不能含有控制字符。"),
        (r"^Must be an IANA time zone, .*$", "应为 IANA 时区，例如 Asia/Shanghai。"),
        (r"^Must be an ISO 4217 code\.$", "应为 ISO 4217 货币代码。"),
        (r"^Must be a decimal string .*$", "应为小数文本，例如 \"0.1200\"。"),
        (r"^Must lie between (\S+) and (\S+)\.$", r"应在 \1 与 \2 之间。"),
        (r"^Must not lie in the future\.$", "不能是将来的日期。"),
        (r"^Not a phone number that can exist\.$", "这不是有效的电话号码。"),
        (r"^Must be 1-200 printable characters\.$", "应为 1 至 200 个可打印字符。"),
        (r"^Must be a month: 2026-11\.$", "应为月份，例如 2026-11。"),
        (r"^Not a cursor of this list\.$", "不是此列表的游标。"),
        (r"^Invalid value\.$", "值无效。"),
    )
)  # fmt: skip


def in_both(detail: str) -> Text:
    """A validation message in both languages."""
    for pattern, chinese in _CHINESE:
        if pattern.match(detail):
            return Text(detail, pattern.sub(chinese, detail))
    return Text(detail, detail)
