"""Pages of the words of messages: written, checked while typing, seen on a phone, published."""

from dataclasses import dataclass
from typing import Any

from flask import Response, jsonify, render_template, request
from sqlalchemy.orm import Session

from backend.kit import clock, console
from backend.kit.console import Area, Entry, permits
from backend.kit.db import reading
from backend.kit.http import locale
from backend.kit.problems import Problem
from notifications.templates import queries, service
from notifications.templates.pages_wording import FIELD_NAMES, PURPOSES, TEMPLATES
from notifications.templates.schemas import LANGUAGES, MessageTemplateFormSchema
from notifications.templates.words import FIELDS, Words

HERE = "/console/message-templates"
LONG = frozenset({"body", "email_body", "sms"})
SHOWN_MAX = 100

blp = console.page_blueprint(
    "message_templates",
    __name__,
    url_prefix=HERE,
    permission="templates.read",
    menu=(Entry(Area.MARKETING, TEMPLATES["title"], HERE, order=60),),
)


@dataclass(frozen=True)
class Tried:
    """Words as a phone shows them, or what is wrong with them."""

    shown: Any = None
    problem: Problem | None = None


@blp.get("")
def index() -> Response:
    args = {"limit": SHOWN_MAX, "cursor": request.args.get("cursor")}
    with reading() as session:
        page = queries.page_templates(session, args=args)
    return console.render(
        "message_templates/index.html",
        title=TEMPLATES["title"],
        said_here=TEMPLATES,
        purposes=PURPOSES,
        page=page,
        cursor=args["cursor"],
    )


@blp.get("/<string:code>")
def show(code: str) -> Response:
    with reading() as session:
        return _page(session, code)


@blp.post("/<string:code>")
@permits("templates.author")
def write(code: str) -> Response:
    try:
        form = console.fields_of(MessageTemplateFormSchema)
        console.once(
            lambda session: service.write_draft(
                session, code=code, author_id=console.caller().id, now=clock.now(), **form
            )
        )
    except Problem as problem:
        with reading() as session:
            return _page(session, code, problem=problem)
    return console.done(f"{HERE}/{code}", TEMPLATES["written"])


@blp.post("/<string:code>/preview")
@permits("templates.author")
def preview(code: str) -> Response:
    """The form's words on a phone: alone for a page that is open, else as a whole page."""
    with reading() as session:
        found = queries.get_template(session, code=code)
        tried = _try(session, like=found.like.code)
        if request.accept_mimetypes.best != "application/json":
            return _page(session, code, tried=tried)
    return jsonify({"html": render_template("message_templates/phones.html", **_seen(tried))})


@blp.post("/<string:code>/versions/<int(max=2147483647):version>/publish")
@permits("templates.publish", is_four_eyes=True)
def publish(code: str, version: int) -> Response:
    try:
        console.once(
            lambda session: service.publish(
                session,
                code=code,
                version=version,
                publisher_id=console.caller().id,
                now=clock.now(),
            )
        )
    except Problem as problem:
        with reading() as session:
            return _page(session, code, problem=problem)
    return console.done(f"{HERE}/{code}", TEMPLATES["published"])


def _try(session: Session, *, like: str) -> Tried:
    try:
        words = console.fields_of(MessageTemplateFormSchema)["words"]
        return Tried(shown=service.preview(session, like=like, words=words))
    except Problem as problem:
        return Tried(problem=problem)


def _page(
    session: Session, code: str, *, problem: Problem | None = None, tried: Tried | None = None
) -> Response:
    found = queries.get_template(session, code=code)
    words = queries.list_words(session, code=code, versions=[found.newest_version])
    newest = words[found.newest_version]
    form = _form(newest)
    shown = tried or Tried(shown=service.preview(session, like=found.like.code, words=newest))
    mine = console.signed_in().permissions
    return console.render(
        "message_templates/show.html",
        title=code,
        said_here=TEMPLATES,
        purposes=PURPOSES,
        field_names=FIELD_NAMES,
        long=LONG,
        languages=[
            (LANGUAGES[0][1], TEMPLATES["english"]), (LANGUAGES[1][1], TEMPLATES["chinese"]),
        ],
        found=found,
        form=form,
        here=f"{HERE}/{code}",
        may_write="templates.author" in mine,
        may_publish="templates.publish" in mine and found.newest_version != found.live_version,
        problem=problem,
        **_seen(shown),
    )  # fmt: skip


def _seen(tried: Tried) -> dict[str, Any]:
    return {
        "shown": tried.shown,
        "faults": tried.problem,
        "said_phone": TEMPLATES,
        "language": locale(),
    }


def _form(words: Words) -> dict[str, str]:
    """What the fields hold: what was typed, else the newest words."""
    if request.method == "POST" and "words.title.en" in request.form:
        return dict(request.form.items())
    kept = words.as_json()
    return {f"words.{name}.{key}": kept[name][key] for name in FIELDS for _, key in LANGUAGES} | {
        "note": ""
    }
