"""Promises on the wire."""

from marshmallow import fields

from backend.kit.fields import Day, Instant, Minor, MinorPositive, OutSchema, StrictSchema
from backend.kit.paging import page_schema
from backend.promises.rules import BOOKING_GRACE, DAYS_MAX, Given, State


class PromiseInSchema(StrictSchema):
    amount_minor = MinorPositive(
        required=True, metadata={"description": "At most what is open on the loan."}
    )
    on = Day(
        required=True,
        metadata={"description": f"1 to {DAYS_MAX} days from today, in the borrower's zone."},
    )


class HeardPromiseInSchema(PromiseInSchema):
    loan_id = fields.UUID(required=True)


class PromiseSchema(OutSchema):
    id = fields.UUID(required=True)
    loan_id = fields.UUID(required=True)
    currency = fields.String(required=True)
    amount_minor = Minor(required=True)
    paid_minor = Minor(
        required=True, metadata={"description": "Received from the promise on, up to its day."}
    )
    on = Day(required=True)
    counted_until = Day(
        required=True,
        metadata={
            "description": f"{BOOKING_GRACE.days} days after: a bank may tell of a payment later."
        },
    )
    made_at = Instant(required=True)
    given_by = fields.String(required=True, metadata={"enum": [str(each) for each in Given]})
    state = fields.String(required=True, metadata={"enum": [str(each) for each in State]})
    state_text = fields.String(required=True)
    text = fields.String(required=True)
    help = fields.List(fields.String(), required=True)
    changed_at = Instant(required=True)


PromisePageSchema = page_schema(PromiseSchema, name="PromisePage")
