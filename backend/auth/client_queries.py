"""Reads of machine clients: never a secret, nor its hash."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.auth.client_models import ClientSecret
from backend.auth.models import ApiClient
from backend.kit.db import AnyRow
from backend.kit.paging import Page, page


@dataclass(frozen=True, slots=True)
class ClientView:
    """A client as the desk shows it."""

    id: UUID
    name: str
    scopes: Sequence[str]
    created_at: datetime
    disabled_at: datetime | None
    secrets: Sequence[AnyRow]


_CLIENT = (
    ApiClient.id,
    ApiClient.name,
    ApiClient.scopes,
    ApiClient.created_at,
    ApiClient.disabled_at,
)


def list_clients(session: Session, *, args: Mapping[str, Any]) -> Page:
    """Clients by name."""
    found = page(session, select(*_CLIENT), keys=(ApiClient.name,), args=args)
    return Page(items=_viewed(session, found.items), next_cursor=found.next_cursor)


def get_client_view(session: Session, *, client_id: UUID) -> ClientView:
    rows = session.execute(select(*_CLIENT).where(ApiClient.id == client_id)).all()
    (view,) = _viewed(session, rows)
    return view


def _viewed(session: Session, clients: Sequence[AnyRow]) -> list[ClientView]:
    secrets = session.execute(
        select(
            ClientSecret.client_id,
            ClientSecret.place,
            ClientSecret.created_at,
            ClientSecret.expires_at,
            ClientSecret.used_at,
        )
        .where(ClientSecret.client_id.in_([client.id for client in clients]))
        .order_by(ClientSecret.place)
    ).all()
    return [
        ClientView(
            id=client.id,
            name=client.name,
            scopes=client.scopes,
            created_at=client.created_at,
            disabled_at=client.disabled_at,
            secrets=[secret for secret in secrets if secret.client_id == client.id],
        )
        for client in clients
    ]
