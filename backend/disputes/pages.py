"""`/console/disputes`: what borrowers say is wrong, a question, an answer with reasons."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

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
from backend.disputes import queries, service
from backend.disputes.rules import OPEN, TEXT_LENGTH_MAX, State
from backend.disputes.schemas import DisputeDecisionInSchema
from backend.disputes.wording import ABOUTS, GROUNDS, in_words
from backend.kit import clock
from backend.kit.audience import caller, permits
from backend.kit.console import Area, Entry, fields_of, page_blueprint
from backend.kit.console.filters import day, instant, money
from backend.kit.fields import StrictSchema, WordsToHer
from backend.kit.http import locale
from backend.kit.problems import Problem
from backend.kit.rate_limit import LOOK_UP
from backend.kit.texts import Text
from backend.staff import service as staff

QUEUE = "/console/disputes"
OF_ONE = "/borrowers/<uuid:borrower_id>/disputes/<uuid:dispute_id>"
LOOKED = "dispute"
TITLE = Text("Dispute", "异议")
QUEUE_TITLE = Text("Disputes", "异议")
ABOUT = Text("About", "关于")
WAIVED = Text("Waived", "已减免")
CHOICES = Choices(
    outcomes={
        State.UPHELD: Text("She is right", "成立"),
        State.PARTLY_UPHELD: Text("She is right in part", "部分成立"),
        State.REJECTED: Text("We cannot agree", "不成立"),
    },
    grounds=GROUNDS,
    more=(
        "amount_minor",
        Text(
            "Of a charge that is upheld in part: what was wrong, in minor units",
            "部分成立时，有误的金额（最小货币单位）",
        ),
        "number",
    ),
)

blp = page_blueprint(
    "disputes",
    __name__,
    url_prefix="/console",
    permission="disputes.read",
    menu=(Entry(Area.WORK, QUEUE_TITLE, QUEUE, order=60),),
    rate=LOOK_UP,
)
asks_why(blp)


class DisputeQuestionForm(StrictSchema):
    question = WordsToHer(1, TEXT_LENGTH_MAX, required=True)


def _url(borrower_id: UUID, dispute_id: UUID) -> str:
    return f"/console/borrowers/{borrower_id}/disputes/{dispute_id}"


@blp.get("/disputes")
def queue() -> Response:
    """Disputes that wait, what is due first, first. The look is logged."""
    return show_queue(
        QUEUE_TITLE,
        lambda session, args: queries.page_queue(session, who=caller(), args=args),
        lambda row: Waiting(
            _url(row.borrower_id, row.id),
            ABOUTS[row.about],
            row.due_on,
            row.submitted_at,
            row.state,
        ),
        url=QUEUE,
        what=LOOKED,
        why=AccessPurpose.DISPUTE,
    )


@blp.get(OF_ONE)
def show(borrower_id: UUID, dispute_id: UUID) -> Response:
    """One dispute with everything that was said. The look is logged."""
    return _page(borrower_id, dispute_id)


def _page(borrower_id: UUID, dispute_id: UUID, *, problem: Problem | None = None) -> Response:
    with looking_at(borrower_id, what=LOOKED, act=if_sent(AccessPurpose.RISK_REVIEW)) as session:
        person = borrowers.get_profile(session, borrower_id=borrower_id)
        row = queries.get_dispute(session, borrower_id=borrower_id, dispute_id=dispute_id)
        steps: list[Any] = queries.list_steps(
            session, borrower_id=borrower_id, dispute_id=dispute_id
        )
    told = in_words(row, locale=locale())
    may_act = row.state in OPEN and "disputes.decide" in caller().permissions
    acts = {"ask", "decide"} | ({"take"} if row.state == State.SUBMITTED else set())
    view = CaseView(
        title=TITLE,
        state=row.state,
        told=told["text"],
        facts=[
            (ABOUT, told["about_text"]),
            (CASE["asked_at"], instant(row.submitted_at)),
            (CASE["due"], day(row.due_on)),
            (WAIVED, money(row.waived_minor, row.currency)),
        ],
        steps=steps,
        lists=[(CASE["grounds"], [each["text"] for each in told["reasons"]])],
        acts=frozenset(acts) if may_act else frozenset(),
    )
    return show_case(person, view, CHOICES, url=_url(borrower_id, dispute_id), problem=problem)


def _act(borrower_id: UUID, dispute_id: UUID, name: str, said: Text, act: Any) -> Response:
    """Do it once, on the trail, and go back to the dispute."""

    def whole(session: Session) -> None:
        staff.record_action(
            session, staff_id=caller().id, action=f"dispute.{name}", subject=f"dispute:{dispute_id}"
        )
        act(
            session,
            borrower_id=borrower_id,
            dispute_id=dispute_id,
            staff_id=caller().id,
            now=clock.now(),
        )

    return act_once(
        borrower_id,
        whole,
        what=LOOKED,
        why=AccessPurpose.RISK_REVIEW,
        then=_url(borrower_id, dispute_id),
        said=said,
        otherwise=lambda problem: _page(borrower_id, dispute_id, problem=problem),
    )


@blp.post(f"{OF_ONE}/take")
@permits("disputes.decide")
def take(borrower_id: UUID, dispute_id: UUID) -> Response:
    """Say that you look at it."""
    return _act(borrower_id, dispute_id, "take", CASE["taken"], service.take)


@blp.post(f"{OF_ONE}/ask")
@permits("disputes.decide")
def ask(borrower_id: UUID, dispute_id: UUID) -> Response:
    """Ask her for what is missing."""
    try:
        form = fields_of(DisputeQuestionForm)
    except Problem as problem:
        return _page(borrower_id, dispute_id, problem=problem)

    def act(session: Session, **about: Any) -> None:
        service.ask(session, question=form["question"], **about)

    return _act(borrower_id, dispute_id, "ask", CASE["asked"], act)


@blp.post(f"{OF_ONE}/decide")
@permits("disputes.decide")
def decide(borrower_id: UUID, dispute_id: UUID) -> Response:
    """Answer it. A fee or penalty that was wrong is waived at once."""
    try:
        form = fields_of(DisputeDecisionInSchema)
    except Problem as problem:
        return _page(borrower_id, dispute_id, problem=problem)

    def act(session: Session, **about: Any) -> None:
        service.decide(session, **about, **form | {"outcome": State(form["outcome"])})

    return _act(borrower_id, dispute_id, "decide", CASE["decided"], act)
