"""The log in the console: finding entries, one entry with its proof, and verifying a receipt."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from marshmallow import ValidationError

from backend.borrowers.rules import AccessPurpose
from backend.borrowers.wording import PURPOSES
from backend.evidence import checking, queries, service
from backend.evidence.service import Act
from backend.evidence_desk import view
from backend.evidence_desk.schemas import EntryArgs, ReceiptInSchema
from backend.evidence_desk.wording import TITLE, WORDS
from backend.kit import clock, console
from backend.kit.console import Area, Entry, caller, fields_of
from backend.kit.db import reading, transaction
from backend.kit.http import locale
from backend.kit.paging import Page
from backend.kit.parsing import invalid_from
from backend.kit.problems import Problem
from backend.kit.rate_limit import LOOK_UP
from backend.kit.texts import Text

URL = "/console/evidence"
TEXT = "text/plain; charset=utf-8"
NOTHING = Page([], None)
# Her own words for what was decided are for the borrower; staff read what kind of act it is.
ACTS = {str(act): Text(str(act), str(act)) for act in Act}
WHY = {str(purpose): PURPOSES[purpose] for purpose in AccessPurpose}

blp = console.page_blueprint(
    "evidence_desk",
    __name__,
    url_prefix=URL,
    permission="evidence.read",
    menu=(Entry(Area.RISK, TITLE, URL, order=40),),
    rate=LOOK_UP,
)


@blp.get("")
def entries() -> Response:
    asked = {name: value for name, value in request.args.items() if value.strip()}
    purpose = asked.pop("purpose", None)
    index = asked.pop("index", "")
    if isinstance(found_at := console.whole(index), int) and found_at >= 0:
        return console.done(f"{URL}/{found_at}")
    problem: Problem | None = None
    found = NOTHING
    try:
        args = _read(asked)
        # A GET that writes: what is seen and that it was seen are one act.
        with transaction() as session:
            found = view.page_entries(
                session,
                who=caller(),
                args=args,
                purpose=purpose,
                language=locale(),
                now=clock.now(),
            )
    except Problem as refusal:
        problem = refusal
    with reading() as session:
        head = view.get_head(session) if queries.find_head(session) is not None else None
    return console.render(
        "evidence_desk/entries.html",
        title=TITLE,
        problem=problem,
        say=WORDS,
        head=head,
        found=found,
        next_url=_next_url(found.next_cursor),
        acts=ACTS,
        purposes=WHY,
        asked=request.args,
    )


def _read(asked: dict[str, str]) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = EntryArgs().load(asked)
    except ValidationError as error:
        raise invalid_from(error.messages_dict) from None
    return loaded


def _next_url(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    asked = {name: value for name, value in request.args.items() if value and name != "cursor"}
    return f"{URL}?{urlencode(asked | {'cursor': cursor})}"


@blp.get("/<int(max=9007199254740991):index>")
def entry(index: int) -> Response:
    with reading() as session:
        proved = checking.prove_entry(session, index=index)
        shown = view.get_entry(session, index=index, language=locale())
    return console.render(
        "evidence_desk/entry.html",
        title=WORDS["entry_title"].format(index=index),
        say=WORDS,
        entry=shown["entry"],
        proved=proved,
    )


@blp.get("/<int(max=9007199254740991):index>.tlog-proof")
def proof(index: int) -> Response:
    with reading() as session:
        text = service.make_proof(session, index=index)
    name = f'attachment; filename="entry-{index}.tlog-proof"'
    return Response(text, content_type=TEXT, headers={"Content-Disposition": name})


@blp.get("/verify")
def receipt() -> Response:
    return _show_receipt(None)


@blp.post("/verify")
def verify() -> Response:
    try:
        asked = fields_of(ReceiptInSchema)
    except Problem as problem:
        return _show_receipt(None, problem=problem)
    with reading() as session:
        proved = checking.prove_receipt(
            session, text=asked["receipt"], record=asked["record"], salt=asked["salt"]
        )
    return _show_receipt(proved)


def _show_receipt(proved: checking.Proved | None, *, problem: Problem | None = None) -> Response:
    return console.render(
        "evidence_desk/verify.html",
        title=WORDS["verify"],
        problem=problem,
        say=WORDS,
        proved=proved,
        form=request.form,
    )
