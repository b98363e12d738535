"""Who is due a reminder or a greeting, as statements over a share of borrowers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Interval,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    values,
)
from sqlalchemy.dialects.postgresql import BIT, JSONB, distinct_on

from backend.borrowers import queries as borrowers
from backend.contacts import queries as contacts
from backend.events.contacts import Channel, Purpose
from backend.kit.programme_zone import Moment
from backend.loans import queries as loans
from backend.programme import queries as programme
from backend.staff import queries as staff
from backend.tiers import queries as tiers
from notifications.preferences import queries as preferences
from notifications.reminders.rules import (
    CHINESE_FEASTS,
    CHINESE_ZONES,
    HOLDOUT_PARTS,
    SEND_LAST,
    TALKED_WITHIN,
    Feast,
    Plan,
)

LOCAL_LAST = (SEND_LAST.hour * 60 + SEND_LAST.minute) * 60
MACHINES = (Channel.PUSH, Channel.SMS, Channel.EMAIL)


@dataclass(frozen=True)
class Part:
    """Borrowers after an id up to and including another, in these zones."""

    after: UUID
    last: UUID
    zones: Sequence[str]


def place_of(borrower_id: ColumnElement[UUID]) -> ColumnElement[int]:
    """`rules.holdout_place` of each row."""
    digest = func.md5(cast(borrower_id, String) + ":reminders")
    return _hashed(digest) % HOLDOUT_PARTS


def _hashed(digest: ColumnElement[str]) -> ColumnElement[int]:
    bits = func.concat("x", func.substr(digest, 1, 7))
    return cast(cast(bits, BIT(28)), Integer)


def today_of(at: Moment, zone: ColumnElement[str]) -> ColumnElement[date]:
    """Her day, in her zone, unless a day is named."""
    if at.day is not None:
        return literal(at.day, Date)
    return cast(func.timezone(zone, literal(at.at, DateTime(timezone=True))), Date)


@dataclass(frozen=True)
class Hours:
    """When something planned for a day is due in her zone, and until when it is worth telling."""

    at: Moment
    zone: ColumnElement[str]
    today: ColumnElement[date]
    minutes: Sequence[int]  # of the day, at which things may be due
    seed: ColumnElement[str]

    def due_at(self) -> ColumnElement[datetime]:
        """A minute of its own for everybody; at once where that has passed."""
        drawn = _hashed(func.md5(self.seed))
        planned = self._local(self._minute(drawn) * 60 + drawn % 60)
        return func.greatest(planned, literal(self.at.at, DateTime(timezone=True)))

    def expires_at(self, keep_days: ColumnElement[int]) -> ColumnElement[datetime]:
        """The end of the last day on which it is worth telling."""
        return self._local(literal(LOCAL_LAST), keep_days)

    def _minute(self, drawn: ColumnElement[int]) -> ColumnElement[int]:
        # The minutes of a day that are none of an hour's first, numbered: 59 in an hour.
        first = self.minutes[0] // 60 * 59 + self.minutes[0] % 60 - 1
        number = first + drawn % len(self.minutes)
        return number // 59 * 60 + number % 59 + 1

    def _local(
        self, seconds: ColumnElement[int], days: ColumnElement[int] | None = None
    ) -> ColumnElement[datetime]:
        day = self.today if days is None else self.today + days
        return func.timezone(self.zone, cast(day, DateTime) + _seconds(seconds))


def _seconds(count: ColumnElement[int]) -> ColumnElement[Any]:
    return cast(count, Integer) * cast(literal("1 second"), Interval)


def select_due(plan: Plan, *, part: Part, at: Moment) -> Select[*tuple[Any, ...]]:
    """What is due to whom, as `deliveries.intend_selected` takes it; one a borrower."""
    due = loans.select_next_dues().subquery("due")
    place = borrowers.select_places().subquery("place")
    today = today_of(at, place.c.timezone)
    stage = _stages(plan)
    hours = Hours(
        at, place.c.timezone, today, plan.minutes, cast(due.c.loan_id, String) + stage.c.code
    )
    chosen = (
        select(
            due,
            stage,
            hours.due_at().label("due_at"),
            hours.expires_at(stage.c.keep_days).label("expires_at"),
        )
        .join_from(due, place, place.c.borrower_id == due.c.borrower_id)
        .join(stage, today - due.c.due_on == stage.c.days)
        .where(
            due.c.borrower_id > part.after,
            due.c.borrower_id <= part.last,
            place.c.timezone.in_(part.zones),
            place_of(due.c.borrower_id) >= plan.holdout_percent * HOLDOUT_PARTS // 100,
            ~contacts.is_held(due.c.borrower_id, on=today),
            ~programme.is_left_alone(due.c.borrower_id),
        )
        .ext(distinct_on(due.c.borrower_id))
        .order_by(due.c.borrower_id, due.c.due_on, due.c.loan_id)
        .cte("chosen")
    )
    return _worded(plan, chosen.c, at=at).where(chosen.c.due_at < chosen.c.expires_at)


def _stages(plan: Plan) -> Any:
    return values(
        column("code", String),
        column("days", Integer),
        column("standard", String),
        column("gentle", String),
        column("keep_days", Integer),
        name="stage",
    ).data([(s.code, s.days, s.standard, s.gentle, s.keep_days) for s in plan.stages])


def _worded(plan: Plan, chosen: Any, *, at: Moment) -> Select[*tuple[Any, ...]]:
    """In the wording of her tier, with her account manager's name where she knows it."""
    tier = tiers.select_tiers().subquery("tier")
    manager = borrowers.select_managers().subquery("manager")
    named = staff.select_names().subquery("named")
    is_personal = preferences.is_personalised(chosen.borrower_id)
    is_gentle = and_(tier.c.tier.in_(plan.gentle_tiers), is_personal)
    knows = and_(
        is_personal,
        contacts.has_talked_with(
            chosen.borrower_id, staff_id=manager.c.staff_id, since=at.at - TALKED_WITHIN
        ),
    )
    less = case((chosen.minimum_minor.between(1, chosen.amount_minor - 1), chosen.minimum_minor))
    said = func.jsonb_build_object(
        *("amount_minor", chosen.amount_minor, "minimum_minor", less),
        *("currency", chosen.currency, "due_on", chosen.due_on, "loan_id", chosen.loan_id),
        *("manager", case((knows, named.c.display_name))),
    )
    return (
        select(
            chosen.borrower_id,
            literal(str(Purpose.REMINDER)).label("purpose"),
            case((is_gentle, chosen.gentle), else_=chosen.standard).label("template"),
            func.concat("loan:", chosen.loan_id).label("subject"),
            func.concat(chosen.code, ":", chosen.due_on).label("occasion"),
            cast(func.jsonb_strip_nulls(said), JSONB).label("variables"),
            chosen.due_at,
            chosen.expires_at,
        )
        .select_from(chosen.borrower_id.table)
        .outerjoin(tier, tier.c.borrower_id == chosen.borrower_id)
        .outerjoin(manager, manager.c.borrower_id == chosen.borrower_id)
        .outerjoin(named, named.c.staff_id == manager.c.staff_id)
    )


