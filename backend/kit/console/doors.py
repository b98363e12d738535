"""The doors of pages: a cookie instead of a token, the same caller and permissions behind it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

from flask import Blueprint, current_app, g, redirect, request

from backend.kit import rate_limit
from backend.kit.addresses import client_address, counted_as
from backend.kit.audience import Audience, AudienceBlueprint, Caller, permission_of, rate_of
from backend.kit.console import sessions
from backend.kit.console.areas import Entry
from backend.kit.console.languages import use_chosen_language
from backend.kit.console.problem_pages import show_problems
from backend.kit.problems import Forbidden
from backend.kit.rate_limit import RouteClass
from backend.kit.texts import Text

LOG_IN_URL = "/console/log-in"
HOME_URL = "/console"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
SEE_OTHER = 303
NEXT_LENGTH_MAX = 1_000


class FormNotOurs(Forbidden):
    """A form that this session's pages did not make."""

    code = "form-not-ours"
    title = Text(
        "This form is not one of your session. Open the page again and send it once more.",
        "此表单不属于您当前的会话。请重新打开页面后再提交。",
    )


class PageBlueprint(Blueprint):
    """A blueprint of pages, with its door and its lines of the menu."""

    audience: Audience
    permission: str | None
    menu: tuple[Entry, ...]
    rate: RouteClass


def page_blueprint(
    name: str,
    import_name: str,
    *,
    url_prefix: str,
    permission: str,
    menu: Sequence[Entry] = (),
    rate: RouteClass = rate_limit.DEFAULT,
    has_files: bool = True,
) -> PageBlueprint:
    """Pages of one feature, for staff. A view needs `permission`, or its own (`permits`).

    `has_files`: it serves the files of `static` beside it, which one of a folder's does.
    """
    blp = _blueprint(name, import_name, url_prefix=url_prefix, rate=rate, has_files=has_files)
    blp.audience = Audience.STAFF
    blp.permission = permission
    blp.menu = tuple(menu)
    blp.before_request(lambda: _admit(blp))
    return blp


def public_page_blueprint(
    name: str, import_name: str, *, url_prefix: str, rate: RouteClass
) -> PageBlueprint:
    """Pages that are seen without a session. What is sent to them comes from our own pages."""
    blp = _blueprint(name, import_name, url_prefix=url_prefix, rate=rate)
    blp.audience = Audience.PUBLIC
    blp.permission = None
    blp.menu = ()
    blp.before_request(lambda: _admit_anybody(blp))
    return blp


def _blueprint(
    name: str, import_name: str, *, url_prefix: str, rate: RouteClass, has_files: bool = True
) -> PageBlueprint:
    blp = PageBlueprint(f"{name}_pages", import_name, url_prefix=url_prefix)
    folder = Path(blp.root_path)
    if (folder / "templates").is_dir():
        blp.template_folder = "templates"
    if has_files and (folder / "static").is_dir():
        blp.static_folder = str(folder / "static")
    blp.rate = rate
    show_problems(blp)
    return blp


def log_in_address(wanted: str) -> str:
    """Where to log in, and to come back from."""
    return (
        f"{LOG_IN_URL}?{urlencode({'next': wanted}, safe='/')}"
        if wanted != HOME_URL
        else LOG_IN_URL
    )


def safe_next(wanted: str | None, *, log_in_is_fine: bool = False) -> str:
    """A page of the console, whatever was asked for: nobody is led elsewhere."""
    if wanted is None or len(wanted) > NEXT_LENGTH_MAX or not wanted.isprintable():
        return HOME_URL
    path = wanted.partition("?")[0]
    is_ours = path == HOME_URL or path.startswith(f"{HOME_URL}/")
    is_plain = "\\" not in wanted and "//" not in path and ".." not in path
    is_further = log_in_is_fine or not path.startswith(LOG_IN_URL)
    return wanted if is_ours and is_plain and is_further else HOME_URL


def _admit(blp: PageBlueprint) -> Any:
    use_chosen_language()
    address = counted_as(client_address())
    who = sessions.find_signed_in()
    if who is None:
        # Whoever tries cookies is nobody yet: she is slowed by where she comes from.
        rate_limit.spend(rate_limit.REFUSED, token=None, address=address)
        wanted = request.full_path.rstrip("?") if request.method in SAFE_METHODS else HOME_URL
        return redirect(log_in_address(wanted), SEE_OTHER)
    g.caller = Caller(
        audience=Audience.STAFF,
        id=who.staff_id,
        token_id=who.session_id,
        session_id=who.session_id,
        roles=who.roles,
        permissions=who.permissions,
    )
    view = current_app.view_functions[str(request.endpoint)]
    method = "GET" if request.method == "HEAD" else request.method
    door = cast(AudienceBlueprint, blp)  # as far as these two look
    rate = rate_of(door, view, method)
    rate_limit.spend(rate, token=f"{Audience.STAFF}:{who.staff_id}", address=address)
    needed = permission_of(door, view, method)
    if needed not in who.permissions:
        raise Forbidden(Text(f"This needs the permission {needed}.", f"此操作需要权限 {needed}。"))
    if request.method not in SAFE_METHODS:
        _require_own_form()
    return None


def _require_own_form() -> None:
    # Kept before the form is read from it: a form that acts once is told apart by its bytes.
    request.get_data(cache=True)
    if sessions.is_foreign_origin() or not sessions.is_own_token(request.form.get("csrf", "")):
        raise FormNotOurs


def _admit_anybody(blp: PageBlueprint) -> None:
    use_chosen_language()
    view = current_app.view_functions[str(request.endpoint)]
    rate = rate_of(cast(AudienceBlueprint, blp), view, request.method)
    rate_limit.spend(rate, token=None, address=counted_as(client_address()))
    # There is no session whose form it could be: the browser's word has to do.
    if request.method not in SAFE_METHODS and not sessions.is_own_origin():
        raise FormNotOurs
