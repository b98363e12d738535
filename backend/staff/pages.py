"""The console's first page: what waits for whoever has come in."""

from flask import Response, current_app

from backend.kit import clock, console
from backend.kit.console import Area, Entry
from backend.kit.db import reading
from backend.kit.ports import HomePanel
from backend.kit.problems import NotFound
from backend.staff.wording import HOME, ROLES

blp = console.page_blueprint(
    "home",
    __name__,
    url_prefix="/console",
    permission="staff.self",
    menu=(Entry(Area.HOME, HOME["menu"], "/console", order=0),),
)


@blp.get("")
def home() -> Response:
    who = console.signed_in()
    panels: list[HomePanel] = current_app.config["HOME_PANELS"]
    now = clock.now()
    with reading() as session:
        waiting = [
            (panel, panel.count(session, who.staff_id, now))
            for panel in panels
            if panel.permission in who.permissions
        ]
    return console.render(
        "staff/home.html",
        title=HOME["title"],
        said_here=HOME,
        waiting=[each for each in waiting if each[1]],
        quiet=[each for each in waiting if not each[1]],
        roles=sorted(who.roles),
        role_names=ROLES,
    )


@blp.get("/<path:elsewhere>")
def nothing(elsewhere: str) -> Response:  # noqa: ARG001 - the address's
    """Whatever is no page, told as a page."""
    raise NotFound
