"""A draw as statements over everybody: who is assigned, enrolled and noted, in the database alone.

`rules.draw` says the same of a few; a test holds the two equal.
"""

from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from backend.borrowers.models import Borrower
from backend.kit.predicates import Predicate
from backend.kit.predicates_sql import to_sql
from backend.loans.models import Delinquency, Installment
from backend.profile.models import Profile
from backend.profile.queries import Catalogue
from backend.programme.models import Enrolment, EnrolmentChange
from backend.programme.rules import PILOT_SHARE, Assignment, Status

SelectOf: TypeAlias = "Select[*tuple[Any, ...]]"


def pilot(catalogue: Catalogue, *, among: Predicate | None, key: bytes) -> SelectOf:
    """Borrowers who are or were overdue and have no assignment yet, each with her draw."""
    columns = catalogue.columns()
    was_overdue = or_(
        func.coalesce(columns["days_past_due_max_12m"], 0) > 0,
        exists().where(
            Installment.borrower_id == Profile.borrower_id, Installment.missed_at.is_not(None)
        ),
        exists().where(
            Delinquency.borrower_id == Profile.borrower_id, Delinquency.days_past_due > 0
        ),
    )
    is_meant = [] if among is None else [to_sql(among, columns)]
    in_bytes = func.convert_to(cast(Profile.borrower_id, Text), "UTF8")
    drawn_by = func.sha256(literal(key).op("||")(in_bytes))
    tier = func.coalesce(Profile.tier, "")
    place = func.row_number().over(partition_by=tier, order_by=(drawn_by, Profile.borrower_id))
    ranked = (
        select(
            Profile.borrower_id,
            place.label("place"),
            func.count().over(partition_by=tier).label("members"),
        )
        .where(_has_no_enrolment(Profile.borrower_id), was_overdue, *is_meant)
        .subquery("ranked")
    )
    share, whole = PILOT_SHARE.numerator, PILOT_SHARE.denominator
    # Halves round up: floor(members * share / whole + 1/2), in whole numbers.
    treated = func.div(2 * ranked.c.members * share + whole, 2 * whole)
    is_treated = ranked.c.place <= treated
    return select(
        ranked.c.borrower_id,
        case((is_treated, str(Status.ENROLLED)), else_=null()).label("status"),
        case((is_treated, str(Assignment.TREATED)), else_=str(Assignment.CONTROL)).label(
            "assignment"
        ),
    )


def roll_out(catalogue: Catalogue, *, among: Predicate | None) -> SelectOf:
    """Everybody meant who has no assignment yet."""
    return select(
        Borrower.id.label("borrower_id"),
        literal(str(Status.ENROLLED)).label("status"),
        literal(str(Assignment.ROLL_OUT)).label("assignment"),
    ).where(_has_no_enrolment(Borrower.id), _is_meant(Borrower.id, catalogue, among))


def assign(assigned: SelectOf, *, draw_id: UUID, reason: str, now: datetime) -> SelectOf:
    """Store assignments and first steps; yields how many were assigned, and enrolled of them."""
    wanted = assigned.subquery("wanted")
    drawn = (
        upsert(Enrolment)
        .from_select(
            ["borrower_id", "status", "assignment", "assigned_at", "since_at", "number"],
            select(
                wanted.c.borrower_id,
                wanted.c.status,
                wanted.c.assignment,
                literal(now),
                literal(now),
                literal(1),
            ).order_by(wanted.c.borrower_id),
        )
        .on_conflict_do_nothing()
        .returning(Enrolment.borrower_id, Enrolment.status, Enrolment.number)
        .cte("drawn")
    )
    noted = _note(drawn, draw_id=draw_id, reason=reason, now=now)
    return select(func.count(), func.count(drawn.c.status)).select_from(drawn).add_cte(noted)


def enrol_control(
    catalogue: Catalogue, *, among: Predicate | None, draw_id: UUID, reason: str, now: datetime
) -> SelectOf:
    """Enrol those meant who waited in the control group; yields how many."""
    joined = (
        update(Enrolment)
        .where(_waits(catalogue, among))
        .values(status=str(Status.ENROLLED), since_at=now, number=Enrolment.number + 1)
        .returning(Enrolment.borrower_id, Enrolment.status, Enrolment.number)
        .cte("joined")
    )
    noted = _note(joined, draw_id=draw_id, reason=reason, now=now)
    return select(func.count()).select_from(joined).add_cte(noted)


def count_control(catalogue: Catalogue, *, among: Predicate | None) -> SelectOf:
    """How many of those meant wait in the control group."""
    return select(func.count()).select_from(Enrolment).where(_waits(catalogue, among))


def enrolled_by(draw_id: UUID) -> SelectOf:
    """The `EnrolmentChanged` of one draw, as the event's fields."""
    return select(
        EnrolmentChange.borrower_id,
        EnrolmentChange.at.label("occurred_at"),
        EnrolmentChange.status.label("status"),
    ).where(EnrolmentChange.draw_id == draw_id)


def _note(moved: CTE, *, draw_id: UUID, reason: str, now: datetime) -> CTE:
    values = {
        "borrower_id": moved.c.borrower_id,
        "number": moved.c.number,
        "status": moved.c.status,
        "reason": literal(reason),
        "draw_id": literal(draw_id),
        "at": literal(now),
    }
    steps = select(*values.values()).where(moved.c.status.is_not(None))
    return insert(EnrolmentChange).from_select(list(values), steps).cte("noted")


def _has_no_enrolment(borrower: Any) -> ColumnElement[bool]:
    return ~exists().where(Enrolment.borrower_id == borrower)


def _waits(catalogue: Catalogue, among: Predicate | None) -> ColumnElement[bool]:
    is_meant = _is_meant(Enrolment.borrower_id, catalogue, among)
    return and_(Enrolment.status.is_(None), is_meant)


def _is_meant(borrower: Any, catalogue: Catalogue, among: Predicate | None) -> ColumnElement[bool]:
    if among is None:
        return literal(value=True)
    return exists().where(Profile.borrower_id == borrower, to_sql(among, catalogue.columns()))
