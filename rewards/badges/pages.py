"""Pages of badges: seen as a borrower sees them, written, counted, published by another person."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from backend.kit import clock, console
from backend.kit.configuration import load_shape
from backend.kit.console import Area, Entry, permits
from backend.kit.db import reading, transaction
from backend.kit.problems import FieldError, Invalid, Problem
from backend.profile import queries as profile
from rewards.badges import preview, queries, service
from rewards.badges.definition import COUNTED_TYPES, EN_ZH
from rewards.badges.pages_wording import BADGES, PICTURES, REPEATS
from rewards.badges.pictures import draw
from rewards.badges.rules import COUNTERS_MAX
from rewards.badges.schemas import BadgeEditSchema, BadgeInSchema
from rewards.badges.staff_routes import PREVIEW_SECONDS_MAX

HERE = "/console/badges"
SHOWN_MAX = 100
WORDS = ("name", "description", "how_to_earn")
BLANK: dict[str, Any] = {
    "predicate": {"all": []},
    "counters": [],
    "repeats": "never",
    "picture": "sprout",
    **{name: {"en": "", "zh-CN": ""} for name in WORDS},
}

blp = console.page_blueprint(
    "badges",
    __name__,
    url_prefix=HERE,
    permission="badges.read",
    menu=(Entry(Area.MARKETING, BADGES["title"], HERE, order=20),),
)


@blp.get("")
def index() -> Response:
    return _index()


@blp.post("")
@permits("badges.author")
def create() -> Response:
    try:
        form = load_shape(BadgeInSchema(), _document() | {"code": request.form.get("code", "")})
        console.once(
            lambda session: service.write_first_draft(
                session, author_id=console.caller().id, now=clock.now(), **form
            )
        )
    except Problem as problem:
        return _index(problem)
    return console.done(f"{HERE}/{form['code']}", BADGES["written"])


@blp.get("/<string:code>")
def show(code: str) -> Response:
    with reading() as session:
        return _page(session, code)


@blp.post("/<string:code>")
@permits("badges.author")
def write(code: str) -> Response:
    try:
        form = load_shape(BadgeEditSchema(), _document())
        console.once(
            lambda session: service.write_draft(
                session,
                code=code,
                revision=_revision(),
                author_id=console.caller().id,
                now=clock.now(),
                **form,
            )
        )
    except Problem as problem:
        with reading() as session:
            return _page(session, code, problem=problem)
    return console.done(f"{HERE}/{code}", BADGES["written"])


@blp.post("/<string:code>/count")
@permits("badges.author")
def count(code: str) -> Response:
    """Whom the form's condition would reach: a number, and nobody by name."""
    with transaction(patience_seconds=PREVIEW_SECONDS_MAX) as session:
        try:
            given = _document()
            found = preview.run(
                session,
                predicate=given["predicate"],
                counters=given["counters"],
                now=clock.now(),
            )
        except Problem as problem:
            return _page(session, code, problem=problem)
        return _page(session, code, reached=found["borrowers"])


@blp.post("/<string:code>/versions/<int(max=2147483647):version>/publish")
@permits("badges.publish", is_four_eyes=True)
def publish(code: str, version: int) -> Response:
    return _act(
        code,
        lambda session: service.publish(
            session, code=code, version=version, publisher_id=console.caller().id, now=clock.now()
        ),
        "published",
    )


@blp.post("/<string:code>/retire")
@permits("badges.publish")
def retire(code: str) -> Response:
    return _act(
        code,
        lambda session: service.retire(
            session,
            code=code,
            revision=_revision(),
            staff_id=console.caller().id,
            now=clock.now(),
        ),
        "gone",
    )


def _act(code: str, act: Any, told: str) -> Response:
    try:
        console.once(act)
    except Problem as problem:
        with reading() as session:
            return _page(session, code, problem=problem)
    return console.done(f"{HERE}/{code}", BADGES[told])


