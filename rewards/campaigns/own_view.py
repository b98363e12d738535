"""What a borrower sees of the campaigns that she takes part in."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.kit.predicates import list_comparisons
from backend.kit.texts import Locale
from backend.profile import queries as profile
from rewards.campaigns import decisions
from rewards.campaigns.errors import CampaignNotFound
from rewards.campaigns.models import Campaign
from rewards.campaigns.outcomes import Arm, Outcome, Reason
from rewards.campaigns.running import get_terms
from rewards.campaigns.terms import CampaignTerms
from rewards.campaigns.why import OUTCOMES, PROGRESS, WHY

AT_LEAST = frozenset({"gte", "gt", "eq"})


def list_own(
    session: Session, *, borrower_id: UUID, locale: Locale, now: datetime
) -> list[dict[str, Any]]:
    """All that she takes part in, the newest first, each with how far she is."""
    return _shown(
        session, decisions.list_parts(session, borrower_id=borrower_id), locale=locale, now=now
    )


def get_own(
    session: Session, *, borrower_id: UUID, campaign_id: UUID, locale: Locale, now: datetime
) -> dict[str, Any]:
    """One of them, with what was decided of each occasion and why. Refuses: CampaignNotFound."""
    parts = [
        part
        for part in decisions.list_parts(session, borrower_id=borrower_id)
        if part.campaign_id == campaign_id
    ]
    if not parts:
        raise CampaignNotFound
    found = decisions.list_newest(session, borrower_id=borrower_id, campaign_id=campaign_id)
    shown = _shown(session, parts, locale=locale, now=now)[0]
    return shown | {"decisions": [in_words(each, locale=locale) for each in found]}


def in_words(decision: Any, *, locale: Locale) -> dict[str, Any]:
    """One decision as she reads it."""
    return {
        "on": decision.on_day.isoformat(),
        "outcome": decision.outcome,
        "points": decision.points if decision.outcome == Outcome.AWARDED else 0,
        "text": OUTCOMES[Outcome(decision.outcome)].in_(locale),
        "reasons": [WHY[Reason(each)].in_(locale) for each in decision.reasons],
    }


def _shown(
    session: Session, parts: Sequence[Any], *, locale: Locale, now: datetime
) -> list[dict[str, Any]]:
    if not parts:
        return []
    states = {
        row.id: row
        for row in session.execute(
            select(Campaign.id, Campaign.state, Campaign.live_version).where(
                Campaign.id.in_([part.campaign_id for part in parts])
            )
        )
    }
    keys = {part.campaign_id: (part.campaign_id, _version(part, states)) for part in parts}
    terms = get_terms(session, keys=list(keys.values()))
    facts = profile.get_facts(session, borrower_id=parts[0].borrower_id, now=now)
    return [
        _show(
            part,
            terms[keys[part.campaign_id]],
            state=states[part.campaign_id].state,
            facts=facts,
            locale=locale,
        )
        for part in parts
    ]


def _version(part: Any, states: Mapping[UUID, Any]) -> int:
    live: int | None = states[part.campaign_id].live_version
    return part.version if live is None else live


def _show(
    part: Any, terms: CampaignTerms, *, state: str, facts: Mapping[str, Any], locale: Locale
) -> dict[str, Any]:
    is_drawn = part.arm == Arm.HOLDOUT
    return {
        "id": part.campaign_id,
        "name": terms.name.in_(locale),
        "promise": terms.promise.in_(locale),
        "state": state,
        "ends_on": terms.schedule.ends_on.isoformat(),
        "joined_on": part.joined_on.isoformat(),
        "awards": part.awards,
        "awards_max": terms.budget.awards_each,
        "points": part.points,
        "progress": [] if is_drawn else list(_progress(terms, facts, locale=locale)),
        "note": WHY[Reason.HOLDOUT].in_(locale) if is_drawn else None,
    }


def _progress(
    terms: CampaignTerms, facts: Mapping[str, Any], *, locale: Locale
) -> Iterable[dict[str, Any]]:
    for each in list_comparisons(terms.conditions):
        if each.fact in PROGRESS and each.op in AT_LEAST and isinstance(each.value, int):
            yield {
                "text": PROGRESS[each.fact].in_(locale),
                "value": int(facts.get(each.fact) or 0),
                "goal": each.value + (each.op == "gt"),
            }
