"""Forms: read by the same schemas as JSON, and acted on once."""

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

import marshmallow
import orjson
from flask import request
from marshmallow import fields
from sqlalchemy.orm import Session

from backend.kit.fields import AsTyped
from backend.kit.idempotency import do_once
from backend.kit.parsing import has_key_twice, invalid_from

FRAME_FIELDS = ("csrf", "idempotency_key")
NESTED_MAX = 200  # of objects and lists: far more than anything that is typed
WHOLE = re.compile(r"^-?[0-9]{1,19}$")
TRUE_WORDS = ("on", "true", "1", "yes")
FALSE_WORDS = ("off", "false", "0", "no")


def fields_of(schema: type[marshmallow.Schema] | marshmallow.Schema) -> dict[str, Any]:
    """What the form says, by the schema. Refuses: Invalid.

    What is left empty counts as left out. A name with dots is a place in an object
    (`texts.name`). A field that is a list takes every value of its name.
    """
    found = schema() if isinstance(schema, type) else schema
    try:
        loaded: dict[str, Any] = found.load(_tree(found.fields))
    except marshmallow.ValidationError as error:
        raise invalid_from(error.messages_dict) from None
    return loaded


def once(act: Callable[[Session], None], *, is_walled: bool = False) -> bool:
    """Do it in one transaction, unless this form has done it already; answers whether it did now.

    The form carries `{{ once() }}`. Refuses: what `act` refuses, KeyMissing, KeyReused. With
    `is_walled` it is done behind the wall.
    """
    said = [(k, v) for k, v in request.form.items(multi=True) if k not in FRAME_FIELDS]
    return do_once(
        request.form.get("idempotency_key", ""),
        act,
        said=hashlib.sha256(repr(said).encode()).digest(),
        is_walled=is_walled,
    )


def whole(text: str) -> int | str:
    """A whole number where it is one of a size that anything here has; else the words, as typed.

    Bounded: Python refuses to read numbers of thousands of digits.
    """
    plain = text.strip()
    return int(plain) if WHOLE.match(plain) else text


def json_of(text: str) -> Any:
    """What a field holds as JSON, read as strictly as a body. Raises ValueError."""
    body = text.encode()
    value = orjson.loads(body)
    if has_key_twice(body, value) or _is_nested_beyond(value, NESTED_MAX):
        raise ValueError("A key is there twice, or too much is inside of one another.")
    return value


def _is_nested_beyond(value: Any, deepest: int) -> bool:
    level = [value]
    for _ in range(deepest):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return bool(level)


def _tree(known: Mapping[str, fields.Field[Any]]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, values in request.form.lists():
        given = [value for value in values if value.strip()]
        if name in FRAME_FIELDS or not given:
            continue
        *path, last = name.split(".")
        here, level = tree, known
        for step in path:
            here = _object_in(here, step)
            level = _inner(level.get(step))
        here[last] = _typed(level.get(last), given)
    return tree


def _object_in(here: dict[str, Any], step: str) -> dict[str, Any]:
    # A form may name a field twice, once as a value and once as an object: the object stands.
    if not isinstance(here.get(step), dict):
        here[step] = {}
    found: dict[str, Any] = here[step]
    return found


def _inner(field: Any) -> Mapping[str, fields.Field[Any]]:
    return field.schema.fields if isinstance(field, fields.Nested) else {}


def _line_ends(value: str) -> str:
    # A browser sends CR LF; everything else here has LF.
    return value.replace("\r\n", "\n").strip()


def _typed(field: Any, values: list[str]) -> Any:
    """As JSON would have it, where a form has text alone."""
    if isinstance(field, fields.List):
        return [_typed(field.inner, [value]) for value in values]
    value = values[-1] if isinstance(field, AsTyped) else _line_ends(values[-1])
    if isinstance(field, fields.Integer) and WHOLE.match(value):
        return int(value)
    if isinstance(field, fields.Boolean) and value.lower() in (*TRUE_WORDS, *FALSE_WORDS):
        return value.lower() in TRUE_WORDS
    return value
