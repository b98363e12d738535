"""Edits of shared things: the version goes out as ETag and must come back as If-Match."""

import re
from typing import Any, TypeVar

from flask import request

from backend.kit.openapi import note
from backend.kit.problems import PreconditionFailed, PreconditionRequired

TAG = re.compile(r'^"([0-9]{1,18})"$')

View = TypeVar("View")


def headers_of(version: int) -> dict[str, str]:
    """The header of an answer that shows this version."""
    return {"ETag": f'"{version}"'}


def version_edited() -> int:
    """The version that the client has read. Refuses: PreconditionRequired, PreconditionFailed."""
    given = request.headers.get("If-Match")
    if given is None:
        raise PreconditionRequired
    found = TAG.match(given.strip())
    if found is None:
        raise PreconditionFailed
    return int(found.group(1))


def edits_version(view: Any) -> Any:
    """Document that a view needs If-Match."""
    return note(view, if_match=True)
