"""Tokens that were found good before: only time can make one of them bad.

A signature takes a tenth of a millisecond to check, and callers show the same token for minutes.
"""

import hashlib

import jwt

from backend.auth.rules import CLOCK_SKEW_SECONDS, Claims
from backend.auth.service import TokenKeys, read_token
from backend.kit import clock
from backend.kit.problems import Unauthorized

REMEMBERED_MAX = 10_000


def read_remembered(keys: TokenKeys, token: str) -> Claims:
    """As `read_token`, which is asked once for each token. Refuses: Unauthorized."""
    name = hashlib.sha256(token.encode(errors="surrogatepass")).digest()
    known = keys.verified.get(name)
    if known is None:
        claims = read_token(keys, token)
        expires_at = jwt.decode(token, options={"verify_signature": False})["exp"]
        if len(keys.verified) >= REMEMBERED_MAX:
            keys.verified.clear()
        keys.verified[name] = (claims, float(expires_at))
        return claims
    claims, expires_at = known
    if expires_at <= clock.wall().timestamp() - CLOCK_SKEW_SECONDS:
        raise Unauthorized
    return claims
