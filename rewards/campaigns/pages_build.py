"""The builder: templates to start from, the form in sentences, and its live count and checks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, jsonify, render_template, request
from sqlalchemy.orm import Session

from backend.kit import clock, console
from backend.kit.audience import caller, permits
from backend.kit.db import reading
from backend.kit.http import locale
from backend.kit.predicates import LIST_OPS, ORDER_OPS, PRESENCE_OPS, FactType, parse
from backend.kit.predicates import OPS as ALL_OPS
from backend.kit.problems import FieldError, Invalid, NotFound, Problem
from backend.kit.programme_zone import programme_day, programme_zone
from backend.kit.texts import Text
from backend.profile import queries as profile
from rewards.badges import definitions as badges
from rewards.campaigns import builder, judging, queries, requests, service, wording
from rewards.campaigns.builder import Form
from rewards.campaigns.document import audience_facts, condition_facts
from rewards.campaigns.errors import CampaignNotDraft
from rewards.campaigns.page_words import BUILD, DONE, START
from rewards.campaigns.rules import OFFERED_TRIGGERS, VersionState
from rewards.campaigns.starters import STARTERS, find_starter

BLANK = "blank"
HOME = "/console/campaigns"
NEW = Text("New campaign", "新建活动")
EDIT = Text("Edit the draft", "编辑草稿")
YES_NO = ("yes", "no")

blp = console.page_blueprint(
    "campaign_building",
    __name__,
    url_prefix=HOME,
    permission="campaigns.author",
    has_files=False,
)


@blp.get("/new")
def starters() -> Response:
    return console.render("campaigns/start.html", title=NEW, starters=STARTERS, say=START)


@blp.get("/new/<string:code>")
def begin(code: str) -> Response:
    with reading() as session:
        form = _first_form(code, now=clock.now())
        return _shown(session, form, action=f"{HOME}/new/{code}", title=NEW)


@blp.post("/new/<string:code>")
def create(code: str) -> Response:
    form = builder.from_fields(request.form.to_dict(flat=False))
    action = f"{HOME}/new/{code}"
    if request.form.get("do", "save") != "save":
        return _changed(form, action=action, title=NEW)
    made: list[UUID] = []

    def act(session: Session) -> None:
        document = builder.to_document(form, facts=_kinds(session))
        made.append(
            service.create(session, document=document, author_id=caller().id, now=clock.now())
        )

    try:
        console.once(act)
    except Problem as problem:
        return _refused(form, problem, action=action, title=NEW)
    return console.done(f"{HOME}/{made[0]}" if made else HOME, DONE["created"])


@blp.get("/<uuid:campaign_id>/edit")
def edit(campaign_id: UUID) -> Response:
    with reading() as session:
        row = queries.get_campaign(session, campaign_id=campaign_id)
        version = queries.get_version(session, campaign_id=row.id, number=row.newest_version)
        if version.state != VersionState.DRAFT:
            raise CampaignNotDraft
        form = builder.from_document(version.document)
        return _shown(
            session, form, action=f"{HOME}/{row.id}/edit", title=EDIT, revision=row.revision
        )


@blp.post("/<uuid:campaign_id>/edit")
def save(campaign_id: UUID) -> Response:
    form = builder.from_fields(request.form.to_dict(flat=False))
    action = f"{HOME}/{campaign_id}/edit"
    revision = request.form.get("revision", "")
    if request.form.get("do", "save") != "save":
        return _changed(form, action=action, title=EDIT, revision=revision)

    def act(session: Session) -> None:
        service.edit_draft(
            session,
            campaign_id=campaign_id,
            revision=read if isinstance(read := console.whole(revision), int) else 0,
            document=builder.to_document(form, facts=_kinds(session)),
            editor_id=caller().id,
            now=clock.now(),
        )

    try:
        console.once(act)
    except Problem as problem:
        return _refused(form, problem, action=action, title=EDIT, revision=revision)
    return console.done(f"{HOME}/{campaign_id}", DONE["saved"])


@blp.post("/live")
@permits("audiences.count")
def live() -> Response:
    form = builder.from_fields(request.form.to_dict(flat=False))
    with reading() as session:
        told = _judged(session, form, now=clock.now())
    html = render_template("campaigns/live.html", say=BUILD, **told)
    return jsonify(html=html)


def _first_form(code: str, *, now: datetime) -> Form:
    today, zone = programme_day(now), programme_zone()
    starter = find_starter(code)
    if starter is not None:
        return builder.from_document(starter.document(today=today, zone=zone))
    if code != BLANK:
        raise NotFound
    form = builder.from_document(STARTERS[0].document(today=today, zone=zone))
    for name in form.values:
        if name.startswith(("texts.", "effect.", "budget.points_total")):
            form.values[name] = ""
    form.sides = {place: builder.Side(rows=[builder.Row()]) for place in builder.PLACES}
    return form


def _kinds(session: Session) -> dict[str, FactType]:
    return condition_facts(profile.get_catalogue(session).types)


def _changed(form: Form, *, action: str, title: Text, revision: Any = 0) -> Response:
    builder.change_rows(form, request.form.get("do", ""))
    with reading() as session:
        return _shown(session, form, action=action, title=title, revision=revision)


def _refused(
    form: Form, problem: Problem, *, action: str, title: Text, revision: Any = 0
) -> Response:
    with reading() as session:
        document = builder.to_document(form, facts=_kinds(session))
        problem.errors = tuple(
            FieldError(builder.field_of(each.pointer, document), each.detail, each.members)
            for each in problem.errors
        )
        return _shown(session, form, action=action, title=title, revision=revision, problem=problem)


def _shown(
    session: Session,
    form: Form,
    *,
    action: str,
    title: Text,
    revision: Any = 0,
    problem: Problem | None = None,
) -> Response:
    catalogue = profile.get_catalogue(session)
    own = [(f.name, f.label, str(f.type)) for f in catalogue.facts.values() if not f.is_extra]
    lenders = [(f.name, f.label, str(f.type)) for f in catalogue.facts.values() if f.is_extra]
    her = [(BUILD["of_her"], own), *([(BUILD["of_lender"], lenders)] if lenders else [])]
    told = [(name, label, str(kind)) for name, label, kind in _event_facts()]
    live_badges = badges.list_live(session)
    judged = _judged(session, form, now=clock.now())
    return console.render(
        "campaigns/build.html",
        title=title,
        problem=problem,
        form=form,
        action=action,
        revision=revision,
        say=BUILD,
        facts={"audience": her, "conditions": [(BUILD["of_event"], told), *her]},
        known={
            "audience": set(catalogue.facts),
            "conditions": {*catalogue.facts, *wording.EVENT_FACTS},
        },
        ops=_ops(),
        pointers=_pointers(form),
        errors_at=lambda pointer: _errors_at(problem, judged["findings"], pointer),
        triggers={str(each): wording.TRIGGERS[each] for each in OFFERED_TRIGGERS},
        badges={each.code: each.name for each in live_badges},
        benefits=wording.BENEFITS,
        every={str(each): name for each, name in wording.EVERY.items()},
        measures={str(each): name for each, name in wording.MEASURES.items()},
        modes={str(each): name for each, name in wording.MODES.items()},
        weekdays=wording.WEEKDAYS,
        tiers=list(wording.TIERS),
        **judged,
    )


def _event_facts() -> list[tuple[str, Text, FactType]]:
    kinds = condition_facts({})
    return [(name, label, kinds[name]) for name, label in wording.EVENT_FACTS.items()]


def _ops() -> list[tuple[str, Text, str]]:
    """Every operation with the types of facts that it fits."""
    return [(op, label, " ".join(_types_of(op))) for op, label in wording.OPS.items()]


def _types_of(op: str) -> list[str]:
    if op in YES_NO:
        return [FactType.BOOLEAN]
    if op in ORDER_OPS:
        return [FactType.INTEGER, FactType.DECIMAL, FactType.DATE]
    if op in PRESENCE_OPS:
        return list(FactType)
    usual = LIST_OPS | {"eq", "ne"}
    return [each for each in FactType if op in usual & ALL_OPS and each is not FactType.BOOLEAN]


def _pointers(form: Form) -> dict[str, list[str]]:
    """Where in the document each row stands: rows without a fact are left out of it."""
    found: dict[str, list[str]] = {}
    for place, side in form.sides.items():
        number, rows = 0, []
        for row in side.rows:
            rows.append(f"{place}/{side.mode}/{number}")
            number += bool(row.fact)
        found[f"{place}.rows"] = rows
        inner, number_inner = [], 0
        for row in side.inner:
            inner.append(f"{place}/{side.mode}/{number}/{side.other}/{number_inner}")
            number_inner += bool(row.fact)
        found[f"{place}.inner"] = inner
    return found


def _errors_at(problem: Problem | None, findings: list[dict[str, Any]], pointer: str) -> list[str]:
    """What is said of one row, and of any part of it."""
    here = f"#/{pointer}"
    errors = problem.as_dict(locale()).get("errors", []) if problem is not None else []
    said = [
        e["detail"] for e in errors if e["pointer"] == here or e["pointer"].startswith(here + "/")
    ]
    return said + [f"{f['id']}: {f['reason']}" for f in findings if f["pointer"] == here]


def _judged(session: Session, form: Form, *, now: datetime) -> dict[str, Any]:
    """Reach and checks of the form as it stands; None and none where it can't be read yet."""
    types = profile.get_catalogue(session).types
    document = builder.to_document(form, facts=condition_facts(types))
    reached = _reached(session, document, types=types, now=now)
    try:
        terms = judging.terms_of(session, document)
    except Invalid:
        return {"reached": reached, "findings": [], "faults": True}
    found = [requests.told(each, locale=locale()) for each in judging.judge(session, terms)]
    for each in found:
        pointer = builder.field_of(each["pointer"], document)
        each["anchor"] = "f-" + pointer[2:].replace("/", "-").replace(".", "-").replace("_", "-")
    return {"reached": reached, "findings": found, "faults": False}


def _reached(session: Session, document: Any, *, types: Any, now: datetime) -> int | None:
    try:
        parse(document["audience"], facts=audience_facts(types))
        predicate = parse(document["audience"], facts=types)
    except Invalid:
        return None
    return profile.count_audience(session, predicate=predicate, now=now)
