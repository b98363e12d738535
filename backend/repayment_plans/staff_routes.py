"""Staff look at requests in the order of their need, and decide; limits are policy data."""

from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.borrowers import service as borrowers
from backend.borrowers.errors import BorrowerNotFound, PurposeMissing
from backend.borrowers.rules import AccessPurpose
from backend.borrowers.schemas import PurposeArgs
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, permits, rated
from backend.kit.db import reading, transaction
from backend.kit.http import refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page, PageArgs
from backend.kit.problems import NotFound
from backend.kit.rate_limit import LOOK_UP
from backend.plan_quotes.errors import OptionNotPossible
from backend.plan_quotes.rules import Kind
from backend.repayment_plans import policy, queries, service
from backend.repayment_plans.errors import (
    PlanMoved,
    PlanPolicyNotDraft,
    PlanRequestUnknown,
    QuoteExpired,
    QuoteNotGenuine,
    QuoteStale,
)
from backend.repayment_plans.rules import State
from backend.repayment_plans.schemas import (
    PlanDecisionInSchema,
    PlanPolicyInSchema,
    PlanPolicyPageSchema,
    PlanPolicySchema,
    QueueArgs,
    StaffPlanRequestPageSchema,
    WholeStaffPlanRequestSchema,
)
from backend.repayment_plans.view import show_to_staff
from backend.repayment_plans.work import FOR_STAFF
from backend.staff import service as staff
from backend.staff.errors import SecondPersonNeeded

blp = blueprint(
    "repayment_plans",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1",
    description="Requests for quoted plans: asked, offered, accepted, booked as quoted, kept.",
    permission="plans.read",
)


@blp.route("/staff/plan-requests")
class PlanQueue(MethodView):
    @rated(LOOK_UP)
    @refuses(PurposeMissing)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(QueueArgs, location="query")
    @blp.response(200, StaffPlanRequestPageSchema)
    def get(self, purpose: dict[str, Any], args: dict[str, Any]) -> Page:
        """Requests that wait for a person: due first, then who needs it most, then who waits."""
        states = FOR_STAFF if args["state"] is None else (State(args["state"]),)
        with transaction() as session:
            found = queries.page_queue(session, who=caller(), states=states, args=args)
            borrowers.look(
                session,
                who=caller(),
                borrower_ids=list(dict.fromkeys(row.borrower_id for row in found.items)),
                purpose=purpose["purpose"],
                what="plan request",
                now=clock.now(),
            )
        return found


@blp.route("/staff/plan-requests/<uuid:request_id>")
class StaffPlanRequest(MethodView):
    @rated(LOOK_UP)
    @refuses(PlanRequestUnknown, BorrowerNotFound, PurposeMissing)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.response(200, WholeStaffPlanRequestSchema)
    def get(self, purpose: dict[str, Any], request_id: UUID) -> dict[str, Any]:
        """The whole case: what is known of her, the quote, what else was priced, its history."""
        now = clock.now()
        with transaction() as session:
            borrower_id = queries.get_owner(session, request_id=request_id)
            borrowers.look(
                session,
                who=caller(),
                borrower_ids=[borrower_id],
                purpose=purpose["purpose"],
                what="plan request",
                now=now,
            )
            return show_to_staff(session, borrower_id=borrower_id, request_id=request_id, now=now)


@blp.route("/staff/plan-requests/<uuid:request_id>/decide")
class PlanDecisions(MethodView):
    @idempotent
    @permits("plans.decide")
    @refuses(PlanRequestUnknown, BorrowerNotFound, PlanMoved, SecondPersonNeeded)
    @refuses(QuoteExpired, QuoteStale, QuoteNotGenuine, OptionNotPossible)
    @blp.arguments(PlanDecisionInSchema)
    @blp.response(200, WholeStaffPlanRequestSchema)
    def post(self, args: dict[str, Any], request_id: UUID) -> dict[str, Any]:
        """Approve, reject, ask her something, or make another offer. She reads your reasons."""
        now = clock.now()
        with transaction() as session:
            borrower_id = queries.get_owner(session, request_id=request_id)
            borrowers.look_by_act(
                session,
                who=caller(),
                borrower_ids=[borrower_id],
                what="plan request",
                now=now,
                act=AccessPurpose.PLAN_REQUEST,
            )
            service.decide(
                session,
                borrower_id=borrower_id,
                request_id=request_id,
                decision=_decision(args),
                staff_id=caller().id,
                now=now,
            )
            _note(session, request_id, args["outcome"])
            return show_to_staff(session, borrower_id=borrower_id, request_id=request_id, now=now)


def _decision(args: dict[str, Any]) -> service.Decision:
    counter = args["counter_offer"]
    return service.Decision(
        outcome=args["outcome"],
        reasons=[
            {name: _both(words) for name, words in reason.items()} for reason in args["reasons"]
        ],
        counter_kind=Kind(counter["kind"]) if counter else None,
        counter_terms=counter["terms"] if counter else {},
    )


def _both(words: dict[str, str] | None) -> dict[str, str] | None:
    return None if words is None else {"en": words["en"], "zh-CN": words["zh_cn"]}


def _note(session: Session, request_id: UUID, outcome: str) -> None:
    staff.record_action(
        session,
        staff_id=caller().id,
        action="plan-request.decide",
        subject=f"plan-request:{request_id}",
        details={"outcome": outcome},
    )


@blp.route("/plan-policies")
class PlanPolicies(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, PlanPolicyPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """Versions of the limits of automatic approval, newest first."""
        with reading() as session:
            return policy.page_policies(session, args=args)

    @permits("plans.author")
    @blp.arguments(PlanPolicyInSchema)
    @blp.response(201, PlanPolicySchema)
    def post(self, args: dict[str, Any]) -> Any:
        """Keep a draft. Every fault is named with a pointer to it."""
        with transaction() as session:
            version = service.write_policy(
                session,
                document=args["policy"],
                note=args["note"],
                author_id=caller().id,
                now=clock.now(),
            )
            return policy.get_policy_row(session, version=version)


@blp.route("/plan-policies/<int(max=2147483647):version>/publish")
class PlanPolicyPublication(MethodView):
    @idempotent
    @permits("plans.publish", is_four_eyes=True)
    @refuses(NotFound, PlanPolicyNotDraft, SecondPersonNeeded)
    @blp.response(200, PlanPolicySchema)
    def post(self, version: int) -> Any:
        """Let another person's draft count from now on."""
        now = clock.now()
        with transaction() as session:
            service.publish_policy(session, version=version, publisher_id=caller().id, now=now)
            staff.record_action(
                session,
                staff_id=caller().id,
                action="plan-policy.publish",
                subject=f"plan-policy:{version}",
            )
            return policy.get_policy_row(session, version=version)
