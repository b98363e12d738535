"""`/console/hardship`: applications for help, what her figures say, a question, a decision."""

from collections.abc import Callable
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
from backend.hardship import queries, service, view
from backend.hardship.rules import OPEN, Ground, State
from backend.hardship.schemas import HardshipDecisionInSchema, QuestionInSchema
from backend.hardship.service import Decision
from backend.hardship.wording import GROUNDS, REASONS
from backend.kit import clock
from backend.kit.audience import caller, permits
from backend.kit.console import Area, Entry, fields_of, page_blueprint
from backend.kit.console.filters import day, instant, money
from backend.kit.http import locale
from backend.kit.problems import Problem
from backend.kit.rate_limit import LOOK_UP
from backend.kit.texts import Text
from backend.staff import service as staff

QUEUE = "/console/hardship"
OF_ONE = "/borrowers/<uuid:borrower_id>/hardship/<uuid:application_id>"
LOOKED = "hardship application"
TITLE = Text("Application in hardship", "困难帮扶申请")
QUEUE_TITLE = Text("Hardship", "困难帮扶")
INCOME = Text("Income a month", "月收入")
SPENT = Text("Costs and other debts", "开支与其他债务")
LEFT = Text("Left of a month", "每月结余")
OWN_DUE = Text("Due to us in 30 days", "30 天内到期应还")
RELIEF = Text("Relief until", "帮扶至")
FIGURES = Text("What her figures say", "收支情况")
CHOICES = Choices(
    outcomes={
        State.GRANTED: Text("Grant relief", "批准帮扶"),
        State.DECLINED: Text("Decline", "不予批准"),
    },
    grounds={code: words for code, (words, _) in GROUNDS.items()},
    more=("relief_until_on", Text("Where granted: relief until", "批准时：帮扶至"), "date"),
)

blp = page_blueprint(
    "hardship",
    __name__,
    url_prefix="/console",
    permission="hardship.read",
    menu=(Entry(Area.WORK, QUEUE_TITLE, QUEUE, order=50),),
    rate=LOOK_UP,
)
asks_why(blp)


def _url(borrower_id: UUID, application_id: UUID) -> str:
    return f"/console/borrowers/{borrower_id}/hardship/{application_id}"


@blp.get("/hardship")
def queue() -> Response:
    """Open applications, the one promised first first. The look is logged."""
    return show_queue(
        QUEUE_TITLE,
        lambda session, args: queries.page_queue(session, who=caller(), args=args),
        lambda row: Waiting(
            _url(row.borrower_id, row.id),
            REASONS[row.reason],
            row.decide_by_on,
            row.submitted_at,
            row.state,
        ),
        url=QUEUE,
        what="hardship queue",
        why=AccessPurpose.HARDSHIP,
    )


@blp.get(OF_ONE)
def show(borrower_id: UUID, application_id: UUID) -> Response:
    """What she told us, and what her figures say. The look is logged."""
    return _page(borrower_id, application_id)


def _page(borrower_id: UUID, application_id: UUID, *, problem: Problem | None = None) -> Response:
    with looking_at(borrower_id, what=LOOKED, act=if_sent(AccessPurpose.RISK_REVIEW)) as session:
        person = borrowers.get_profile(session, borrower_id=borrower_id)
        found = view.get_for_staff(
            session, borrower_id=borrower_id, application_id=application_id, locale=locale()
        )
    shown = CaseView(
        title=TITLE,
        state=found["state"],
        told=found["state_text"],
        words=found["text"],
        facts=_facts(found),
        lists=_lists(found),
        acts=_acts(found["state"]),
    )
    return show_case(person, shown, CHOICES, url=_url(borrower_id, application_id), problem=problem)


