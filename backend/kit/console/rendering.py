"""Pages as answers: rendered in the frame, and the way on after an act."""

from typing import Any

from flask import Response, current_app, g, redirect, render_template, request

from backend.kit.console import sessions
from backend.kit.console.areas import active_of, menu_for
from backend.kit.console.kept import find_kept, forget, keep
from backend.kit.console.languages import LANGUAGE_NAMES, THEMES, theme, told
from backend.kit.console.words import WORDS
from backend.kit.http import locale
from backend.kit.ids import new_id
from backend.kit.problems import Problem
from backend.kit.texts import Text

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# What is sent from here says so to us, and to nobody else.
REFERRER = "same-origin"
SAID_COOKIE = "goodfaith_said"
SAID_SECONDS = 60
SAID_LENGTH_MAX = 400
SEE_OTHER = 303


def render(
    template: str,
    *,
    title: Text | str,
    problem: Problem | None = None,
    status: int = 200,
    **values: Any,
) -> Response:
    """A page of the console. With a `problem` it shows it and answers with its status."""
    who = sessions.find_signed_in()
    said = find_kept(SAID_COOKIE) if who is not None else None
    page = render_template(
        template,
        title=title,
        problem=problem,
        refusal=problem,
        frame=_frame(),
        me=who,
        said=Text.from_json(said) if said else None,
        words=WORDS,
        **values,
    )
    response = Response(page, status if problem is None else problem.status, mimetype="text/html")
    if said:
        forget(response, SAID_COOKIE)
    if problem is not None and problem.retry_after_seconds is not None:
        response.headers["Retry-After"] = str(problem.retry_after_seconds)
    return with_policy(response)


def with_policy(response: Response) -> Response:
    """The headers of every page; answers the response."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = REFERRER
    response.headers["Vary"] = "Cookie"
    return response


def done(url: str, message: Text | None = None) -> Response:
    """To the next page, which shows the message once. `url` is ours, never a caller's words."""
    response = Response(status=SEE_OTHER, headers={"Location": redirect(url).location})
    if message is not None:
        cut = Text(message.en[:SAID_LENGTH_MAX], message.zh_cn[:SAID_LENGTH_MAX])
        keep(response, SAID_COOKIE, cut.as_json(), max_age=SAID_SECONDS)
    return with_policy(response)


def hidden_csrf() -> dict[str, str]:
    """The field that shows a form to be this session's."""
    return {"name": "csrf", "value": sessions.csrf_token()}


def hidden_once() -> dict[str, str]:
    """The field by which a form acts once: kept when the form is shown again."""
    given = request.form.get("idempotency_key", "") if request.method == "POST" else ""
    return {"name": "idempotency_key", "value": given or str(new_id())}


def _frame() -> dict[str, Any]:
    """What the base page shows around a page."""
    who = sessions.find_signed_in()
    entries = current_app.config.get("CONSOLE_MENU", ())
    menu = menu_for(entries, permissions=who.permissions) if who is not None else []
    return {
        "language": locale(),
        "languages": LANGUAGE_NAMES,
        "theme": theme(),
        "themes": THEMES,
        "menu": menu,
        "active": active_of(menu, path=request.path),
        "here": request.full_path.rstrip("?") if request.method == "GET" else request.path,
        "is_demo": current_app.config.get("IS_DEMO", False),
        "request_id": g.get("request_id", ""),
        "told": told,
    }
