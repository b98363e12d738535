"""Making and reading access tokens."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.auth.models import ApiClient
from backend.auth.rules import CLIENT_SCOPES, CLOCK_SKEW_SECONDS, Claims, to_milliseconds
from backend.kit.crypto import KeyRing
from backend.kit.db import AnyRow
from backend.kit.ids import new_id
from backend.kit.problems import Unauthorized
from backend.staff.rules import permissions_of

ALGORITHM = "EdDSA"
AUDIENCES = ("borrower", "staff", "client")
REQUIRED = ("iss", "aud", "sub", "iat", "exp", "jti")


@dataclass(frozen=True)
class TokenKeys:
    """Signing keys by id; the first one signs, all of them verify. Built once per process."""

    issuer: str
    signing_id: str
    signing: Ed25519PrivateKey
    verifying: dict[str, Ed25519PublicKey]

    @classmethod
    def build(cls, ring: KeyRing, *, issuer: str) -> "TokenKeys":
        """From Ed25519 seeds."""
        private = {
            name: Ed25519PrivateKey.from_private_bytes(seed) for name, seed in ring.keys.items()
        }
        return cls(
            issuer=issuer,
            signing_id=ring.current_id,
            signing=private[ring.current_id],
            verifying={name: key.public_key() for name, key in private.items()},
        )


def issue_token(
    keys: TokenKeys,
    *,
    audience: str,
    subject_id: UUID,
    life: timedelta,
    now: datetime,
    roles: Collection[str] = (),
    scopes: Collection[str] = (),
    amr: tuple[str, ...] = (),
    session_id: UUID | None = None,
    token_id: UUID | None = None,
) -> str:
    """A signed access token; the same for the same arguments, `token_id` among them.

    `now` is technical time: a token ages even when a demo's day rests. `iat` counts milliseconds,
    so that a log-in right after a revocation is told from one before.
    """
    issued_at = to_milliseconds(now)
    claims: dict[str, object] = {
        "iss": keys.issuer,
        "aud": audience,
        "sub": str(subject_id),
        "iat": issued_at.timestamp(),
        "exp": int((issued_at + life).timestamp()),
        "jti": str(token_id or new_id()),
    }
    if session_id is not None:
        claims["sid"] = str(session_id)
    if roles:
        claims["roles"] = sorted(roles)
    if scopes:
        claims["scope"] = " ".join(sorted(scopes))
    if amr:
        claims["amr"] = list(amr)
    return jwt.encode(claims, keys.signing, ALGORITHM, headers={"kid": keys.signing_id})


def read_token(keys: TokenKeys, token: str) -> Claims:
    """The content of a valid token. Refuses: Unauthorized.

    The key is looked up by `kid` among our own; nothing in a token's header is followed.
    """
    try:
        header = jwt.get_unverified_header(token)
        key = keys.verifying.get(str(header.get("kid")))
        if key is None:
            raise Unauthorized
        claims = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=AUDIENCES,
            issuer=keys.issuer,
            leeway=CLOCK_SKEW_SECONDS,
            options={"require": list(REQUIRED), "strict_aud": False},
        )
        return _claims(claims)
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError, OverflowError):
        raise Unauthorized from None


def _claims(claims: dict[str, object]) -> Claims:
    audience = claims["aud"]
    if not isinstance(audience, str):
        raise Unauthorized
    roles = claims.get("roles", [])
    scopes = claims.get("scope", "")
    amr = claims.get("amr", [])
    if not (isinstance(roles, list) and isinstance(scopes, str) and isinstance(amr, list)):
        raise Unauthorized
    names = frozenset(str(role) for role in roles)
    granted = permissions_of(names) if audience == "staff" else frozenset(scopes.split())
    session_id = claims.get("sid")
    return Claims(
        audience=audience,
        subject_id=UUID(str(claims["sub"])),
        token_id=UUID(str(claims["jti"])),
        session_id=None if session_id is None else UUID(str(session_id)),
        issued_at=datetime.fromtimestamp(_number(claims["iat"]), UTC),
        roles=names,
        permissions=granted,
        amr=tuple(str(way) for way in amr),
    )


def _number(value: object) -> float:
    if not isinstance(value, int | float):
        raise Unauthorized
    # A float of milliseconds may fall a hair short of them.
    return round(value, 3)


def put_client(session: Session, *, name: str, now: datetime) -> AnyRow:
    """The client of that name, made with the core system's scopes when there is none."""
    session.execute(
        insert(ApiClient)
        .values(id=new_id(), name=name, scopes=sorted(CLIENT_SCOPES), created_at=now)
        .on_conflict_do_nothing(index_elements=["name"])
    )
    return session.execute(
        select(ApiClient.id, ApiClient.scopes).where(ApiClient.name == name)
    ).one()
