"""Who calls: the port that every door asks."""

from backend.auth import revocations, signing
from backend.auth.rules import Claims
from backend.auth.service.tokens import read_token
from backend.kit.problems import Unauthorized


def read_caller(token: str) -> Claims:
    """The claims of a token that is valid and not revoked. Refuses: Unauthorized."""
    claims = read_token(signing.current(), token)
    named = (claims.session_id, claims.token_id, claims.subject_id)
    if revocations.is_revoked(named, issued_at=claims.issued_at):
        raise Unauthorized
    return claims
