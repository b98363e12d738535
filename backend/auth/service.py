"""Making and reading access tokens."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.auth.models import ApiClient
from backend.auth.rules import CLIENT_SCOPES, CLOCK_SKEW_SECONDS, COMMAND_LINE_AMR, Claims
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
    # Tokens found good before, by their hash: see `remembered`.
    verified: dict[bytes, tuple[Claims, float]] = field(
        default_factory=dict, compare=False, repr=False
    )

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
    amr: str | None = None,
) -> str:
    """A signed access token. `now` is technical time: a token ages even when a demo's day rests."""
    claims: dict[str, object] = {
        "iss": keys.issuer,
        "aud": audience,
        "sub": str(subject_id),
        "iat": int(now.timestamp()),
        "exp": int((now + life).timestamp()),
        "jti": str(new_id()),
    }
    if roles:
        claims["roles"] = sorted(roles)
    if scopes:
        claims["scope"] = " ".join(sorted(scopes))
    if amr:
        claims["amr"] = [amr]
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
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
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
    return Claims(
        audience=audience,
        subject_id=UUID(str(claims["sub"])),
        roles=names,
        permissions=granted,
        is_from_command_line=COMMAND_LINE_AMR in amr,
    )


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
