"""Who calls: the port that every door asks."""

from backend.auth import revocations, signing
from backend.auth.remembered import read_remembered
from backend.auth.rules import Claims
from backend.kit.problems import Unauthorized


def read_caller(token: str) -> Claims:
    """The claims of a token that is valid and not revoked. Refuses: Unauthorized."""
    claims = read_remembered(signing.current(), token)
    named = (claims.session_id, claims.token_id, claims.subject_id)
    if revocations.is_revoked(named, issued_at=claims.issued_at):
        raise Unauthorized
    return claims
