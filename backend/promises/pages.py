"""`/console/borrowers/<id>/promises`: what she promised, and what she says by telephone."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from babel.numbers import get_currency_precision
from flask import Response, request
from marshmallow import fields
from sqlalchemy.orm import Session

from backend.borrowers import queries as borrowers
from backend.borrowers.case_pages import act_once
from backend.borrowers.page_looks import asks_why, if_sent, looking_at
from backend.borrowers.page_words import TABS
from backend.borrowers.rules import AccessPurpose
from backend.kit import clock
from backend.kit.audience import caller
from backend.kit.console import fields_of, page_blueprint, render
from backend.kit.fields import MINOR_MAX, Day, ShortText, StrictSchema
from backend.kit.http import locale
from backend.kit.problems import FieldError, Invalid, Problem
from backend.kit.rate_limit import LOOK_UP
from backend.kit.texts import Text
from backend.loans import queries as loans
from backend.promises import queries, service
from backend.promises.rules import DAYS_MAX
from backend.promises.wording import in_words
from backend.staff import service as staff

TITLE = Text("Promise", "还款承诺")
WORDS = {
    "hint": Text(
        "Write down what she said by herself. It stops reminders and is no plan; she reads it and"
        " can take it back.",
        "请如实记录客户主动所说。承诺期间暂停提醒，但不是还款方案；客户可以查看并撤回。",
    ),
    "loan": Text("Loan", "贷款"),
    "open": Text("{name}: {amount} open", "{name}：待还 {amount}"),
    "amount": Text("Amount, such as 120.50", "金额，例如 120.50"),
    "on": Text("By the day", "承诺日期"),
    "days": Text("1 to {n} days from today.", "今天起 1 至 {n} 天内。"),
    "send": Text("Note it", "记录"),
    "noted": Text("Noted. She can read it, and take it back.", "已记录，客户可以查看并撤回。"),
    "amount_word": Text("Amount", "金额"),
    "newest": Text("Her promises", "还款承诺记录"),
    "state": Text("Standing", "状态"),
    "none": Text("None.", "没有。"),
    "no_loans": Text("She has no open loan.", "没有未结清的贷款。"),
}

blp = page_blueprint(
    "promises",
    __name__,
    url_prefix="/console/borrowers",
    permission="promises.record",
    rate=LOOK_UP,
)
asks_why(blp)


class HeardPromiseForm(StrictSchema):
    loan_id = fields.UUID(required=True)
    amount = ShortText(1, 20, required=True)
    on = Day(required=True)


@blp.get("/<uuid:borrower_id>/promises")
def show(borrower_id: UUID) -> Response:
    """Her newest promises, and the form for another. The look is logged."""
    return _page(borrower_id)


def _page(borrower_id: UUID, *, problem: Problem | None = None) -> Response:
    now = clock.now()
    with looking_at(borrower_id, what="promise", act=if_sent(AccessPurpose.RISK_REVIEW)) as session:
        person = borrowers.get_profile(session, borrower_id=borrower_id)
        today = borrowers.get_day(session, borrower_id=borrower_id, now=now)
        owed = loans.list_panel(session, borrower_id=borrower_id, now=now)
        made = queries.list_newest(session, borrower_id=borrower_id)
    return render(
        "promises/page.html",
        title=TITLE,
        texts=WORDS,
        tabs=TABS,
        borrower_id=borrower_id,
        person=person,
        loans=[each for each in owed if each["status"] != "closed"],
        promises=[in_words(row, locale=locale()) for row in made],
        first_day=today + timedelta(days=1),
        last_day=today + timedelta(days=DAYS_MAX),
        days_max=DAYS_MAX,
        form=request.form,
        problem=problem,
    )


@blp.post("/<uuid:borrower_id>/promises")
def note(borrower_id: UUID) -> Response:
    """Note what she promised on the telephone, once."""
    try:
        form = fields_of(HeardPromiseForm)
    except Problem as problem:
        return _page(borrower_id, problem=problem)
    return act_once(
        borrower_id,
        lambda session: _note(session, borrower_id, form),
        what="promise",
        why=AccessPurpose.RISK_REVIEW,
        then=f"/console/borrowers/{borrower_id}/promises",
        said=WORDS["noted"],
        otherwise=lambda problem: _page(borrower_id, problem=problem),
    )


def _note(session: Session, borrower_id: UUID, form: dict[str, Any]) -> None:
    now = clock.now()
    owed = loans.get_own_loan(
        session, borrower_id=borrower_id, loan_id=form["loan_id"], now=now, as_of=None
    )
    promise_id = service.make_promise(
        session,
        borrower_id=borrower_id,
        loan_id=form["loan_id"],
        amount_minor=read_amount(form["amount"], owed["currency"]),
        on=form["on"],
        recorded_by=caller().id,
        now=now,
    )
    staff.record_action(
        session,
        staff_id=caller().id,
        action="promise.record",
        subject=f"borrower:{borrower_id}",
        details={"promise": str(promise_id)},
    )


def read_amount(amount: str, currency: str) -> int:
    """What was typed, to the cent. Refuses: Invalid."""
    try:
        minor = Decimal(amount.replace(",", "")).scaleb(get_currency_precision(currency))
    except ArithmeticError:
        minor = Decimal("NaN")
    if not minor.is_finite() or minor != minor.to_integral_value() or not 0 < minor <= MINOR_MAX:
        raise Invalid(errors=[FieldError("#/amount", "Must be an amount, such as 120.50.")])
    return int(minor)
