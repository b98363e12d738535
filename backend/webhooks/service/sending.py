"""Leasing what is due, and noting what became of it. The call itself is made in between.

An endpoint is locked before its deliveries, everywhere. `now` is technical time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Integer, bindparam, or_, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from backend.kit import crypto
from backend.kit.db import AnyRow
from backend.webhooks.models import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookSecret,
)
from backend.webhooks.rules import (
    IN_FLIGHT_MAX,
    IN_FLIGHT_WHILE_FAILING,
    LEASE,
    Disabling,
    Result,
    State,
    asked_wait,
    gives_up,
    judge,
)
from backend.webhooks.service.endpoints import SECRET_CONTEXT, set_disabled
from backend.webhooks.service.messages import body_of


@dataclass(frozen=True)
class Lease:
    """One delivery that one sender has until `until`; nobody else sends it meanwhile."""

    endpoint_id: UUID
    message_id: UUID
    lease_id: UUID
    number: int  # of the try, since there is this delivery
    tries: int  # since it was last asked for
    tried_from: datetime
    url: str = field(repr=False)
    body: bytes = field(repr=False)
    secrets: Sequence[str] = field(repr=False)


# Who is at work on an endpoint has its row; another worker looks elsewhere meanwhile.
_LOCK_DUE = text(
    """
    SELECT e.id
      FROM webhook_endpoint e
      JOIN api_client c ON c.id = e.client_id AND c.disabled_at IS NULL
     WHERE e.disabled_at IS NULL AND e.deleted_at IS NULL
       AND (e.paused_until IS NULL OR e.paused_until <= :now)
       AND EXISTS (SELECT FROM webhook_delivery d
                    WHERE d.endpoint_id = e.id AND d.state = 'pending'
                      AND d.is_urgent = ANY('{true,false}') AND d.due_at <= :now)
     ORDER BY e.claimed_at NULLS FIRST, e.id
       FOR NO KEY UPDATE OF e SKIP LOCKED
    """
).bindparams(bindparam("now", type_=DateTime(timezone=True)))

# A statement of its own, which sees every lease that was committed before the rows were locked.
# What is urgent first, by a look of its own into the index; then what has been due longest.
# Turn by turn: each endpoint's first before anybody's second, whose turn was longest ago first.
_LEASE = text(
    """
    WITH room AS (
        SELECT e.id, e.claimed_at, e.enabled_at, e.url,
               CASE WHEN e.failures > 0 THEN :few ELSE :many END
               - (SELECT count(*) FROM webhook_delivery b
                   WHERE b.endpoint_id = e.id AND b.lease_id IS NOT NULL
                     AND b.leased_until > :now) AS places
          FROM webhook_endpoint e
         WHERE e.id = ANY(:ids)
    ), due AS (
        SELECT room.id, room.claimed_at, room.enabled_at, room.url, d.message_id, d.place
          FROM room
         CROSS JOIN LATERAL (
               SELECT found.message_id, row_number() OVER () AS place
                 FROM (SELECT own.message_id
                         FROM (VALUES (true), (false)) AS class(is_urgent)
                        CROSS JOIN LATERAL (
                              SELECT one.message_id, one.due_at
                                FROM webhook_delivery one
                               WHERE one.endpoint_id = room.id AND one.state = 'pending'
                                 AND one.is_urgent = class.is_urgent AND one.due_at <= :now
                               ORDER BY one.due_at, one.message_id
                               LIMIT greatest(room.places, 0)
                                 FOR UPDATE SKIP LOCKED
                              ) AS own
                        ORDER BY class.is_urgent DESC, own.due_at, own.message_id
                        LIMIT greatest(room.places, 0)) AS found
               ) AS d
         ORDER BY d.place, room.claimed_at NULLS FIRST, room.id
         LIMIT :limit
    ), leased AS (
        UPDATE webhook_delivery d
           SET lease_id = gen_random_uuid(), leased_until = :until, due_at = :until,
               attempts = d.attempts + 1, tries = d.tries + 1,
               tried_from = coalesce(d.tried_from, :now)
          FROM due
         WHERE d.endpoint_id = due.id AND d.message_id = due.message_id
        RETURNING d.endpoint_id, d.message_id, d.lease_id, d.attempts AS number, d.tries,
                  greatest(d.tried_from, due.enabled_at) AS tried_from, due.url, due.place
    ), turned AS (
        UPDATE webhook_endpoint SET claimed_at = :now
         WHERE id IN (SELECT endpoint_id FROM leased)
    )
    SELECT leased.*, m.type, m.occurred_at, m.data
      FROM leased
      JOIN webhook_message m ON m.id = leased.message_id
     ORDER BY leased.place, leased.endpoint_id
    """
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("now", type_=DateTime(timezone=True)),
    bindparam("until", type_=DateTime(timezone=True)),
    bindparam("few", type_=Integer),
    bindparam("many", type_=Integer),
    bindparam("limit", type_=Integer),
)


def lease_due(session: Session, *, limit: int, now: datetime) -> list[Lease]:
    """Take at most so many deliveries that are due, no endpoint beyond its share."""
    ids = session.execute(_LOCK_DUE, {"now": now}).scalars().all()
    if not ids:
        return []
    rows = session.execute(
        _LEASE,
        {
            "ids": list(ids),
            "now": now,
            "until": now + LEASE,
            "few": IN_FLIGHT_WHILE_FAILING,
            "many": IN_FLIGHT_MAX,
            "limit": limit,
        },
    ).all()
    secrets = _open_secrets(session, endpoint_ids={row.endpoint_id for row in rows}, now=now)
    return [_as_lease(row, secrets=secrets) for row in rows]


def _open_secrets(
    session: Session, *, endpoint_ids: set[UUID], now: datetime
) -> Mapping[UUID, list[str]]:
    found: dict[UUID, list[str]] = {each: [] for each in endpoint_ids}
    rows = session.execute(
        select(WebhookSecret.endpoint_id, WebhookSecret.secret_cipher)
        .where(
            WebhookSecret.endpoint_id.in_(endpoint_ids),
            or_(WebhookSecret.ends_at.is_(None), WebhookSecret.ends_at > now),
        )
        .order_by(WebhookSecret.created_at.desc())
    )
    for row in rows:
        found[row.endpoint_id].append(crypto.decrypt(row.secret_cipher, context=SECRET_CONTEXT))
    return found


def _as_lease(row: AnyRow, *, secrets: Mapping[UUID, list[str]]) -> Lease:
    return Lease(
        endpoint_id=row.endpoint_id,
        message_id=row.message_id,
        lease_id=row.lease_id,
        number=row.number,
        tries=row.tries,
        tried_from=row.tried_from,
        url=row.url,
        body=body_of(type=row.type, occurred_at=row.occurred_at, data=row.data),
        secrets=secrets[row.endpoint_id],
    )


def record_result(
    session: Session,
    lease: Lease,
    *,
    result: Result,
    began_at: datetime,
    took_ms: int,
    share: float,
    now: datetime,
) -> None:
    """Note a try, and what follows from it for the delivery and for its endpoint.

    What was taken is taken, whoever sent it; a failure counts only while the lease is held, for
    otherwise another sender decides, of the delivery and of the endpoint.
    """
    endpoint = session.execute(
        select(
            WebhookEndpoint.failing_since,
            WebhookEndpoint.failures,
            WebhookEndpoint.disabled_at,
            WebhookEndpoint.paused_until,
        )
        .where(WebhookEndpoint.id == lease.endpoint_id)
        .with_for_update(key_share=True)
    ).one()
    session.execute(
        upsert(WebhookAttempt)
        .values(
            endpoint_id=lease.endpoint_id,
            message_id=lease.message_id,
            number=lease.number,
            began_at=began_at,
            took_ms=took_ms,
            status=result.status,
            failure=result.failure,
        )
        .on_conflict_do_nothing()
    )
    counts = _settle(session, lease, result=result, took_ms=took_ms, share=share, now=now)
    if result.is_taken:
        if endpoint.failures or endpoint.paused_until:
            _note_health(session, lease, failing_since=None, failures=0, paused_until=None)
    elif counts and result.is_begun:
        _note_failure(session, lease, endpoint, result=result, now=now)


def _note_failure(
    session: Session, lease: Lease, endpoint: AnyRow, *, result: Result, now: datetime
) -> None:
    since = endpoint.failing_since or now
    pause = asked_wait(result, now=now)
    rest = {"paused_until": now + pause} if pause else {}
    _note_health(session, lease, failing_since=since, failures=endpoint.failures + 1, **rest)
    if endpoint.disabled_at is not None:
        return
    if result.is_gone:
        set_disabled(session, endpoint_id=lease.endpoint_id, why=Disabling.GONE, now=now)
    elif gives_up(failing_since=since, failures=endpoint.failures + 1, now=now):
        set_disabled(session, endpoint_id=lease.endpoint_id, why=Disabling.FAILING, now=now)


def _settle(
    session: Session, lease: Lease, *, result: Result, took_ms: int, share: float, now: datetime
) -> bool:
    """Whether the delivery was this sender's to decide of."""
    verdict = judge(result, tries=lease.tries, began_at=lease.tried_from, now=now, share=share)
    values: dict[str, Any] = {
        "state": verdict.state,
        "lease_id": None,
        "leased_until": None,
        "done_at": None if verdict.state is State.PENDING else now,
        "last_status": result.status,
        "last_failure": result.failure,
        "last_took_ms": took_ms,
    }
    if verdict.due_at is not None:
        values["due_at"] = verdict.due_at
    mine = update(WebhookDelivery).where(
        WebhookDelivery.endpoint_id == lease.endpoint_id,
        WebhookDelivery.message_id == lease.message_id,
        WebhookDelivery.state == State.PENDING,
    )
    if not result.is_taken:
        mine = mine.where(WebhookDelivery.lease_id == lease.lease_id)
    return bool(session.execute(mine.values(**values).returning(WebhookDelivery.message_id)).all())


def _note_health(session: Session, lease: Lease, **values: Any) -> None:
    session.execute(
        update(WebhookEndpoint).where(WebhookEndpoint.id == lease.endpoint_id).values(**values)
    )