def _revision() -> int:
    given = request.form.get("revision", "")
    read = console.whole(given)
    return read if isinstance(read, int) else -1


def _document() -> dict[str, Any]:
    """The form as the JSON route takes it. Refuses: Invalid (a condition that is no JSON)."""
    form = request.form
    counters = [
        {
            "fact": form[f"fact-{place}"],
            "goal": console.whole(form.get(f"goal-{place}", "")),
        }
        for place in range(COUNTERS_MAX)
        if form.get(f"fact-{place}")
    ]
    return {
        "predicate": _predicate(form.get("predicate", "")),
        "counters": counters,
        "repeats": form.get("repeats", ""),
        "picture": form.get("picture", ""),
        "note": form.get("note", "").strip(),
        **{name: {key: form.get(f"{name}.{key}", "").strip() for key in EN_ZH} for name in WORDS},
    }


def _predicate(text: str) -> Any:
    if not text.strip():
        return {"all": []}
    try:
        return console.json_of(text)
    except ValueError:
        raise Invalid(errors=[FieldError("#/predicate", "Must be an object.")]) from None


def _typed(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields hold: what was typed, else what is kept."""
    if request.method != "POST" or "picture" not in request.form:
        predicate = json.dumps(kept["predicate"], ensure_ascii=False, indent=1)
        return {**kept, "predicate": "" if kept["predicate"] == {"all": []} else predicate}
    try:
        typed = _document()
    except Invalid:
        typed = {**BLANK}
    return {**typed, "predicate": request.form.get("predicate", "")}


def _drawn(document: Mapping[str, Any]) -> dict[str, str]:
    """By language, the badge as an address that holds its picture."""
    return {
        key: "data:image/svg+xml;base64,"
        + base64.b64encode(
            draw(
                document["picture"],
                title=document["name"][key],
                description=document["description"][key],
            ).encode()
        ).decode()
        for key in EN_ZH
    }


def _choices(session: Session) -> dict[str, Any]:
    types = profile.get_catalogue(session).types
    counted = sorted(name for name, kind in types.items() if kind in COUNTED_TYPES)
    return {
        "said_here": BADGES,
        "repeat_names": REPEATS,
        "picture_names": PICTURES,
        "facts": [(name, name) for name in counted],
        "languages": list(zip(EN_ZH, (BADGES["english"], BADGES["chinese"]), strict=True)),
        "counters_max": COUNTERS_MAX,
        "may_write": "badges.author" in console.signed_in().permissions,
    }


def _index(problem: Problem | None = None) -> Response:
    args = {"limit": SHOWN_MAX, "cursor": request.args.get("cursor")}
    with reading() as session:
        page = queries.page_badges(session, args=args)
        choices = _choices(session)
    return console.render(
        "badges/index.html",
        title=BADGES["title"],
        here=HERE,
        page=page,
        cursor=args["cursor"],
        document=_typed(BLANK),
        code=request.form.get("code", ""),
        problem=problem,
        **choices,
    )


def _page(
    session: Session, code: str, *, problem: Problem | None = None, reached: int | None = None
) -> Response:
    badge = queries.get_badge(session, code=code)
    newest = queries.get_version(session, code=code, version=badge.newest_version)
    shown = [newest]
    if badge.live_version not in (None, newest.version):
        shown.append(queries.get_version(session, code=code, version=badge.live_version))
    mine = console.signed_in().permissions
    may_publish = "badges.publish" in mine and badge.retired_at is None
    return console.render(
        "badges/show.html",
        title=code,
        here=f"{HERE}/{code}",
        badge=badge,
        versions=shown,
        drawn={each.version: _drawn(each.document) for each in shown},
        document=_typed(newest.document),
        holders=queries.count_holders(session, code=code),
        reached=reached,
        may_publish=may_publish and newest.published_at is None,
        may_retire=may_publish,
        problem=problem,
        **_choices(session),
    )
