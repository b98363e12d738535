"""Machine clients: made, given secrets, known by them, disabled.

A secret is shown once, to whoever made it, and kept as a hash. `now` is technical time throughout:
a secret ages even when a demo's day rests.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.auth import revocations
from backend.auth.client_models import ClientSecret
from backend.auth.client_rules import (
    CLIENT_TOKEN_LIFE,
    SECRET_BYTES,
    SECRET_PREFIX,
    SECRET_USE_NOTED_EVERY,
    SecretPlace,
    granted_scopes,
)
from backend.auth.models import ApiClient
from backend.auth.oauth_errors import (
    ClientDisabled,
    ClientNameTaken,
    ClientRefused,
    ClientUnknown,
    ScopeRefused,
)
from backend.auth.rules import CLIENT_SCOPES, REVOKED_MARGIN
from backend.auth.service.tokens import TokenKeys, issue_token
from backend.kit.db import AnyRow
from backend.kit.ids import new_id
from backend.kit.logs import get_logger
from backend.kit.texts import Text
from backend.staff import service as staff

# Compared with where there is nothing to compare with, so that both take the same steps.
NO_SECRET = bytes(32)

log = get_logger(__name__)


@dataclass(frozen=True, repr=False)
class NewSecret:
    """A secret at the one moment at which it can be read."""

    client_id: UUID
    name: str
    secret: str
    previous_ends_at: datetime | None


@dataclass(frozen=True, repr=False)
class ClientToken:
    """A machine client's access token."""

    access_token: str
    token_type: str
    expires_in: int  # seconds
    scope: str


def issue_client_token(
    session: Session,
    keys: TokenKeys,
    *,
    client_id: UUID,
    secret: str,
    scope: str | None,
    now: datetime,
) -> ClientToken:
    """A token for a client that shows its secret. Refuses: ClientRefused, ScopeRefused."""
    client = _authenticate(session, client_id=client_id, secret=secret, now=now)
    scopes = _grant(client.scopes, asked=scope)
    return ClientToken(
        access_token=issue_token(
            keys,
            audience="client",
            subject_id=client.id,
            life=CLIENT_TOKEN_LIFE,
            now=now,
            scopes=scopes,
        ),
        token_type="Bearer",  # noqa: S106 - the name of a scheme
        expires_in=int(CLIENT_TOKEN_LIFE.total_seconds()),
        scope=" ".join(scopes),
    )


def add_client(
    session: Session,
    *,
    name: str,
    scopes: Collection[str],
    staff_id: UUID | None,
    now: datetime,
) -> NewSecret:
    """A client with its first secret. Refuses: ClientNameTaken."""
    client_id = new_id()
    made = session.execute(
        insert(ApiClient)
        .values(id=client_id, name=name, scopes=sorted(scopes), created_at=now)
        .on_conflict_do_nothing(index_elements=["name"])
        .returning(ApiClient.id)
    ).one_or_none()
    if made is None:
        raise ClientNameTaken
    secret = _add_secret(session, client_id=client_id, now=now)
    _record(session, staff_id, "client.add", client_id, name=name, scopes=sorted(scopes))
    return NewSecret(client_id, name, secret, None)


def put_client(session: Session, *, name: str, now: datetime) -> AnyRow:
    """The demo's client of that name, made without a secret when there is none.

    Refuses: ClientDisabled.
    """
    session.execute(
        insert(ApiClient)
        .values(id=new_id(), name=name, scopes=sorted(CLIENT_SCOPES), created_at=now)
        .on_conflict_do_nothing(index_elements=["name"])
    )
    return get_client(session, name=name)


def get_client(session: Session, *, name: str) -> AnyRow:
    """The client of that name. Refuses: ClientUnknown, ClientDisabled."""
    row = session.execute(
        select(ApiClient.id, ApiClient.scopes, ApiClient.disabled_at).where(ApiClient.name == name)
    ).one_or_none()
    if row is None:
        raise ClientUnknown
    if row.disabled_at is not None:
        raise ClientDisabled
    return row


def get_client_for_update(
    session: Session, *, client_id: UUID | None = None, name: str | None = None
) -> ApiClient:
    """The client, by its id or name, until the transaction ends. Refuses: ClientUnknown.

    Whoever rotates or disables reads the clock after this: no token is being made meanwhile.
    """
    is_it = ApiClient.name == name if client_id is None else ApiClient.id == client_id
    client = session.execute(select(ApiClient).where(is_it).with_for_update()).scalar_one_or_none()
    if client is None:
        raise ClientUnknown
    return client


