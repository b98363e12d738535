"""A borrower with a loan, its options priced over HTTP, and everybody who has a hand in a plan."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit import clock
from backend.kit.ids import new_id
from backend.kit.wiring import JobContext
from backend.loans import jobs as loan_jobs
from backend.loans.rules.schedules import MONTHLY, Method, Request, Terms, reckon
from backend.plan_quotes import service as quotes
from backend.plan_quotes.rules import Kind
from backend.profile import jobs as profile_jobs
from backend.repayment_plans import jobs as plan_jobs
from backend.repayment_plans import service
from backend.repayment_plans.rules import Reason, State
from backend.staff import service as staff
from backend.staff.rules import Role
from backend.tiers import jobs as tier_jobs
from tests.clock import NOW
from tests.factories.loans import make_borrower, make_loan, make_payment
from tests.fixtures.api import Api, new_key

_names = count(1)
OPENED_ON = date(2026, 1, 31)
BOTH = {"en": "Because of this.", "zh-CN": "原因如此。"}
WAY = {"en": "A longer term would do.", "zh-CN": "延长期限即可。"}


def planned(installments: int = 12) -> list[dict[str, Any]]:
    terms = Terms(
        Method.EQUAL_INSTALLMENT, 1_200_000, Fraction("0.12"), installments, MONTHLY, OPENED_ON
    )
    return [
        {
            "number": row.number,
            "due_on": row.due_on,
            "principal_minor": row.principal_minor,
            "interest_minor": row.interest_minor,
            "fee_minor": 0,
            "penalty_minor": 0,
        }
        for row in reckon(Request(terms)).rows
    ]


@dataclass
class Case:
    """Her, her loan, and the core system."""

    api: Api
    core: Api
    borrower_id: UUID
    borrower: str
    loan: str
    loan_id: UUID
    rows: list[dict[str, Any]]
    quotes: dict[str, str] = field(default_factory=dict)

    def quote(self, kind: str, **body: Any) -> str:
        """The id of a priced option."""
        found = self.api.post(
            f"/v1/me/loans/{self.loan_id}/plan-quotes", json={"kinds": [kind], **body}
        )
        assert found.status_code == 200, found.json
        [option] = found.json["options"]
        assert option["eligible"], option
        return str(option["quote_id"])

    def ask(self, kind: str = "move_due_day", *, reason: str = "illness", **body: Any) -> Any:
        quote = body.pop("quote", None) or self.quote(kind, **body)
        return self.api.post(
            "/v1/me/plan-requests",
            json={"quote_id": quote, "reason": reason},
            headers=new_key(),
        )

    def quote_of(self, plan: str) -> str:
        return str(self.see(plan)["quote_id"])

    def act(self, plan: str, verb: str, **body: Any) -> Any:
        kwargs = {"json": body} if body else {}
        return self.api.post(f"/v1/me/plan-requests/{plan}/{verb}", headers=new_key(), **kwargs)

    def see(self, plan: str) -> dict[str, Any]:
        found = self.api.get(f"/v1/me/plan-requests/{plan}")
        assert found.status_code == 200, found.json
        return found.json

    def instructions(self, kind: str | None = None) -> list[dict[str, Any]]:
        items = self.core.get("/v1/ingest/core-instructions").json["items"]
        return [i for i in items if kind in (None, i["kind"])]

    def book(self, rows: list[dict[str, Any]], *, plan: str | None) -> Any:
        """The core system says how the loan stands."""
        answer = self.core.put(
            f"/v1/ingest/loans/{self.loan}",
            json={
                "kind": "installment",
                "borrower_external_id": self.borrower,
                "product_code": "personal",
                "currency": "CNY",
                "annual_rate": "0.12",
                "opened_on": OPENED_ON.isoformat(),
                "status": "active",
                "dpd_source": "computed",
                "plan_id": plan,
                "installments": rows,
            },
        )
        assert answer.status_code in (200, 201), answer.json
        return answer

    def confirm(self, plan: str) -> None:
        """The core system books what it was told, row for row."""
        self.book(self.see(plan)["quote"]["schedule"], plan=plan)

    def pay(self, amount_minor: int, on: date) -> None:
        answer = self.core.post(
            "/v1/ingest/payments",
            json={
                "external_id": f"paid-{new_id()}",
                "loan_external_id": self.loan,
                "amount_minor": amount_minor,
                "received_on": on.isoformat(),
            },
        )
        assert answer.status_code in (200, 201), answer.json

    def charge(self, amount_minor: int, on: date, kind: str = "penalty") -> None:
        answer = self.core.post(
            "/v1/ingest/adjustments",
            json={
                "external_id": f"charged-{new_id()}",
                "loan_external_id": self.loan,
                "kind": kind,
                "amount_minor": amount_minor,
                "on": on.isoformat(),
            },
        )
        assert answer.status_code in (200, 201), answer.json


def open_case(
    session: Session,
    borrower_api: Callable[[UUID], Api],
    client_api: Api,
    *,
    paid: int = 9,
    installments: int = 12,
) -> Case:
    """A loan of 31 January 2026, so many of its instalments paid on their days."""
    borrower = f"asking-{next(_names)}"
    who = make_borrower(session, external_id=borrower)
    rows = planned(installments)
    loan, loan_id = make_loan(
        session,
        borrower=borrower,
        installments=rows,
        opened_on=OPENED_ON,
        annual_rate=Decimal("0.12"),
    )
    for row in rows[:paid]:
        amount = row["principal_minor"] + row["interest_minor"]
        make_payment(session, loan=loan, amount_minor=amount, received_on=row["due_on"])
    session.commit()
    return Case(borrower_api(who), client_api, who, borrower, loan, loan_id, rows)


def run_night(deliver: Callable[[], int], day: date) -> None:
    """Everything that runs on a day, an hour after midnight in Shanghai."""
    at = datetime.combine(day - timedelta(days=1), time(17), tzinfo=UTC)
    with clock.fixed(at):
        context = JobContext(as_of=day, now=at, run_id=new_id(), heartbeat=lambda: None)
        loan_jobs.announce_missed(context)
        deliver()
        plan_jobs.follow_days(context)
        deliver()
        profile_jobs.refresh_all(context)
        tier_jobs.retier_all(context)
        deliver()


def noon(day: date) -> datetime:
    return datetime.combine(day, time(4), tzinfo=UTC)


def plan_of(
    session: Session, borrower_id: UUID, loan_id: UUID, *, state: State = State.OFFERED
) -> str:
    """A request of hers that stands so, however it came there; answers its id."""
    quote = quotes.quote_counter_offer(
        session,
        borrower_id=borrower_id,
        loan_id=loan_id,
        kind=Kind.LONGER_TERM,
        terms={"months": 1},
        now=NOW,
    )
    request_id = service.request_plan(
        session,
        borrower_id=borrower_id,
        quote_id=quote.id,
        asked=service.Asked(Reason.JOB_LOSS),
        now=NOW,
    )
    outcomes = {
        State.OFFERED: "approve",
        State.INFO_REQUESTED: "request_info",
        State.REJECTED: "reject",
    }
    if state in outcomes:
        role = Role.RISK_OFFICER
        email = f"{new_id()}@goodfaith.test"
        service.decide(
            session,
            borrower_id=borrower_id,
            request_id=request_id,
            decision=service.Decision(outcomes[state], [{"text": BOTH, "would_change": WAY}]),
            staff_id=staff.add_staff(session, email=email, roles=[role], now=NOW),
            now=NOW,
        )
    return str(request_id)
