"""Pages of benefit packs: versions month by month, whom they are for, a second person."""

import json
from datetime import date
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from backend.benefits import queries, reports, service
from backend.benefits.pages_wording import PACKS
from backend.benefits.schemas import VersionInSchema, document_as_json
from backend.benefits.wording import NAMES
from backend.kit import clock, console
from backend.kit.configuration import load_shape
from backend.kit.console import Area, Entry, permits
from backend.kit.db import AnyRow, reading
from backend.kit.problems import FieldError, Invalid, Problem
from backend.kit.programme_zone import programme_day
from backend.staff import service as staff

HERE = "/console/benefit-packs"
SHOWN_MAX = 100
VERSIONS_SHOWN = 12
LANGUAGES = ("en", "zh-CN")
EVERYBODY: dict[str, Any] = {"all": []}

blp = console.page_blueprint(
    "benefit_packs",
    __name__,
    url_prefix=HERE,
    permission="benefits.read",
    menu=(Entry(Area.MARKETING, PACKS["title"], HERE, order=40),),
)


@blp.get("")
def index() -> Response:
    args = {"limit": SHOWN_MAX, "cursor": request.args.get("cursor")}
    with reading() as session:
        page = queries.page_packs(session, args=args)
    return console.render(
        "benefit_packs/index.html",
        title=PACKS["title"],
        said_here=PACKS,
        here=HERE,
        page=page,
        cursor=args["cursor"],
    )


@blp.get("/<string:code>")
def show(code: str) -> Response:
    with reading() as session:
        return _page(session, code)


@blp.post("/<string:code>")
@permits("benefits.author")
def write(code: str) -> Response:
    """The next version: words, days, month and budget; what is in it is that of the newest."""
    now = clock.now()
    try:
        with reading() as session:
            newest = _newest(session, code)
        form = load_shape(VersionInSchema(), _version(newest))
        console.once(lambda session: _keep(session, code, form, today=programme_day(now)))
    except Problem as problem:
        with reading() as session:
            return _page(session, code, problem=problem)
    return console.done(f"{HERE}/{code}", PACKS["written"])


@blp.post("/<string:code>/versions/<int(max=2147483647):version>/publish")
@permits("benefits.publish", is_four_eyes=True)
def publish(code: str, version: int) -> Response:
    try:
        console.once(lambda session: _publish(session, code, version))
    except Problem as problem:
        with reading() as session:
            return _page(session, code, problem=problem)
    return console.done(f"{HERE}/{code}", PACKS["done"])


def _keep(session: Session, code: str, form: dict[str, Any], *, today: date) -> None:
    service.write_draft(
        session,
        code=code,
        month=date.fromisoformat(f"{form['month']}-01"),
        document=document_as_json(form["document"]),
        budget=form["budget"],
        author_id=console.caller().id,
        today=today,
        now=clock.now(),
    )


def _publish(session: Session, code: str, version: int) -> None:
    now = clock.now()
    service.publish_version(
        session,
        code=code,
        version=version,
        publisher_id=console.caller().id,
        today=programme_day(now),
        now=now,
    )
    staff.record_action(
        session,
        staff_id=console.caller().id,
        action="benefit-pack.publish",
        subject=f"benefit-pack:{code}:{version}",
    )


def _newest(session: Session, code: str) -> AnyRow:
    """Of what there is to write further. Refuses: PackUnknown, Invalid."""
    queries.get_pack(session, code=code)
    versions = queries.list_versions(session, code=code)
    if not versions:
        raise Invalid(errors=[FieldError("#", PACKS["no_version"])])
    return versions[0]


def _version(newest: AnyRow) -> dict[str, Any]:
    """The form as the JSON route takes it. Refuses: Invalid (a condition that is no JSON)."""
    form = request.form

    def texts(name: str) -> dict[str, str]:
        return {key: form.get(f"{name}.{key}", "").strip() for key in LANGUAGES}

    items = [
        {
            **item,
            "text": texts(f"document.items.{place}.text"),
            "days": console.whole(form.get(f"document.items.{place}.days", "")),
        }
        for place, item in enumerate(newest.document["items"])
    ]
    return {
        "month": form.get("month", ""),
        "budget": console.whole(form.get("budget", "")),
        "document": {
            "name": texts("document.name"),
            "about": texts("document.about"),
            "audience": _condition(form.get("document.audience", "")),
            "items": items,
        },
    }


def _condition(text: str) -> Any:
    if not text.strip():
        return EVERYBODY
    try:
        return console.json_of(text)
    except ValueError:
        told = FieldError("#/document/audience", "Must be an object.")
        raise Invalid(errors=[told]) from None


def _fields(newest: AnyRow) -> dict[str, Any]:
    """What the fields hold: what was typed, else the newest version."""
    if request.method == "POST" and "budget" in request.form:
        return dict(request.form.items())
    document = newest.document
    kept: dict[str, Any] = {"month": f"{newest.month:%Y-%m}", "budget": newest.budget}
    for key in LANGUAGES:
        kept[f"document.name.{key}"] = document["name"][key]
        kept[f"document.about.{key}"] = document["about"][key]
        for place, item in enumerate(document["items"]):
            kept[f"document.items.{place}.text.{key}"] = item["text"][key]
            kept[f"document.items.{place}.days"] = item["days"]
    if document["audience"] != EVERYBODY:
        audience = json.dumps(document["audience"], ensure_ascii=False, indent=1)
        kept["document.audience"] = audience
    return kept


def _page(session: Session, code: str, *, problem: Problem | None = None) -> Response:
    pack = queries.get_pack(session, code=code)
    versions = queries.list_versions(session, code=code)[:VERSIONS_SHOWN]
    mine = console.signed_in().permissions
    newest = versions[0] if versions else None
    trial = None
    if newest is not None:
        trial = reports.try_version(session, version=newest, now=clock.now())
    return console.render(
        "benefit_packs/show.html",
        title=code,
        said_here=PACKS,
        here=f"{HERE}/{code}",
        pack=pack,
        versions=versions,
        newest=newest,
        trial=trial,
        kinds=NAMES,
        everybody=EVERYBODY,
        fields=_fields(newest) if newest is not None else {},
        languages=list(zip(LANGUAGES, (PACKS["english"], PACKS["chinese"]), strict=True)),
        may_write="benefits.author" in mine,
        may_publish="benefits.publish" in mine,
        problem=problem,
    )
