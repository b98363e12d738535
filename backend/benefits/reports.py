"""What staff want to know of packs: for how many one is, and how many took it up."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from backend.benefits.models import BenefitGrant, BenefitPackVersion
from backend.benefits.pack import read_pack
from backend.benefits.rules import State
from backend.borrowers.models import Assignment
from backend.kit.db import AnyRow
from backend.kit.predicates_sql import to_sql
from backend.kit.programme_zone import Moment
from backend.profile import queries as profile
from backend.profile.models import Profile
from backend.programme.models import Enrolment
from backend.programme.rules import Status

RATE_STEP = Decimal("0.0001")
REPORT_ROWS_MAX = 200

_OF_VERSION = (BenefitGrant.pack_code == BenefitPackVersion.pack_code) & (
    BenefitGrant.pack_version == BenefitPackVersion.version
)
_COUNTS = (
    func.count(BenefitGrant.id).label("offered"),
    func.count()
    .filter(BenefitGrant.state.in_((State.ACTIVATED, State.FULFILLED)))
    .label("activated"),
    func.count().filter(BenefitGrant.state == State.DECLINED).label("declined"),
    func.count().filter(BenefitGrant.state.in_((State.EXPIRED, State.REVOKED))).label("ended"),
)


def try_version(session: Session, *, version: AnyRow, now: datetime) -> dict[str, int]:
    """How many of those enrolled it is for today, with their grants beside the budget."""
    catalogue = profile.get_catalogue(session, with_retired=True)
    pack = read_pack(version.document, facts=catalogue.types)
    count = session.execute(
        select(func.count())
        .select_from(Profile)
        .join(Enrolment, Enrolment.borrower_id == Profile.borrower_id)
        .where(Enrolment.status == Status.ENROLLED, to_sql(pack.audience, catalogue.columns())),
        Moment(now).parameters,
    ).scalar_one()
    return {"borrowers": count, "grants": count * len(pack.items), "budget": version.budget}


def list_activation(session: Session, *, month: date | None) -> Sequence[Mapping[str, Any]]:
    """Of each published version, newest month first: offered, taken up, declined, ended."""
    version = (BenefitPackVersion.pack_code, BenefitPackVersion.version, BenefitPackVersion.month)
    return _counted(
        session,
        select(*version, *_COUNTS)
        .outerjoin(BenefitGrant, _OF_VERSION)
        .where(*_published(month))
        .group_by(*version)
        .order_by(BenefitPackVersion.month.desc(), BenefitPackVersion.pack_code)
        .limit(REPORT_ROWS_MAX),
    )


def list_activation_by_manager(
    session: Session, *, month: date | None
) -> Sequence[Mapping[str, Any]]:
    """The same counts over the packs' grants of those whom an account manager looks after now.

    `staff_id` is None for those whom nobody looks after.
    """
    return _counted(
        session,
        select(Assignment.staff_id, *_COUNTS)
        .select_from(BenefitPackVersion)
        .join(BenefitGrant, _OF_VERSION)
        .outerjoin(
            Assignment,
            (Assignment.borrower_id == BenefitGrant.borrower_id) & Assignment.ended_at.is_(None),
        )
        .where(*_published(month))
        .group_by(Assignment.staff_id)
        .order_by(Assignment.staff_id)
        .limit(REPORT_ROWS_MAX),
    )


def _published(month: date | None) -> tuple[ColumnElement[bool], ...]:
    of_month = () if month is None else (BenefitPackVersion.month == month,)
    return (BenefitPackVersion.state == "published", *of_month)


def _counted(session: Session, query: Any) -> Sequence[Mapping[str, Any]]:
    rows = session.execute(query).all()
    return [{**row._mapping, "rate": rate_of(row.activated, row.offered)} for row in rows]


def rate_of(part: int, whole: int) -> str | None:
    """A share as a decimal string with four places; none of nothing."""
    return None if whole == 0 else str((Decimal(part) / whole).quantize(RATE_STEP))
