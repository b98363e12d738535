"""All options of a loan side by side, for whoever decides on a request. Nothing of them is kept."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.ids import new_id
from backend.kit.texts import Locale
from backend.plan_quotes.effects import effects_of, find_policy, look_out
from backend.plan_quotes.queries import Quote
from backend.plan_quotes.rules import STAFF_BOUNDS, Kind, NotPossible, Priced, Wishes
from backend.plan_quotes.service import VALID_FOR, Option, attempt, content_of, gather
from backend.plan_quotes.views import option_view


@dataclass(frozen=True)
class Preview:
    """Every kind, priced or refused, in words."""

    currency: str
    options: list[dict[str, Any]]


def preview_options(
    session: Session,
    *,
    borrower_id: UUID,
    loan_id: UUID,
    wishes: Wishes,
    left_out: int | None = None,
    now: datetime,
    locale: Locale,
) -> Preview:
    """Price every kind within staff's bounds; the open request is no bar to it.

    `left_out`: how many instalments to leave out, where that is chosen.

    What is then offered is priced again and kept by `service.quote_counter_offer`, which comes to
    the same on the same day. Refuses: NotFound.
    """
    record, facts = gather(session, borrower_id=borrower_id, loan_id=loan_id, now=now)
    facts = replace(facts, past=replace(facts.past, has_open=False))
    chosen = dict.fromkeys(Kind, wishes) | {Kind.SKIP: replace(wishes, months=left_out)}
    tried = [(kind, attempt(kind, facts, chosen[kind], STAFF_BOUNDS)) for kind in Kind]
    priced = [(kind, found) for kind, found in tried if isinstance(found, Priced)]
    outlook = look_out(session, borrower_id=borrower_id, record=record, facts=facts, now=now)
    effects = dict(
        zip((kind for kind, _ in priced), effects_of(session, outlook, priced), strict=True)
    )
    policy = find_policy(session)

    def unkept(kind: Kind, option: Priced) -> Quote:
        return Quote(
            **content_of(record, kind, option),
            id=new_id(),
            borrower_id=borrower_id,
            loan_id=loan_id,
            loan_external_id=record.external_id,
            source="staff",
            currency=record.currency,
            basis="",
            signature=b"",
            rounding=str(facts.product.rounding),
            effects=effects[kind],
            quoted_at=now,
            expires_at=now + VALID_FOR,
        )

    options = [
        Option(kind, None, found)
        if isinstance(found, NotPossible)
        else Option(kind, unkept(kind, found), None)
        for kind, found in tried
    ]
    return Preview(
        record.currency,
        [
            option_view(each, currency=record.currency, policy=policy, locale=locale)
            for each in options
        ],
    )
