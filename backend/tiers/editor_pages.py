"""The editor of a tier policy: in sentences or as its document, tried out, kept as a draft.

The policy is in the form alone until it is kept: each button sends all of it and draws it again.
"""

import json
import time
from dataclasses import replace
from typing import Any

from flask import Response, request
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from backend.kit import clock, console
from backend.kit.console import caller, permits
from backend.kit.db import reading, transaction
from backend.kit.http import locale
from backend.kit.parsing import invalid_from
from backend.kit.problems import FieldError, Invalid, Problem
from backend.kit.texts import Locale, Text
from backend.profile import queries as profile
from backend.profile.catalogue import Fact
from backend.tiers import editing, policy_form, preview, queries, sentences, service, trying
from backend.tiers.page_words import ATTRIBUTES, JOINTS, MODES, WORDS
from backend.tiers.pages import URL, blp
from backend.tiers.policies import get_live_version
from backend.tiers.policy import FORBIDDEN_FACTS, SCORES
from backend.tiers.schemas import PolicyInSchema
from backend.tiers.wording import SCORE_LABELS

__all__ = ["blp"]  # these views are part of the same pages

AS_DOCUMENT = "document"
PRODUCT_LENGTH_MAX = 100


@blp.get("/new")
@permits("tiers.author")
def start() -> Response:
    asked = request.args.get("from", "")
    with reading() as session:
        version = console.whole(asked)
        if not isinstance(version, int) or not 0 <= version < 2**31:
            version = get_live_version(session)
        document = queries.get_policy_row(session, version=version).document
    return _draw(document)


@blp.post("/edit")
@permits("tiers.author")
def edit() -> Response:
    """Another row, or the other way of editing."""
    try:
        document, form = _read()
    except Invalid as problem:
        return _draw({}, problem=problem)
    view = request.form.get("view", "")
    editing.press(form, request.form.get("press", ""))
    turned = request.form.get("turn")
    return _draw(document, view=view if turned is None else turned, form=form)


@blp.post("/preview")
@permits("tiers.preview")
def try_out() -> Response:
    """Everybody, at once, as the interface does: 30,000 take a second or two."""
    began, now = time.perf_counter(), clock.now()
    try:
        document, form = _read()
        with transaction(patience_seconds=trying.PREVIEW_SECONDS_MAX) as session:
            trial = trying.make_trial(session, document=document, among=_among(), now=now)
            other: Locale = "en" if locale() == "zh-CN" else "zh-CN"
            shown = trying.look_at_trial(
                session, trial, who=caller(), purpose=None, locales=(locale(), other), now=now
            )
    except Problem as problem:
        return _draw_refused(problem)
    seconds = time.perf_counter() - began
    result = _result(trial, shown)
    return _draw(document, form=form, result=result | {"seconds": f"{seconds:.1f}"})


@blp.post("/save")
@permits("tiers.author")
def save() -> Response:
    kept: list[int] = []
    try:
        document, _ = _read()
        note = request.form.get("note", "").strip()
        loaded = _load({"policy": document, "note": note})
        author_id, now = caller().id, clock.now()

        def act(session: Session) -> None:
            version = service.write_draft(
                session,
                document=loaded["policy"],
                note=loaded["note"],
                author_id=author_id,
                now=now,
            )
            kept.append(version)

        console.once(act)
    except Problem as problem:
        return _draw_refused(problem)
    if not kept:  # this very form had been kept already
        return console.done(URL)
    return console.done(f"{URL}/{kept[0]}", WORDS["is_saved"].format(n=kept[0]))


def _load(body: dict[str, Any]) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = PolicyInSchema().load(body)
    except ValidationError as error:
        raise invalid_from(error.messages_dict) from None
    return loaded


def _read() -> tuple[dict[str, Any], dict[str, Any]]:
    """The policy that was sent, and the form of it. Refuses: Invalid, what is no JSON."""
    if request.form.get("view") == AS_DOCUMENT:
        document = _parse(request.form.get("document", ""))
        return document, policy_form.to_form(document)
    with reading() as session:
        kinds = profile.get_catalogue(session).types
    document = policy_form.to_document(request.form.to_dict(), kinds=kinds)
    return document, policy_form.to_form(document)


def _parse(text: str) -> dict[str, Any]:
    try:
        document = console.json_of(text)
    except ValueError as error:
        line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
        words = WORDS["not_json"].format(line=line, column=column)
        raise Invalid(errors=[FieldError("#/document", words)]) from None
    if not _is_shaped(document):
        words = Text('Must be an object with "tiers".', '必须是含有 "tiers" 的对象。')
        raise Invalid(errors=[FieldError("#/document", words)])
    found: dict[str, Any] = document
    return found


