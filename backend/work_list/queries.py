"""The work list: cases of one's own borrowers, ranked in one statement however many there are."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    String,
    Uuid,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from backend.benefits.models import BenefitGrant
from backend.benefits.rules import Kind
from backend.borrowers import queries as borrowers
from backend.borrowers.models import Assignment, Borrower
from backend.contacts.models import ContactEntry, ContactHold
from backend.contacts.rules import OUTBOUND, EntryKind, Maker
from backend.kit.db import AnyRow
from backend.kit.ports import Urgency, WorkKind, WorkSource
from backend.loans.models import Installment, Loan
from backend.tiers.models import TierState
from backend.work_list.rules import (
    NO_RANK,
    OFFER_ENDS_SOON_DAYS,
    REACHING_OUT,
    REST_DAYS,
    Step,
)

OVERDUE_MAX = 24
CASES_MAX = 50
_TOUCHING = sorted({*OUTBOUND, EntryKind.INBOUND})


def rank(
    session: Session,
    *,
    staff_id: UUID,
    sources: Sequence[WorkSource],
    now: datetime,
    limit: int,
    skip: int = 0,
    urgency: Urgency | None = None,
) -> Sequence[AnyRow]:
    """Her borrowers with something open, the most urgent first: each with her first case.

    `waiting` counts all of them, `open_cases` what is open of one; of an `urgency` alone, if any.
    """
    cases = _stepped(_whom(now=now, staff_id=staff_id), sources).cte("stepped")
    wanted = true() if urgency is None else cases.c.urgency == str(urgency)
    nth = func.row_number().over(partition_by=cases.c.borrower_id, order_by=_order(cases))
    firsts = (
        select(
            *cases.c,
            nth.label("nth"),
            func.count().over(partition_by=cases.c.borrower_id).label("open_cases"),
        )
        .where(cases.c.step.is_not(None), wanted)
        .subquery("firsts")
    )
    found = (
        select(*firsts.c, func.count().over().label("waiting"))
        .where(firsts.c.nth == 1)
        .order_by(*_order(firsts))
        .limit(limit)
        .offset(skip)
    )
    return session.execute(found).all()


def _order(rows: Any) -> tuple[ColumnElement[Any], ...]:
    """As `rules.place_of`."""
    return (
        rows.c.step,
        rows.c.has_priority.desc(),
        rows.c.rank.desc(),
        rows.c.due_on.asc().nulls_last(),
        rows.c.since,
        rows.c.borrower_id,
        rows.c.case_id,
    )


def list_cases(
    session: Session, *, borrower_id: UUID, sources: Sequence[WorkSource], now: datetime
) -> Sequence[AnyRow]:
    """What is open of one borrower, the most urgent first, what rests last."""
    cases = _stepped(_whom(now=now, borrower_id=borrower_id), sources).subquery("cases")
    order = (cases.c.step.asc().nulls_last(), *_order(cases)[1:])
    # Without a step is what waits while she is left alone; and what is none: not late, or over.
    is_none = or_(
        and_(
            cases.c.urgency == str(Urgency.ARREARS),
            func.coalesce(cases.c.due_on, cases.c.today) >= cases.c.today,
        ),
        and_(cases.c.urgency == str(Urgency.OFFER), cases.c.due_on < cases.c.today),
    )
    found = select(*cases.c).where(is_none.is_not(true()))
    return session.execute(found.order_by(*order).limit(CASES_MAX)).all()


def _whom(*, now: datetime, staff_id: UUID | None = None, borrower_id: UUID | None = None) -> CTE:
    """Whom somebody looks after, or one, each with what moves cases (`rules.Standing`)."""
    today = cast(func.timezone(Borrower.timezone, literal(now, DateTime(timezone=True))), Date)
    about = select(
        Borrower.id.label("borrower_id"),
        today.label("today"),
        Borrower.timezone,
        func.coalesce(TierState.rank, NO_RANK).label("rank"),
        TierState.tier,
    ).join(TierState, TierState.borrower_id == Borrower.id, isouter=True)
    if staff_id is not None:
        about = about.join(Assignment, Assignment.borrower_id == Borrower.id).where(
            Assignment.staff_id == staff_id, Assignment.ended_at.is_(None)
        )
    if borrower_id is not None:
        about = about.where(Borrower.id == borrower_id)
    whom = about.cte("whom").prefix_with("MATERIALIZED", dialect="postgresql")
    return (
        select(
            *whom.c,
            _has_priority(whom).label("has_priority"),
            _is_held(whom).label("is_held"),
            _rests(whom, now=now).label("rests"),
        )
        .cte("mine")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )


def _has_priority(whom: CTE) -> ColumnElement[bool]:
    days = cast(BenefitGrant.terms["days"].astext, Integer)
    return exists().where(
        BenefitGrant.borrower_id == whom.c.borrower_id,
        BenefitGrant.kind == Kind.PRIORITY_SERVICE,
        BenefitGrant.state.in_(("activated", "fulfilled")),
        BenefitGrant.activated_on + func.coalesce(days, 0) >= whom.c.today,
    )


def _is_held(whom: CTE) -> ColumnElement[bool]:
    return exists().where(
        ContactHold.borrower_id == whom.c.borrower_id, ContactHold.until_on >= whom.c.today
    )


def _rests(whom: CTE, *, now: datetime) -> ColumnElement[bool]:
    # A day more than the rule has: zones differ, and the index stays in use.
    latest = now - timedelta(days=REST_DAYS + 1)
    day = cast(func.timezone(whom.c.timezone, ContactEntry.at), Date)
    return exists().where(
        ContactEntry.borrower_id == whom.c.borrower_id,
        ContactEntry.at >= latest,
        ContactEntry.kind.in_(_TOUCHING),
        ContactEntry.made_by != Maker.MACHINE,
        day + REST_DAYS > whom.c.today,
    )


def _stepped(mine: CTE, sources: Sequence[WorkSource]) -> Any:
    """Every case of hers with its step, null where nothing is to be done about it now."""
    parts = []
    for source in sources:
        own = source.cases().subquery(f"of_{source.code}")
        parts.append(
            select(
                own.c.borrower_id,
                cast(literal(source.code), String).label("source"),
                cast(own.c.case_id, Uuid).label("case_id"),
                cast(own.c.kind, String).label("kind"),
                cast(own.c.due_on, Date).label("due_on"),
                cast(own.c.since, DateTime(timezone=True)).label("since"),
                _urgency(source, own.c.kind).label("urgency"),
                mine.c.today,
                mine.c.timezone,
                mine.c.tier,
                mine.c.rank,
                mine.c.has_priority,
                mine.c.is_held,
                mine.c.rests,
            ).join(mine, mine.c.borrower_id == own.c.borrower_id)
        )
    cases = union_all(*parts).subquery("cases")
    return select(*cases.c, _step(cases).label("step"))


def _urgency(source: WorkSource, kind: ColumnElement[Any]) -> ColumnElement[Any]:
    pairs = [(kind == name, literal(str(each.urgency))) for name, each in source.kinds.items()]
    return cast(case(*pairs, else_=null()), String)


def _step(cases: Any) -> ColumnElement[Any]:
    """As `rules.step_of`."""
    due_on, today, urgency = cases.c.due_on, cases.c.today, cases.c.urgency
    reaches_out = urgency.in_([str(each) for each in sorted(REACHING_OUT)])

    def of(kind: Urgency, *conditions: Any) -> ColumnElement[bool]:
        return and_(urgency == str(kind), *conditions)

    return case(
        (and_(reaches_out, or_(cases.c.is_held, cases.c.rests)), null()),
        (of(Urgency.HELP), int(Step.HELP)),
        (of(Urgency.ANSWER, due_on < today), int(Step.ANSWER_LATE)),
        (of(Urgency.ANSWER, due_on == today), int(Step.ANSWER_TODAY)),
        (of(Urgency.ANSWER), int(Step.ANSWER_WAITS)),
        (of(Urgency.FOLLOW, due_on <= today), int(Step.AGREED_DAY)),
        (of(Urgency.FOLLOW), int(Step.AGREED_LATER)),
        (of(Urgency.OFFER, due_on < today), null()),
        (of(Urgency.OFFER, due_on <= today + OFFER_ENDS_SOON_DAYS), int(Step.OFFER_ENDS)),
        (of(Urgency.OFFER), int(Step.OFFER_WAITS)),
        (of(Urgency.ARREARS, due_on < today), int(Step.ARREARS)),
        else_=null(),
    )


def list_overdue(session: Session, *, borrower_id: UUID, today: date) -> Sequence[AnyRow]:
    """What is open of instalments that have fallen due, the oldest first."""
    return session.execute(
        select(
            Installment.loan_id,
            Installment.number,
            Installment.due_on,
            Installment.open_minor,
            Loan.currency,
        )
        .join(
            Loan,
            (Loan.borrower_id == Installment.borrower_id) & (Loan.id == Installment.loan_id),
        )
        .where(
            Installment.borrower_id == borrower_id,
            Installment.due_on < today,
            Installment.open_minor > 0,
            Loan.status != "closed",
        )
        .order_by(Installment.due_on, Installment.loan_id, Installment.number)
        .limit(OVERDUE_MAX)
    ).all()


def list_people(
    session: Session, *, borrower_ids: Sequence[UUID]
) -> dict[UUID, tuple[str, str | None]]:
    """The lender's id and the name of each."""
    rows = session.execute(
        select(Borrower.id, Borrower.external_id, Borrower.name_cipher).where(
            Borrower.id.in_(borrower_ids)
        )
    )
    return {
        row.id: (row.external_id, borrowers.open_field(row.name_cipher, context=borrowers.NAME))
        for row in rows
    }


def kind_of(sources: Sequence[WorkSource], source: str, kind: str) -> WorkKind:
    """The words of a case."""
    return next(each for each in sources if each.code == source).kinds[kind]
