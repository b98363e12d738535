"""`/console/plan-requests`: who waits for an answer, and all options side by side."""

from fractions import Fraction
from typing import Any
from uuid import UUID

import orjson
from flask import Response, request
from marshmallow import ValidationError, fields, validate, validates_schema
from sqlalchemy.orm import Session

from backend.borrowers import service as borrowers
from backend.borrowers.errors import PurposeMissing
from backend.borrowers.page_looks import ask_why, kept_purpose, look_at_queue, query_of
from backend.borrowers.page_words import TABS
from backend.borrowers.rules import AccessPurpose
from backend.kit import clock
from backend.kit.audience import caller, permits
from backend.kit.console import Area, Entry, done, fields_of, once, page_blueprint, render
from backend.kit.db import transaction
from backend.kit.fields import RateString, StrictSchema, TextsSchema
from backend.kit.http import locale
from backend.kit.paging import Digits, PageArgs
from backend.kit.problems import FieldError, Invalid, Problem
from backend.kit.rate_limit import LOOK_UP
from backend.kit.texts import Text
from backend.plan_quotes.rules import Kind, Wishes
from backend.plan_quotes.wording import NAMES
from backend.repayment_plans import desk, queries, service
from backend.repayment_plans.page_words import ACTORS, CASE, OUTCOMES, QUEUE, STATES, TERMS
from backend.repayment_plans.rules import REASON_TEXTS, State
from backend.repayment_plans.schemas import OUTCOMES as OUTCOME_CODES
from backend.repayment_plans.work import FOR_STAFF
from backend.staff import service as staff

HERE = "/console/plan-requests"
NOT_FOUND = 404
LOOKED = "plan request"

blp = page_blueprint(
    "plans",
    __name__,
    url_prefix=HERE,
    permission="plans.read",
    menu=(Entry(Area.WORK, Text("Plan requests", "还款方案申请"), HERE, order=30),),
    rate=LOOK_UP,
)


class PlanQueuePageArgs(PageArgs):
    state = fields.String(load_default="", validate=validate.OneOf(["", *State]))


class PlanTermsArgs(StrictSchema):
    """What to reckon with instead of the usual; what is left empty is as usual."""

    months = Digits(load_default=None, validate=validate.Range(1, 360))
    due_day = Digits(load_default=None, validate=validate.Range(1, 31))
    left_out = Digits(load_default=None, validate=validate.Range(1, 12))
    annual_rate = RateString(load_default=None)
    amount_minor = Digits(load_default=None, validate=validate.Range(1, 10**12))
    periods = Digits(load_default=None, validate=validate.Range(1, 3))
    purpose = fields.String(load_default=None)


class PlanDecisionForm(StrictSchema):
    """A decision as the page sends it: one reason, and which option is offered instead."""

    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOME_CODES))
    offer = fields.String(load_default=None)
    text = fields.Nested(TextsSchema, required=True)
    way = fields.Nested(TextsSchema, load_default=None)

    @validates_schema(skip_on_field_errors=True)
    def fit_together(self, data: dict[str, Any], **_: Any) -> None:
        """As over the interface: a counter-offer is one, and a rejection names a way."""
        if data["outcome"] == "counter_offer" and data["offer"] is None:
            raise ValidationError("Say which option you offer.", "offer")
        if data["outcome"] == "reject" and data["way"] is None:
            raise ValidationError({"way": {"en": ["A rejection says what would change it."]}})


@blp.get("")
def queue() -> Response:
    """Requests that wait, or that stand in one state. The look is logged."""
    args = query_of(PlanQueuePageArgs)
    asked = args | {"state": args["state"] or None}
    states = FOR_STAFF if asked["state"] is None else (State(asked["state"]),)
    with transaction() as session:
        found = queries.page_queue(session, who=caller(), states=states, args=asked)
        look_at_queue(
            session,
            [row.borrower_id for row in found.items],
            what=LOOKED,
            why=AccessPurpose.PLAN_REQUEST,
        )
    base = f"{HERE}?state={args['state']}"
    return render(
        "repayment_plans/queue.html",
        title=QUEUE["title"],
        texts=QUEUE,
        states=STATES,
        kinds=NAMES,
        reasons=REASON_TEXTS,
        rows=found.items,
        state=args["state"],
        next_url=f"{base}&cursor={found.next_cursor}" if found.next_cursor else None,
        first_url=base if args["cursor"] else None,
    )


