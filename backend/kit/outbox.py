"""Events, stored with the act that caused them, and one delivery row for each hearer.

The event row stays: it is the history that replays read. Delivery rows are work to do; the
worker (`delivery`) does it. An event marked `backfill` is history and nobody is told of it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, Self, get_args, get_origin, get_type_hints
from uuid import UUID

import orjson
from sqlalchemy import (
    CTE,
    Boolean,
    Identity,
    Index,
    Select,
    String,
    bindparam,
    func,
    insert,
    literal,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.elements import ColumnElement

from backend.kit.bulk import sql_texts
from backend.kit.db import Base


@dataclass(frozen=True)
class Event:
    """Something that happened. Subclasses are named in the past tense; fields are only added."""

    registry: ClassVar[dict[str, type["Event"]]] = {}

    borrower_id: UUID | None
    occurred_at: datetime

    def __init_subclass__(cls) -> None:
        Event.registry[cls.__name__] = cls

    @property
    def is_backfill(self) -> bool:
        """Whether it is history that was imported."""
        return bool(getattr(self, "backfill", False))

    def payload(self) -> dict[str, Any]:
        """All fields but the two that have columns of their own, as orjson writes them."""
        return {name: getattr(self, name) for name in _own_fields(type(self).__name__)}

    @classmethod
    def restore(
        cls, *, borrower_id: UUID | None, occurred_at: datetime, payload: Mapping[str, Any]
    ) -> Self:
        """The event as announced. Fields that were added since take their defaults."""
        hints = _hints(cls.__name__)
        known = {
            name: _from_json(hints[name], value) for name, value in payload.items() if name in hints
        }
        return cls(borrower_id=borrower_id, occurred_at=occurred_at, **known)


@dataclass(frozen=True)
class Recorded:
    """An event with its place in the order of all events."""

    seq: int
    event: Event
    recorded_at: datetime


class EventRow(Base):
    """One event. Added only."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_borrower_id_seq", "borrower_id", "seq"),)

    seq: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    name: Mapped[str]
    borrower_id: Mapped[UUID | None]
    payload: Mapped[dict[str, Any]]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    backfill: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))


class DeliveryRow(Base):
    """What one handler still has to hear, or has heard."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index(
            "ix_delivery_open",
            "handler",
            "due_at",
            "seq",
            postgresql_where=text("done_at IS NULL AND parked_at IS NULL"),
        ),
        Index("ix_delivery_done", "done_at", postgresql_where=text("done_at IS NOT NULL")),
        Index("ix_delivery_parked", "parked_at", postgresql_where=text("parked_at IS NOT NULL")),
    )

    handler: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    last_error: Mapped[str | None]
    parked_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


_routes: dict[str, tuple[str, ...]] = {}


def configure(routes: Mapping[str, Sequence[str]]) -> None:
    """Say who hears what: event name to handler names."""
    _routes.clear()
    _routes.update({name: tuple(handlers) for name, handlers in routes.items()})


def announce(session: Session, event: Event) -> int:
    """Store the event and its deliveries in the caller's transaction; returns its `seq`."""
    return announce_all(session, [event])[0]


# For the WITH of a statement of one's own, where a round trip for the events alone is one too many.
# `news` holds the events; `announced` and `delivered` store them, and `routing` has the parameters.
ANNOUNCED = """
    announced AS (
        INSERT INTO event (name, borrower_id, payload, occurred_at, backfill)
        SELECT name, borrower_id, payload, occurred_at, backfill FROM news
        RETURNING seq, name, backfill
    ), delivered AS (
        INSERT INTO delivery (handler, seq)
        SELECT route.handler, announced.seq
        FROM announced
        JOIN unnest(CAST(:route_names AS text[]), CAST(:route_handlers AS text[]))
             AS route(name, handler) ON route.name = announced.name
        WHERE NOT announced.backfill
    )
"""
# `news` of events that are made here; `announcing` has the parameters of both.
NEWS_ANNOUNCED = f"""
    news AS (
        SELECT name, borrower_id, payload, occurred_at, backfill
        FROM ROWS FROM (
                 json_to_recordset(CAST(:events AS json))
                 AS (name text, borrower_id uuid, payload jsonb, occurred_at timestamptz,
                     backfill boolean)
             ) WITH ORDINALITY AS e(name, borrower_id, payload, occurred_at, backfill, place)
        ORDER BY place
    ), {ANNOUNCED}
"""  # noqa: S608 - a text of ours
_ANNOUNCE_ALL = text(
    f"WITH {NEWS_ANNOUNCED} SELECT seq FROM announced ORDER BY seq"  # noqa: S608 - both texts are ours
)


