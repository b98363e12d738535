"""The page of the reminder plan: what is in force, the next version, a second person."""

from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from backend.events.contacts import Purpose
from backend.kit import clock, console
from backend.kit.configuration import load_shape
from backend.kit.console import Area, Entry, permits
from backend.kit.db import reading
from backend.kit.problems import Problem
from notifications.reminders import queries, service
from notifications.reminders.pages_wording import PLAN
from notifications.reminders.rules import STAGES_MAX
from notifications.reminders.schemas import ReminderPlanInSchema
from notifications.templates import queries as templates

HERE = "/console/reminder-plan"
VERSIONS_SHOWN = 20
EMPTY_ROWS = 2

blp = console.page_blueprint(
    "reminder_plan",
    __name__,
    url_prefix=HERE,
    permission="reminders.read",
    menu=(Entry(Area.MARKETING, PLAN["title"], HERE, order=65),),
)


@blp.get("")
def show() -> Response:
    with reading() as session:
        return _page(session)


@blp.post("")
@permits("reminders.author")
def write() -> Response:
    try:
        form = load_shape(ReminderPlanInSchema(), _document())
        console.once(lambda session: _keep(session, document=form["plan"], note=form["note"]))
    except Problem as problem:
        with reading() as session:
            return _page(session, problem=problem)
    return console.done(HERE, PLAN["written"])


@blp.post("/<int(max=2147483647):version>/publish")
@permits("reminders.publish", is_four_eyes=True)
def publish(version: int) -> Response:
    try:
        console.once(
            lambda session: service.publish_plan(
                session, version=version, publisher_id=console.caller().id, now=clock.now()
            )
        )
    except Problem as problem:
        with reading() as session:
            return _page(session, problem=problem)
    return console.done(HERE, PLAN["published"])


def _keep(session: Session, *, document: Any, note: str) -> None:
    service.write_plan(
        session, document=document, note=note, author_id=console.caller().id, now=clock.now()
    )


def _document() -> dict[str, Any]:
    """The form as the JSON route takes it; a row without a code is no stage."""
    form = request.form
    stages = [
        {
            "code": form[f"code-{place}"].strip(),
            "days": _whole(form.get(f"days-{place}", "")),
            "templates": {
                "standard": form.get(f"standard-{place}", ""),
                "gentle": form.get(f"gentle-{place}", ""),
            },
            "keep_days": _whole(form.get(f"keep-days-{place}", "0")),
        }
        for place in range(STAGES_MAX + EMPTY_ROWS)
        if form.get(f"code-{place}", "").strip()
    ]
    plan = {
        "stages": stages,
        "gentle_tiers": form.get("gentle-tiers", "").split(),
        "send_from": form.get("send-from", ""),
        "send_until": form.get("send-until", ""),
        "holdout_percent": _whole(form.get("holdout", "")),
    }
    return {"plan": plan, "note": form.get("note", "").strip()}


def _whole(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:
        return text


def _page(session: Session, *, problem: Problem | None = None) -> Response:
    found = queries.page_plans(session, args={"limit": VERSIONS_SHOWN, "cursor": None}).items
    live = queries.get_live(session).version
    newest = found[0]
    typed = _document()["plan"] if request.method == "POST" and "send-from" in request.form else {}
    mine = console.signed_in().permissions
    words = [
        each.code
        for each in templates.list_templates(session)
        if each.purpose is Purpose.REMINDER and each.live_version is not None
    ]
    return console.render(
        "reminders/plan.html",
        title=PLAN["title"],
        said_here=PLAN,
        here=HERE,
        live=live,
        in_force=queries.get_plan(session, version=live),
        newest=newest,
        versions=found,
        plan=typed or newest.document,
        rows=min(STAGES_MAX, len((typed or newest.document)["stages"]) + EMPTY_ROWS),
        template_codes=[(code, code) for code in sorted(words)],
        may_write="reminders.author" in mine,
        may_publish="reminders.publish" in mine and newest.version != live,
        problem=problem,
    )
