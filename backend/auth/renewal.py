"""Reading a token whose key this process may not know yet."""

from collections.abc import Callable

import jwt

from backend.auth import signing
from backend.kit.ports import CallerClaims, CallerPort
from backend.kit.problems import Unauthorized


def renewing(read: CallerPort, *, renew: Callable[[], None]) -> CallerPort:
    """Reads as `read` does; a token of an unknown key is read again after one look for newer keys.

    `renew` bounds itself: strangers can invent as many names as they like.
    """

    def read_anew(token: str) -> CallerClaims:
        known = signing.current()
        try:
            return read(token)
        except Unauthorized:
            if _key_of(token) in (None, *known.verifying):
                raise
        renew()
        if signing.current() is known:
            raise Unauthorized
        return read(token)

    return read_anew


def _key_of(token: str) -> object:
    try:
        name = jwt.get_unverified_header(token).get("kid")
    except jwt.PyJWTError:
        return None
    return name if isinstance(name, str) else None