def announcing(events: Sequence[Event]) -> dict[str, str]:
    """The parameters of `NEWS_ANNOUNCED`."""
    return {
        # One text: arrays of texts with quotes in them cost ten times as much to send.
        "events": orjson.dumps([_row(event) for event in events], default=str).decode(),
        **routing({type(event) for event in events}),
    }


def routing(event_types: Collection[type[Event]]) -> dict[str, str]:
    """The parameters of `ANNOUNCED`: who hears what."""
    names = [event_type.__name__ for event_type in event_types]
    pairs = [(name, handler) for name in names for handler in _routes.get(name, ())]
    return {
        "route_names": sql_texts([name for name, _ in pairs]),
        "route_handlers": sql_texts([handler for _, handler in pairs]),
    }


def announce_all(session: Session, events: Sequence[Event]) -> list[int]:
    """Store many events in their order, in one statement; returns their `seq`s."""
    if not events:
        return []
    return list(session.execute(_ANNOUNCE_ALL, announcing(events)).scalars().all())


def _row(event: Event) -> dict[str, Any]:
    return {
        "name": type(event).__name__,
        "borrower_id": event.borrower_id,
        "payload": event.payload(),
        "occurred_at": event.occurred_at,
        "backfill": event.is_backfill,
    }


def announce_select(
    session: Session, event_type: type[Event], rows: Select[Any], *, is_history: bool = False
) -> int:
    """Announce one event for each row of a select, without the rows leaving the database.

    The select's columns are the event's fields, `borrower_id` and `occurred_at` among them.
    `is_history` marks them as backfill, and nobody is told. Returns how many were announced.
    """
    announced, delivered = announcing_select(event_type, rows, is_history=is_history)
    handlers = [] if is_history else hearers(event_type)
    counted = select(func.count()).select_from(announced).add_cte(delivered)
    return session.execute(counted, {"handlers": handlers}).scalar_one()


def announcing_select(
    event_type: type[Event], rows: Select[Any], *, is_history: bool = False
) -> tuple[CTE, CTE]:
    """The same as parts of a larger statement: what is announced, and its deliveries.

    The statement is given `hearers` as `handlers`.
    """
    source = rows.cte("source")
    own = [c for c in source.c if c.name not in ("borrower_id", "occurred_at")]
    pairs: list[ColumnElement[Any]] = [part for c in own for part in (literal(c.name, String), c)]
    announced = (
        insert(EventRow)
        .from_select(
            ["name", "borrower_id", "payload", "occurred_at", "backfill"],
            select(
                literal(event_type.__name__),
                source.c.borrower_id,
                func.jsonb_build_object(*pairs),
                source.c.occurred_at,
                literal(is_history),
            ),
        )
        .returning(EventRow.seq)
        .cte("announced")
    )
    route = (
        func.unnest(bindparam("handlers", type_=ARRAY(String)))
        .table_valued("handler")
        .render_derived()
    )
    delivered = (
        insert(DeliveryRow)
        .from_select(
            ["handler", "seq"],
            select(route.c.handler, announced.c.seq).select_from(announced).join(route, true()),
        )
        .cte("delivered")
    )
    return announced, delivered


def hearers(event_type: type[Event]) -> list[str]:
    """The names of the handlers that hear it."""
    return list(_routes.get(event_type.__name__, ()))


def restore(row: Any) -> Recorded:
    """A stored event row back into the event that was announced."""
    event = Event.registry[row.name].restore(
        borrower_id=row.borrower_id, occurred_at=row.occurred_at, payload=row.payload
    )
    return Recorded(seq=row.seq, event=event, recorded_at=row.recorded_at)


@cache
def _own_fields(name: str) -> tuple[str, ...]:
    names = (field.name for field in fields(Event.registry[name]))
    return tuple(name for name in names if name not in ("borrower_id", "occurred_at"))


@cache
def _hints(name: str) -> dict[str, Any]:
    event_type = Event.registry[name]
    names = {field.name for field in fields(event_type)}
    return {k: v for k, v in get_type_hints(event_type).items() if k in names}


_READERS: dict[Any, Any] = {
    UUID: UUID,
    Decimal: Decimal,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
}


def _from_json(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(hint) is tuple:
        return tuple(_from_json(get_args(hint)[0], item) for item in value)
    kinds = [hint, *get_args(hint)]
    reader = next((_READERS[kind] for kind in kinds if kind in _READERS), None)
    return reader(value) if reader is not None else value
