"""All that a person needs to decide on a request, gathered for one page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.borrowers import queries as borrowers
from backend.documents import staff_view as documents
from backend.hardship import view as hardship
from backend.kit.texts import Locale, Text
from backend.plan_quotes.effects import find_policy
from backend.plan_quotes.previews import Preview, preview_options
from backend.plan_quotes.rules import Wishes
from backend.plan_quotes.views import quote_view
from backend.profile import queries as profile
from backend.repayment_plans.rules import REASON_TEXTS, Reason, State
from backend.repayment_plans.service.cases import her_day
from backend.repayment_plans.service.decisions import DECIDABLE
from backend.repayment_plans.view import show_to_staff


@dataclass(frozen=True)
class Asked:
    """What the reader wants reckoned, in which language, at what moment."""

    wishes: Wishes
    left_out: int | None
    locale: Locale
    now: datetime


def get_case(
    session: Session, *, borrower_id: UUID, request_id: UUID, asked: Asked
) -> dict[str, Any]:
    """The request with options side by side, means, documents and time. Refuses: NotFound."""
    case = show_to_staff(session, borrower_id=borrower_id, request_id=request_id, now=asked.now)
    may_decide = State(case["state"]) in DECIDABLE
    hers = quote_view(case["quote"], policy=find_policy(session), locale=asked.locale)
    return {
        "case": case,
        "person": borrowers.get_profile(session, borrower_id=borrower_id),
        "currency": case["quote"].currency,
        "today": her_day(session, borrower_id=borrower_id, now=asked.now),
        "reason_text": REASON_TEXTS[Reason(case["reason"])],
        "review_reasons": [Text.from_json(each) for each in case["review_reasons"]],
        "hers": hers,
        "options": _preview(session, case, asked).options if may_decide else [],
        "may_decide": may_decide,
        "means": _means(session, borrower_id=borrower_id, asked=asked),
        "documents": [
            documents.get_shown(
                session, borrower_id=borrower_id, document_id=each, locale=asked.locale
            )
            for each in case["document_ids"]
        ],
    }


def _preview(session: Session, case: dict[str, Any], asked: Asked) -> Preview:
    return preview_options(
        session,
        borrower_id=case["borrower_id"],
        loan_id=case["booked_loan_id"] or case["loan_id"],
        wishes=asked.wishes,
        left_out=asked.left_out,
        now=asked.now,
        locale=asked.locale,
    )


def _means(session: Session, *, borrower_id: UUID, asked: Asked) -> dict[str, Any]:
    """What is known of her means: facts of the profile, and her newest own statement."""
    facts = profile.get_facts(session, borrower_id=borrower_id, now=asked.now)
    newest = hardship.page_applications(
        session, borrower_id=borrower_id, args={"limit": 1, "cursor": None}, locale=asked.locale
    ).items
    return {
        "income_minor": facts["income_monthly"],
        "currency": profile.find_currency(session, borrower_id=borrower_id),
        "is_verified": facts["income_verified"],
        "debt_to_income": facts["debt_to_income"],
        "statement": newest[0] if newest else None,
    }
