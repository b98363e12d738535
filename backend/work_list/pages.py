"""`/console/work`: whom to talk to next, with all that one needs for it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, current_app
from marshmallow import fields, validate
from sqlalchemy.orm import Session

from backend.borrowers import service as borrowers
from backend.borrowers.page_looks import query_of
from backend.kit import clock
from backend.kit.audience import caller
from backend.kit.console import Area, Entry, page_blueprint, render
from backend.kit.db import transaction
from backend.kit.fields import StrictSchema, WholeNumber
from backend.kit.http import locale
from backend.kit.paging import Digits
from backend.kit.ports import Urgency
from backend.kit.texts import Text
from backend.tiers.figures import NAMES
from backend.work_list import queries, view
from backend.work_list.page_words import LIST, URGENCIES
from backend.work_list.schemas import SKIP_MAX

SHOWN = 20
WORK = "/console/work"
TITLE = Text("Work list", "工作列表")

blp = page_blueprint(
    "work",
    __name__,
    url_prefix=WORK,
    permission="work_list.read",
    menu=(Entry(Area.WORK, TITLE, WORK, order=10),),
)


class WorkPageArgs(StrictSchema):
    skip = Digits(load_default=0, validate=WholeNumber(0, SKIP_MAX).validate)
    kind = fields.String(load_default="", validate=validate.OneOf(["", *Urgency]))


def desk() -> view.Desk:
    """Who asks."""
    return view.Desk(
        staff_id=caller().id,
        sources=current_app.config["WORK_SOURCES"],
        locale=locale(),
        now=clock.now(),
    )


@blp.get("")
def show() -> Response:
    """The next case with what stands around it, and the list behind it. The look is logged."""
    args = query_of(WorkPageArgs)
    urgency = Urgency(args["kind"]) if args["kind"] else None
    with transaction() as session:
        found = view.list_items(
            session, desk=desk(), limit=SHOWN, skip=args["skip"], urgency=urgency
        )
        first = (
            view.get_around(session, item=found["items"][0], desk=desk())
            if found["items"]
            else None
        )
        _look(session, found["items"])
    more = args["skip"] + SHOWN
    return render(
        "work_list/list.html",
        title=TITLE,
        texts=LIST,
        urgencies=URGENCIES,
        tiers=NAMES,
        kind=args["kind"],
        skip=args["skip"],
        skip_max=SKIP_MAX,
        next_skip=more if more < min(found["waiting"], SKIP_MAX + 1) else None,
        waiting=found["waiting"],
        items=found["items"],
        first=first,
    )


def count_waiting(session: Session, staff_id: UUID, now: datetime) -> int:
    """How many of her borrowers have something open, for the first page."""
    sources = current_app.config["WORK_SOURCES"]
    top = queries.rank(session, staff_id=staff_id, sources=sources, now=now, limit=1)
    return top[0].waiting if top else 0


def _look(session: Session, items: list[dict[str, Any]]) -> None:
    if items:
        borrowers.look(
            session,
            who=caller(),
            borrower_ids=[each["borrower_id"] for each in items],
            purpose=None,
            what="work list",
            now=clock.now(),
        )
