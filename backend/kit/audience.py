"""Who may enter: every blueprint names its audience, every staff or client view its permission.

The check runs before anything is parsed, so a stranger learns nothing from error messages.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import Blueprint as FlaskBlueprint
from flask import current_app, g, request

from backend.kit import rate_limit
from backend.kit.openapi import DocumentedBlueprint, note
from backend.kit.ports import CallerPort
from backend.kit.problems import Forbidden, Unauthorized
from backend.kit.texts import Text

BEARER = "Bearer "
TOKEN_LENGTH_MAX = 8_192

View = TypeVar("View", bound=Callable[..., Any])


class Audience(StrEnum):
    """For whom a route is."""

    BORROWER = "borrower"
    STAFF = "staff"
    CLIENT = "client"
    PUBLIC = "public"


@dataclass(frozen=True)
class Caller:
    """Who calls. `id` is the borrower's, the staff account's or the client's.

    `session_id` is None where no log-in stands behind the token.
    """

    audience: Audience
    id: UUID
    token_id: UUID
    session_id: UUID | None = None
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    is_from_command_line: bool = False


class AudienceBlueprint(DocumentedBlueprint):
    """A blueprint with a door: `audience`, and for staff and clients a default `permission`."""

    audience: Audience
    permission: str | None


@dataclass(frozen=True)
class _Door:
    authenticate: CallerPort
    may_command_line_confirm: bool


_door: _Door | None = None


def configure(*, authenticate: CallerPort, may_command_line_confirm: bool) -> None:
    """Say who reads tokens, and whether command-line tokens open four-eyes routes (demo only)."""
    global _door  # noqa: PLW0603 - set once by the assembly
    _door = _Door(authenticate, may_command_line_confirm)


def blueprint(
    name: str,
    import_name: str,
    *,
    audience: Audience,
    url_prefix: str,
    description: str,
    permission: str | None = None,
) -> AudienceBlueprint:
    """A blueprint for one feature and audience. `name` is the feature's folder and OpenAPI tag."""
    blp = AudienceBlueprint(
        f"{name}_{audience}", import_name, url_prefix=url_prefix, description=description, tag=name
    )
    blp.audience = audience
    blp.permission = permission
    blp.scheme = None if audience is Audience.PUBLIC else str(audience)
    blp.before_request(lambda: _admit(blp))
    return blp


def permits(permission: str, *, is_four_eyes: bool = False) -> Callable[[View], View]:
    """The permission that this view needs, instead of its blueprint's.

    `is_four_eyes`: it stands for a second person, whom a command line cannot prove to be.
    """

    def mark(view: View) -> View:
        view.__dict__["permission"] = permission
        view.__dict__["is_four_eyes"] = is_four_eyes
        return view

    return mark


def also(*audiences: Audience) -> Callable[[View], View]:
    """Those whom this view serves beside its blueprint's audience; they need no permission."""

    def mark(view: View) -> View:
        view.__dict__["also"] = audiences
        return note(view, also=audiences)

    return mark


def caller() -> Caller:
    """Who calls. Only on routes that are not public."""
    return cast(Caller, g.caller)


def audiences_of(blp: AudienceBlueprint, view: Callable[..., Any], method: str) -> set[Audience]:
    """Everybody whom a method of a view function serves."""
    return {blp.audience, *getattr(_method_of(view, method), "also", ())}


def permission_of(blp: AudienceBlueprint, view: Callable[..., Any], method: str) -> str | None:
    """The permission that a method of a view function needs, or None on borrowers' routes."""
    return cast("str | None", getattr(_method_of(view, method), "permission", blp.permission))


def _method_of(view: Callable[..., Any], method: str) -> Callable[..., Any]:
    view_class = getattr(view, "view_class", None)
    return getattr(view_class, method.lower(), view) if view_class else view


def _admit(blp: AudienceBlueprint) -> None:
    if blp.audience is Audience.PUBLIC:
        rate_limit.spend(f"address:{request.remote_addr}")
        return
    who = _identify()
    g.caller = who
    rate_limit.spend(f"{who.audience}:{who.id}")
    view = current_app.view_functions[str(request.endpoint)]
    # HEAD is answered by GET's view and needs what GET needs.
    method = "GET" if request.method == "HEAD" else request.method
    if who.audience not in audiences_of(blp, view, method):
        raise Forbidden(
            Text("This address is for another kind of caller.", "此地址供其他类型的调用方使用。")
        )
    needed = permission_of(blp, view, method)
    if blp.audience is not Audience.BORROWER and needed not in who.permissions:
        raise Forbidden(f"This needs the permission {needed}.")
    if who.is_from_command_line and getattr(_method_of(view, method), "is_four_eyes", False):
        _refuse_command_line()


def _refuse_command_line() -> None:
    if _door is None or not _door.may_command_line_confirm:
        raise Forbidden("A second person confirms this in her own session.")


def _identify() -> Caller:
    header = request.headers.get("Authorization", "")
    token = header.removeprefix(BEARER)
    if _door is None or token == header or len(token) > TOKEN_LENGTH_MAX:
        raise Unauthorized
    claims = _door.authenticate(token)
    return Caller(
        audience=Audience(claims.audience),
        id=claims.subject_id,
        token_id=claims.token_id,
        session_id=claims.session_id,
        roles=claims.roles,
        permissions=claims.permissions,
        is_from_command_line=claims.is_from_command_line,
    )


def audience_of(blp: FlaskBlueprint) -> Audience | None:
    """The audience of any blueprint, None when it was made without one."""
    return getattr(blp, "audience", None)
