"""The public log, and each borrower's receipts."""

import base64
from typing import Any
from uuid import UUID

from flask import Response
from flask.views import MethodView

from backend.evidence import queries, service, tiles
from backend.evidence.errors import (
    CheckpointUnknown,
    ReceiptNotReady,
    ReceiptUnknown,
    TileUnknown,
)
from backend.evidence.rules import name_of
from backend.evidence.schemas import ReceiptPageSchema, ReceiptWithRecordSchema
from backend.kit import rate_limit
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import AnyRow, reading
from backend.kit.http import locale, refuses
from backend.kit.paging import Page, PageArgs
from backend.kit.texts import Locale

TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
# Anybody may read the log from anywhere, a page in a browser too.
FOR_ALL = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
# The head moves on; a tile is what it is for ever [c2sp.org/tlog-tiles].
SHORT = {"Cache-Control": "public, max-age=5", **FOR_ALL}
LONG = {"Cache-Control": "public, max-age=31536000, immutable", **FOR_ALL}

blp = blueprint(
    "evidence",
    __name__,
    audience=Audience.PUBLIC,
    url_prefix="/evidence",
    description="The log of what was decided: heads and hashes for anybody, receipts for hers.",
    rate=rate_limit.EVIDENCE,
)
own_blp = blueprint(
    "evidence",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me/receipts",
    description="What was logged of you, each with a proof that you can keep.",
)


@blp.route("/checkpoint")
class Checkpoint(MethodView):
    @blp.response(200, {"type": "string"}, content_type=TEXT)
    @refuses(CheckpointUnknown)
    def get(self) -> Response:
        """The signed head of the log, with what witnesses signed [c2sp.org/tlog-checkpoint]."""
        with reading() as session:
            head = queries.get_head(session)
        return Response(head.witnessed_note, content_type=TEXT, headers=SHORT)


@blp.route("/keys")
class Keys(MethodView):
    @blp.response(200, {"type": "string"}, content_type=TEXT)
    def get(self) -> Response:
        """Every public key that ever signed, a line each, newest first: `origin+id+key`."""
        with reading() as session:
            known = queries.list_verifiers(session)
        lines = "".join(f"{verifier.as_text()}\n" for verifier, _ in known)
        return Response(lines, content_type=TEXT, headers=SHORT)


@blp.route("/tile/<string:level>/<path:number>")
class Tile(MethodView):
    @blp.response(200, {"type": "string", "format": "binary"}, content_type=BYTES)
    @refuses(TileUnknown)
    def get(self, level: str, number: str) -> Response:
        """A tile of 256 hashes, or of fewer at the right edge [c2sp.org/tlog-tiles].

        `number` is written as x001/x234/067, and .p/8 after it asks for the first 8. Entries
        are not published: a leaf holds a salted commitment, and its holder has the rest.
        """
        named = tiles.read_path(level, number)
        if named is None:
            raise TileUnknown
        with reading() as session:
            hashes = queries.get_tile(session, named=named)
        return Response(hashes, content_type=BYTES, headers=LONG)


@own_blp.route("")
class Receipts(MethodView):
    @own_blp.arguments(PageArgs, location="query")
    @own_blp.response(200, ReceiptPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """What was logged of you, newest first."""
        language = locale()
        with reading() as session:
            found = queries.page_receipts(session, borrower_id=caller().id, args=args)
        return Page([_shown(row, language) for row in found.items], found.next_cursor)


@own_blp.route("/<uuid:receipt_id>")
class Receipt(MethodView):
    @own_blp.response(200, ReceiptWithRecordSchema)
    @refuses(ReceiptUnknown)
    def get(self, receipt_id: UUID) -> dict[str, Any]:
        """The record itself, with the salt that opens its commitment in the log.

        Keep both beside the proof, and show them to whom you choose. Erased, neither is there.
        """
        language = locale()
        with reading() as session:
            row = queries.get_receipt(session, borrower_id=caller().id, record_id=receipt_id)
        opened = service.open_record(row)
        logged = bytes(row.commitment).hex() if row.commitment is not None else None
        return _shown(row, language) | {
            "record": opened.record.decode() if opened else None,
            "salt": base64.b64encode(opened.salt).decode() if opened else None,
            "commitment": opened.commitment.hex() if opened else logged,
        }


@own_blp.route("/<uuid:receipt_id>.tlog-proof")
class Proof(MethodView):
    @own_blp.response(200, {"type": "string"}, content_type=TEXT)
    @refuses(ReceiptUnknown, ReceiptNotReady)
    def get(self, receipt_id: UUID) -> Response:
        """The proof that it stands in the log, to be verified offline [c2sp.org/tlog-proof@v1]."""
        with reading() as session:
            text = service.make_receipt(session, borrower_id=caller().id, record_id=receipt_id)
        name = f'attachment; filename="{receipt_id}.tlog-proof"'
        return Response(text, content_type=TEXT, headers={"Content-Disposition": name})


def _shown(row: AnyRow, language: Locale) -> dict[str, Any]:
    return {
        "id": row.id,
        "type": row.type,
        "name": name_of(row.type).in_(language),
        "at": row.at,
        "state": "waiting" if row.entry_index is None else "logged",
        "index": row.entry_index,
        "erased_at": row.erased_at,
    }
