"""What an option would do beside the schedule: to her tier, her points, and who decides on it.

Kept with the quote without words, so that it reads in either language.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.problems import NotFound
from backend.kit.texts import Locale
from backend.loans import queries as loans
from backend.loans.queries import LoanRecord
from backend.plan_quotes import ports
from backend.plan_quotes.rules import (
    Kind,
    LoanFacts,
    Priced,
    why_a_person_decides,
)
from backend.plan_quotes.wording import DECIDED, DECIDED_BY_A_PERSON, FROZEN, PERSON
from backend.profile import queries as profile
from backend.programme import queries as programme
from backend.tiers.own_tier import public
from backend.tiers.policies import Loaded, get_live


@dataclass(frozen=True)
class Outlook:
    """What does not depend on the option: her facts, the policy, her other loans, enrolment."""

    facts: LoanFacts
    record: LoanRecord
    policy: Loaded | None
    known: dict[str, Any]
    late_elsewhere: int | None
    is_enrolled: bool


def look_out(
    session: Session, *, borrower_id: UUID, record: LoanRecord, facts: LoanFacts, now: datetime
) -> Outlook:
    """Read once for all options."""
    enrolment = programme.find_enrolment(session, borrower_id=borrower_id)
    return Outlook(
        facts=facts,
        record=record,
        policy=find_policy(session),
        known=profile.get_facts(session, borrower_id=borrower_id, now=now),
        late_elsewhere=loans.find_days_past_due_elsewhere(
            session, borrower_id=borrower_id, besides=record.key.loan_id, today=facts.today
        ),
        is_enrolled=enrolment is not None and enrolment.status == "enrolled",
    )


def find_policy(session: Session) -> Loaded | None:
    """The live policy, with the tiers' public names; None before the first."""
    try:
        return get_live(session)
    except NotFound:
        return None


def effects_of(
    session: Session, outlook: Outlook, options: Sequence[tuple[Kind, Priced]]
) -> list[dict[str, Any]]:
    """Of each option."""
    points = _points(session, outlook, [priced for _, priced in options])
    return [
        {
            "tier": _tier(outlook, kind, priced),
            "points": earned,
            "days_past_due": {
                "now": outlook.facts.days_past_due_now,
                "with_plan": _days_past_due(outlook, kind, priced),
            },
            "person": list(
                why_a_person_decides(
                    kind, priced.laid.terms, tier=outlook.facts.tier, past=outlook.facts.past
                )
            ),
        }
        for (kind, priced), earned in zip(options, points, strict=True)
    ]


def _days_past_due(outlook: Outlook, kind: Kind, priced: Priced) -> int | None:
    is_same = kind is Kind.WAIVE_PENALTY
    return outlook.facts.days_past_due_now if is_same else priced.days_past_due


def _tier(outlook: Outlook, kind: Kind, priced: Priced) -> dict[str, str | None]:
    """Her tier, and the one that the policy would give her then; a plan never makes it worse."""
    now = outlook.facts.tier
    policy = outlook.policy
    present = policy.policy.tier(now) if policy and now else None
    if policy is None or present is None:
        return {"now": now, "with_plan": now}
    days = [_days_past_due(outlook, kind, priced), outlook.late_elsewhere]
    late = max((each for each in days if each is not None), default=None)
    verdict = policy.judge.verdict({**outlook.known, "days_past_due": late, "plan_active": True})
    is_better = verdict.rank > (present.rank or 0)
    return {"now": now, "with_plan": verdict.tier if is_better else now}


def _points(
    session: Session, outlook: Outlook, options: Sequence[Priced]
) -> list[dict[str, int] | None]:
    """What keeping every instalment to come would earn; None for whom nothing is earned."""
    forecast = ports.forecast()
    if forecast is None or not outlook.is_enrolled or not options:
        return [None] * len(options)
    today = outlook.facts.today
    present = [
        line.due_on
        for line in outlook.facts.state.lines
        if line.open_minor and line.due_on is not None
    ]
    schedules = [present, *(priced.due_on for priced in options)]
    ahead = [[day for day in days if day >= today] for days in schedules]
    now, *then = forecast(session, traits=outlook.record, schedules=ahead)
    return [{"now": now, "with_plan": points} for points in then]


def effects_in(effects: dict[str, Any], *, policy: Loaded | None, locale: Locale) -> dict[str, Any]:
    """Kept effects in words."""
    codes = effects["person"]
    return {
        "tier": {when: _public(code, policy, locale) for when, code in effects["tier"].items()},
        "tier_text": FROZEN.in_(locale),
        "points": effects["points"],
        "days_past_due": effects["days_past_due"],
        "needs_person": bool(codes),
        "decision_text": (DECIDED_BY_A_PERSON if codes else DECIDED).in_(locale),
        "person_reasons": [{"code": code, "text": PERSON[code].in_(locale)} for code in codes],
    }


def _public(code: str | None, policy: Loaded | None, locale: Locale) -> dict[str, str] | None:
    tier = policy.policy.tier(code) if policy and code else None
    return None if tier is None else public(tier, locale)
