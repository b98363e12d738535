"""What was decided, in a browser: one's own with the way back, and those that need a second yes."""

from urllib.parse import urlencode
from uuid import UUID

from flask import Response, request

from backend.kit import clock
from backend.kit.audience import caller
from backend.kit.console import Area, Entry, done, fields_of, page_blueprint, render
from backend.kit.http import locale
from backend.kit.paging import CURSOR_LENGTH_MAX, LIMIT_DEFAULT
from backend.kit.problems import Problem
from backend.kit.texts import Text
from community import wall
from community.desk import acts, listing, showing, wording
from community.desk.callers import hand, who
from community.desk.schemas import UndoForm
from community.moderation import queries, service

DESK = "/console/moderation"
URL = f"{DESK}/decisions"
WAITING_SHOWN = 20

blp = page_blueprint(
    "moderation_decisions",
    __name__,
    url_prefix=URL,
    has_files=False,
    permission="moderation.decide",
    menu=(
        Entry(Area.MODERATION, Text("My decisions", "我的决定"), URL, order=20),
        Entry(Area.MODERATION, Text("Second person", "待第二人确认"), f"{URL}/waiting", order=30),
    ),
)


@blp.get("")
def mine() -> Response:
    """Her own decisions, the newest first."""
    return _mine()


def _mine(problem: Problem | None = None) -> Response:
    args = {
        "limit": LIMIT_DEFAULT,
        "cursor": request.args.get("cursor", "")[:CURSOR_LENGTH_MAX] or None,
    }
    now = clock.now()
    with wall.reading() as session:
        found = queries.page_own(session, staff_id=caller().id, args=args)
        rows = listing.listed(session, found.items, locale=locale(), now=now)
    return render(
        "moderation/mine.html",
        title=Text("My decisions", "我的决定"),
        rows=rows,
        next_url=f"{URL}?{urlencode({'cursor': found.next_cursor})}" if found.next_cursor else None,
        first_url=URL if args["cursor"] else None,
        problem=problem,
        **showing.COMMON,
    )


@blp.get("/waiting")
def waiting() -> Response:
    """Decisions that need a second moderator, the oldest first."""
    return _waiting()


def _waiting(problem: Problem | None = None) -> Response:
    now = clock.now()
    with wall.reading() as session:
        found = queries.list_waiting(session, limit=WAITING_SHOWN)
        rows = listing.listed(session, found, locale=locale(), now=now)
    return render(
        "moderation/waiting.html",
        title=Text("A second person decides", "待第二人确认"),
        rows=rows,
        me_id=caller().id,
        is_lead=who().is_lead,
        shown_max=WAITING_SHOWN,
        problem=problem,
        **showing.COMMON,
    )


@blp.post("/<uuid:decision_id>/confirm")
def confirm(decision_id: UUID) -> Response:
    """Agree with another's decision."""
    try:
        with wall.transaction() as session:
            service.confirm(session, decision_id=decision_id, who=who(), now=clock.now())
    except Problem as problem:
        return _waiting(problem)
    return done(
        f"{URL}/waiting",
        Text("Confirmed: it counts in ten minutes.", "已确认，十分钟后生效。"),
    )


@blp.post("/<uuid:decision_id>/undo")
def undo(decision_id: UUID) -> Response:
    """Take it back, and have the case in one's hands again."""
    try:
        form = fields_of(UndoForm)
        why = wording.REGRETS[form["why"]].in_(locale())
        case_id = acts.undo(decision_id, why=why, hand=hand())
    except Problem as problem:
        return _mine(problem)
    if case_id is None:
        return done(
            URL,
            Text("Taken back: everything is as it was.", "已撤回，一切恢复原状。"),
        )
    return done(
        f"{DESK}/cases/{case_id}",
        Text("Taken back: the case is yours again.", "已撤回，该案件重新由您处理。"),
    )
