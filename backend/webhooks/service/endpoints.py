"""A client's endpoints: named, changed, given secrets, paused, deleted.

`now` is technical time throughout: leases and secrets age even when a demo's day rests.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from backend.auth.models import ApiClient
from backend.events.webhooks import WebhookEndpointDisabled
from backend.kit import crypto
from backend.kit.db import AnyRow
from backend.kit.ids import new_id
from backend.kit.logs import get_logger
from backend.kit.outbox import announce
from backend.kit.standard_webhooks import new_secret
from backend.kit.wiring import SealedColumn
from backend.webhooks.errors import (
    ClientGone,
    EndpointTaken,
    EndpointUnknown,
    TooManyEndpoints,
    TooManySecrets,
)
from backend.webhooks.models import WebhookEndpoint, WebhookSecret
from backend.webhooks.rules import ENDPOINTS_MAX, SECRETS_MAX, Disabling

SECRET_CONTEXT = "webhook_secret.secret_cipher"  # noqa: S105 - the name of a column
SEALED = (SealedColumn("webhook_secret", "secret_cipher", context=SECRET_CONTEXT),)

log = get_logger(__name__)


@dataclass(frozen=True, repr=False)
class NewSecret:
    """A secret at the one moment at which it can be read."""

    endpoint_id: UUID
    secret: str


def add_endpoint(
    session: Session,
    *,
    client_id: UUID,
    url: str,
    event_types: Sequence[str],
    description: str,
    now: datetime,
) -> NewSecret:
    """Keep an address that was found to be one.

    One address is one endpoint of a client, so a second try after a lost answer is refused.
    Refuses: ClientGone, EndpointTaken, TooManyEndpoints.
    """
    _lock_client(session, client_id=client_id)
    urls = session.execute(
        select(WebhookEndpoint.url).where(
            WebhookEndpoint.client_id == client_id, WebhookEndpoint.deleted_at.is_(None)
        )
    ).scalars()
    taken = list(urls)
    if url in taken:
        raise EndpointTaken
    if len(taken) >= ENDPOINTS_MAX:
        raise TooManyEndpoints
    endpoint_id = new_id()
    session.execute(
        insert(WebhookEndpoint).values(
            id=endpoint_id,
            client_id=client_id,
            url=url,
            description=description,
            event_types=sorted(event_types),
            created_at=now,
            enabled_at=now,
        )
    )
    log.info("webhook_endpoint_added", endpoint=str(endpoint_id), client=str(client_id))
    return NewSecret(endpoint_id, _add_secret(session, endpoint_id=endpoint_id, now=now))


def _lock_client(session: Session, *, client_id: UUID) -> None:
    # Its row stands for the number of its endpoints: two that are added at once come in turn.
    found = session.execute(
        select(ApiClient.id)
        .where(ApiClient.id == client_id, ApiClient.disabled_at.is_(None))
        .with_for_update(key_share=True)
    ).first()
    if found is None:
        raise ClientGone


def lock_endpoint(session: Session, *, client_id: UUID, endpoint_id: UUID) -> AnyRow:
    """The client's own endpoint, locked before its deliveries. Refuses: EndpointUnknown."""
    row = session.execute(
        select(WebhookEndpoint.id, WebhookEndpoint.disabled_at)
        .where(
            WebhookEndpoint.id == endpoint_id,
            WebhookEndpoint.client_id == client_id,
            WebhookEndpoint.deleted_at.is_(None),
        )
        .with_for_update(key_share=True)
    ).one_or_none()
    if row is None:
        raise EndpointUnknown
    return row


def change_endpoint(
    session: Session,
    *,
    client_id: UUID,
    endpoint_id: UUID,
    event_types: Sequence[str] | None,
    description: str | None,
) -> None:
    """Other types or another description; what is on its way is sent. Refuses: EndpointUnknown."""
    lock_endpoint(session, client_id=client_id, endpoint_id=endpoint_id)
    values: dict[str, object] = {}
    if event_types is not None:
        values["event_types"] = sorted(event_types)
    if description is not None:
        values["description"] = description
    if values:
        session.execute(
            update(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id).values(**values)
        )


