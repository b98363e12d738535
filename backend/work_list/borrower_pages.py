"""`/console/borrowers/<id>`: the whole picture of one borrower. Each look is written down."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, current_app, request
from marshmallow import fields

from backend.borrowers import service as borrowers
from backend.borrowers.page_looks import asks_why, looking_at
from backend.borrowers.page_words import TABS
from backend.disputes.wording import ABOUTS
from backend.kit import clock
from backend.kit.audience import caller, permits, rated
from backend.kit.console import done, fields_of, keep_purpose, page_blueprint, render
from backend.kit.db import transaction
from backend.kit.fields import StrictSchema
from backend.kit.rate_limit import DEFAULT, LOOK_UP
from backend.plan_quotes.wording import NAMES
from backend.repayment_plans.page_words import STATES
from backend.staff import queries as staff
from backend.staff.rules import Role
from backend.work_list import pages, picture
from backend.work_list.page_words import CASE_STATES, FRESHNESS, LOAN_STATES, PICTURE, SOURCES

blp = page_blueprint(
    "borrower",
    __name__,
    url_prefix="/console/borrowers",
    permission="borrowers.read_assigned",
    rate=LOOK_UP,
)
asks_why(blp)


class ManagerForm(StrictSchema):
    staff_id = fields.UUID(required=True)


@blp.get("/<uuid:borrower_id>")
def show(borrower_id: UUID) -> Response:
    """Facts with their sources, tier with its reasons, loans, cases, rewards and messages."""
    reader = picture.Reader(pages.desk(), current_app.config.get("BORROWER_PANELS", {}))
    with looking_at(borrower_id, what="profile") as session:
        found = picture.get_picture(session, borrower_id=borrower_id, reader=reader)
        managers = _managers(session)
    page = render(
        "work_list/borrower.html",
        title=found["person"]["name"] or found["person"]["external_id"],
        texts=PICTURE,
        tabs=TABS,
        sources=SOURCES,
        freshness=FRESHNESS,
        loan_states=LOAN_STATES,
        plan_kinds=NAMES,
        plan_states=STATES,
        abouts=ABOUTS,
        case_states=CASE_STATES,
        managers=managers,
        at=datetime.fromisoformat,
        **found,
    )
    said = request.args.get("purpose")
    return keep_purpose(page, borrower_id=borrower_id, named=said) if said else page


def _managers(session: Any) -> dict[str, str] | None:
    if "borrowers.assign" not in caller().permissions:
        return None
    found = staff.list_holding(session, role=Role.ACCOUNT_MANAGER)
    return {str(each.id): each.email for each in found}


@blp.post("/<uuid:borrower_id>/assignment")
@permits("borrowers.assign")
@rated(DEFAULT)
def assign(borrower_id: UUID) -> Response:
    """Give her an account manager, in place of the one she has."""
    form = fields_of(ManagerForm)
    with transaction() as session:
        borrowers.assign(
            session,
            borrower_id=borrower_id,
            staff_id=form["staff_id"],
            by=caller().id,
            now=clock.now(),
        )
    return done(f"/console/borrowers/{borrower_id}", PICTURE["assigned"])


@blp.post("/<uuid:borrower_id>/assignment/end")
@permits("borrowers.assign")
@rated(DEFAULT)
def unassign(borrower_id: UUID) -> Response:
    """Leave her without one."""
    with transaction() as session:
        borrowers.unassign(session, borrower_id=borrower_id, by=caller().id, now=clock.now())
    return done(f"/console/borrowers/{borrower_id}", PICTURE["unassigned"])
