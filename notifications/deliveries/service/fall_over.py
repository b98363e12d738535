"""A text message instead of a push that did not reach her, where she wants one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, exists, select, update
from sqlalchemy.orm import Session

from backend.events.contacts import Channel
from backend.kit.bulk import look_up_each, plan_for_many, sql_ids
from notifications.deliveries.models import NotificationDelivery
from notifications.deliveries.rules import (
    FALL_OVER_UNTIL,
    RECEIPT_AWAITED,
    TEXT_GRACE,
    State,
)
from notifications.deliveries.service.planning import (
    has_push,
    insert_deliveries,
    intents_of,
    text_messages,
)
from notifications.templates import queries as templates

BATCH = 1_000
_ON_ITS_WAY = (State.PLANNED, State.SENDING, State.ACCEPTED, State.UNKNOWN)
Keys = Sequence[tuple[UUID, UUID]]


def fall_over_due(session: Session, *, now: datetime, limit: int = BATCH) -> tuple[int, int]:
    """Look at pushes that nobody received for a day: how many there were, and how many texts."""
    push = NotificationDelivery
    due = (
        select(push.borrower_id, push.id)
        .where(
            push.channel == Channel.PUSH,
            push.state.in_((State.ACCEPTED, State.UNKNOWN)),
            push.received_at.is_(None),
            push.fell_over_at.is_(None),
            push.done_at <= now - RECEIPT_AWAITED,
        )
        .order_by(push.done_at)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
        .cte("due")
    )
    rows = session.execute(
        update(push)
        .where(push.borrower_id == due.c.borrower_id, push.id == due.c.id)
        .values(fell_over_at=now)
        .returning(push.borrower_id, push.intent_id, push.done_at)
        .execution_options(synchronize_session=False)
    ).all()
    fresh = {
        (row.borrower_id, row.intent_id) for row in rows if row.done_at > now - FALL_OVER_UNTIL
    }
    return len(rows), _plan_texts(session, sorted(fresh), now=now, unless_sent=False)


def fall_over_now(session: Session, *, intents: Keys, now: datetime) -> int:
    """Of these intents a device turned out to be gone: a text where no other has it either."""
    return _plan_texts(session, sorted(set(intents)), now=now, unless_sent=True)


def _plan_texts(session: Session, intents: Keys, *, now: datetime, unless_sent: bool) -> int:
    if not intents:
        return 0
    plan_for_many(session)
    look_up_each(session)
    chunk = intents_of(
        sql_ids(borrower_id for borrower_id, _ in intents),
        sql_ids(intent_id for _, intent_id in intents),
        templates.current_versions(session),
    ).subquery("told")
    push = NotificationDelivery
    received = exists().where(
        push.borrower_id == chunk.c.borrower_id,
        push.intent_id == chunk.c.id,
        push.received_at.is_not(None),
    )
    stands = and_(chunk.c.closed_at.is_(None), chunk.c.expires_at > now - TEXT_GRACE, ~received)
    wanted = text_messages(chunk, now=now).where(stands)
    if unless_sent:
        wanted = wanted.where(~has_push(chunk.c, *_ON_ITS_WAY))
    return insert_deliveries(session, wanted)
