"""What is due is put into inboxes, and planned by each way that reaches her; chunk by chunk.

A chunk is one statement: each row of it is looked up once, whatever comes of it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    String,
    Subquery,
    Uuid,
    and_,
    case,
    cast,
    delete,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, Insert
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
from notifications.deliveries.models import (
    NotificationDelivery,
    NotificationIntent,
    NotificationWaiting,
)
from notifications.deliveries.rules import AT_ANY_HOUR, SMS_AT_ONCE, Reason, State
from notifications.devices import queries as devices
from notifications.inbox import service as inbox
from notifications.preferences import queries as preferences
from notifications.preferences.rules import CHANNELS
from notifications.templates import queries as templates

CHUNK = 10_000


def plan_due(session: Session, *, now: datetime, limit: int = CHUNK) -> int:
    """Plan at most so many intents whose time has come; how many there were."""
    versions = templates.current_versions(session)
    plan_for_many(session)
    look_up_each(session)
    found = session.execute(_planning(versions, now=now, limit=limit)).one()
    if found.paid:
        metrics.MESSAGES_PREVENTED.labels(Purpose.REMINDER, Reason.PAID).inc(found.paid)
    return int(found.number)


def _planning(versions: Mapping[str, int], *, now: datetime, limit: int) -> Select[Any]:
    claimed = _claimed(now=now, limit=limit)
    told = _with_ways(_judged(claimed, versions, now=now))
    is_told = told.c.why.is_(None)
    closed = _closed(told, now=now)
    return (
        select(
            select(func.count()).select_from(claimed).scalar_subquery().label("number"),
            select(func.count())
            .where(closed.c.closed_why == Reason.PAID)
            .scalar_subquery()
            .label("paid"),
        )
        # Whatever rings leads to something that is there: both are seen from one commit on.
        .add_cte(inbox.putting(_as_items(told, now=now).where(is_told)).cte("put"))
        .add_cte(_planned(_pushes(told, now=now).where(is_told)).cte("pushed"))
        .add_cte(_planned(_texts(told, now=now).where(is_told)).cte("texted"))
        .add_cte(_planned(_mails(told, now=now).where(is_told)).cte("mailed"))
    )


def _claimed(*, now: datetime, limit: int) -> CTE:
    waiting = NotificationWaiting
    order = (waiting.due_at, waiting.borrower_id, waiting.intent_id)
    due = (
        select(waiting.borrower_id, waiting.intent_id)
        .where(waiting.due_at <= now)
        .order_by(*order)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    return (
        delete(waiting)
        .where(waiting.borrower_id == due.c.borrower_id, waiting.intent_id == due.c.intent_id)
        .returning(waiting.borrower_id, waiting.intent_id)
        .cte("claimed")
    )


def _judged(claimed: CTE, versions: Mapping[str, int], *, now: datetime) -> CTE:
    """The intents of a chunk, with why each is not told; null where it is."""
    intent = NotificationIntent
    keys = and_(intent.borrower_id == claimed.c.borrower_id, intent.id == claimed.c.intent_id)
    rows = _with_reach(claimed.join(intent, keys), versions)
    why = _why_not_told(_version_of(versions), now=now).label("why")
    # In one order, in which the borrowers and intents of a chunk are locked as well.
    return rows.add_columns(why).order_by(intent.borrower_id, intent.id).cte("judged")


def intents_of(borrower_ids: str, intent_ids: str, versions: Mapping[str, int]) -> Select[Any]:
    """The intents with these keys, two arrays as PostgreSQL writes them, with words in force."""
    key = (
        func.unnest(_uuids(borrower_ids), _uuids(intent_ids))
        .table_valued("borrower_id", "id")
        .render_derived(name="key")
    )
    intent = NotificationIntent
    is_one = and_(intent.borrower_id == key.c.borrower_id, intent.id == key.c.id)
    return _with_reach(key.join(intent, is_one), versions)


def _uuids(words: str) -> ColumnElement[Any]:
    return cast(literal(words, String), ARRAY(Uuid))


def _with_reach(intents: FromClause, versions: Mapping[str, int]) -> Select[Any]:
    """Intents with the version of their words in force, and how their borrowers are reached."""
    reach = borrowers.reach().subquery("reach")
    return select(
        NotificationIntent.__table__,
        _version_of(versions).label("template_version"),
        reach.c.zone,
        reach.c.has_phone,
        reach.c.has_email,
    ).select_from(intents.join(reach, reach.c.borrower_id == NotificationIntent.borrower_id))


def _version_of(versions: Mapping[str, int]) -> ColumnElement[Any]:
    """Null where there are no such words. Looked up in one value: a join would compare each."""
    known = literal(dict(versions), JSONB)
    return cast(known[NotificationIntent.template.expression].astext, BigInteger)


def _why_not_told(version: ColumnElement[Any], *, now: datetime) -> ColumnElement[Any]:
    intent = NotificationIntent
    wants_marketing = consents.granted_to(intent.borrower_id, purpose=Consent.MARKETING)
    return case(
        (intent.closed_at.is_not(None), intent.closed_why),
        (_is_paid(), Reason.PAID),
        (intent.expires_at <= now, Reason.EXPIRED),
        (version.is_(None), Reason.NO_TEMPLATE),
        (
            and_(intent.purpose == Purpose.MARKETING, ~wants_marketing),
            Reason.NO_CONSENT,
        ),
        else_=null(),
    )


def _is_paid() -> ColumnElement[bool]:
    """A reminder of what is paid by now is put nowhere, her inbox included."""
    intent = NotificationIntent
    return and_(
        intent.purpose == Purpose.REMINDER,
        intent.subject.startswith("loan:"),
        loans.is_paid(
            intent.borrower_id.expression,
            loan_id=func.split_part(intent.subject, ":", 2),
            due_on=intent.variables["due_on"].as_string(),
        ),
    )


def _with_ways(judged: CTE) -> CTE:
    """The same with the ways that each is sent by: those she wants, and that there are."""
    rows, device = judged.c, devices.live().subquery("device")
    has_device = exists().where(device.c.borrower_id == rows.borrower_id)
    each = (
        (Channel.PUSH, has_device),
        (Channel.SMS, rows.has_phone),
        (Channel.EMAIL, rows.has_email),
    )
    ways = [
        and_(is_there, wants(rows.borrower_id, rows.purpose, channel)).label(f"by_{channel}")
        for channel, is_there in each
    ]
    return select(judged, *ways).order_by(rows.borrower_id, rows.id).cte("told")


def _as_items(told: CTE, *, now: datetime) -> Select[Any]:
    rows = told.c
    return select(
        rows.borrower_id,
        rows.id,
        rows.purpose,
        rows.template,
        rows.template_version,
        rows.variables,
        literal(now).label("created_at"),
    )


def _pushes(told: CTE, *, now: datetime) -> Select[Any]:
    """A delivery for each live device of whoever wants pushes of that purpose."""
    device = devices.live().subquery("device")
    return (
        _deliveries(told, Channel.PUSH, device_id=device.c.id, now=now)
        .join(device, device.c.borrower_id == told.c.borrower_id)
        .where(told.c.by_push)
    )


def _texts(told: CTE, *, now: datetime) -> Select[Any]:
    """A text message where it is to be sent at once, or no push will be."""
    is_now = told.c.purpose.in_(sorted(SMS_AT_ONCE))
    return _deliveries(told, Channel.SMS, device_id=null(), now=now).where(
        told.c.by_sms, or_(is_now, ~told.c.by_push)
    )


def _mails(told: CTE, *, now: datetime) -> Select[Any]:
    """A mail to each who wants that purpose by mail and has an address, whatever else is sent."""
    return _deliveries(told, Channel.EMAIL, device_id=null(), now=now).where(told.c.by_email)


def text_messages(rows: Subquery, *, now: datetime) -> Select[Any]:
    """A text message to each who wants one and has a number; of `intents_of`, named `told`."""
    return _deliveries(rows, Channel.SMS, device_id=null(), now=now).where(
        rows.c.has_phone, wants(rows.c.borrower_id, rows.c.purpose, Channel.SMS)
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
    rows: FromClause, channel: Channel, *, device_id: Any, now: datetime
) -> Select[Any]:
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
    ).select_from(rows)


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
    made = _planned(selected).returning(literal(1).label("one")).cte("made")
    return session.execute(select(func.count()).select_from(made)).scalar_one()


def _planned(selected: Select[Any]) -> Insert:
    names = [column.name for column in selected.selected_columns]
    return upsert(NotificationDelivery).from_select(names, selected).on_conflict_do_nothing()


def _closed(told: CTE, *, now: datetime) -> CTE:
    """Whatever goes by no way says why: nothing ends without a word."""
    rows, intent, delivery = told.c, NotificationIntent, NotificationDelivery
    goes = and_(rows.why.is_(None), or_(rows.by_push, rows.by_sms, rows.by_email))
    has_way = exists().where(
        delivery.borrower_id == intent.borrower_id, delivery.intent_id == intent.id
    )
    wanted = or_(*(wants(rows.borrower_id, rows.purpose, channel) for channel in CHANNELS))
    no_way = case((wanted, Reason.NO_DEVICE), else_=Reason.SWITCHED_OFF)
    return (
        update(intent)
        .where(
            intent.borrower_id == rows.borrower_id,
            intent.id == rows.id,
            intent.closed_at.is_(None),
            ~goes,
            ~has_way,
        )
        .values(closed_at=now, closed_why=case((rows.why.is_not(None), rows.why), else_=no_way))
        .returning(intent.closed_why)
        .cte("closed")
    )
