"""Small things kept in a browser between two pages: only this session can have written them."""

import base64
import binascii
import hmac
from typing import Any

import orjson
from flask import Response, request

from backend.kit.console.sessions import cookie_name, forget_cookie, keyed, set_cookie


def keep(response: Response, name: str, value: Any, *, max_age: int) -> None:
    """Give the browser a value to bring back."""
    text = base64.urlsafe_b64encode(orjson.dumps(value)).decode()
    set_cookie(response, name, f"{keyed(name, text)}.{text}", max_age=max_age)


def find_kept(name: str) -> Any:
    """What was kept in this session under the name; None where nothing was."""
    mark, _, text = request.cookies.get(cookie_name(name), "").partition(".")
    if not hmac.compare_digest(mark.encode(), keyed(name, text).encode()):
        return None
    try:
        return orjson.loads(base64.urlsafe_b64decode(text))
    except (ValueError, binascii.Error):
        return None


def forget(response: Response, name: str) -> None:
    """Nothing is kept under the name any more."""
    if cookie_name(name) in request.cookies:
        forget_cookie(response, name)
