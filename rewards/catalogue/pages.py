"""Pages of the catalogue: articles with their stock, and what is to be fulfilled."""

import json
from typing import Any
from uuid import UUID

from flask import Response, request
from sqlalchemy.orm import Session

from backend.borrowers import service as borrowers
from backend.kit import clock, console
from backend.kit.configuration import load_shape
from backend.kit.console import Area, Entry, permits
from backend.kit.db import AnyRow, reading, transaction
from backend.kit.problems import FieldError, Invalid, Problem
from backend.staff import service as staff
from rewards.catalogue import queries, service
from rewards.catalogue.pages_wording import (
    CATALOGUE,
    ITEM_STATES,
    KINDS,
    STAGES,
    STEPS,
    TERM_NAMES,
)
from rewards.catalogue.rules import MOVES, TERMS, Kind, State
from rewards.catalogue.schemas import (
    CatalogueItemEditSchema,
    CatalogueItemInSchema,
    QueueArgs,
    RedemptionStepSchema,
    texts_as_json,
)

HERE = "/console/catalogue"
QUEUE = f"{HERE}/redemptions"
SHOWN_MAX = 50
EVERYBODY: dict[str, Any] = {"all": []}

blp = console.page_blueprint(
    "catalogue",
    __name__,
    url_prefix=HERE,
    permission="catalogue.read",
    menu=(
        Entry(Area.MARKETING, CATALOGUE["title"], HERE, order=30),
        Entry(
            Area.MARKETING,
            CATALOGUE["redemptions"],
            QUEUE,
            order=35,
            permission="catalogue.fulfil",
        ),
    ),
)


@blp.get("")
def index() -> Response:
    return _index()


@blp.post("")
@permits("catalogue.write")
def create() -> Response:
    try:
        form = texts_as_json(load_shape(CatalogueItemInSchema(), _item(with_code=True)))
        console.once(
            lambda session: _note(
                service.create_item(
                    session, values=form, created_by=console.caller().id, now=clock.now()
                )
            )
        )
    except Problem as problem:
        return _index(problem)
    return console.done(HERE, CATALOGUE["written"])


def _note(_: UUID) -> None:
    """What was made is found in the list."""


@blp.get("/<uuid:item_id>")
def show(item_id: UUID) -> Response:
    return _page(item_id)


@blp.post("/<uuid:item_id>")
@permits("catalogue.write")
def write(item_id: UUID) -> Response:
    try:
        form = texts_as_json(load_shape(CatalogueItemEditSchema(), _item()))
        edits = request.form.get("edits", "")
        seen = console.whole(edits)
        read = seen if isinstance(seen, int) else -1
        console.once(
            lambda session: service.edit_item(session, item_id=item_id, edits=read, values=form)
        )
    except Problem as problem:
        return _page(item_id, problem)
    return console.done(f"{HERE}/{item_id}", CATALOGUE["written"])


@blp.get("/redemptions")
@permits("catalogue.fulfil")
def queue() -> Response:
    return _queue()


@blp.post("/redemptions/<uuid:borrower_id>/<uuid:redemption_id>")
@permits("catalogue.fulfil")
def advance(borrower_id: UUID, redemption_id: UUID) -> Response:
    try:
        form = console.fields_of(RedemptionStepSchema)
        console.once(lambda session: _advance(session, borrower_id, redemption_id, form))
    except Problem as problem:
        return _queue(problem)
    return console.done(QUEUE, CATALOGUE["moved"])


def _advance(
    session: Session, borrower_id: UUID, redemption_id: UUID, form: dict[str, Any]
) -> None:
    service.advance(
        session,
        borrower_id=borrower_id,
        redemption_id=redemption_id,
        state=State(form["state"]),
        tracking=form["tracking"],
        now=clock.now(),
    )
    borrowers.log_delivery(
        session, who=console.caller(), borrower_ids=[borrower_id], now=clock.now()
    )
    staff.record_action(
        session,
        staff_id=console.caller().id,
        action=f"redemption.{form['state']}",
        subject=f"redemption:{redemption_id}",
    )


