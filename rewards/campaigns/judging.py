"""A stored version made into terms, and judged by what is live now."""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.kit.clock import day_in_zone
from backend.profile import queries as profile
from rewards.badges import definitions as badges
from rewards.campaigns import checks
from rewards.campaigns.document import read_terms
from rewards.campaigns.models import CampaignVersion
from rewards.campaigns.rules import Finding
from rewards.campaigns.terms import CampaignTerms

NOT_KEPT = UUID(int=0)


def hash_of(document: Mapping[str, Any]) -> str:
    """SHA-256 of the document as canonical JSON [RFC 8785]."""
    return hashlib.sha256(rfc8785.dumps(dict(document))).hexdigest()


def terms_of(
    session: Session,
    document: object,
    *,
    campaign_id: UUID = NOT_KEPT,
    version: int = 1,
    pointer: str = "#",
) -> CampaignTerms:
    """The document in checked form. Refuses: Invalid, every fault with its JSON pointer."""
    facts = profile.get_catalogue(session).types
    return read_terms(
        document, campaign_id=campaign_id, version=version, facts=facts, pointer=pointer
    )


def judge(session: Session, terms: CampaignTerms) -> list[Finding]:
    """What the checks find, by the badges and facts of now."""
    catalogue = profile.get_catalogue(session)
    context = checks.Context(
        badges=frozenset(each.code for each in badges.list_live(session)),
        extra_facts={name: fact.label for name, fact in catalogue.facts.items() if fact.is_extra},
        runs_since=_runs_since(session, terms.campaign_id),
    )
    return checks.check(terms, context)


def _runs_since(session: Session, campaign_id: UUID) -> date | None:
    """The first day on which any version of it that was launched could give something."""
    version = CampaignVersion
    launched = select(version.document, version.launched_at).where(
        version.campaign_id == campaign_id, version.launched_at.is_not(None)
    )
    days = [
        max(
            date.fromisoformat(row.document["schedule"]["starts_on"]),
            day_in_zone(row.launched_at, row.document["schedule"]["zone"]),
        )
        for row in session.execute(launched)
    ]
    return min(days, default=None)
