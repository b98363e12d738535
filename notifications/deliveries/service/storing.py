"""Verdicts on many deliveries, stored in one statement; only by whoever holds the lease."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, DateTime, Text, Uuid, case, func, literal, null, update
from sqlalchemy.orm import Session

from notifications.deliveries.models import NotificationDelivery
from notifications.deliveries.rules import State, Verdict
from notifications.deliveries.service.leasing import Batch


def store_verdicts(
    session: Session,
    batch: Batch,
    verdicts: Mapping[UUID, Verdict],
    *,
    now: datetime,
    unknown: frozenset[UUID] = frozenset(),
) -> frozenset[UUID]:
    """Let go of these with where they stand now; which were still this lease's.

    `unknown` are those of whose try nobody knows what became of it.
    """
    if not verdicts:
        return frozenset()
    owners = {delivery_id: borrower_id for borrower_id, delivery_id in batch.keys}
    ids = [each for each in owners if each in verdicts]
    found = [verdicts[each] for each in ids]
    told = (
        func.unnest(
            literal([owners[each] for each in ids], ARRAY(Uuid)),
            literal(ids, ARRAY(Uuid)),
            literal([str(each.state) for each in found], ARRAY(Text)),
            literal([each.why for each in found], ARRAY(Text)),
            literal([each.due_at for each in found], ARRAY(DateTime(timezone=True))),
            literal([int(each in unknown) for each in ids], ARRAY(BigInteger)),
        )
        .table_valued("borrower_id", "id", "state", "why", "due_at", "unknowns", name="told")
        .render_derived()
    )
    columns = told.c
    stored = session.execute(
        update(NotificationDelivery)
        .where(
            NotificationDelivery.borrower_id == columns.borrower_id,
            NotificationDelivery.id == columns.id,
            NotificationDelivery.lease_id == batch.lease_id,
        )
        .values(
            state=columns.state,
            why=columns.why,
            due_at=func.coalesce(columns.due_at, NotificationDelivery.due_at),
            unknowns=NotificationDelivery.unknowns + columns.unknowns,
            done_at=case((columns.state != State.PLANNED, now), else_=null()),
            lease_id=null(),
            leased_until=null(),
        )
        .returning(NotificationDelivery.id)
        .execution_options(synchronize_session=False)
    )
    return frozenset(stored.scalars())