def _item(*, with_code: bool = False) -> dict[str, Any]:
    """The form as the JSON route takes it. Refuses: Invalid (a condition that is no JSON)."""
    form = request.form
    given: dict[str, Any] = {
        "names": {key: form.get(f"names.{key}", "").strip() for key in ("en", "zh-CN")},
        "about": {key: form.get(f"about.{key}", "").strip() for key in ("en", "zh-CN")},
        "terms": {
            name: value.strip()
            for name in TERM_NAMES
            if (value := form.get(f"terms.{name}", "")).strip()
        },
        "price_points": _whole(form.get("price_points", "")),
        "limit_each": _whole(form.get("limit_each", "")),
        "audience": _condition(form.get("audience", "")),
        "stock": _whole(form.get("stock", "")),
        "state": form.get("state", "draft"),
    }
    if with_code:
        given |= {"code": form.get("code", ""), "kind": form.get("kind", "")}
    return given


def _whole(text: str) -> int | str | None:
    return console.whole(text) if text.strip() else None


def _condition(text: str) -> Any:
    if not text.strip():
        return EVERYBODY
    try:
        return console.json_of(text)
    except ValueError:
        raise Invalid(errors=[FieldError("#/audience", "Must be an object.")]) from None


def _choices() -> dict[str, Any]:
    return {
        "said_here": CATALOGUE,
        "kinds": KINDS,
        "item_states": ITEM_STATES,
        "term_names": TERM_NAMES,
        "terms_of": TERMS,
        "languages": [("en", CATALOGUE["english"]), ("zh-CN", CATALOGUE["chinese"])],
        "may_write": "catalogue.write" in console.signed_in().permissions,
    }


def _index(problem: Problem | None = None) -> Response:
    args = {"limit": SHOWN_MAX, "cursor": request.args.get("cursor")}
    with reading() as session:
        page = queries.page_items(session, live_only=False, args=args)
    return console.render(
        "catalogue/index.html",
        title=CATALOGUE["title"],
        here=HERE,
        page=page,
        cursor=args["cursor"],
        item=_fields(None),
        problem=problem,
        **_choices(),
    )


def _page(item_id: UUID, problem: Problem | None = None) -> Response:
    with reading() as session:
        row = queries.get_item(session, item_id=item_id)
    return console.render(
        "catalogue/show.html",
        title=row.code,
        here=f"{HERE}/{item_id}",
        row=row,
        item=_fields(row),
        wanted_terms=sorted(TERMS[Kind(row.kind)]),
        is_voucher=row.kind == Kind.VOUCHER,
        problem=problem,
        **_choices(),
    )


def _fields(row: AnyRow | None) -> dict[str, Any]:
    """What the fields hold: what was typed, else what is kept."""
    if request.method == "POST":
        return dict(request.form.items())
    if row is None:
        return {}
    kept = {f"names.{key}": row.names[key] for key in ("en", "zh-CN")}
    kept |= {f"about.{key}": row.about[key] for key in ("en", "zh-CN")}
    kept |= {f"terms.{name}": value for name, value in row.terms.items()}
    audience = json.dumps(row.audience, ensure_ascii=False, indent=1)
    return kept | {
        "price_points": row.price_points,
        "limit_each": row.limit_each,
        "audience": "" if row.audience == EVERYBODY else audience,
        "stock": None if row.kind == Kind.VOUCHER else row.stock_total,
        "state": row.state,
    }


def _queue(problem: Problem | None = None) -> Response:
    given = {name: value for name, value in request.args.items() if value}
    args = load_shape(QueueArgs(), given)
    # A GET that writes: what is seen and that it was seen are one act.
    with transaction() as session:
        page = queries.page_queue(session, state=args["state"], args=args)
        borrowers.log_delivery(
            session,
            who=console.caller(),
            borrower_ids=[row.borrower_id for row in page.items],
            now=clock.now(),
        )
    return console.render(
        "catalogue/redemptions.html",
        title=CATALOGUE["redemptions"],
        here=QUEUE,
        page=page,
        chosen=args["state"],
        cursor=request.args.get("cursor"),
        stages=STAGES,
        steps=STEPS,
        may_step=_may_step,
        problem=problem,
        **_choices(),
    )


def _may_step(row: AnyRow, step: State) -> bool:
    """As the service has it: what is sent is a gift, and what failed may fail from where it is."""
    allowed = MOVES[State(row.state)]
    if step is State.SHIPPED and row.kind != Kind.PHYSICAL_GIFT:
        return False
    return step in allowed
