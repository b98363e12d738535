"""Decisions as they are kept and read: every yes and no with its reasons and its facts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, any_, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from backend.kit.predicates import facts_used, value_to_json
from rewards.campaigns.costs import event_facts
from rewards.campaigns.engine_models import CampaignDecision as D
from rewards.campaigns.engine_models import CampaignParticipant
from rewards.campaigns.evaluation import Verdict
from rewards.campaigns.outcomes import Outcome
from rewards.campaigns.participants import ASKED

LISTED_MAX = 50

_KEEP = text(
    """
    WITH kept AS (
        SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS r(
            borrower_id uuid, campaign_id uuid, seq bigint, version bigint, trigger text,
            outcome text, reasons jsonb, effects jsonb, snapshot jsonb, points bigint,
            period_start date, occurred_at timestamptz, on_day date, awards_limit bigint,
            points_limit bigint)
    ), stored AS (
        INSERT INTO campaign_decision (
            borrower_id, campaign_id, seq, version, trigger, outcome, reasons, effects, snapshot,
            points, period_start, occurred_at, on_day, decided_at)
        SELECT borrower_id, campaign_id, seq, version, trigger, outcome, reasons, effects,
               snapshot, points, period_start, occurred_at, on_day, :now
          FROM kept ORDER BY borrower_id, campaign_id, seq
        ON CONFLICT (borrower_id, campaign_id, seq) DO NOTHING
    )
    UPDATE campaign_participant AS p
       SET awards = p.awards + k.awards, points = p.points + k.points,
           awards_limit = k.awards_limit, points_limit = k.points_limit
      FROM (
          SELECT borrower_id, campaign_id, count(*) AS awards, sum(points) AS points,
                 max(awards_limit) AS awards_limit, max(points_limit) AS points_limit
            FROM kept WHERE outcome = 'awarded' GROUP BY borrower_id, campaign_id
      ) AS k
     WHERE p.borrower_id = k.borrower_id AND p.campaign_id = k.campaign_id
    """
)


def list_decided(session: Session, *, occasions: Iterable[Any]) -> set[tuple[UUID, int]]:
    """Which of these occasions were decided before, as (borrower, seq)."""
    wanted = {(each.borrower_id, each.seq) for each in occasions}
    among = any_(literal(sorted({who for who, _ in wanted}), ARRAY(Uuid)))
    rows = session.execute(
        select(D.borrower_id, D.seq)
        .where(D.borrower_id == among, D.seq.in_({seq for _, seq in wanted}))
        .distinct()
    )
    return {(row.borrower_id, row.seq) for row in rows}


def keep(
    session: Session,
    *,
    verdicts: Sequence[tuple[Any, Verdict]],
    facts: Mapping[int, Mapping[str, Any]],
    shown: Mapping[tuple[int, UUID], list[dict[str, Any]]],
    now: datetime,
) -> None:
    """Store what was decided, and count what each was given. `shown`: effects of the awards."""
    if not verdicts:
        return
    rows = [_row(occasion, verdict, facts[occasion.seq], shown) for occasion, verdict in verdicts]
    session.execute(_KEEP, {"rows": orjson.dumps(rows).decode(), "now": now})


def _row(
    occasion: Any,
    verdict: Verdict,
    facts: Mapping[str, Any],
    shown: Mapping[tuple[int, UUID], list[dict[str, Any]]],
) -> dict[str, Any]:
    candidate = verdict.candidate
    terms = candidate.terms
    is_awarded = verdict.reason is None
    read = {**facts, **event_facts(occasion.details)}
    names = sorted(facts_used(terms.conditions) | ASKED)
    return {
        "borrower_id": occasion.borrower_id,
        "campaign_id": terms.campaign_id,
        "seq": occasion.seq,
        "version": terms.version,
        "trigger": occasion.trigger,
        "outcome": Outcome.AWARDED if is_awarded else Outcome.REFUSED,
        "reasons": [] if verdict.reason is None else [verdict.reason],
        "effects": shown.get((occasion.seq, terms.campaign_id), []),
        "snapshot": {name: value_to_json(read.get(name)) for name in names},
        "points": candidate.points if is_awarded else 0,
        "period_start": verdict.period_start,
        "occurred_at": occasion.occurred_at,
        "on_day": occasion.on_day,
        "awards_limit": terms.budget.awards_each,
        "points_limit": terms.budget.points_each,
    }


def list_newest(
    session: Session, *, borrower_id: UUID, campaign_id: UUID | None = None
) -> list[Row[Any]]:
    """Her decisions, of one campaign or of all, the newest first, at most 50."""
    wanted = select(D.__table__).where(D.borrower_id == borrower_id)
    if campaign_id is not None:
        wanted = wanted.where(D.campaign_id == campaign_id)
    return list(session.execute(wanted.order_by(D.seq.desc(), D.campaign_id).limit(LISTED_MAX)))


def list_parts(session: Session, *, borrower_id: UUID) -> list[Row[Any]]:
    """What she takes part in, the newest first, at most 50."""
    p = CampaignParticipant
    return list(
        session.execute(
            select(p.__table__)
            .where(p.borrower_id == borrower_id)
            .order_by(p.joined_at.desc(), p.campaign_id)
            .limit(LISTED_MAX)
        )
    )
