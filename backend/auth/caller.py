"""Who calls: the ports that every door asks, for a token and for a console's cookie."""

from backend.auth import revocations, signing
from backend.auth.remembered import read_remembered
from backend.auth.rules import Claims
from backend.auth.service.console import find_at_desk
from backend.kit import clock
from backend.kit.console import SignedIn
from backend.kit.db import transaction
from backend.kit.problems import Unauthorized


def read_caller(token: str) -> Claims:
    """The claims of a token that is valid and not revoked. Refuses: Unauthorized."""
    claims = read_remembered(signing.current(), token)
    named = (claims.session_id, claims.token_id, claims.subject_id)
    if revocations.is_revoked(named, issued_at=claims.issued_at):
        raise Unauthorized
    return claims


def find_signed_in(secret: str) -> SignedIn | None:
    """Whoever a console cookie stands for: with the roles of this moment, from the primary."""
    with transaction() as session:
        found = find_at_desk(session, secret=secret, now=clock.wall())
    if found is None:
        return None
    return SignedIn(
        staff_id=found.staff_id,
        session_id=found.session_id,
        name=found.email,
        roles=found.roles,
        permissions=found.permissions,
    )
