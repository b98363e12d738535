"""What became of tries, and what follows: for deliveries, devices and the ledger of contacts."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Text, Uuid, and_, func, literal, or_, select, update
from sqlalchemy.orm import Session

from backend.borrowers import service as borrowers
from backend.contacts import service as contacts
from backend.events.contacts import Channel
from backend.kit.logs import get_logger
from notifications.channels.rules import Fate, Outcome
from notifications.deliveries import queries
from notifications.deliveries.models import (
    NotificationAttempt,
    NotificationDelivery,
    NotificationIntent,
)
from notifications.deliveries.rules import RETIRING, State, Verdict, after_try
from notifications.deliveries.service.checking import reference_of
from notifications.deliveries.service.fall_over import fall_over_now
from notifications.deliveries.service.leasing import Batch
from notifications.deliveries.service.storing import store_verdicts
from notifications.deliveries.wording import Try
from notifications.devices import service as devices
from notifications.devices.rules import Retired

LOST = Outcome(Fate.UNKNOWN, code="LOST")
SWEPT_MAX = 500
# She has it, or may have it.
_SENT = frozenset({Fate.ACCEPTED, Fate.UNKNOWN})
_RETIRED = {Fate.GONE: Retired.UNREGISTERED, Fate.FOREIGN: Retired.SENDER_MISMATCH}

log = get_logger(__name__)


Results = Sequence[tuple[Try, Outcome]]


def record(
    session: Session,
    results: Results,
    *,
    channel: Channel,
    now: datetime,
    chance: Callable[[], float],
) -> None:
    """Note what became of tries. What the provider has, it has, whoever holds the lease by now."""
    # Borrowers are locked before what is hers, as everywhere: where they are reached comes first.
    if channel is Channel.PUSH:
        _retire_devices(session, results, now=now)
    if channel is Channel.EMAIL:
        _refuse_addresses(session, results, now=now)
    _end_attempts(session, results, now=now)
    failed: list[tuple[UUID, UUID]] = []
    leases: dict[UUID, list[tuple[Try, Outcome]]] = defaultdict(list)
    for each in results:
        leases[each[0].lease_id].append(each)
    for lease_id, own in sorted(leases.items()):
        verdicts = {
            tried.delivery_id: after_try(
                outcome,
                channel=channel,
                tries=tried.tries,
                unknowns=tried.unknowns + (outcome.fate is Fate.UNKNOWN),
                expires_at=tried.expires_at,
                now=now,
                share=chance(),
            )
            for tried, outcome in own
        }
        failed += [
            (tried.borrower_id, tried.intent_id)
            for tried, _ in own
            if verdicts[tried.delivery_id].state is State.FAILED
        ]
        unknown = frozenset(t.delivery_id for t, outcome in own if outcome.fate is Fate.UNKNOWN)
        keys = sorted((tried.borrower_id, tried.delivery_id) for tried, _ in own)
        store_verdicts(session, Batch(lease_id, now, keys), verdicts, now=now, unknown=unknown)
    contacts.settle(
        session,
        outcomes={
            (tried.borrower_id, reference_of(tried.delivery_id, tried.number)): (
                contacts.Outcome.SENT if outcome.fate in _SENT else contacts.Outcome.NOT_DELIVERED
            )
            for tried, outcome in results
        },
        now=now,
    )
    gone = [(t.borrower_id, t.intent_id) for t, outcome in results if outcome.fate in _RETIRED]
    if channel is Channel.PUSH:
        fall_over_now(session, intents=[*gone, *failed], now=now)


def _end_attempts(session: Session, results: Results, *, now: datetime) -> None:
    told = (
        func.unnest(
            literal([tried.borrower_id for tried, _ in results], ARRAY(Uuid)),
            literal([tried.delivery_id for tried, _ in results], ARRAY(Uuid)),
            literal([tried.number for tried, _ in results], ARRAY(BigInteger)),
            literal([str(outcome.fate) for _, outcome in results], ARRAY(Text)),
            literal([outcome.code or None for _, outcome in results], ARRAY(Text)),
            literal([outcome.provider_ref for _, outcome in results], ARRAY(Text)),
        )
        .table_valued("borrower_id", "delivery_id", "number", "fate", "code", "ref", name="told")
        .render_derived()
    )
    attempt, said = NotificationAttempt, told.c
    session.execute(
        update(attempt)
        .where(
            attempt.borrower_id == said.borrower_id,
            attempt.delivery_id == said.delivery_id,
            attempt.number == said.number,
            # Whoever took it for lost did not know.
            or_(attempt.fate.is_(None), attempt.code == LOST.code),
        )
        .values(fate=said.fate, code=said.code, provider_ref=said.ref, ended_at=now)
        .execution_options(synchronize_session=False)
    )


def _retire_devices(session: Session, results: Results, *, now: datetime) -> None:
    gone = [(tried, outcome.fate) for tried, outcome in results if outcome.fate in _RETIRED]
    for tried, fate in sorted(gone):
        if tried.installation_id is not None:
            devices.retire(
                session,
                borrower_id=tried.borrower_id,
                installation_id=tried.installation_id,
                reason=_RETIRED[fate],
                now=now,
                sent_at=tried.began_at,
            )
        if fate is Fate.FOREIGN:
            # Addresses of another project among ours: somebody must look at the app's settings.
            log.error("push_sender_mismatch", delivery=str(tried.delivery_id))


def _refuse_addresses(session: Session, results: Results, *, now: datetime) -> None:
    """The first of several tries tells: what was stored between two is not judged by both."""
    gone = sorted((t.began_at, t.borrower_id) for t, outcome in results if outcome.fate in RETIRING)
    sent_at = {borrower_id: began_at for began_at, borrower_id in reversed(gone)}
    if borrowers.refuse_emails(session, sent_at=sent_at, now=now):
        log.info("addresses_given_up", count=len(sent_at))


def sweep_lost(
    session: Session, *, now: datetime, wall: datetime, chance: Callable[[], float]
) -> int:
    """What a process held when it died, once its lease has ended; how many there were.

    A try that was begun may have gone out: its fate is unknown. Without a try, nothing was sent.
    """
    delivery, intent, attempt = NotificationDelivery, NotificationIntent, NotificationAttempt
    rows = session.execute(
        select(
            delivery.borrower_id,
            delivery.id.label("delivery_id"),
            delivery.intent_id,
            delivery.lease_id,
            delivery.attempts.label("number"),
            delivery.tries,
            delivery.unknowns,
            delivery.channel,
            queries.stands_until().label("expires_at"),
            attempt.began_at,
        )
        .join(
            intent,
            and_(intent.borrower_id == delivery.borrower_id, intent.id == delivery.intent_id),
        )
        .join(
            attempt,
            and_(
                attempt.borrower_id == delivery.borrower_id,
                attempt.delivery_id == delivery.id,
                attempt.number == delivery.attempts,
                attempt.fate.is_(None),
            ),
            isouter=True,
        )
        .where(delivery.state == State.SENDING, delivery.leased_until < wall)
        .order_by(delivery.leased_until)
        .limit(SWEPT_MAX)
        .with_for_update(of=delivery, skip_locked=True, key_share=True)
    ).all()
    lost: Mapping[str, list[tuple[Try, Outcome]]] = defaultdict(list)
    for row in rows:
        if row.began_at is None:
            again = {row.delivery_id: Verdict(State.PLANNED, due_at=now)}
            batch = Batch(row.lease_id, now, [(row.borrower_id, row.delivery_id)])
            store_verdicts(session, batch, again, now=now)
            continue
        values = {name: getattr(row, name) for name in Try._fields if name != "installation_id"}
        lost[row.channel].append((Try(**values, installation_id=None), LOST))
    for channel, results in lost.items():
        record(session, results, channel=Channel(channel), now=now, chance=chance)
    return len(rows)