def rotate_secret(
    session: Session, *, client: ApiClient, overlap: timedelta, staff_id: UUID | None, now: datetime
) -> NewSecret:
    """A new secret; the one in use goes on opening for `overlap`. Refuses: ClientDisabled.

    A current secret that nobody has used yet gives way instead: its answer was lost, and the one
    in use must not be pushed out by a second try. Without an overlap every other secret and every
    token ends at once, which is what a leak asks for.
    """
    if client.disabled_at is not None:
        raise ClientDisabled
    own = ClientSecret.client_id == client.id
    is_current = ClientSecret.place == SecretPlace.CURRENT
    if not overlap:
        session.execute(delete(ClientSecret).where(own))
        revocations.revoke(
            session,
            ids=[client.id],
            not_before=now,
            until=now + CLIENT_TOKEN_LIFE + REVOKED_MARGIN,
        )
    elif _was_used(session, client_id=client.id):
        session.execute(delete(ClientSecret).where(own, ~is_current))
        session.execute(
            update(ClientSecret)
            .where(own, is_current)
            .values(place=SecretPlace.PREVIOUS, expires_at=now + overlap)
        )
    else:
        session.execute(delete(ClientSecret).where(own, is_current))
    secret = _add_secret(session, client_id=client.id, now=now)
    hours = overlap // timedelta(hours=1)
    _record(session, staff_id, "client.rotate", client.id, overlap_hours=hours)
    ends_at = session.execute(select(ClientSecret.expires_at).where(own, ~is_current))
    return NewSecret(client.id, client.name, secret, ends_at.scalar_one_or_none())


def _was_used(session: Session, *, client_id: UUID) -> bool:
    return (
        session.execute(
            select(ClientSecret.used_at).where(
                ClientSecret.client_id == client_id, ClientSecret.place == SecretPlace.CURRENT
            )
        ).scalar_one_or_none()
        is not None
    )


def disable_client(
    session: Session, *, client: ApiClient, staff_id: UUID | None, now: datetime
) -> None:
    """No token is made for it any more, and those that there are end. Again: nothing happens."""
    if client.disabled_at is not None:
        return
    client.disabled_at = now
    session.flush()
    session.execute(delete(ClientSecret).where(ClientSecret.client_id == client.id))
    revocations.revoke(session, ids=[client.id], until=now + CLIENT_TOKEN_LIFE + REVOKED_MARGIN)
    _record(session, staff_id, "client.disable", client.id)


def _authenticate(session: Session, *, client_id: UUID, secret: str, now: datetime) -> AnyRow:
    """The client whose living secret this is. Refuses: ClientRefused.

    The client stays as it is until the transaction ends, so that what disables it sees every
    token that was made before.
    """
    rows = session.execute(
        select(ApiClient.id, ApiClient.scopes, ClientSecret.place, ClientSecret.secret_hash)
        .join(ClientSecret, ClientSecret.client_id == ApiClient.id)
        .where(
            ApiClient.id == client_id,
            ApiClient.disabled_at.is_(None),
            or_(ClientSecret.expires_at.is_(None), ClientSecret.expires_at > now),
        )
        .with_for_update(read=True, of=ApiClient)
    ).all()
    given = _hash(secret)
    matching = [row for row in rows if hmac.compare_digest(row.secret_hash, given)]
    if not rows:
        hmac.compare_digest(NO_SECRET, given)
    if not matching:
        log.info("client_refused", client_id=str(client_id))
        raise ClientRefused
    client = matching[0]
    session.execute(
        update(ClientSecret)
        .where(
            ClientSecret.client_id == client_id,
            ClientSecret.place == client.place,
            or_(
                ClientSecret.used_at.is_(None),
                ClientSecret.used_at <= now - SECRET_USE_NOTED_EVERY,
            ),
        )
        .values(used_at=now)
    )
    return client


def _grant(held: Collection[str], *, asked: str | None) -> list[str]:
    """What the token will say. Refuses: ScopeRefused, which names what may be asked for."""
    granted = granted_scopes(held, asked)
    if not granted:
        names = ", ".join(sorted(held))
        raise ScopeRefused(
            Text(f"This client may ask for: {names}.", f"该客户端可申请的权限范围：{names}。")
        )
    return sorted(granted)


def _hash(secret: str) -> bytes:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def _add_secret(session: Session, *, client_id: UUID, now: datetime) -> str:
    secret = SECRET_PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    session.execute(
        insert(ClientSecret).values(
            client_id=client_id,
            place=SecretPlace.CURRENT,
            secret_hash=_hash(secret),
            created_at=now,
        )
    )
    return secret


def _record(
    session: Session, staff_id: UUID | None, action: str, client_id: UUID, **details: Any
) -> None:
    staff.record_action(
        session,
        staff_id=staff_id,
        action=action,
        subject=f"client:{client_id}",
        details=details,
    )