def select_feast(
    feasts: Mapping[date, Feast], *, part: Part, at: Moment, minutes: Sequence[int]
) -> Select[*tuple[Any, ...]]:
    """Who is greeted on a feast today, by her own calendar, if she wants greetings."""
    place = borrowers.select_places().subquery("place")
    today = today_of(at, place.c.timezone)
    feast = values(column("on", Date), column("name", String), name="feast").data(
        [(day, str(name)) for day, name in feasts.items()]
    )
    is_chinese = or_(place.c.locale == "zh-CN", place.c.timezone.in_(CHINESE_ZONES))
    whom = or_(feast.c.name.not_in([str(each) for each in CHINESE_FEASTS]), is_chinese)
    source = (
        select(place.c.borrower_id, place.c.timezone, today.label("today"), feast.c.name)
        .join_from(place, feast, feast.c.on == today)
        .where(
            place.c.borrower_id > part.after,
            place.c.borrower_id <= part.last,
            place.c.timezone.in_(part.zones),
            whom,
        )
        .subquery("greeted")
    )
    return _greeted(source.c, source.c.name, at=at, minutes=minutes)


def select_birthdays(
    ids: Sequence[UUID], *, at: Moment, minutes: Sequence[int]
) -> Select[*tuple[Any, ...]]:
    """Greetings of these, whose birthday it is by their own calendar."""
    place = borrowers.select_places().subquery("place")
    source = (
        select(place.c.borrower_id, place.c.timezone, today_of(at, place.c.timezone).label("today"))
        .where(place.c.borrower_id.in_(bindparam("ids", ids, expanding=True)))
        .subquery("greeted")
    )
    return _greeted(source.c, literal("birthday"), at=at, minutes=minutes)


def _greeted(
    who: Any, name: ColumnElement[str], *, at: Moment, minutes: Sequence[int]
) -> Select[*tuple[Any, ...]]:
    hours = Hours(at, who.timezone, who.today, minutes, cast(who.borrower_id, String) + name)
    wanted = or_(
        *(
            preferences.is_allowed(who.borrower_id, purpose=Purpose.GREETING, channel=channel)
            for channel in MACHINES
        )
    )
    year = cast(func.extract("year", who.today), BigInteger)
    greeted = select(
        who.borrower_id,
        literal(str(Purpose.GREETING)).label("purpose"),
        func.concat("greeting.", name).label("template"),
        func.concat("borrower:", who.borrower_id).label("subject"),
        func.concat(name, ":", year).label("occasion"),
        literal({}, JSONB).label("variables"),
        hours.due_at().label("due_at"),
        hours.expires_at(literal(0)).label("expires_at"),
    ).where(
        wanted,
        ~contacts.is_held(who.borrower_id, on=who.today),
        ~programme.is_left_alone(who.borrower_id),
    )
    rows = greeted.subquery("planned").c
    return select(*rows).where(rows.due_at < rows.expires_at)
