"""Who takes part: everybody at the launch, and each borrower at her news; once in, she stays."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import Row, any_, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from backend.kit.predicates import All, Compare, facts_used
from backend.kit.predicates_sql import to_sql
from backend.kit.programme_zone import Moment, programme_day
from backend.profile import queries as profile
from rewards.campaigns.engine_models import CampaignParticipant as P
from rewards.campaigns.evaluation import arm_of
from rewards.campaigns.occasions import News
from rewards.campaigns.running import Running
from rewards.campaigns.terms import CampaignTerms

ENROLLED = "enrolled"
# Read of everybody who might join: rewards are for the enrolled, and results are told by tier.
ASKED = frozenset({"programme_status", "tier"})
IS_ENROLLED = Compare("programme_status", "eq", ENROLLED)

Facts = Mapping[str, Any]
Pair = tuple[UUID, UUID]

_JOIN = text(
    """
    INSERT INTO campaign_participant (
        borrower_id, campaign_id, arm, joined_at, joined_seq, joined_on, version, tier)
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS r(
        borrower_id uuid, campaign_id uuid, arm text, joined_at timestamptz, joined_seq bigint,
        joined_on date, version bigint, tier text)
     ORDER BY borrower_id, campaign_id
    ON CONFLICT (borrower_id, campaign_id) DO NOTHING
    RETURNING borrower_id
    """
)


class Joined(NamedTuple):
    """Somebody whom an audience holds for, and when."""

    borrower_id: UUID
    terms: CampaignTerms
    at: datetime
    seq: int
    on_day: date
    tier: str | None


def list_of(session: Session, *, borrower_ids: Iterable[UUID]) -> dict[Pair, Row[Any]]:
    """All that these borrowers take part in, by (borrower, campaign)."""
    among = any_(literal(sorted(set(borrower_ids)), ARRAY(Uuid)))
    rows = session.execute(select(P.__table__).where(P.borrower_id == among))
    return {(row.borrower_id, row.campaign_id): row for row in rows}


def follow(
    session: Session,
    *,
    news: Sequence[News],
    running: Sequence[Running],
    known: Sequence[tuple[date, Facts]],
    parts: Mapping[Pair, Any],
) -> bool:
    """Let those join whose facts, as of their news, an audience holds for; whether any did."""
    found: dict[Pair, Joined] = {}
    for each, (on_day, facts) in zip(news, known, strict=True):
        if facts["programme_status"] != ENROLLED:
            continue
        for campaign in running:
            pair = (each.borrower_id, campaign.terms.campaign_id)
            if campaign.is_paused or pair in parts or pair in found:
                continue
            if campaign.terms.is_for(facts):
                found[pair] = Joined(
                    each.borrower_id,
                    campaign.terms,
                    each.occurred_at,
                    each.seq,
                    on_day,
                    facts["tier"],
                )
    join(session, list(found.values()))
    return bool(found)


def sweep(
    session: Session, *, terms: CampaignTerms, borrower_ids: Sequence[UUID], now: datetime
) -> int:
    """Let all of these borrowers join whom the audience holds for now; returns how many did."""
    audience = All((terms.audience, IS_ENROLLED))
    catalogue = profile.get_catalogue(session, with_retired=True)
    columns = catalogue.columns()
    owner = columns["programme_status"].table.c.borrower_id
    among = owner == any_(literal(list(borrower_ids), ARRAY(Uuid)))
    facts = catalogue.worked_out(facts_used(audience) | ASKED, where=[among])
    named = {column.name: column for column in facts.c}
    rows = session.execute(
        select(facts.c.borrower_id, facts.c.tier).where(to_sql(audience, named)),
        Moment(now).parameters,
    )
    today = programme_day(now)
    return join(session, [Joined(row.borrower_id, terms, now, 0, today, row.tier) for row in rows])


def join(session: Session, joined: Sequence[Joined]) -> int:
    """Store who takes part now; who did before stays as she was."""
    if not joined:
        return 0
    rows = [
        {
            "borrower_id": each.borrower_id,
            "campaign_id": each.terms.campaign_id,
            "arm": arm_of(each.terms, each.borrower_id),
            "joined_at": each.at,
            "joined_seq": each.seq,
            "joined_on": each.on_day,
            "version": each.terms.version,
            "tier": each.tier,
        }
        for each in joined
    ]
    return len(session.execute(_JOIN, {"rows": orjson.dumps(rows).decode()}).all())
