"""One's own account in the console: what it opens, its sessions, its password."""

from uuid import UUID

from flask import Response, request

from backend.auth import queries, service
from backend.auth.errors import SessionNotFound
from backend.auth.routes import ENDED_BY_OWNER
from backend.auth.wording import ACCOUNT
from backend.kit import clock, console
from backend.kit.addresses import client_address, counted_as
from backend.kit.console import Area, Entry
from backend.kit.db import reading, transaction
from backend.kit.problems import Problem
from backend.staff import queries as staff
from backend.staff.own_password import change_own_password
from backend.staff.schemas import StaffPasswordChangeSchema
from backend.staff.wording import ROLES

SESSIONS_SHOWN = 50
HERE = "/console/account"

blp = console.page_blueprint(
    "account",
    __name__,
    url_prefix=HERE,
    permission="staff.self",
    menu=(Entry(Area.HOME, ACCOUNT["title"], HERE, order=90),),
)


@blp.get("")
def show() -> Response:
    return _page()


@blp.post("/password")
def change_password() -> Response:
    who = console.signed_in()
    try:
        change_own_password(
            staff_id=who.staff_id,
            session_id=who.session_id,
            address=counted_as(client_address()),
            now=clock.wall(),
            **console.fields_of(StaffPasswordChangeSchema),
        )
    except Problem as problem:
        return _page(problem)
    return console.done(HERE, ACCOUNT["changed"])


@blp.post("/sessions/end-others")
def end_others() -> Response:
    who = console.signed_in()
    with transaction() as session:
        service.revoke_others(
            session,
            subject_id=who.staff_id,
            but=who.session_id,
            cause=ENDED_BY_OWNER,
            now=clock.wall(),
        )
    return console.done(HERE, ACCOUNT["others_ended"])


@blp.post("/sessions/<uuid:session_id>/end")
def end(session_id: UUID) -> Response:
    with transaction() as session:
        is_ended = service.revoke_session(
            session,
            subject_id=console.signed_in().staff_id,
            session_id=session_id,
            cause=ENDED_BY_OWNER,
            now=clock.wall(),
        )
        if not is_ended:
            raise SessionNotFound
    return console.done(HERE, ACCOUNT["ended"])


def _page(problem: Problem | None = None) -> Response:
    who = console.signed_in()
    args = {"limit": SESSIONS_SHOWN, "cursor": request.args.get("cursor")}
    with reading() as session:
        own = staff.get_account_view(session, staff_id=who.staff_id)
        page = queries.list_sessions(session, subject_id=who.staff_id, now=clock.wall(), args=args)
    return console.render(
        "auth/account.html",
        title=ACCOUNT["title"],
        problem=problem,
        said_here=ACCOUNT,
        own=own,
        roles=ROLES,
        permissions=sorted(who.permissions),
        page=page,
    )
