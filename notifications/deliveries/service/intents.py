"""Intents: written in the transaction of what happened, and taken back when it is over."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Select, cast, delete, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.events.contacts import Purpose
from backend.kit import metrics
from backend.kit.ids import new_id
from notifications.deliveries.models import (
    NotificationDelivery,
    NotificationIntent,
    NotificationWaiting,
)
from notifications.deliveries.rules import State

_KEY = ("borrower_id", "subject", "purpose", "occasion")
_WAITS = ["borrower_id", "intent_id", "due_at"]
_COLUMNS = [
    "borrower_id",
    "id",
    "purpose",
    "template",
    "subject",
    "occasion",
    "variables",
    "due_at",
    "expires_at",
    "created_at",
]


def intend(
    session: Session,
    *,
    borrower_id: UUID,
    purpose: Purpose,
    template: str,
    subject: str,
    occasion: str,
    variables: Mapping[str, str | int],
    expires_at: datetime,
    now: datetime,
    due_at: datetime | None = None,
) -> UUID | None:
    """Tell her something, from `due_at` on; None: this occasion is already intended.

    `subject` is what it is about, as "installment:<id>"; whatever ends that takes it back.
    """
    made = (
        upsert(NotificationIntent)
        .values(
            borrower_id=borrower_id,
            id=new_id(),
            purpose=purpose,
            template=template,
            subject=subject,
            occasion=occasion,
            variables=dict(variables),
            due_at=due_at or now,
            expires_at=expires_at,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=_KEY)
        .returning(NotificationIntent.borrower_id, NotificationIntent.id, NotificationIntent.due_at)
        .cte("made")
    )
    waiting = insert(NotificationWaiting).from_select(_WAITS, select(made))
    return session.execute(waiting.returning(NotificationWaiting.intent_id)).scalar_one_or_none()


def intend_selected(
    session: Session, selected: Select[*tuple[object, ...]], *, now: datetime
) -> int:
    """Tell many, in one statement; how many were not intended before.

    `selected` has the columns borrower_id, purpose, template, subject, occasion, variables,
    due_at (null: now) and expires_at.
    """
    rows = selected.subquery("selected").c
    source = select(
        rows.borrower_id,
        func.gen_random_uuid(),
        rows.purpose,
        rows.template,
        rows.subject,
        rows.occasion,
        rows.variables,
        func.coalesce(cast(rows.due_at, DateTime(timezone=True)), now),
        rows.expires_at,
        literal(now),
    )
    made = (
        upsert(NotificationIntent)
        .from_select(_COLUMNS, source)
        .on_conflict_do_nothing(index_elements=_KEY)
        .returning(NotificationIntent.borrower_id, NotificationIntent.id, NotificationIntent.due_at)
        .cte("made")
    )
    waiting = insert(NotificationWaiting).from_select(_WAITS, select(made)).returning(literal(1))
    counted = waiting.cte("waiting")
    return session.execute(select(func.count()).select_from(counted)).scalar_one()


def withdraw(
    session: Session, *, borrower_id: UUID, subject: str, reason: str, now: datetime
) -> int:
    """What she was still to be told of a subject is told no more; how many things that were."""
    found = session.execute(
        select(NotificationIntent.id).where(
            NotificationIntent.borrower_id == borrower_id,
            NotificationIntent.subject == subject,
            NotificationIntent.closed_at.is_(None),
        )
    ).scalars()
    ids = list(found)
    if not ids:
        return 0
    # In the planner's order, which has the waiting row before the intent: whoever plans one of them
    # at this moment is waited for, and the deliveries of it are seen by the statements after this.
    waits = (
        NotificationWaiting.borrower_id == borrower_id,
        NotificationWaiting.intent_id.in_(ids),
    )
    waited = session.execute(
        select(NotificationWaiting.intent_id)
        .where(*waits)
        .order_by(NotificationWaiting.intent_id)
        .with_for_update()
    ).scalars()
    stopped = set(waited)
    session.execute(delete(NotificationWaiting).where(*waits))
    ids = list(_lock_open(session, borrower_id, ids))
    planned = session.execute(
        update(NotificationDelivery)
        .where(
            NotificationDelivery.borrower_id == borrower_id,
            NotificationDelivery.intent_id.in_(ids),
            NotificationDelivery.state == State.PLANNED,
        )
        .values(state=State.PREVENTED, why=reason, done_at=now)
        .returning(NotificationDelivery.intent_id)
    ).scalars()
    stopped |= set(planned)
    # All of them: one that is being sent at this moment is not tried again.
    purposes = session.execute(
        update(NotificationIntent)
        .where(NotificationIntent.borrower_id == borrower_id, NotificationIntent.id.in_(ids))
        .values(closed_at=now, closed_why=reason)
        .returning(NotificationIntent.id, NotificationIntent.purpose)
    )
    for row in purposes:
        if row.id in stopped:
            metrics.MESSAGES_PREVENTED.labels(row.purpose, reason).inc()
    return len(stopped)


def _lock_open(session: Session, borrower_id: UUID, ids: Sequence[UUID]) -> Sequence[UUID]:
    return (
        session.execute(
            select(NotificationIntent.id)
            .where(
                NotificationIntent.borrower_id == borrower_id,
                NotificationIntent.id.in_(ids),
                NotificationIntent.closed_at.is_(None),
            )
            .order_by(NotificationIntent.id)
            .with_for_update(key_share=True)
        )
        .scalars()
        .all()
    )
