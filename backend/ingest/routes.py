"""The core system's door."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from typing import IO, Any, cast

from flask import Response, jsonify, request
from flask.views import MethodView
from marshmallow import ValidationError, fields

from backend.ingest import schemas, service
from backend.ingest.batch import store_lines
from backend.ingest.errors import NotNdjson
from backend.ingest.lines import split_lines
from backend.kit import clock
from backend.kit.audience import Audience, blueprint
from backend.kit.bulk import Outcome
from backend.kit.db import transaction
from backend.kit.fields import ExternalId, ShortText
from backend.kit.http import locale, refuses
from backend.kit.problems import FieldError, Invalid
from backend.loans import queries as loan_queries
from backend.loans import service as loans
from backend.loans.errors import (
    AdjustmentDiffers,
    BorrowerUnknown,
    LoanDiffers,
    LoanUnknown,
    NotRevolving,
    PaymentAlreadyReversed,
    PaymentDiffers,
    PaymentUnknown,
    WaiverPeriodTaken,
)
from backend.loans.service.inputs import ProductInput

NDJSON = "application/x-ndjson"
ANSWERS_IN_MEMORY_BYTES = 4 * 1024 * 1024
BLOCK_BYTES = 64 * 1024
NO_LIMIT_BYTES = 2**62
LINES_IN = {
    "required": True,
    "description": 'A JSON object a line: `{"kind": "borrower|loan|statement|payment|...", ...}`.',
    "content": {NDJSON: {}},
}
_EXTERNAL_ID = ExternalId()
_CODE = ShortText(high=100)
LINES_OUT = {"type": "string"}

blp = blueprint(
    "ingest",
    __name__,
    audience=Audience.CLIENT,
    url_prefix="/v1/ingest",
    description="Facts in from the lender's core system. The same content again changes nothing.",
    permission="ingest.write",
)


def _answer(outcome: Outcome) -> Response:
    """What `StoredSchema` says, without a schema's own cost."""
    response = jsonify(id=outcome.id, status=outcome.status)
    response.status_code = 201 if outcome.created else 200
    return response


def _store(kind: str, row: dict[str, Any]) -> Response:
    with transaction() as session:
        return _answer(service.put_one(session, kind, row, now=clock.now()))


def _checked_id(external_id: str) -> str:
    return _checked(_EXTERNAL_ID, external_id, "#/external_id")


def _checked(field: fields.String, value: str, pointer: str) -> str:
    try:
        return field.deserialize(value)
    except ValidationError as error:
        details = cast(list[str], error.messages)
        raise Invalid(errors=[FieldError(pointer, detail) for detail in details]) from None


@blp.route("/borrowers/<external_id>")
class BorrowerView(MethodView):
    @blp.arguments(schemas.BorrowerInSchema)
    @blp.response(200, schemas.StoredSchema)
    @blp.alt_response(201, schema=schemas.StoredSchema, description="New.")
    def put(self, body: dict[str, Any], external_id: str) -> Response:
        """Store a borrower, whole: what is left out becomes unknown."""
        return _store("borrower", body | {"external_id": _checked_id(external_id)})


@blp.route("/products/<code>")
class ProductView(MethodView):
    @blp.arguments(schemas.ProductInSchema)
    @blp.response(200, schemas.ProductOutSchema)
    def put(self, body: dict[str, Any], code: str) -> dict[str, Any]:
        """Store a product, whole: how payments are shared out, how schedules are reckoned anew."""
        product = cast(ProductInput, body | {"code": _checked(_CODE, code, "#/code")})
        with transaction() as session:
            loans.put_product(session, product=product, now=clock.now())
            stored = loan_queries.get_product(session, code=product["code"])
        rate = stored.plan_rate
        return dict(stored._mapping) | {"plan_rate": None if rate is None else f"{rate:f}"}


@blp.route("/loans/<external_id>")
class LoanView(MethodView):
    @blp.arguments(schemas.LoanInSchema)
    @blp.response(200, schemas.StoredSchema)
    @blp.alt_response(201, schema=schemas.StoredSchema, description="New.")
    @refuses(LoanDiffers, BorrowerUnknown)
    def put(self, body: dict[str, Any], external_id: str) -> Response:
        """Store a loan. Other instalments than the stored ones are a new schedule."""
        return _store("loan", body | {"external_id": _checked_id(external_id)})


