"""Staff find entries of the log, prove them, and verify what somebody shows them."""

from typing import Any

from flask import Response
from flask.views import MethodView

from backend.borrowers.errors import BorrowerNotFound, PurposeMissing
from backend.borrowers.schemas import PurposeArgs
from backend.evidence import checking, service
from backend.evidence.errors import CheckpointUnknown, EntryUnknown
from backend.evidence_desk import view
from backend.evidence_desk.schemas import (
    EntryArgs,
    LogEntryPageSchema,
    LogHeadSchema,
    LogProofSchema,
    ProvedEntrySchema,
    ReceiptInSchema,
)
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import reading, transaction
from backend.kit.http import locale, refuses
from backend.kit.paging import Page
from backend.kit.rate_limit import LOOK_UP

TEXT = "text/plain; charset=utf-8"

blp = blueprint(
    "evidence-desk",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/staff/evidence",
    description="The evidence log for staff: entries and proofs, never what they commit to.",
    permission="evidence.read",
    rate=LOOK_UP,
)
INDEX = "<int(max=9007199254740991):index>"


@blp.route("")
class Entries(MethodView):
    @refuses(BorrowerNotFound, PurposeMissing)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(EntryArgs, location="query")
    @blp.response(200, LogEntryPageSchema)
    def get(self, purpose: dict[str, Any], args: dict[str, Any]) -> Page:
        """Entries, newest first. Searching by a borrower is a look at her, and logged."""
        # A GET that writes: what is seen and that it was seen are one act.
        with transaction() as session:
            return view.page_entries(
                session,
                who=caller(),
                args=args,
                purpose=purpose["purpose"],
                language=locale(),
                now=clock.now(),
            )


@blp.route("/head")
class Head(MethodView):
    @refuses(CheckpointUnknown)
    @blp.response(200, LogHeadSchema)
    def get(self) -> dict[str, Any]:
        """The newest signed head, and how many acts wait to be sealed."""
        with reading() as session:
            return view.get_head(session)


@blp.route("/verify")
class Verify(MethodView):
    @blp.arguments(ReceiptInSchema)
    @blp.response(200, LogProofSchema)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """Verify a receipt that somebody shows, step by step; nothing is stored.

        With `record` and `salt`, as the app shows them, also that it is this that was logged.
        """
        with reading() as session:
            proved = checking.prove_receipt(
                session, text=args["receipt"], record=args["record"], salt=args["salt"]
            )
        return view.show_proof(proved, locale())


@blp.route(f"/{INDEX}")
class Entry(MethodView):
    @refuses(EntryUnknown)
    @blp.response(200, ProvedEntrySchema)
    def get(self, index: int) -> dict[str, Any]:
        """An entry with its proof, made anew from the rows."""
        with reading() as session:
            return view.get_entry(session, index=index, language=locale())


@blp.route(f"/{INDEX}.tlog-proof")
class Proof(MethodView):
    @blp.response(200, {"type": "string"}, content_type=TEXT)
    @refuses(EntryUnknown, CheckpointUnknown)
    def get(self, index: int) -> Response:
        """The proof that an entry stands in the log, as its holder has it."""
        with reading() as session:
            text = service.make_proof(session, index=index)
        name = f'attachment; filename="entry-{index}.tlog-proof"'
        return Response(text, content_type=TEXT, headers={"Content-Disposition": name})
