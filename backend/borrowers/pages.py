"""`/console/borrowers`: whom staff look for, and why, which is asked first and written down."""

from typing import Any
from uuid import UUID

from flask import Response, request
from marshmallow import fields, validate

from backend.borrowers import queries, service
from backend.borrowers.page_looks import ask_why, query_of
from backend.borrowers.page_words import PURPOSES, SEARCH
from backend.borrowers.rules import AccessPurpose, mask_phone, sees_assigned
from backend.kit import clock
from backend.kit.audience import caller
from backend.kit.console import (
    Area,
    Entry,
    done,
    fields_of,
    keep_purpose,
    page_blueprint,
    render,
)
from backend.kit.console.doors import safe_next
from backend.kit.db import transaction
from backend.kit.fields import ShortText, StrictSchema
from backend.kit.paging import PageArgs
from backend.kit.problems import Problem
from backend.kit.rate_limit import LOOK_UP
from backend.kit.texts import Text

HERE = "/console/borrowers"
NEXT_LENGTH_MAX = 500

blp = page_blueprint(
    "borrowers",
    __name__,
    url_prefix=HERE,
    permission="borrowers.read_assigned",
    menu=(Entry(Area.WORK, Text("Borrowers", "借款人"), HERE, order=20),),
    rate=LOOK_UP,
)


def _purpose() -> Any:
    return fields.String(
        required=True, validate=validate.OneOf([str(purpose) for purpose in AccessPurpose])
    )


class BorrowerSearchForm(StrictSchema):
    q = ShortText(required=True)
    purpose = _purpose()


class PurposeForm(StrictSchema):
    purpose = _purpose()
    next = ShortText(1, NEXT_LENGTH_MAX, load_default=None)


@blp.get("")
def ask() -> Response:
    """The search, and whom she looks after herself. Seeing the list is a look."""
    args = query_of(PageArgs)
    return _page(args=args)


@blp.post("")
def search() -> Response:
    """Find somebody. Sent as a form: a name or a number has no place in an address."""
    try:
        form = fields_of(BorrowerSearchForm)
    except Problem as problem:
        return _page(problem=problem)
    with transaction() as session:
        found = queries.list_matching(session, query=form["q"], who=caller())
        service.look(
            session,
            who=caller(),
            borrower_ids=[each.id for each in found],
            purpose=form["purpose"],
            what="search",
            now=clock.now(),
        )
    return _page(found=[_hit(each) for each in found])


def _hit(profile: queries.Profile) -> dict[str, Any]:
    return {
        "id": profile.id,
        "external_id": profile.external_id,
        "name": profile.name,
        "phone": mask_phone(profile.phone) if profile.phone else None,
    }


def _page(
    *,
    args: dict[str, Any] | None = None,
    found: list[dict[str, Any]] | None = None,
    problem: Problem | None = None,
) -> Response:
    mine = None
    if args is not None and sees_assigned(caller()):
        with transaction() as session:
            mine = queries.page_assigned(session, who=caller(), args=args)
            service.look(
                session,
                who=caller(),
                borrower_ids=[each["borrower_id"] for each in mine.items],
                purpose=str(AccessPurpose.ACCOUNT_CARE),
                what="assigned list",
                now=clock.now(),
            )
    usual = AccessPurpose.ACCOUNT_CARE if sees_assigned(caller()) else ""
    return render(
        "borrowers/search.html",
        title=Text("Borrowers", "借款人"),
        texts=SEARCH,
        purposes=PURPOSES,
        found=found,
        mine=mine,
        is_first=args is None or args["cursor"] is None,
        purpose=request.form.get("purpose", usual),
        query=request.form.get("q", ""),
        problem=problem,
    )


@blp.get("/<uuid:borrower_id>/purpose")
def why(borrower_id: UUID) -> Response:
    """Ask for the purpose before anything of her is shown."""
    return ask_why(borrower_id, then=request.args.get("next"))


@blp.post("/<uuid:borrower_id>/purpose")
def say_why(borrower_id: UUID) -> Response:
    """Keep it for the work on her, and go on to where it was asked for."""
    own = f"{HERE}/{borrower_id}"
    try:
        form = fields_of(PurposeForm)
    except Problem as problem:
        return ask_why(borrower_id, then=request.form.get("next"), problem=problem)
    answer = done(safe_next(form["next"] or own))
    return keep_purpose(answer, borrower_id=borrower_id, named=form["purpose"])
