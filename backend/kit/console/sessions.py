"""Who is behind a cookie: the port that the assembly fills, and what a session vouches for.

The cookie holds an opaque secret. Everything a page hides in itself or in another cookie is keyed
by it, so nothing of one session is worth anything in another.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit
from uuid import UUID

from flask import Response, g, request

COOKIE = "goodfaith_console"
SECRET_LENGTH_MAX = 200


@dataclass(frozen=True)
class SignedIn:
    """A member of staff with a session, and her power as it is at this request."""

    staff_id: UUID
    session_id: UUID
    name: str  # her address: what she logs in with
    roles: frozenset[str]
    permissions: frozenset[str]


@dataclass(frozen=True)
class Door:
    """How to know who comes in: `find` answers whose secret it is, and that she is here now.

    `origin` is where browsers reach us, beside the name that a request asks for.
    """

    find: Callable[[str], SignedIn | None]
    origin: str

    @property
    def is_secure(self) -> bool:
        """Whether browsers come by https."""
        return self.origin.startswith("https://")


_door: Door | None = None


def configure(door: Door) -> None:
    """Say who knows the sessions."""
    global _door  # noqa: PLW0603 - set once by the assembly
    _door = door


def cookie_name(name: str) -> str:
    """A name that no other host may set, where the browser comes by https."""
    return f"__Host-{name}" if _door is not None and _door.is_secure else name


def find_signed_in() -> SignedIn | None:
    """Whoever the request's cookie stands for."""
    if "signed_in" not in g:
        secret = secret_of_request()
        g.signed_in = _door.find(secret) if _door is not None and secret else None
    return cast("SignedIn | None", g.signed_in)


def signed_in() -> SignedIn:
    """Whoever has come in through the door."""
    return cast(SignedIn, g.signed_in)


def secret_of_request() -> str | None:
    """What the cookie holds."""
    secret = request.cookies.get(cookie_name(COOKIE), "")
    return secret if 0 < len(secret) <= SECRET_LENGTH_MAX else None


def set_cookie(response: Response, name: str, value: str, *, max_age: int | None = None) -> None:
    """A cookie for this host's pages alone, that no script reads."""
    response.set_cookie(
        cookie_name(name),
        value,
        max_age=max_age,
        path="/",
        secure=_door is not None and _door.is_secure,
        httponly=True,
        samesite="Lax",
    )


def forget_cookie(response: Response, name: str) -> None:
    """Let the browser forget it."""
    set_cookie(response, name, "", max_age=0)


def keyed(purpose: str, value: str = "") -> str:
    """What only this session's secret makes of a value."""
    secret = secret_of_request() or ""
    said = f"{purpose}\x00{value}".encode()
    return hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()


def csrf_token() -> str:
    """What a form of this session carries."""
    return keyed("csrf")


def is_own_token(token: str) -> bool:
    """Whether a form is one of this session's."""
    is_known = secret_of_request() is not None
    return is_known and hmac.compare_digest(csrf_token().encode(), token.encode())


def is_own_origin() -> bool:
    """Whether the browser says that one of our own pages sends this."""
    said = request.headers.get("Origin")
    if said is None:
        return request.headers.get("Sec-Fetch-Site") == "same-origin"
    own = {request.host, urlsplit(_door.origin).netloc if _door is not None else ""}
    try:
        return urlsplit(said).netloc in own
    except ValueError:  # no address at all
        return False


def is_foreign_origin() -> bool:
    """Whether the browser says that somebody else's page sends this."""
    is_said = "Origin" in request.headers or "Sec-Fetch-Site" in request.headers
    return is_said and not is_own_origin()
