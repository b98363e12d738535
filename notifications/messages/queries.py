"""Reads of messages: intents, their ways, and what the inbox has of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, select
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from backend.kit.paging import Page, page
from notifications.deliveries.models import (
    NotificationDelivery,
    NotificationIntent,
    NotificationWaiting,
)
from notifications.devices.models import Device
from notifications.inbox.models import InboxItem
from notifications.messages.errors import MessageUnknown

PANEL_MAX = 20


@dataclass(frozen=True)
class Asked:
    """Which messages are asked about; None is all."""

    purpose: str | None = None
    subject: str | None = None
    since: datetime | None = None
    before: datetime | None = None


Ways = Mapping[UUID, Sequence[AnyRow]]


def page_own(
    session: Session, *, borrower_id: UUID, asked: Asked, args: Mapping[str, Any]
) -> tuple[Page, Ways]:
    """Her messages, newest first, with the ways of each."""
    keys = (NotificationIntent.created_at, NotificationIntent.id)
    query = _messages(borrower_id, asked)
    found = page(session, query, keys=keys, args=args, descending=True)
    return found, _list_ways(session, borrower_id, [row.id for row in found.items])


def get_own(session: Session, *, borrower_id: UUID, message_id: UUID) -> tuple[AnyRow, Ways]:
    """One message of hers, with its ways. Refuses: MessageUnknown."""
    one = _messages(borrower_id, Asked()).where(NotificationIntent.id == message_id)
    row = session.execute(one).first()
    if row is None:
        raise MessageUnknown
    return row, _list_ways(session, borrower_id, [message_id])


def list_newest(session: Session, *, borrower_id: UUID) -> tuple[Sequence[AnyRow], Ways]:
    """The last of her messages, for staff."""
    newest = (
        _messages(borrower_id, Asked())
        .order_by(NotificationIntent.created_at.desc(), NotificationIntent.id.desc())
        .limit(PANEL_MAX)
    )
    rows = session.execute(newest).all()
    return rows, _list_ways(session, borrower_id, [row.id for row in rows])


def _messages(borrower_id: UUID, asked: Asked) -> Select[*tuple[Any, ...]]:
    intent, item, waiting = NotificationIntent, InboxItem, NotificationWaiting
    is_waiting = exists().where(
        waiting.borrower_id == intent.borrower_id, waiting.intent_id == intent.id
    )
    query = (
        select(
            *intent.__table__.c,
            is_waiting.label("is_waiting"),
            item.template_version,
            item.created_at.label("put_at"),
            item.read_at,
        )
        .outerjoin(item, and_(item.borrower_id == intent.borrower_id, item.id == intent.id))
        .where(intent.borrower_id == borrower_id)
    )
    if asked.purpose is not None:
        query = query.where(intent.purpose == asked.purpose)
    if asked.subject is not None:
        query = query.where(intent.subject == asked.subject)
    if asked.since is not None:
        query = query.where(intent.created_at >= asked.since)
    if asked.before is not None:
        query = query.where(intent.created_at < asked.before)
    return query


def _list_ways(session: Session, borrower_id: UUID, message_ids: Sequence[UUID]) -> Ways:
    if not message_ids:
        return {}
    way = NotificationDelivery
    rows = session.execute(
        select(*way.__table__.c, Device.platform)
        .outerjoin(Device, and_(Device.borrower_id == way.borrower_id, Device.id == way.device_id))
        .where(way.borrower_id == borrower_id, way.intent_id.in_(message_ids))
        .order_by(way.created_at, way.channel, way.id)
    )
    found: dict[UUID, list[AnyRow]] = {}
    for row in rows:
        found.setdefault(row.intent_id, []).append(row)
    return found