@blp.route("/loans/<external_id>/statements/<month>")
class StatementView(MethodView):
    @blp.arguments(schemas.StatementInSchema)
    @blp.response(200, schemas.StoredSchema)
    @blp.alt_response(201, schema=schemas.StoredSchema, description="New.")
    @refuses(LoanUnknown, NotRevolving)
    def put(self, body: dict[str, Any], external_id: str, month: str) -> Response:
        """Store a revolving account's statement of a month (YYYY-MM); it replaces an older one."""
        row = body | {"loan_external_id": _checked_id(external_id), "month": _month(month)}
        return _store("statement", row)


def _month(value: str) -> date:
    if re.fullmatch(schemas.MONTH_PATTERN, value, re.ASCII) is None:
        raise Invalid(errors=[FieldError("#/month", "Must be a month: 2026-11.")])
    return date.fromisoformat(f"{value}-01")


@blp.route("/loans/<external_id>/delinquency")
class DelinquencyView(MethodView):
    @blp.arguments(schemas.DelinquencyInSchema)
    @blp.response(200, schemas.StoredSchema)
    @blp.alt_response(201, schema=schemas.StoredSchema, description="New.")
    @refuses(LoanUnknown)
    def put(self, body: dict[str, Any], external_id: str) -> Response:
        """Store how late a loan is, as the core system counts; it is never aged here."""
        return _store("delinquency", body | {"loan_external_id": _checked_id(external_id)})


@blp.route("/adjustments")
class AdjustmentsView(MethodView):
    @blp.arguments(schemas.AdjustmentInSchema)
    @blp.response(200, schemas.StoredSchema)
    @blp.alt_response(201, schema=schemas.StoredSchema, description="New.")
    @refuses(LoanUnknown, AdjustmentDiffers, WaiverPeriodTaken)
    def post(self, body: dict[str, Any]) -> Response:
        """Store a fee, a penalty or a waiver; one waiver for each loan and month."""
        return _store("adjustment", body)


@blp.route("/payments")
class PaymentsView(MethodView):
    @blp.arguments(schemas.PaymentInSchema)
    @blp.response(200, schemas.StoredSchema)
    @blp.alt_response(201, schema=schemas.StoredSchema, description="New.")
    @refuses(LoanUnknown, PaymentDiffers)
    def post(self, body: dict[str, Any]) -> Response:
        """Store a payment; it is allocated before this answers. A late one replays the loan."""
        return _store("payment", body)


@blp.route("/payments/<external_id>/reversal")
class ReversalView(MethodView):
    @blp.arguments(schemas.ReversalInSchema)
    @blp.response(200, schemas.StoredSchema)
    @refuses(PaymentUnknown, PaymentAlreadyReversed)
    def post(self, body: dict[str, Any], external_id: str) -> Response:
        """Take a payment back: the loan stands as if it had never been made."""
        with transaction() as session:
            outcome = loans.reverse_payment(
                session,
                external_id=_checked_id(external_id),
                reason=body["reason"],
                now=clock.now(),
            )
        return _answer(outcome)


@blp.route("/batch")
class BatchView(MethodView):
    @blp.arguments(schemas.BatchArgs, location="query")
    @blp.doc(requestBody=LINES_IN)
    @blp.response(200, LINES_OUT, description="A JSON line for each line.", content_type=NDJSON)
    @refuses(NotNdjson)
    def post(self, args: dict[str, Any]) -> Response:
        """Store a stream of lines, a JSON object each; good ones are kept whatever the others do.

        Each answer line is `{"line", "status": "stored|unchanged|refused", "id", "problem"}`.
        """
        if request.mimetype != NDJSON:
            raise NotNdjson
        # A stream has no size; each line has (`lines.LINE_BYTES_MAX`), and chunks are small.
        request.max_content_length = NO_LIMIT_BYTES
        # Answers wait on disk until the input has ended: a client that reads only after it has
        # sent everything would otherwise never get rid of its last lines.
        with ExitStack() as stack:
            answers = stack.enter_context(tempfile.SpooledTemporaryFile(ANSWERS_IN_MEMORY_BYTES))
            language = locale()
            for answer in store_lines(
                split_lines(request.stream), now=clock.now(), backfill=args["backfill"]
            ):
                answers.write(answer.as_json(language))
            answers.seek(0)
            stack.pop_all()
        return Response(_blocks(answers), mimetype=NDJSON)


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while block := file.read(BLOCK_BYTES):
            yield block
