"""Messages that no provider would have, for operators: why, and once more."""

from datetime import datetime
from uuid import UUID

from flask import Response, request
from sqlalchemy.orm import Session

from backend.kit import clock, console
from backend.kit.console import Area, Entry, permits
from backend.kit.db import reading
from backend.kit.problems import Problem
from notifications.deliveries import queries, service
from notifications.deliveries.console_words import CHANNELS, DEAD_LETTERS, WHY
from notifications.deliveries.schemas import DeadLetterRetrySchema

SHOWN = 50
COUNTED_MAX = 100
HERE = "/console/dead-letters"

blp = console.page_blueprint(
    "dead_letters",
    __name__,
    url_prefix=HERE,
    permission="jobs.read",
    menu=(Entry(Area.OPERATION, DEAD_LETTERS["title"], HERE, order=25),),
)


def count_dead_letters(session: Session, staff_id: UUID, now: datetime) -> int:  # noqa: ARG001
    """For the first page: a hundred at most."""
    args = {"limit": COUNTED_MAX, "cursor": None}
    return len(queries.page_dead_letters(session, args=args).items)


@blp.get("")
def dead_letters() -> Response:
    return _page()


@blp.post("/retry")
@permits("jobs.retry")
def retry() -> Response:
    def act(session: Session) -> None:
        service.retry(
            session,
            borrower_id=form["borrower_id"],
            delivery_id=form["id"],
            staff_id=console.caller().id,
            now=clock.now(),
        )

    try:
        form = console.fields_of(DeadLetterRetrySchema)
        console.once(act)
    except Problem as problem:
        return _page(problem)
    return console.done(HERE, DEAD_LETTERS["sent"])


def _page(problem: Problem | None = None) -> Response:
    cursor = request.args.get("cursor")
    with reading() as session:
        page = queries.page_dead_letters(session, args={"limit": SHOWN, "cursor": cursor})
    return console.render(
        "deliveries/dead_letters.html",
        title=DEAD_LETTERS["title"],
        problem=problem,
        said_here=DEAD_LETTERS,
        why=WHY,
        channels=CHANNELS,
        page=page,
        cursor=cursor,
        now=clock.now(),
        may_retry="jobs.retry" in console.signed_in().permissions,
    )