def _is_shaped(document: Any) -> bool:
    """Whether it has the outline of a policy, so that a form can be drawn of it."""
    if not isinstance(document, dict) or not isinstance(document.get("tiers"), list):
        return False
    cards = document.get("scorecards", {})
    if not isinstance(cards, dict) or not all(isinstance(tier, dict) for tier in document["tiers"]):
        return False
    parts = [
        part for card in cards.values() if isinstance(card, dict) for part in _list(card, "parts")
    ]
    bands = [band for part in parts if isinstance(part, dict) for band in _list(part, "bands")]
    texts = [tier.get(name, {}) for tier in document["tiers"] for name in ("name", "about")]
    return all(isinstance(each, dict) for each in [*cards.values(), *parts, *bands, *texts])


def _list(of: dict[str, Any], name: str) -> list[Any]:
    found = of.get(name)
    return found if isinstance(found, list) else [None]


def _among() -> dict[str, Any] | None:
    product = request.form.get("product", "").strip()[:PRODUCT_LENGTH_MAX]
    return {"fact": "product", "op": "eq", "value": product} if product else None


def _draw_refused(problem: Problem) -> Response:
    try:
        document, form = _read()
    except Invalid as refusal:
        return _draw({}, problem=refusal)
    return _draw(document, form=form, problem=problem)


def _draw(
    document: dict[str, Any],
    *,
    view: str | None = None,
    form: dict[str, Any] | None = None,
    problem: Problem | None = None,
    result: dict[str, Any] | None = None,
) -> Response:
    shown_as = request.form.get("view", "") if view is None else view
    with reading() as session:
        facts = profile.get_catalogue(session).facts
    if isinstance(problem, Invalid):
        problem = _at_fields(problem, is_document=shown_as == AS_DOCUMENT)
    sent = request.form.get("document", "")
    written = json.dumps(document, ensure_ascii=False, indent=2) if document else sent
    return console.render(
        "tiers/editor.html",
        title=WORDS["editor"],
        problem=problem,
        say=WORDS,
        is_document=shown_as == AS_DOCUMENT,
        written=written,
        form=form or policy_form.to_form(document),
        note=request.form.get("note", ""),
        product=request.form.get("product", ""),
        facts=_options(facts),
        all_facts=[*((name, SCORE_LABELS[name]) for name in SCORES), *_options(facts)],
        scores=SCORE_LABELS,
        missing=[name for name in SCORES if name not in (document.get("scorecards") or {})],
        ops=sentences.OPS,
        modes=MODES,
        joints=JOINTS,
        attributes=ATTRIBUTES,
        result=result,
    )


def _options(facts: Any) -> list[tuple[str, Text]]:
    """Facts that a policy may read, by what they are called."""
    known: list[Fact] = [fact for name, fact in facts.items() if name not in FORBIDDEN_FACTS]
    return [(fact.name, fact.label) for fact in sorted(known, key=lambda fact: fact.label.en)]


def _at_fields(problem: Invalid, *, is_document: bool) -> Invalid:
    """The same faults, each at the field of this page where it is."""
    errors = []
    for error in problem.errors:
        place = policy_form.at_field(error.pointer)
        if is_document and place != "#/document":
            at, detail = error.pointer.removeprefix("#/policy").strip("/"), error.detail
            told = detail if isinstance(detail, Text) else Text(detail, detail)
            words = Text(f"{at}: {told.en}", f"{at}：{told.zh_cn}")
            errors.append(FieldError("#/document", words))
        else:
            errors.append(replace(error, pointer=place))
    return Invalid(errors=errors)


def _result(trial: preview.Trial, shown: dict[str, Any]) -> dict[str, Any]:
    """The answer of a trial, as the page shows it."""
    total = sum(shown["counts"].values())
    codes = [tier.code for tier in trial.draft.policy.tiers]
    moved = {(each["from"], each["to"]): each["borrowers"] for each in shown["moves"]}
    live, rows = shown["live"], []
    for before, borrowers in live.items():
        cells = {after: moved.get((before, after), 0) for after in codes}
        if before in cells:
            cells[before] = borrowers - sum(cells.values())
        rows.append(
            (
                before,
                borrowers,
                [(code, cells[code], _heat(cells[code], borrowers)) for code in codes],
            )
        )
    return {
        "total": total,
        "counts": [(code, shown["counts"][code], live.get(code)) for code in codes],
        "codes": codes,
        "rows": rows,
        "fairness": shown["fairness"],
        "samples": list(zip(*shown["samples_in"], strict=True)),
    }


def _heat(number: int, of: int) -> int:
    """0 to 4: how much of its row a cell is. The number beside it says the same."""
    if number == 0 or of == 0:
        return 0
    return min(4, 1 + number * 4 // of)
