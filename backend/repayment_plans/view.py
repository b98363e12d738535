"""One request with all that belongs to it, for its borrower and for staff."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from backend.kit.predicates import value_to_json
from backend.kit.texts import Locale
from backend.plan_quotes import queries as quotes
from backend.plan_quotes.service import VALID_FOR
from backend.profile import queries as profile
from backend.repayment_plans import queries
from backend.repayment_plans.queries import is_bound, is_broken
from backend.repayment_plans.rules import MOVES, Actor, State
from backend.repayment_plans.wording import decision_in_words, move_in_words, stand_in_words

_ACTS = {
    State.ACCEPTED: "accept",
    State.WITHDRAWN: "withdraw",
    State.UNDER_REVIEW: "answer",
    State.APPEALED: "appeal",
}


def show_own(
    session: Session, *, borrower_id: UUID, request_id: UUID, today: date, locale: Locale
) -> dict[str, Any]:
    """Her request in her words. Refuses: PlanRequestUnknown."""
    row = queries.get_request(session, borrower_id=borrower_id, request_id=request_id)
    parts = _parts(session, row)
    return {
        **stand_in_words(row, locale=locale),
        **parts,
        "may": list_acts(row, today=today),
        "decisions": [decision_in_words(each, locale=locale) for each in parts["decisions"]],
        "history": [move_in_words(each, locale=locale) for each in parts["history"]],
    }


def show_to_staff(
    session: Session, *, borrower_id: UUID, request_id: UUID, now: datetime
) -> dict[str, Any]:
    """The whole case. Refuses: PlanRequestUnknown."""
    row = queries.get_request(session, borrower_id=borrower_id, request_id=request_id)
    facts = profile.get_facts(session, borrower_id=borrower_id, now=now)
    return {
        **row._mapping,
        **_parts(session, row),
        "facts": {name: value_to_json(value) for name, value in facts.items()},
        "options": quotes.list_quotes(
            session, borrower_id=borrower_id, loan_id=row.loan_id, since=now - VALID_FOR
        ),
    }


def list_acts(row: AnyRow, *, today: date) -> list[str]:
    """What she can do with it now."""
    state = State(row.state)
    acts = [
        _ACTS[to]
        for (from_, to), who in MOVES.items()
        if from_ is state and to in _ACTS and Actor.BORROWER in who
    ]
    is_cooled = row.cooling_off_until_on is not None and today > row.cooling_off_until_on
    if is_broken(row) or (is_bound(row) and is_cooled):
        acts = [act for act in acts if act != "withdraw"]
    return sorted(acts)


def _parts(session: Session, row: AnyRow) -> dict[str, Any]:
    key: dict[str, UUID] = {"borrower_id": row.borrower_id, "request_id": row.id}
    return {
        "message": queries.open_message(row),
        "quote": quotes.get_quote(session, borrower_id=row.borrower_id, quote_id=row.quote_id),
        "decisions": queries.list_decisions(session, **key),
        "disputed_penalties": queries.list_disputed(session, **key),
        "kept": queries.list_kept(session, **key),
        "history": queries.list_history(session, **key),
    }
