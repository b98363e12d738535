"""Coming into the staff console, and leaving it."""

from typing import Any

from flask import Response, current_app, request

from backend.auth import sign_on
from backend.auth.attempts import attempt_of
from backend.auth.routes import LOGGED_OUT
from backend.auth.service import revoke_session, staff_log_in
from backend.auth.staff_schemas import StaffLogInSchema
from backend.auth.wording import LOG_IN
from backend.kit import clock, console, rate_limit
from backend.kit.console.doors import HOME_URL, LOG_IN_URL, SEE_OTHER, safe_next
from backend.kit.console.languages import use_chosen_language
from backend.kit.console.sessions import COOKIE, forget_cookie, set_cookie
from backend.kit.db import transaction
from backend.kit.problems import Problem
from backend.staff.errors import SsoRefused

LABEL_LENGTH_MAX = 200

# Times are technical time throughout: a session ages even when a demo's day rests.
blp = console.public_page_blueprint(
    "log_in", __name__, url_prefix=LOG_IN_URL, rate=rate_limit.LOG_IN
)
out_blp = console.page_blueprint(
    "log_out", __name__, url_prefix="/console/log-out", permission="staff.self"
)


@blp.get("")
def show() -> Response:
    return _page()


@blp.post("")
def come_in() -> Response:
    try:
        secret = _log_in(console.fields_of(StaffLogInSchema(unknown="exclude")))
    except Problem as problem:
        return _page(problem)
    return come_in_with(secret, wanted=request.form.get("next"))


@blp.get("/sso")
def sign_on_elsewhere() -> Response:
    return sign_on.start(status=SEE_OTHER, is_for_console=True)


@out_blp.post("")
def leave() -> Response:
    who = console.signed_in()
    with transaction() as session:
        revoke_session(
            session,
            subject_id=who.staff_id,
            session_id=who.session_id,
            cause=LOGGED_OUT,
            now=clock.wall(),
        )
    response = console.done(LOG_IN_URL)
    forget_cookie(response, COOKIE)
    return response


def come_in_by_sso(args: dict[str, str | None]) -> Response:
    """From the provider into the console; what it refuses is told at the log-in."""
    use_chosen_language()
    try:
        email = sign_on.finish(args)
        with transaction() as session:
            secret = staff_log_in.log_in_at_desk_by_sso(
                session, email=email, label=label_of_browser(), now=clock.wall()
            )
        if secret is None:
            raise SsoRefused
    except Problem as problem:
        return _page(problem)
    return come_in_with(secret, wanted=None)


def come_in_with(secret: str, *, wanted: str | None) -> Response:
    """To the page that was wanted, with the cookie of a session that has just begun."""
    response = console.done(safe_next(wanted) if wanted else HOME_URL)
    # No age: it goes with the browser, or with the session's time here.
    set_cookie(response, COOKIE, secret)
    return response


def _page(problem: Problem | None = None) -> Response:
    return console.render(
        "auth/log_in.html",
        title=LOG_IN["title"],
        problem=problem,
        said_before=LOG_IN,
        wanted=safe_next(request.values.get("next")),
        email=request.values.get("email", ""),
        has_sso=current_app.config["SSO_PROVIDER"] is not None,
        is_demo=current_app.config["IS_DEMO"],
    )


def _log_in(args: dict[str, Any]) -> str:
    """The secret of a new session. Refuses: LogInRefused, LogInLocked."""
    attempt = attempt_of(args)
    with transaction() as session:
        decided = staff_log_in.log_in_at_desk(
            session, attempt=attempt, label=label_of_browser(), now=clock.wall()
        )
    if isinstance(decided, Problem):
        raise decided
    return decided


def label_of_browser() -> str | None:
    """What the caller's program calls itself."""
    name = request.user_agent.string[:LABEL_LENGTH_MAX]
    return name if name.isprintable() and name else None
