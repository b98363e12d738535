"""Reading requests: strict JSON, and validation messages as JSON pointers in both languages."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import marshmallow
import orjson
from flask import Request
from webargs.flaskparser import FlaskParser

from backend.kit.fields import UnkindWords
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
    if has_key_twice(body, value):
        raise BadRequest(
            Text("The body holds a key twice in one object.", "请求正文的同一对象中有重复的键。")
        )
    return value


def has_key_twice(body: bytes, value: Any) -> bool:
    """Whether an object in `body`, of which `value` was read, holds a key more than once."""
    is_flat = isinstance(value, dict) and body.count(b"{") == 1
    keys = len(value) if is_flat else _count_keys(value)
    # As many colons as keys, and none is left for a second one: nearly always so, and cheap.
    return body.count(b":") != keys and STRINGS.findall(body).count(b":") != keys


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
    elif isinstance(tree, UnkindWords):
        yield FieldError(pointer, tree.finding.detail, tree.finding.members)
    else:
        yield FieldError(pointer=pointer, detail=str(tree))


def _escape(key: str) -> str:
    """One step of a JSON pointer [RFC 6901]."""
    return key.replace("~", "~0").replace("/", "~1")
