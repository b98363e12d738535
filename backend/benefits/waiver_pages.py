"""`/console/waivers`: requests to waive penalty interest, answered by people."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from backend.benefits import service, waiver_queries
from backend.benefits.reasons import REASON_TEXTS, Reason
from backend.benefits.waiver_rules import State
from backend.benefits.waiver_schemas import WaiverDecisionSchema
from backend.benefits.waiver_wording import GROUNDS, in_words
from backend.borrowers import queries as borrowers
from backend.borrowers.case_pages import (
    CaseView,
    Choices,
    Waiting,
    act_once,
    show_case,
    show_queue,
)
from backend.borrowers.case_words import CASE
from backend.borrowers.page_looks import asks_why, if_sent, looking_at
from backend.borrowers.rules import AccessPurpose
from backend.kit import clock
from backend.kit.audience import caller, permits
from backend.kit.console import Area, Entry, fields_of, page_blueprint
from backend.kit.console.filters import day, instant, money
from backend.kit.http import locale
from backend.kit.problems import Problem
from backend.kit.rate_limit import LOOK_UP
from backend.kit.texts import Text
from backend.staff import service as staff

QUEUE = "/console/waivers"
OF_ONE = "/borrowers/<uuid:borrower_id>/waivers/<uuid:request_id>"
LOOKED = "waiver request"
TITLE = Text("Waiver of penalty interest", "罚息减免")
MONTHS = Text("Months asked for", "申请月数")
WAIVED = Text("Waived", "已减免")
BY_PERSON = Text("Why a person decides", "转人工原因")
CHOICES = Choices(
    outcomes={State.APPROVED: Text("Waive", "减免"), State.REJECTED: Text("Say no", "不予减免")},
    grounds=GROUNDS,
    more=(
        "periods",
        Text("Months to waive, if other than asked", "减免月数（如与申请不同）"),
        "number",
    ),
)

blp = page_blueprint(
    "waivers",
    __name__,
    url_prefix="/console",
    permission="waivers.read",
    menu=(Entry(Area.WORK, Text("Waivers", "罚息减免"), QUEUE, order=40),),
    rate=LOOK_UP,
)
asks_why(blp)


def _url(borrower_id: UUID, request_id: UUID) -> str:
    return f"/console/borrowers/{borrower_id}/waivers/{request_id}"


@blp.get("/waivers")
def queue() -> Response:
    """Requests that wait, what is due first, first. The look is logged."""
    return show_queue(
        TITLE,
        lambda session, args: waiver_queries.page_queue(session, who=caller(), args=args),
        lambda row: Waiting(
            _url(row.borrower_id, row.id),
            REASON_TEXTS[Reason(row.reason)],
            row.due_on,
            row.asked_at,
            row.state,
        ),
        url=QUEUE,
        what=LOOKED,
        why=AccessPurpose.PLAN_REQUEST,
    )


@blp.get(OF_ONE)
def show(borrower_id: UUID, request_id: UUID) -> Response:
    """One request. The look is logged."""
    return _page(borrower_id, request_id)


def _page(borrower_id: UUID, request_id: UUID, *, problem: Problem | None = None) -> Response:
    with looking_at(borrower_id, what=LOOKED, act=if_sent(AccessPurpose.RISK_REVIEW)) as session:
        person = borrowers.get_profile(session, borrower_id=borrower_id)
        row = waiver_queries.get_request(session, borrower_id=borrower_id, request_id=request_id)
    told = in_words(row, locale=locale())
    is_open = row.state == State.OPEN and "waivers.decide" in caller().permissions
    view = CaseView(
        title=TITLE,
        state=row.state,
        told=told["text"],
        facts=[
            (CASE["reason"], REASON_TEXTS[Reason(row.reason)]),
            (MONTHS, row.months),
            (CASE["asked_at"], instant(row.asked_at)),
            (CASE["due"], day(row.due_on)),
            (WAIVED, money(row.waived_minor, row.currency)),
        ],
        lists=[
            (BY_PERSON, [each["text"] for each in told["by_person_because"]]),
            (CASE["grounds"], [each["text"] for each in told["reasons"]]),
            (CASE["answer"], [told["answer"]] if told["answer"] else []),
        ],
        acts=frozenset({"decide"}) if is_open else frozenset(),
    )
    return show_case(person, view, CHOICES, url=_url(borrower_id, request_id), problem=problem)


@blp.post(f"{OF_ONE}/decide")
@permits("waivers.decide")
def decide(borrower_id: UUID, request_id: UUID) -> Response:
    """Waive what is open of so many months, or say why not."""
    try:
        form = fields_of(WaiverDecisionSchema)
    except Problem as problem:
        return _page(borrower_id, request_id, problem=problem)

    def act(session: Session) -> None:
        _decide(session, borrower_id, request_id, form)

    return act_once(
        borrower_id,
        act,
        what=LOOKED,
        why=AccessPurpose.RISK_REVIEW,
        then=_url(borrower_id, request_id),
        said=CASE["decided"],
        otherwise=lambda problem: _page(borrower_id, request_id, problem=problem),
    )


def _decide(session: Session, borrower_id: UUID, request_id: UUID, form: dict[str, Any]) -> None:
    service.decide_request(
        session,
        borrower_id=borrower_id,
        request_id=request_id,
        staff_id=caller().id,
        now=clock.now(),
        **form | {"outcome": State(form["outcome"])},
    )
    staff.record_action(
        session,
        staff_id=caller().id,
        action="waiver-request.decide",
        subject=f"waiver-request:{request_id}",
        details={"outcome": form["outcome"]},
    )
