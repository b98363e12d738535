"""Staff look after the emergency fund, its grants, and the partners."""

import re
from datetime import date
from typing import Any
from uuid import UUID

from flask.views import MethodView

from backend.borrowers.errors import BorrowerNotFound
from backend.borrowers.schemas import PurposeArgs
from backend.hardship import queries, service
from backend.hardship.errors import (
    ApplicationMoveRefused,
    ApplicationUnknown,
    CheckerDecides,
    FundGrantOpen,
    FundGrantSettled,
    FundGrantUnknown,
    FundShort,
    PartnerUnknown,
    TopUpSettled,
    TopUpUnknown,
)
from backend.hardship.rules import month_of
from backend.hardship.schemas import (
    EntriesArgs,
    FundEntryPageSchema,
    FundSchema,
    PartnerInSchema,
    PartnerPageSchema,
    PartnerSchema,
    ProposalSchema,
    StaffApplicationSchema,
    TopUpInSchema,
    TopUpPageSchema,
    TopUpSchema,
    WhySchema,
)
from backend.hardship.staff_routes import PLACE, act, record, shown
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, permits
from backend.kit.db import reading, transaction
from backend.kit.http import refuses
from backend.kit.idempotency import idempotent
from backend.kit.money import Money
from backend.kit.paging import Page, PageArgs
from backend.kit.programme_zone import programme_day
from backend.staff import service as staff
from backend.staff.errors import SecondPersonNeeded

CODE = re.compile(r"[a-z][a-z0-9_]{1,59}")
GRANT = "/staff/borrowers/<uuid:borrower_id>/fund-grants/<uuid:fund_grant_id>"

blp = blueprint(
    "hardship_fund",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1",
    description="The emergency fund, of which two people give, and partners who train and help.",
    permission="fund.read",
)


def _month(value: str) -> date:
    return date.fromisoformat(f"{value}-01")


@blp.route("/staff/hardship-fund")
class Fund(MethodView):
    @blp.response(200, FundSchema)
    def get(self) -> dict[str, Any]:
        """What each month of the fund has, has reserved and has paid; the last 24."""
        with reading() as session:
            return {"budgets": queries.list_budgets(session)}


