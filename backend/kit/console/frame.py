"""The parts of the console that are nobody's feature: its style sheet, language and colours."""

from collections.abc import Iterable

from flask import Blueprint, Flask, Response, request
from markupsafe import Markup

from backend.kit import rate_limit
from backend.kit.console import filters
from backend.kit.console.doors import PageBlueprint, public_page_blueprint, safe_next
from backend.kit.console.languages import (
    CHOICE_KEPT_SECONDS,
    LANGUAGE_COOKIE,
    THEME_COOKIE,
    THEMES,
)
from backend.kit.console.rendering import done, hidden_csrf, hidden_once
from backend.kit.console.sessions import set_cookie
from backend.kit.texts import LOCALES

HIDDEN = Markup('<input type="hidden" name="{}" value="{}">')

blp = public_page_blueprint(
    "console_frame", __name__, url_prefix="/console", rate=rate_limit.PUBLIC
)


@blp.post("/preferences")
def preferences() -> Response:
    """Keep language and colours in this browser."""
    response = done(safe_next(request.form.get("next"), log_in_is_fine=True))
    chosen = request.form.get("language")
    if chosen in LOCALES:
        set_cookie(response, LANGUAGE_COOKIE, str(chosen), max_age=CHOICE_KEPT_SECONDS)
    colours = request.form.get("theme")
    if colours in THEMES:
        set_cookie(response, THEME_COOKIE, str(colours), max_age=CHOICE_KEPT_SECONDS)
    return response


def init_app(app: Flask, pages: Iterable[Blueprint]) -> None:
    """Serve these pages in the frame, and show those in the menu that are in it."""
    filters.init_app(app)
    app.jinja_env.globals.update(
        csrf=lambda: HIDDEN.format(*hidden_csrf().values()),
        once=lambda: HIDDEN.format(*hidden_once().values()),
    )
    menu = []
    for each in (blp, *pages):
        app.register_blueprint(each)
        if isinstance(each, PageBlueprint):
            menu += [(entry, entry.permission or str(each.permission)) for entry in each.menu]
    app.config["CONSOLE_MENU"] = tuple(menu)
