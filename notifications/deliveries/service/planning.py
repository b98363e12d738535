"""What is due is put into inboxes, and planned by each way that reaches her; chunk by chunk."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    String,
    Subquery,
    Text,
    Uuid,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.borrowers import reach_queries as borrowers
from backend.consents import queries as consents
from backend.consents.queries import Purpose as Consent
from backend.events.contacts import Channel, Purpose
from backend.kit import metrics
from backend.kit.bulk import look_up_each, plan_for_many
from backend.loans import queries as loans
from notifications.deliveries.due_sql import due
from notifications.deliveries.models import NotificationDelivery, NotificationIntent
from notifications.deliveries.rules import AT_ANY_HOUR, SMS_AT_ONCE, Reason, State
from notifications.devices import queries as devices
from notifications.inbox import service as inbox
from notifications.preferences import queries as preferences
from notifications.preferences.rules import CHANNELS
from notifications.templates import queries as templates

CHUNK = 5_000

_CLAIM = text(
    """
    WITH claimed AS (
        DELETE FROM notification_waiting w
         USING (SELECT borrower_id, intent_id FROM notification_waiting
                 WHERE due_at <= :now
                 ORDER BY due_at, borrower_id, intent_id
                 LIMIT :limit FOR UPDATE SKIP LOCKED) AS due
         WHERE w.borrower_id = due.borrower_id AND w.intent_id = due.intent_id
        RETURNING w.borrower_id, w.intent_id
    )
    SELECT count(*) AS number, CAST(array_agg(borrower_id) AS text) AS borrower_ids,
           CAST(array_agg(intent_id) AS text) AS intent_ids
      FROM (SELECT * FROM claimed ORDER BY borrower_id, intent_id) AS ordered
    """
)
_COLUMNS = (
    "borrower_id",
    "id",
    "intent_id",
    "channel",
    "device_id",
    "is_urgent",
    "state",
    "created_at",
    "due_at",
)


def plan_due(session: Session, *, now: datetime, limit: int = CHUNK) -> int:
    """Plan at most so many intents whose time has come; how many there were."""
    plan_for_many(session)
    look_up_each(session)
    claimed = session.execute(_CLAIM, {"now": now, "limit": limit}).one()
    if not claimed.number:
        return 0
    _close_paid(session, claimed.borrower_ids, claimed.intent_ids, now=now)
    versions = templates.current_versions(session)
    chunk = intents_of(claimed.borrower_ids, claimed.intent_ids, versions)
    told = chunk.where(_why_not_told(now).is_(None))
    # The inbox first: whatever rings leads to something that is there.
    inbox.put_selected(session, _as_items(told, now=now))
    insert_deliveries(session, pushes(told, now=now))
    insert_deliveries(session, texts(told, now=now))
    insert_deliveries(session, mails(told, now=now))
    _close_the_rest(session, chunk, now=now)
    return int(claimed.number)


def intents_of(borrower_ids: str, intent_ids: str, versions: Mapping[str, int]) -> Select[Any]:
    """The intents with these keys, two arrays as PostgreSQL writes them, with words in force."""
    keys = _keys(borrower_ids, intent_ids)
    words = (
        func.unnest(
            literal(list(versions), ARRAY(Text)),
            literal(list(versions.values()), ARRAY(BigInteger)),
        )
        .table_valued("template", "version")
        .render_derived(name="words")
    )
    joined = keys.join(
        NotificationIntent,
        and_(
            NotificationIntent.borrower_id == keys.c.borrower_id,
            NotificationIntent.id == keys.c.id,
        ),
    ).join(words, words.c.template == NotificationIntent.template, isouter=True)
    version = cast(words.c.version, BigInteger).label("template_version")
    return select(NotificationIntent.__table__, version).select_from(joined)


def _keys(borrower_ids: str, intent_ids: str) -> Any:
    return (
        func.unnest(_uuids(borrower_ids), _uuids(intent_ids))
        .table_valued("borrower_id", "id")
        .render_derived(name="key")
    )


def _close_paid(session: Session, borrower_ids: str, intent_ids: str, *, now: datetime) -> None:
    """A reminder of what is paid by now is put nowhere, her inbox included."""
    keys, intent = _keys(borrower_ids, intent_ids), NotificationIntent
    is_paid = loans.is_paid(
        intent.borrower_id.expression,
        loan_id=func.split_part(intent.subject, ":", 2),
        due_on=intent.variables["due_on"].as_string(),
    )
    closed = session.execute(
        update(intent)
        .where(
            intent.borrower_id == keys.c.borrower_id,
            intent.id == keys.c.id,
            intent.purpose == Purpose.REMINDER,
            intent.subject.startswith("loan:"),
            is_paid,
        )
        .values(closed_at=now, closed_why=Reason.PAID)
        .returning(intent.id)
        .execution_options(synchronize_session=False)
    ).all()
    if closed:
        metrics.MESSAGES_PREVENTED.labels(Purpose.REMINDER, Reason.PAID).inc(len(closed))


def _uuids(words: str) -> ColumnElement[Any]:
    return cast(literal(words, String), ARRAY(Uuid))


def _why_not_told(now: datetime) -> ColumnElement[Any]:
    """Null where it is to be told."""
    intent = NotificationIntent
    wants_marketing = consents.granted_to(intent.borrower_id, purpose=Consent.MARKETING)
    return case(
        (intent.closed_at.is_not(None), intent.closed_why),
        (intent.expires_at <= now, Reason.EXPIRED),
        (literal_column("words.version").is_(None), Reason.NO_TEMPLATE),
        (
            and_(intent.purpose == Purpose.MARKETING, ~wants_marketing),
            Reason.NO_CONSENT,
        ),
        else_=null(),
    )


def _as_items(told: Select[Any], *, now: datetime) -> Select[Any]:
    rows = told.subquery("told").c
    return select(
        rows.borrower_id,
        rows.id,
        rows.purpose,
        rows.template,
        rows.template_version,
        rows.variables,
        literal(now).label("created_at"),
    )


def pushes(told: Select[Any], *, now: datetime) -> Select[Any]:
    """A delivery for each live device of whoever wants pushes of that purpose."""
    rows, device = told.subquery("told"), devices.live().subquery("device")
    joined = rows.join(device, device.c.borrower_id == rows.c.borrower_id)
    wanted = wants(rows.c.borrower_id, rows.c.purpose, Channel.PUSH)
    return _deliveries(rows, joined, Channel.PUSH, device_id=device.c.id, now=now).where(wanted)


def texts(told: Select[Any], *, now: datetime) -> Select[Any]:
    """A text message where it is to be sent at once, or no push will be."""
    rows = told.subquery("told")
    is_pushed = has_push(rows.c, *State)
    return text_messages(rows, now=now).where(
        or_(rows.c.purpose.in_(sorted(SMS_AT_ONCE)), ~is_pushed)
    )


def text_messages(rows: Subquery, *, now: datetime) -> Select[Any]:
    """A text message to each who wants one and has a number."""
    return _deliveries(rows, rows, Channel.SMS, device_id=null(), now=now).where(
        literal_column("reach.has_phone"), wants(rows.c.borrower_id, rows.c.purpose, Channel.SMS)
    )


def mails(told: Select[Any], *, now: datetime) -> Select[Any]:
    """A mail to each who wants that purpose by mail and has an address, whatever else is sent."""
    rows = told.subquery("told")
    return _deliveries(rows, rows, Channel.EMAIL, device_id=null(), now=now).where(
        literal_column("reach.has_email"),
        wants(rows.c.borrower_id, rows.c.purpose, Channel.EMAIL),
    )


def has_push(told: Any, *states: State) -> ColumnElement[bool]:
    """Whether there is a push of that intent in one of these states."""
    return exists().where(
        NotificationDelivery.borrower_id == told.borrower_id,
        NotificationDelivery.intent_id == told.id,
        NotificationDelivery.channel == Channel.PUSH,
        NotificationDelivery.state.in_(states),
    )


def _deliveries(
    rows: FromClause, joined: FromClause, channel: Channel, *, device_id: Any, now: datetime
) -> Select[Any]:
    reach = borrowers.reach().subquery("reach")
    told = rows.c
    way = func.concat(told.id, f":{channel}:", device_id)
    return select(
        told.borrower_id,
        delivery_id(way).label("id"),
        told.id.label("intent_id"),
        literal(str(channel)).label("channel"),
        cast(device_id, Uuid).label("device_id"),
        told.purpose.in_(sorted(AT_ANY_HOUR)).label("is_urgent"),
        literal(str(State.PLANNED)).label("state"),
        literal(now).label("created_at"),
        due(now=now).label("due_at"),
    ).select_from(joined.join(reach, reach.c.borrower_id == told.borrower_id))


def delivery_id(way: ColumnElement[Any]) -> ColumnElement[Any]:
    """Made of the intent and the way, so that no way is planned twice, whoever plans it."""
    digest = func.substr(func.sha256(func.convert_to(way, "UTF8")), 1, 16)
    return cast(func.encode(digest, "hex"), Uuid)


def wants(borrower_id: Any, purpose: ColumnElement[Any], channel: Channel) -> ColumnElement[bool]:
    """Whether she wants that purpose on a channel, by the columns of both."""
    each = [
        (purpose == name, preferences.is_allowed(borrower_id, purpose=name, channel=channel))
        for name in Purpose
    ]
    return case(*each, else_=false())


def insert_deliveries(session: Session, selected: Select[Any]) -> int:
    """Store deliveries; those that are there already stay as they are. How many are new."""
    source = selected.subquery("source")
    made = (
        upsert(NotificationDelivery)
        .from_select(list(_COLUMNS), select(*(source.c[name] for name in _COLUMNS)))
        .on_conflict_do_nothing()
        .returning(literal(1).label("one"))
        .cte("made")
    )
    return session.execute(select(func.count()).select_from(made)).scalar_one()


def _close_the_rest(session: Session, chunk: Select[Any], *, now: datetime) -> None:
    """Whatever goes by no way says why: nothing ends without a word."""
    why = case(
        (_why_not_told(now).is_not(None), _why_not_told(now)),
        (
            or_(*_wanted_anywhere()),
            Reason.NO_DEVICE,
        ),
        else_=Reason.SWITCHED_OFF,
    )
    told = chunk.add_columns(why.label("why")).subquery("told")
    has_way = exists().where(
        NotificationDelivery.borrower_id == NotificationIntent.borrower_id,
        NotificationDelivery.intent_id == NotificationIntent.id,
    )
    session.execute(
        update(NotificationIntent)
        .where(
            NotificationIntent.borrower_id == told.c.borrower_id,
            NotificationIntent.id == told.c.id,
            NotificationIntent.closed_at.is_(None),
            ~has_way,
        )
        .values(closed_at=now, closed_why=told.c.why)
        .execution_options(synchronize_session=False)
    )


def _wanted_anywhere() -> list[ColumnElement[bool]]:
    owner, purpose = NotificationIntent.borrower_id, NotificationIntent.__table__.c.purpose
    return [wants(owner, purpose, channel) for channel in CHANNELS]