def delete_endpoint(session: Session, *, client_id: UUID, endpoint_id: UUID, now: datetime) -> None:
    """Nothing is sent there any more, and its secrets are gone. Refuses: EndpointUnknown."""
    lock_endpoint(session, client_id=client_id, endpoint_id=endpoint_id)
    session.execute(delete(WebhookSecret).where(WebhookSecret.endpoint_id == endpoint_id))
    session.execute(
        update(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id).values(deleted_at=now)
    )
    log.info("webhook_endpoint_deleted", endpoint=str(endpoint_id), client=str(client_id))


def rotate_secret(
    session: Session, *, client_id: UUID, endpoint_id: UUID, overlap: timedelta, now: datetime
) -> NewSecret:
    """A new secret; those in use go on signing beside it for `overlap`, or end at once.

    Refuses: EndpointUnknown, TooManySecrets.
    """
    lock_endpoint(session, client_id=client_id, endpoint_id=endpoint_id)
    own = WebhookSecret.endpoint_id == endpoint_id
    if overlap:
        session.execute(delete(WebhookSecret).where(own, WebhookSecret.ends_at <= now))
        session.execute(
            update(WebhookSecret)
            .where(own, WebhookSecret.ends_at.is_(None))
            .values(ends_at=now + overlap)
        )
        signing = session.execute(select(func.count()).select_from(WebhookSecret).where(own))
        if signing.scalar_one() >= SECRETS_MAX:
            raise TooManySecrets
    else:
        session.execute(delete(WebhookSecret).where(own))
    return NewSecret(endpoint_id, _add_secret(session, endpoint_id=endpoint_id, now=now))


def _add_secret(session: Session, *, endpoint_id: UUID, now: datetime) -> str:
    secret = new_secret()
    session.execute(
        insert(WebhookSecret).values(
            endpoint_id=endpoint_id,
            id=new_id(),
            secret_cipher=crypto.encrypt(secret, context=SECRET_CONTEXT),
            created_at=now,
        )
    )
    return secret


def disable_endpoint(
    session: Session, *, client_id: UUID, endpoint_id: UUID, now: datetime
) -> None:
    """Keep what comes until it is enabled again. Refuses: EndpointUnknown."""
    row = lock_endpoint(session, client_id=client_id, endpoint_id=endpoint_id)
    if row.disabled_at is None:
        set_disabled(session, endpoint_id=endpoint_id, why=Disabling.BY_CLIENT, now=now)


def set_disabled(session: Session, *, endpoint_id: UUID, why: Disabling, now: datetime) -> None:
    """Send nothing to an endpoint that is locked, and let it be known where it was not asked."""
    session.execute(
        update(WebhookEndpoint)
        .where(WebhookEndpoint.id == endpoint_id)
        .values(disabled_at=now, disabled_why=why)
    )
    if why is not Disabling.BY_CLIENT:
        log.error("webhook_endpoint_disabled", endpoint=str(endpoint_id), why=str(why))
        announce(session, WebhookEndpointDisabled(None, now, endpoint_id=endpoint_id, why=str(why)))


def enable_endpoint(session: Session, *, client_id: UUID, endpoint_id: UUID, now: datetime) -> None:
    """Send again, what was kept meanwhile first; nobody rests. Refuses: EndpointUnknown."""
    row = lock_endpoint(session, client_id=client_id, endpoint_id=endpoint_id)
    values: dict[str, Any] = {"paused_until": None}
    if row.disabled_at is not None:
        values |= {"enabled_at": now, "disabled_at": None, "disabled_why": None}
        values |= {"failing_since": None, "failures": 0}
    session.execute(
        update(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id).values(**values)
    )