def _facts(found: dict[str, Any]) -> list[tuple[Text, Any]]:
    figures, relief = found["verdict"], found["relief"]
    currency = figures["currency"]
    return [
        (CASE["reason"], found["reason_text"]),
        (CASE["asked_at"], instant(found["submitted_at"])),
        (CASE["due"], day(found["decide_by_on"])),
        (INCOME, money(figures["income_minor"], currency)),
        (SPENT, money(figures["spent_minor"], currency)),
        (LEFT, money(figures["disposable_minor"], currency)),
        (OWN_DUE, money(figures["own_due_minor"], currency)),
        (RELIEF, day(relief["until_on"]) if relief else None),
    ]


def _lists(found: dict[str, Any]) -> list[tuple[Text, list[str]]]:
    figures, decision = found["verdict"], found["decision"]
    ways = [each["text"] for each in figures["would_change"]]
    said = [figures["finding_text"], *ways]
    lists = [(FIGURES, said), (CASE["question"], [found["question"]] if found["question"] else [])]
    if decision is not None:
        reasons = [each["text"] for each in decision["reasons"]]
        lists += [(CASE["grounds"], reasons), (CASE["answer"], [decision["answer"]])]
    return lists


def _acts(state: str) -> frozenset[str]:
    if state not in OPEN or "hardship.decide" not in caller().permissions:
        return frozenset()
    acts = {"decide"}
    if state != State.UNDER_REVIEW:
        acts.add("take")
    if state != State.INFO_REQUESTED:
        acts.add("ask")
    return frozenset(acts)


def _act(
    borrower_id: UUID,
    application_id: UUID,
    act: Callable[[Session], None],
    *,
    action: str,
    said: Text,
    **details: str,
) -> Response:
    """Do it once, on the trail without anything that she told us, and go back to it."""

    def whole(session: Session) -> None:
        act(session)
        staff.record_action(
            session,
            staff_id=caller().id,
            action=f"hardship.{action}",
            subject=f"hardship-application:{application_id}",
            details=details,
        )

    return act_once(
        borrower_id,
        whole,
        what="hardship",
        why=AccessPurpose.RISK_REVIEW,
        then=_url(borrower_id, application_id),
        said=said,
        otherwise=lambda problem: _page(borrower_id, application_id, problem=problem),
    )


@blp.post(f"{OF_ONE}/take")
@permits("hardship.decide")
def take(borrower_id: UUID, application_id: UUID) -> Response:
    """Take it up, so that she sees that somebody works on it."""

    def act(session: Session) -> None:
        service.take_up(session, borrower_id=borrower_id, application_id=application_id)

    return _act(borrower_id, application_id, act, action="review", said=CASE["taken"])


@blp.post(f"{OF_ONE}/ask")
@permits("hardship.decide")
def ask(borrower_id: UUID, application_id: UUID) -> Response:
    """Ask her for something. Relief that has begun goes on."""
    try:
        form = fields_of(QuestionInSchema)
    except Problem as problem:
        return _page(borrower_id, application_id, problem=problem)

    def act(session: Session) -> None:
        service.ask(
            session,
            borrower_id=borrower_id,
            application_id=application_id,
            words=form["question"],
            asked_by=caller().id,
            now=clock.now(),
        )

    return _act(borrower_id, application_id, act, action="ask", said=CASE["asked"])


@blp.post(f"{OF_ONE}/decide")
@permits("hardship.decide")
def decide(borrower_id: UUID, application_id: UUID) -> Response:
    """Grant relief until a day, or decline. Whoever checked one of its documents does not."""
    try:
        form = fields_of(HardshipDecisionInSchema)
    except Problem as problem:
        return _page(borrower_id, application_id, problem=problem)

    def act(session: Session) -> None:
        now = clock.now()
        service.decide(
            session,
            borrower_id=borrower_id,
            application_id=application_id,
            decision=Decision(
                outcome=State(form["outcome"]),
                grounds=[Ground(each) for each in dict.fromkeys(form["grounds"])],
                words=form["answer"],
                relief_until_on=form["relief_until_on"],
            ),
            decided_by=caller().id,
            today=borrowers.get_day(session, borrower_id=borrower_id, now=now),
            now=now,
        )

    return _act(
        borrower_id,
        application_id,
        act,
        action="decide",
        said=CASE["decided"],
        outcome=form["outcome"],
    )