@blp.route("/staff/hardship-fund/entries")
class Entries(MethodView):
    @blp.arguments(EntriesArgs, location="query")
    @blp.response(200, FundEntryPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """A month's ledger, newest first."""
        with reading() as session:
            return queries.page_entries(
                session, currency=args["currency"], month=_month(args["month"]), args=args
            )


@blp.route("/staff/hardship-fund/top-ups")
class TopUps(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, TopUpPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """Money that was asked for, newest first."""
        with reading() as session:
            return queries.page_top_ups(session, args=args)

    @idempotent
    @permits("fund.top_up")
    @blp.arguments(TopUpInSchema)
    @blp.response(201, TopUpSchema)
    def post(self, args: dict[str, Any]) -> Any:
        """Ask for money for a month. It is there when another person confirms."""
        with transaction() as session:
            top_up_id = service.ask_top_up(
                session,
                amount=Money(args["amount_minor"], args["currency"]),
                month=_month(args["month"]),
                reason=args["reason"],
                asked_by=caller().id,
                now=clock.now(),
            )
            return queries.get_top_up(session, top_up_id=top_up_id)


def _decide_top_up(top_up_id: UUID, *, is_confirmed: bool) -> Any:
    with transaction() as session:
        service.decide_top_up(
            session,
            top_up_id=top_up_id,
            is_confirmed=is_confirmed,
            decided_by=caller().id,
            now=clock.now(),
        )
        staff.record_action(
            session,
            staff_id=caller().id,
            action="fund.confirm" if is_confirmed else "fund.reject",
            subject=f"hardship-top-up:{top_up_id}",
        )
        return queries.get_top_up(session, top_up_id=top_up_id)


@blp.route("/staff/hardship-fund/top-ups/<uuid:top_up_id>/confirm")
class TopUpConfirmation(MethodView):
    @idempotent
    @permits("fund.top_up", is_four_eyes=True)
    @refuses(TopUpUnknown, TopUpSettled, SecondPersonNeeded)
    @blp.response(200, TopUpSchema)
    def post(self, top_up_id: UUID) -> Any:
        """Let another person's top-up count, at once."""
        return _decide_top_up(top_up_id, is_confirmed=True)


@blp.route("/staff/hardship-fund/top-ups/<uuid:top_up_id>/reject")
class TopUpRejection(MethodView):
    @idempotent
    @permits("fund.top_up", is_four_eyes=True)
    @refuses(TopUpUnknown, TopUpSettled, SecondPersonNeeded)
    @blp.response(200, TopUpSchema)
    def post(self, top_up_id: UUID) -> Any:
        """Refuse another person's top-up."""
        return _decide_top_up(top_up_id, is_confirmed=False)


@blp.route(f"{PLACE}/fund-grants")
class Proposals(MethodView):
    @idempotent
    @permits("fund.propose")
    @refuses(BorrowerNotFound, ApplicationUnknown, ApplicationMoveRefused)
    @refuses(FundGrantOpen, FundShort)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(ProposalSchema)
    @blp.response(201, StaffApplicationSchema)
    def post(
        self,
        purpose: dict[str, Any],
        args: dict[str, Any],
        borrower_id: UUID,
        application_id: UUID,
    ) -> dict[str, Any]:
        """Propose money of this month's budget; it is reserved until another person decides."""
        now = clock.now()
        with transaction() as session:
            act(session, borrower_id, purpose=purpose["purpose"], now=now)
            service.propose_grant(
                session,
                borrower_id=borrower_id,
                application_id=application_id,
                amount=Money(args["amount_minor"], args["currency"]),
                proposed_by=caller().id,
                month=month_of(programme_day(now)),
                now=now,
            )
            record(session, "fund.propose", application_id)
            return shown(session, borrower_id, application_id)


@blp.route(f"{GRANT}/approve")
class Approval(MethodView):
    @idempotent
    @permits("fund.approve", is_four_eyes=True)
    @refuses(BorrowerNotFound, FundGrantUnknown, FundGrantSettled, SecondPersonNeeded)
    @refuses(ApplicationMoveRefused, CheckerDecides)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.response(200, StaffApplicationSchema)
    def post(
        self, purpose: dict[str, Any], borrower_id: UUID, fund_grant_id: UUID
    ) -> dict[str, Any]:
        """Approve another person's proposal: it becomes a benefit that the core carries out."""
        now = clock.now()
        with transaction() as session:
            act(session, borrower_id, purpose=purpose["purpose"], now=now)
            application_id = service.approve_grant(
                session,
                borrower_id=borrower_id,
                fund_grant_id=fund_grant_id,
                decided_by=caller().id,
                now=now,
            )
            record(session, "fund.approve", application_id, grant=str(fund_grant_id))
            return shown(session, borrower_id, application_id)


@blp.route(f"{GRANT}/reject")
class Rejection(MethodView):
    @idempotent
    @permits("fund.approve", is_four_eyes=True)
    @refuses(BorrowerNotFound, FundGrantUnknown, FundGrantSettled, SecondPersonNeeded)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(WhySchema)
    @blp.response(200, StaffApplicationSchema)
    def post(
        self, purpose: dict[str, Any], args: dict[str, Any], borrower_id: UUID, fund_grant_id: UUID
    ) -> dict[str, Any]:
        """Refuse another person's proposal, with a reason for the trail; the money goes back."""
        now = clock.now()
        with transaction() as session:
            act(session, borrower_id, purpose=purpose["purpose"], now=now)
            application_id = service.reject_grant(
                session,
                borrower_id=borrower_id,
                fund_grant_id=fund_grant_id,
                decided_by=caller().id,
                now=now,
            )
            staff.record_action(
                session,
                staff_id=caller().id,
                action="fund.reject",
                subject=f"hardship-fund-grant:{fund_grant_id}",
                reason=args["reason"],
            )
            return shown(session, borrower_id, application_id)


@blp.route("/staff/aid-partners")
class Partners(MethodView):
    @permits("hardship.read")
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, PartnerPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """Partners who train or help, by their code."""
        with reading() as session:
            return queries.page_partners(session, args=args)


@blp.route("/staff/aid-partners/<string:code>")
class Partner(MethodView):
    @permits("partners.write")
    @refuses(PartnerUnknown)
    @blp.arguments(PartnerInSchema)
    @blp.response(200, PartnerSchema)
    def put(self, args: dict[str, Any], code: str) -> Any:
        """Store a partner whole; the same again changes nothing."""
        if CODE.fullmatch(code) is None:
            raise PartnerUnknown
        about = {"en": args["about"]["en"], "zh-CN": args["about"]["zh_cn"]}
        with transaction() as session:
            service.put_partner(
                session,
                code=code,
                values={**args, "about": about, "is_synthetic": False},
                changed_by=caller().id,
                now=clock.now(),
            )
            staff.record_action(
                session,
                staff_id=caller().id,
                action="aid-partner.put",
                subject=f"aid-partner:{code}",
            )
            return queries.get_partner(session, code=code)