@blp.get("/<uuid:request_id>")
def show(request_id: UUID) -> Response:
    """One request, with what is known of her means and every option priced now."""
    args = query_of(PlanTermsArgs)
    return _page(request_id, args)


def _page(
    request_id: UUID, args: dict[str, Any] | None = None, *, problem: Problem | None = None
) -> Response:
    terms = args or dict.fromkeys(TERMS)
    asked = desk.Asked(
        wishes=_wishes(terms), left_out=terms["left_out"], locale=locale(), now=clock.now()
    )
    with transaction() as session:
        borrower_id = queries.get_owner(session, request_id=request_id)
        try:
            borrowers.look(
                session,
                who=caller(),
                borrower_ids=[borrower_id],
                purpose=kept_purpose(borrower_id),
                what=LOOKED,
                now=asked.now,
                act=AccessPurpose.PLAN_REQUEST if request.method == "POST" else None,
            )
        except PurposeMissing:
            return ask_why(borrower_id, then=f"{HERE}/{request_id}")
        found = desk.get_case(session, borrower_id=borrower_id, request_id=request_id, asked=asked)
    return render(
        "repayment_plans/case.html",
        title=CASE["title"],
        tabs=TABS,
        texts=CASE,
        states=STATES,
        kinds=NAMES,
        outcomes=OUTCOMES,
        actors=ACTORS,
        form=request.form,
        terms=terms,
        term_names=TERMS,
        may_act="plans.decide" in caller().permissions,
        as_offer=_as_offer,
        problem=problem,
        **found,
    )


def _wishes(terms: dict[str, Any]) -> Wishes:
    rate = terms["annual_rate"]
    return Wishes(
        months=terms["months"],
        due_day=terms["due_day"],
        annual_rate=None if rate is None else Fraction(rate),
        amount_minor=terms["amount_minor"],
        periods=terms["periods"],
    )


def _as_offer(option: dict[str, Any]) -> str:
    """An option as the form brings it back: its kind and terms, which are priced anew."""
    return orjson.dumps({"kind": option["kind"], "terms": option["terms"]}).decode()


@blp.post("/<uuid:request_id>/decide")
@permits("plans.decide")
def decide(request_id: UUID) -> Response:
    """Carry a decision out, once. What does not fit is said on the same page."""
    try:
        form = fields_of(PlanDecisionForm)
        decision = _decision(form)
        once(lambda session: _carry_out(session, request_id, decision))
    except Problem as problem:
        if problem.status == NOT_FOUND:
            raise
        return _page(request_id, problem=problem)
    return done(f"{HERE}/{request_id}", CASE["decided"])


def _decision(form: dict[str, Any]) -> service.Decision:
    kind, terms = None, {}
    if form["outcome"] == "counter_offer":
        try:
            offer = orjson.loads(form["offer"])
            kind, terms = Kind(offer["kind"]), dict(offer["terms"])
        except (ValueError, KeyError, TypeError) as error:
            raise Invalid(errors=[FieldError("#/offer", "Not one of the options.")]) from error
    reason = {"text": _both(form["text"]), "would_change": _both(form["way"])}
    return service.Decision(
        outcome=form["outcome"], reasons=[reason], counter_kind=kind, counter_terms=terms
    )


def _both(words: dict[str, str] | None) -> dict[str, str] | None:
    return None if words is None else {"en": words["en"], "zh-CN": words["zh_cn"]}


def _carry_out(session: Session, request_id: UUID, decision: service.Decision) -> None:
    now = clock.now()
    borrower_id = queries.get_owner(session, request_id=request_id)
    borrowers.look_by_act(
        session,
        who=caller(),
        borrower_ids=[borrower_id],
        what=LOOKED,
        now=now,
        act=AccessPurpose.PLAN_REQUEST,
    )
    service.decide(
        session,
        borrower_id=borrower_id,
        request_id=request_id,
        decision=decision,
        staff_id=caller().id,
        now=now,
    )
    staff.record_action(
        session,
        staff_id=caller().id,
        action="plan-request.decide",
        subject=f"plan-request:{request_id}",
        details={"outcome": decision.outcome},
    )
