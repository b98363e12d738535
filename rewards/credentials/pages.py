"""`/shared-badges/...`: a badge as its holder lets others see it. For people, not programs."""

import base64
import hashlib
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from flask import Blueprint, Flask, Response, g, render_template, request

from backend.kit import rate_limit
from backend.kit.addresses import client_address, counted_as
from backend.kit.db import AnyRow, reading
from backend.kit.http import locale
from backend.kit.texts import LOCALES, Text
from rewards.credentials import issuer, origin, pictures, queries
from rewards.credentials.errors import ShareUnknown
from rewards.credentials.rules import DESCRIPTION, public_name
from rewards.credentials.wording import GONE, PAGE

STYLE = (Path(__file__).parent / "templates" / "shared_badge.css").read_text(encoding="utf-8")
POLICY = (
    "default-src 'none'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; style-src 'sha256-"
    f"{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
)
# What a page shows is its holder's to take back at once: nothing of it is kept or listed anywhere.
UNLISTED = {"X-Robots-Tag": "noindex, nofollow, noarchive", "Cache-Control": "no-store"}
OTHER = {"en": "zh-CN", "zh-CN": "en"}
JSON = "application/ld+json"
FILE_NAME = "badge-credential"
NOT_FOUND = 404
DAY_LENGTH = 10  # of an instant's text

blp = Blueprint("shared_badges", __name__, template_folder="templates", url_prefix="/shared-badges")
blp.audience = "public"  # type: ignore[attr-defined]


def init_app(app: Flask) -> None:
    """Serve the pages."""
    app.register_blueprint(blp)


@blp.before_request
def admit() -> None:
    """The door of every public address; and the language that a reader chose on the page."""
    rate_limit.spend(rate_limit.PUBLIC, token=None, address=counted_as(client_address()))
    if (chosen := request.args.get("lang")) in LOCALES:
        g.locale = chosen


@blp.get("/<string:share_id>")
def show(share_id: str) -> Response:
    """The page, or that there is none, in the reader's language."""
    row = _find(share_id)
    if row is None:
        return _page("no_shared_badge.html", words=GONE, status=NOT_FOUND)
    name = public_name(Text.from_json(row.badge["name"])).in_(locale())
    return _page(
        "shared_badge.html",
        words=PAGE,
        title=name,
        description=DESCRIPTION.in_(locale()),
        here=f"/shared-badges/{share_id}",
        signed_on=orjson.loads(row.document)["validFrom"][:DAY_LENGTH],
        issuer_name=issuer.NAME,
        base=origin.get_base(),
        file_name=FILE_NAME,
    )


@blp.get("/<string:share_id>/picture.svg")
def picture(share_id: str) -> Response:
    """The drawing with the credential in it."""
    row = _get(share_id)
    drawn = pictures.bake(row.badge, document=row.document, locale=locale())
    headers = {"Content-Security-Policy": pictures.POLICY, **UNLISTED}
    return Response(drawn, content_type=pictures.TYPE, headers=headers)


@blp.get("/<string:share_id>/credential.json")
def credential(share_id: str) -> Response:
    """The credential as a file."""
    row = _get(share_id)
    headers = {"Content-Disposition": f'attachment; filename="{FILE_NAME}.json"', **UNLISTED}
    return Response(row.document, content_type=JSON, headers=headers)


def _get(share_id: str) -> AnyRow:
    """Refuses: ShareUnknown."""
    try:
        named = UUID(share_id)
    except ValueError:
        raise ShareUnknown from None
    with reading() as session:
        return queries.get_shared(session, share_id=named)


def _find(share_id: str) -> AnyRow | None:
    try:
        return _get(share_id)
    except ShareUnknown:
        return None


def _page(template: str, *, words: dict[str, Text], status: int = 200, **more: Any) -> Response:
    language = locale()
    page = render_template(
        template,
        lang=language,
        other=OTHER[language],
        style=STYLE,
        **{name: said.in_(language) for name, said in words.items()},
        **more,
    )
    headers = {"Content-Security-Policy": POLICY, **UNLISTED}
    return Response(page, status, mimetype="text/html", headers=headers)
