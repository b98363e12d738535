"""Staff write the catalogue, bring voucher codes in, and fulfil what was asked for."""

import csv
import io
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response
from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.borrowers import service as borrowers
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, permits, rated
from backend.kit.db import AnyRow, reading, transaction
from backend.kit.etags import edits_version, headers_of, version_edited
from backend.kit.http import refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page, PageArgs
from backend.kit.programme_zone import programme_day
from backend.kit.rate_limit import LOOK_UP
from backend.kit.spreadsheets import safe_cell
from backend.staff import service as staff
from rewards.catalogue import queries, service
from rewards.catalogue.errors import (
    CashLikeItem,
    ItemCodeTaken,
    ItemUnknown,
    RedemptionMoveRefused,
    RedemptionUnknown,
)
from rewards.catalogue.rules import State
from rewards.catalogue.schemas import (
    CatalogueItemEditSchema,
    CatalogueItemInSchema,
    CatalogueItemPageSchema,
    CatalogueItemSchema,
    QueueArgs,
    RedemptionQueuedSchema,
    RedemptionQueuePageSchema,
    RedemptionStepSchema,
    VoucherCodesAddedSchema,
    VoucherCodesInSchema,
    texts_as_json,
)

CSV = "text/csv"
COLUMNS = ("id", "requested_at", "item_code", "quantity", "name", "address")
# What a spreadsheet would take for a formula.

blp = blueprint(
    "catalogue",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1",
    description="What points can be exchanged for; never cash.",
    permission="catalogue.read",
)


def _shown(row: AnyRow, status: int) -> tuple[Any, int, dict[str, str]]:
    return row, status, headers_of(row.edits)


@blp.route("/catalogue-items")
class Items(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, CatalogueItemPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """All items, drafts and retired ones too, cheapest first."""
        with reading() as session:
            return queries.page_items(session, live_only=False, args=args)

    @permits("catalogue.write")
    @refuses(CashLikeItem, ItemCodeTaken)
    @blp.arguments(CatalogueItemInSchema)
    @blp.response(201, CatalogueItemSchema)
    def post(self, args: dict[str, Any]) -> tuple[Any, int, dict[str, str]]:
        """Add an item. A kind outside the closed list, or words of money, are refused."""
        with transaction() as session:
            item_id = service.create_item(
                session, values=texts_as_json(args), created_by=caller().id, now=clock.now()
            )
            return _shown(queries.get_item(session, item_id=item_id), 201)


@blp.route("/catalogue-items/<uuid:item_id>")
class Item(MethodView):
    @refuses(ItemUnknown)
    @blp.response(200, CatalogueItemSchema)
    def get(self, item_id: UUID) -> tuple[Any, int, dict[str, str]]:
        """One item."""
        with reading() as session:
            return _shown(queries.get_item(session, item_id=item_id), 200)

    @edits_version
    @permits("catalogue.write")
    @refuses(ItemUnknown, CashLikeItem)
    @blp.arguments(CatalogueItemEditSchema)
    @blp.response(200, CatalogueItemSchema)
    def put(self, args: dict[str, Any], item_id: UUID) -> tuple[Any, int, dict[str, str]]:
        """Change an item, or retire it. What was redeemed before keeps its price."""
        edits = version_edited()
        with transaction() as session:
            service.edit_item(session, item_id=item_id, edits=edits, values=texts_as_json(args))
            return _shown(queries.get_item(session, item_id=item_id), 200)


@blp.route("/catalogue-items/<uuid:item_id>/codes")
class VoucherCodes(MethodView):
    @permits("catalogue.write")
    @refuses(ItemUnknown)
    @blp.arguments(VoucherCodesInSchema)
    @blp.response(200, VoucherCodesAddedSchema)
    def post(self, args: dict[str, Any], item_id: UUID) -> dict[str, int]:
        """Bring in voucher codes, at most 5,000 at once. They are sealed and never shown to staff.

        Sending the same ones again adds nothing.
        """
        with transaction() as session:
            added = service.import_codes(
                session, item_id=item_id, today=programme_day(clock.now()), **args
            )
            staff.record_action(
                session,
                staff_id=caller().id,
                action="catalogue.codes",
                subject=f"catalogue-item:{item_id}",
                details={"added": added},
            )
        return {"added": added, "known": len(args["codes"]) - added}


@blp.route("/staff/redemptions")
class Queue(MethodView):
    @rated(LOOK_UP)
    @permits("catalogue.fulfil")
    @blp.arguments(QueueArgs, location="query")
    @blp.response(200, RedemptionQueuePageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """Redemptions in one state, the oldest first. Each look is logged."""
        # A GET that writes: what is seen and that it was seen are one act.
        with transaction() as session:
            found = queries.page_queue(session, state=args["state"], args=args)
            _log(session, [row.borrower_id for row in found.items])
            return found


@blp.route("/staff/redemptions/to-send")
class ToSend(MethodView):
    @rated(LOOK_UP)
    @permits("catalogue.fulfil")
    @blp.response(200, {"type": "string"}, content_type=CSV)
    def get(self) -> Response:
        """Gifts to be sent, with names and addresses, as CSV. Each look is logged."""
        # A GET that writes, as above.
        with transaction() as session:
            rows = queries.list_to_send(session)
            _log(session, [row["borrower_id"] for row in rows])
        return Response(_as_csv(rows), mimetype=CSV)


def _log(session: Session, borrower_ids: Sequence[UUID]) -> None:
    borrowers.log_delivery(session, who=caller(), borrower_ids=borrower_ids, now=clock.now())


def _as_csv(rows: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([safe_cell(row[name]) for name in COLUMNS])
    return out.getvalue()


@blp.route("/staff/borrowers/<uuid:borrower_id>/redemptions/<uuid:redemption_id>/advance")
class Step(MethodView):
    @idempotent
    @permits("catalogue.fulfil")
    @refuses(RedemptionUnknown, RedemptionMoveRefused)
    @blp.arguments(RedemptionStepSchema)
    @blp.response(200, RedemptionQueuedSchema)
    def post(self, args: dict[str, Any], borrower_id: UUID, redemption_id: UUID) -> Any:
        """Confirm, ship (with a tracking number), complete, or fail; a failure returns points."""
        with transaction() as session:
            service.advance(
                session,
                borrower_id=borrower_id,
                redemption_id=redemption_id,
                state=State(args["state"]),
                tracking=args["tracking"],
                now=clock.now(),
            )
            _log(session, [borrower_id])
            staff.record_action(
                session,
                staff_id=caller().id,
                action=f"redemption.{args['state']}",
                subject=f"redemption:{redemption_id}",
            )
            return queries.get_own(session, borrower_id=borrower_id, redemption_id=redemption_id)
