"""The last look before something is sent: it must still be right, and she may be reached."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, exists, insert, select, update
from sqlalchemy.orm import Session, aliased

from backend.borrowers import reach_queries as borrowers
from backend.borrowers.reach_queries import Reach
from backend.consents import queries as consents
from backend.consents.queries import Purpose as Consent
from backend.contacts import service as contacts
from backend.contacts.service import Judgement
from backend.events.contacts import Channel, Purpose
from backend.kit import crypto, metrics
from backend.kit.db import AnyRow
from backend.kit.logs import get_logger
from backend.loans import queries as loans
from backend.loans.queries import Owed
from notifications.deliveries import queries
from notifications.deliveries.models import (
    NotificationAttempt,
    NotificationDelivery,
    NotificationIntent,
)
from notifications.deliveries.rules import (
    LEASE,
    WORDED,
    Reason,
    State,
    Verdict,
    after_judgement,
    refuse,
    share_of,
)
from notifications.deliveries.service.fall_over import fall_over_now
from notifications.deliveries.service.leasing import Batch, is_held, of
from notifications.deliveries.service.storing import store_verdicts
from notifications.deliveries.wording import Ready, Writer, list_wordless
from notifications.devices import queries as devices
from notifications.preferences import queries as preferences

Rows = Sequence[AnyRow]
Found = dict[UUID, Reason]
# By push she gets none of these: a text message, where she wants one.
_NO_PUSH = frozenset({Reason.DEVICE_GONE, Reason.NO_CHANNEL})

log = get_logger(__name__)


def check(
    session: Session, batch: Batch, *, channel: Channel, has_channel: bool, now: datetime
) -> list[Ready]:
    """Those of a batch that are to be sent now, each with its try written down.

    The others are put aside with the reason. Borrowers are locked, so that what she may be sent in
    a day is counted by one process at a time.
    """
    rows = _load(session, batch)
    reach = borrowers.list_reach(
        session,
        borrower_ids=sorted({row.borrower_id for row in rows}),
        with_phones=channel is Channel.SMS,
        with_emails=channel is Channel.EMAIL,
    )
    addresses = _open_addresses(rows)
    looks = _looks(
        session,
        channel=channel,
        has_channel=has_channel,
        reach=reach,
        addresses=addresses,
        now=now,
    )
    verdicts: dict[UUID, Verdict] = {}
    for look in looks:
        found = look([row for row in rows if row.id not in verdicts])
        verdicts |= {delivery_id: refuse(reason) for delivery_id, reason in found.items()}
    allowed = [row for row in rows if row.id not in verdicts]
    judgements = _ask_the_rules(session, allowed, channel=channel, now=now)
    verdicts |= _refused(allowed, judgements)
    store_verdicts(session, batch, verdicts, now=now)
    for row in rows:
        verdict = verdicts.get(row.id)
        if verdict is not None and verdict.state is State.PREVENTED:
            reason = str(verdict.why).split(",")[0]
            metrics.MESSAGES_PREVENTED.labels(row.purpose, reason).inc()
    going = [row for row in allowed if row.id not in verdicts]
    _begin(session, going, now=now)
    unreached = [
        (row.borrower_id, row.intent_id)
        for row in rows
        if row.id in verdicts and verdicts[row.id].why in _NO_PUSH
    ]
    if channel is Channel.PUSH:
        fall_over_now(session, intents=unreached, now=now)
    ends = {key: each.open_until for key, each in judgements.items() if each.open_until is not None}
    writer = Writer(
        session, channel=channel, rows=going, reach=reach, addresses=addresses, ends=ends
    )
    return [writer.write(row, until=batch.until, now=now) for row in going]


def _open_addresses(rows: Rows) -> dict[UUID, str]:
    """By delivery. One that cannot be read is as good as gone, and must not stop the others."""
    found: dict[UUID, str] = {}
    for row in rows:
        if row.address_cipher is None:
            continue
        try:
            found[row.id] = devices.open_address(row.address_cipher)
        except crypto.UnreadableError:
            log.warning("push_address_unreadable", delivery=str(row.id))
    return found


def _load(session: Session, batch: Batch) -> Rows:
    device = devices.live().subquery("device")
    delivery, intent = NotificationDelivery, NotificationIntent
    return session.execute(
        select(
            delivery.borrower_id,
            delivery.id,
            delivery.intent_id,
            delivery.attempts,
            delivery.tries,
            delivery.unknowns,
            delivery.lease_id,
            intent.purpose,
            intent.template,
            intent.subject,
            intent.variables,
            queries.stands_until().label("expires_at"),
            intent.closed_at,
            intent.closed_why,
            device.c.installation_id,
            device.c.address_kind,
            device.c.address_cipher,
        )
        .join(
            intent,
            and_(intent.borrower_id == delivery.borrower_id, intent.id == delivery.intent_id),
        )
        .join(
            device,
            and_(device.c.borrower_id == delivery.borrower_id, device.c.id == delivery.device_id),
            isouter=True,
        )
        .where(*is_held(batch))
        .order_by(delivery.borrower_id, delivery.id)
    ).all()


def _looks(
    session: Session,
    *,
    channel: Channel,
    has_channel: bool,
    reach: dict[UUID, Reach],
    addresses: Mapping[UUID, str],
    now: datetime,
) -> Sequence[Callable[[Rows], Found]]:
    """Each says what it has against which of the rows; the cheap ones first."""

    def own(rows: Rows) -> Found:
        found = {row.id: _own_reason(row, reach, addresses, channel, now=now) for row in rows}
        return {key: reason for key, reason in found.items() if reason is not None}

    def there(rows: Rows) -> Found:
        return {} if has_channel else {row.id: Reason.NO_CHANNEL for row in rows}

    def wanted(rows: Rows) -> Found:
        return _unwanted(session, rows, channel)

    def consented(rows: Rows) -> Found:
        return {
            row.id: Reason.NO_CONSENT
            for row in rows
            if row.purpose == Purpose.MARKETING
            and not consents.is_granted(
                session, borrower_id=row.borrower_id, purpose=Consent.MARKETING
            )
        }

    def owed(rows: Rows) -> Found:
        asked = {row.id: _owed(row) for row in rows}
        paid = loans.list_paid(session, owed=[each for each in asked.values() if each is not None])
        return {key: Reason.PAID for key, each in asked.items() if each in paid}

    def unheard(rows: Rows) -> Found:
        received = _list_received(session, rows) if channel is Channel.SMS else frozenset()
        return {row.id: Reason.RECEIVED for row in rows if row.id in received}

    def wordless(rows: Rows) -> Found:
        return _wordless(session, rows) if channel in WORDED else {}

    return (own, there, wanted, consented, owed, unheard, wordless)


def _unwanted(session: Session, rows: Rows, channel: Channel) -> Found:
    found: Found = {}
    for purpose in {Purpose(row.purpose) for row in rows}:
        of_purpose = [row for row in rows if row.purpose == purpose]
        ids = {row.borrower_id for row in of_purpose}
        willing = preferences.allowed(session, borrower_ids=ids, purpose=purpose, channel=channel)
        found |= {
            row.id: Reason.SWITCHED_OFF for row in of_purpose if row.borrower_id not in willing
        }
    return found


def _wordless(session: Session, rows: Rows) -> Found:
    # Of a push the words are the purpose's own. What cannot be worded must not stop the others.
    return dict.fromkeys(list_wordless(session, rows), Reason.NO_TEMPLATE)


def _own_reason(
    row: AnyRow,
    reach: dict[UUID, Reach],
    addresses: Mapping[UUID, str],
    channel: Channel,
    *,
    now: datetime,
) -> Reason | None:
    if row.closed_at is not None:
        return Reason.WITHDRAWN
    if row.expires_at <= now:
        return Reason.EXPIRED
    if channel is Channel.PUSH and row.id not in addresses:
        return Reason.DEVICE_GONE
    address = {
        Channel.SMS: reach[row.borrower_id].phone,
        Channel.EMAIL: reach[row.borrower_id].email,
    }
    return Reason.NO_ADDRESS if address.get(channel, "") is None else None


def _owed(row: AnyRow) -> Owed | None:
    """What a reminder of a loan is about, where it says up to which day."""
    kind, _, loan_id = row.subject.partition(":")
    due_on = row.variables.get("due_on")
    if row.purpose != Purpose.REMINDER or kind != "loan" or not isinstance(due_on, str):
        return None
    try:
        return Owed(row.borrower_id, UUID(loan_id), date.fromisoformat(due_on))
    except ValueError:
        return None


def _list_received(session: Session, rows: Rows) -> frozenset[UUID]:
    """Text messages of intents whose push has reached one of her devices since."""
    text_message, push = NotificationDelivery, aliased(NotificationDelivery)
    was_received = exists().where(
        push.borrower_id == text_message.borrower_id,
        push.intent_id == text_message.intent_id,
        push.received_at.is_not(None),
    )
    found = session.execute(
        select(text_message.id).where(
            text_message.borrower_id.in_({row.borrower_id for row in rows}),
            text_message.id.in_([row.id for row in rows]),
            was_received,
        )
    )
    return frozenset(found.scalars())


def _ask_the_rules(
    session: Session, rows: Rows, *, channel: Channel, now: datetime
) -> dict[UUID, Judgement]:
    attempts = [
        contacts.Attempt(
            borrower_id=row.borrower_id,
            channel=channel,
            purpose=row.purpose,
            reference=reference_of(row.id, row.attempts + 1),
            at=now,
            occasion=str(row.intent_id),
        )
        for row in rows
    ]
    found = contacts.reserve_many(session, attempts=attempts, now=now, lag=LEASE)
    return {row.id: judgement for row, judgement in zip(rows, found, strict=True)}


def _refused(rows: Rows, judgements: Mapping[UUID, Judgement]) -> dict[UUID, Verdict]:
    return {
        row.id: after_judgement(
            [rule.id for rule in judgements[row.id].rules],
            allowed_from=judgements[row.id].allowed_from,
            expires_at=row.expires_at,
            share=share_of(row.borrower_id),
        )
        for row in rows
        if not judgements[row.id].allowed
    }


def reference_of(delivery_id: UUID, number: int) -> str:
    """By what the ledger knows one try."""
    return f"{delivery_id}:{number}"


def _begin(session: Session, rows: Rows, *, now: datetime) -> None:
    if not rows:
        return
    session.execute(
        insert(NotificationAttempt),
        [
            {
                "borrower_id": row.borrower_id,
                "delivery_id": row.id,
                "number": row.attempts + 1,
                "began_at": now,
                "tag": row.intent_id.hex,
            }
            for row in rows
        ],
    )
    batch = Batch(rows[0].lease_id, now, [(row.borrower_id, row.id) for row in rows])
    session.execute(
        update(NotificationDelivery)
        .where(*of(batch))
        .values(attempts=NotificationDelivery.attempts + 1, tries=NotificationDelivery.tries + 1)
    )
