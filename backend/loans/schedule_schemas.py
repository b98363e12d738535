"""A schedule's terms, changes and payments on the wire, and its rows and totals."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from backend.kit.fields import (
    Currency,
    Day,
    MinorPositive,
    OutSchema,
    RateString,
    StrictSchema,
    WholeNumber,
)
from backend.kit.money import Rounding
from backend.loans.rules.schedules import (
    INSTALLMENTS_MAX,
    MONTHLY,
    Charge,
    DayCount,
    Every,
    Extend,
    Method,
    MoveDueDate,
    NewRate,
    PauseInterest,
    Payment,
    Payoff,
    ReAge,
    ReAmortize,
    Recalculation,
    Request,
    Skip,
    Terms,
    Unit,
)

PERIODS_MAX = 366
CHANGES_MAX = 50
PAYMENTS_MAX = 600
ROUNDINGS = (Rounding.HALF_UP, Rounding.HALF_EVEN)


def _choice(*values: str, **kwargs: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(values), **kwargs)


def _maybe_day() -> Day:
    return Day(load_default=None, allow_none=True)


class ScheduleEverySchema(StrictSchema):
    """A frequency."""

    n = WholeNumber(1, PERIODS_MAX, required=True)
    unit = _choice(*Unit, required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Every:
        """What the rules take."""
        return Every(data["n"], Unit(data["unit"]))


class ScheduleTermsSchema(StrictSchema):
    """The contract; what may be absent has the default shown."""

    method = _choice(*Method, required=True)
    principal_minor = MinorPositive(required=True)
    currency = Currency(required=True)
    annual_rate = RateString(required=True)
    installments = WholeNumber(1, INSTALLMENTS_MAX, required=True)
    every = fields.Nested(ScheduleEverySchema, required=True)
    disbursed_on = Day(required=True)
    first_due_on = _maybe_day()
    day_count = _choice(*DayCount, load_default=DayCount.THIRTY_360)
    rounding = _choice(*ROUNDINGS, load_default=Rounding.HALF_UP)
    installment_multiple_minor = MinorPositive(load_default=1)
    down_payment_rate = RateString(load_default="0")
    principal_grace = WholeNumber(0, INSTALLMENTS_MAX, load_default=0)
    interest_grace = WholeNumber(0, INSTALLMENTS_MAX, load_default=0)
    recalculate_interest = _choice(*Recalculation, load_default=Recalculation.NONE)


_MAKERS: dict[str, tuple[tuple[str, ...], Callable[..., Any]]] = {
    "move_due_date": (("from_on", "to_on"), MoveDueDate),
    "extend": (("from_on", "by"), Extend),
    "new_rate": (("from_on", "annual_rate"), NewRate),
    "pause_interest": (("from_on", "to_on"), PauseInterest),
    "skip": (("from_on", "count"), Skip),
    "re_amortize": (("on",), ReAmortize),
    "re_age": (("on", "first_due_on", "installments"), ReAge),
    "payoff": (("on",), Payoff),
    "fee": (("on", "amount_minor"), Charge),
    "penalty": (("on", "amount_minor"), Charge),
}
_OPTIONAL = {"re_age": ("every",)}
_DATA_KEYS = {"from_on": "from", "to_on": "to"}


class ScheduleChangeSchema(StrictSchema):
    """One change. Which of the fields it has depends on its kind."""

    kind = _choice(*_MAKERS, required=True)
    from_on = Day(data_key="from")
    to_on = Day(data_key="to")
    on = Day()
    by = WholeNumber(1, INSTALLMENTS_MAX)
    count = WholeNumber(1, INSTALLMENTS_MAX)
    annual_rate = RateString()
    first_due_on = Day()
    every = fields.Nested(ScheduleEverySchema)
    installments = WholeNumber(1, INSTALLMENTS_MAX)
    amount_minor = MinorPositive()

    @validates_schema
    def check_fields(self, data: dict[str, Any], **_: Any) -> None:
        """Each kind has its own fields, no more and no fewer."""
        needed, _maker = _MAKERS[data["kind"]]
        known = {"kind", *needed, *_OPTIONAL.get(data["kind"], ())}
        faults = {name: "Missing data for required field." for name in needed if name not in data}
        faults |= {
            name: "This kind of change has no such field." for name in data if name not in known
        }
        if faults:
            raise ValidationError(
                {_DATA_KEYS.get(name, name): [why] for name, why in faults.items()}
            )


class SchedulePaymentSchema(StrictSchema):
    """Money received."""

    on = Day(required=True)
    amount_minor = MinorPositive(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Payment:
        """What the rules take."""
        return Payment(**data)


class ScheduleInSchema(StrictSchema):
    """All that a schedule depends on."""

    terms = fields.Nested(ScheduleTermsSchema, required=True)
    changes = fields.List(
        fields.Nested(ScheduleChangeSchema),
        load_default=list,
        validate=validate.Length(0, CHANGES_MAX),
    )
    payments = fields.List(
        fields.Nested(SchedulePaymentSchema),
        load_default=list,
        validate=validate.Length(0, PAYMENTS_MAX),
    )
    as_of = _maybe_day()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Plain typed values: what the rules take."""
        given = data["terms"]
        terms = make_terms(given)
        changes = [make_change(change, every=terms.every) for change in data["changes"]]
        request = Request(terms, changes, data["payments"], data["as_of"])
        return {"request": request, "currency": given["currency"]}


