"""The lender's own token for one of ours [RFC 8693]: judged, used once, and never for a stranger.

Refusals do not say why: whoever tries tokens learns nothing. The log says it, without the token.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
from sqlalchemy import Select, delete, literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.auth.client_models import UsedAssertion
from backend.auth.client_rules import ASSERTION_LIFE_MAX
from backend.auth.lender_keys import KID_LENGTH_MAX, LenderKeys
from backend.auth.oauth_errors import SubjectTokenRefused
from backend.auth.rules import CLOCK_SKEW_SECONDS
from backend.borrowers import queries as borrowers
from backend.kit.logs import get_logger

REQUIRED = ("iss", "aud", "sub", "iat", "exp", "jti")
NAME_LENGTH_MAX = 200
PURGE_BATCH = 10_000
SKEW = timedelta(seconds=CLOCK_SKEW_SECONDS)

log = get_logger(__name__)


@dataclass(frozen=True)
class Assertion:
    """A verified token of the lender's. `external_id` is the lender's id of the borrower."""

    issuer: str
    token_id: str
    external_id: str
    ends_at: datetime


def read_assertion(lender: LenderKeys, token: str, *, now: datetime) -> Assertion:
    """What a valid token says. Refuses: SubjectTokenRefused, LenderKeysAway.

    Outside any transaction, because it may fetch keys. Of the header only `alg` and `kid` are
    read, and both only choose among what the settings and the lender's set allow.
    """
    trust = lender.trust
    try:
        claims = jwt.decode(
            token,
            _key_for(lender, token),
            algorithms=trust.algorithms,
            issuer=trust.issuer,
            audience=trust.audience,
            leeway=CLOCK_SKEW_SECONDS,
            options={"require": list(REQUIRED), "enforce_minimum_key_length": True},
        )
        return _assertion(claims, audience=trust.audience, now=now)
    except (jwt.PyJWTError, ValueError, TypeError, ArithmeticError, RecursionError) as error:
        log.info("subject_token_refused", reason=type(error).__name__)
        raise SubjectTokenRefused from None


def _key_for(lender: LenderKeys, token: str) -> jwt.PyJWK:
    header = jwt.get_unverified_header(token)
    kid, algorithm = header.get("kid"), header.get("alg")
    if algorithm not in lender.trust.algorithms:
        raise jwt.InvalidAlgorithmError
    if not isinstance(kid, str) or not 0 < len(kid) <= KID_LENGTH_MAX:
        raise jwt.InvalidKeyError
    key = lender.find(kid=kid, algorithm=algorithm)
    if key is None:
        raise jwt.InvalidKeyError
    return key


def _assertion(claims: dict[str, Any], *, audience: str, now: datetime) -> Assertion:
    issued_at, ends_at = (_instant(claims[name]) for name in ("iat", "exp"))
    # Several audiences: whoever else is meant could bring it here.
    if claims["aud"] not in (audience, [audience]):
        raise jwt.InvalidAudienceError
    if ends_at - issued_at > ASSERTION_LIFE_MAX or ends_at > now + ASSERTION_LIFE_MAX + SKEW:
        raise jwt.InvalidTokenError
    token_id, external_id = claims["jti"], claims["sub"]
    for name in (token_id, external_id):
        if not (isinstance(name, str) and 0 < len(name) <= NAME_LENGTH_MAX and name.isprintable()):
            raise jwt.InvalidTokenError
    return Assertion(claims["iss"], token_id, external_id, ends_at)


def _instant(value: object) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return datetime.fromtimestamp(value, UTC)


def use_assertion(session: Session, *, assertion: Assertion, now: datetime) -> UUID:
    """Note that this token was used, and answer whose it is. Refuses: SubjectTokenRefused.

    The note's key decides between two at once; a token of a stranger leaves none.
    """
    noted = session.execute(
        insert(UsedAssertion)
        .values(token_hash=_hash(assertion), used_at=now, expires_at=assertion.ends_at + 2 * SKEW)
        .on_conflict_do_nothing()
        .returning(UsedAssertion.used_at)
    ).one_or_none()
    if noted is None:
        log.info("subject_token_refused", reason="UsedBefore")
        raise SubjectTokenRefused
    found = borrowers.find_ref(session, kind="borrower", external_id=assertion.external_id)
    if found is None:
        log.info("subject_token_refused", reason="BorrowerUnknown")
        raise SubjectTokenRefused
    return found.borrower_id


def _hash(assertion: Assertion) -> bytes:
    # The length keeps issuer and id apart, whatever they hold.
    words = f"{len(assertion.issuer)}:{assertion.issuer}{assertion.token_id}"
    return hashlib.sha256(words.encode()).digest()


def purge_assertions(session: Session, *, now: datetime, limit: int = PURGE_BATCH) -> int:
    """Forget tokens that have ended by themselves, one batch."""
    old: Select[Any] = (
        select(literal_column("ctid"))
        .select_from(UsedAssertion)
        .where(UsedAssertion.expires_at <= now)
        .limit(limit)
    )
    gone = session.execute(
        delete(UsedAssertion)
        .where(literal_column("ctid").in_(old))
        .returning(UsedAssertion.used_at)
    )
    return len(gone.all())
