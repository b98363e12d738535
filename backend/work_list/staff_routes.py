"""The work list of whoever looks after borrowers."""

from typing import Any
from uuid import UUID

from flask import current_app
from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.borrowers import service as borrowers
from backend.borrowers.errors import BorrowerNotFound
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import transaction
from backend.kit.http import locale, refuses
from backend.kit.rate_limit import LOOK_UP
from backend.work_list import view
from backend.work_list.schemas import WorkArgs, WorkListSchema, WorkNextArgs, WorkNextSchema

blp = blueprint(
    "work-list",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/staff/work-list",
    description="Whom to talk to next, why, and with what options.",
    permission="work_list.read",
    rate=LOOK_UP,
)


def _desk() -> view.Desk:
    return view.Desk(
        staff_id=caller().id,
        sources=current_app.config["WORK_SOURCES"],
        locale=locale(),
        now=clock.now(),
    )


def _look(session: Session, borrower_ids: list[UUID]) -> None:
    """Refuses: BorrowerNotFound, when somebody is handed on at this very moment; ask again."""
    if borrower_ids:
        borrowers.look(
            session,
            who=caller(),
            borrower_ids=borrower_ids,
            purpose=None,
            what="work list",
            now=clock.now(),
        )


@blp.route("")
class WorkList(MethodView):
    @refuses(BorrowerNotFound)
    @blp.arguments(WorkArgs, location="query")
    @blp.response(200, WorkListSchema)
    def get(self, args: dict[str, Any]) -> dict[str, Any]:
        """The top of your list: your borrowers with something open, the most urgent first.

        There are no further pages: take up what is on top, and ask again. The look is logged.
        """
        # A GET that writes: what is seen and that it was seen are one act.
        with transaction() as session:
            found = view.list_items(session, desk=_desk(), limit=args["limit"])
            _look(session, [each["borrower_id"] for each in found["items"]])
        return found


@blp.route("/next")
class Next(MethodView):
    @refuses(BorrowerNotFound)
    @blp.arguments(WorkNextArgs, location="query")
    @blp.response(200, WorkNextSchema)
    def get(self, args: dict[str, Any]) -> dict[str, Any]:
        """Whom to talk to next, with all that you need for it; null when nothing is open.

        The look is logged.
        """
        with transaction() as session:
            found = view.get_next(session, desk=_desk(), skip=args["skip"])
            _look(session, [found["next"]["borrower_id"]] if found["next"] else [])
        return found