def make_terms(given: dict[str, Any]) -> Terms:
    """Terms from checked fields; the currency is for whoever shows the amounts."""
    return Terms(
        method=Method(given["method"]),
        principal_minor=given["principal_minor"],
        annual_rate=Fraction(given["annual_rate"]),
        installments=given["installments"],
        every=given["every"],
        disbursed_on=given["disbursed_on"],
        first_due_on=given["first_due_on"],
        day_count=DayCount(given["day_count"]),
        rounding=Rounding(given["rounding"]),
        installment_multiple_minor=given["installment_multiple_minor"],
        down_payment_rate=Fraction(given["down_payment_rate"]),
        principal_grace=given["principal_grace"],
        interest_grace=given["interest_grace"],
        recalculate_interest=Recalculation(given["recalculate_interest"]),
    )


def make_change(given: dict[str, Any], *, every: Every = MONTHLY) -> Any:
    """A change from checked fields. A re-ageing that names no frequency keeps the loan's."""
    needed, maker = _MAKERS[given["kind"]]
    values = {name: given[name] for name in needed}
    if "annual_rate" in values:
        values["annual_rate"] = Fraction(values["annual_rate"])
    if maker is ReAge:
        values["every"] = given.get("every", every)
    if maker is Charge:
        values["is_penalty"] = given["kind"] == "penalty"
    return maker(**values)


class PlannedRowSchema(OutSchema):
    """One row."""

    number = fields.Integer(required=True)
    due_on = Day(required=True)
    principal_minor = fields.Integer(required=True)
    interest_minor = fields.Integer(required=True)
    fee_minor = fields.Integer(required=True)
    penalty_minor = fields.Integer(required=True)
    paid_minor = fields.Integer(required=True)
    balance_minor = fields.Integer(
        required=True, metadata={"description": "The principal left after the row."}
    )


class PlannedTotalsSchema(OutSchema):
    """Sums of the rows."""

    principal_minor = fields.Integer(required=True)
    interest_minor = fields.Integer(required=True)
    fee_minor = fields.Integer(required=True)
    penalty_minor = fields.Integer(required=True)
    paid_minor = fields.Integer(required=True)
    outstanding_minor = fields.Integer(required=True)
    credit_minor = fields.Integer(
        required=True, metadata={"description": "Paid, and nothing was open for it."}
    )
    total_cost_minor = fields.Integer(
        required=True, metadata={"description": "Interest, fees and penalties."}
    )
    total_payable_minor = fields.Integer(
        required=True, metadata={"description": "Principal and total cost."}
    )


class PlannedScheduleSchema(OutSchema):
    """A schedule as seen on a day."""

    currency = fields.String(required=True)
    rounding = fields.String(required=True, metadata={"enum": list(ROUNDINGS)})
    as_of = Day(required=True, metadata={"description": "The day from which it is seen."})
    rows = fields.List(fields.Nested(PlannedRowSchema), required=True)
    totals = fields.Nested(PlannedTotalsSchema, required=True)
