"""Taking awards back whose occasion never was. The budget stays spent; her own share is free."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import any_, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import bindparam
from sqlalchemy.types import Uuid

from backend.benefits import service as benefits
from backend.programme import service as programme
from rewards.badges import service as badges
from rewards.campaigns.engine_models import CampaignDecision as D
from rewards.campaigns.engine_models import CampaignOccasion as O
from rewards.campaigns.outcomes import EffectOutcome, Outcome
from rewards.points import service as points

CAUSE = points.Cause("payment_reversed")

_REVERSE = text(
    """
    WITH reversed AS (
        UPDATE campaign_decision
           SET outcome = 'reversed', effects = :effects, reversed_at = :now, reversed_seq = :seq
         WHERE borrower_id = :borrower_id AND campaign_id = :campaign_id AND seq = :of_seq
        RETURNING points
    )
    UPDATE campaign_participant AS p
       SET awards = p.awards - 1, points = p.points - reversed.points
      FROM reversed
     WHERE p.borrower_id = :borrower_id AND p.campaign_id = :campaign_id
    """
).bindparams(bindparam("effects", type_=JSONB))


def take_back(session: Session, *, borrower_ids: Sequence[UUID], before: int, now: datetime) -> int:
    """Take back what these were awarded for what news before that place undid; how many awards."""
    wanted = (
        select(D.borrower_id, D.campaign_id, D.seq, D.effects, O.undone_seq)
        .join(O, (O.borrower_id == D.borrower_id) & (O.seq == D.seq))
        .where(
            D.borrower_id == any_(literal(list(borrower_ids), ARRAY(Uuid))),
            D.outcome == Outcome.AWARDED,
            O.undone_seq < before,
        )
        .order_by(D.borrower_id, D.seq, D.campaign_id)
    )
    found = session.execute(wanted).all()
    if not found:
        return 0
    # Found without a lock; held in the order in which awards are given; and looked for again.
    owners = sorted({row.borrower_id for row in found})
    programme.lock_enrolled(session, borrower_ids=owners)
    points.lock_accounts(session, borrower_ids=owners)
    found = session.execute(wanted).all()
    for row in found:
        effects = [_undo(session, row, effect, now=now) for effect in row.effects]
        session.execute(
            _REVERSE,
            {
                "borrower_id": row.borrower_id,
                "campaign_id": row.campaign_id,
                "of_seq": row.seq,
                "effects": effects,
                "now": now,
                "seq": row.undone_seq,
            },
        )
    return len(found)


def _undo(
    session: Session, row: Any, effect: Mapping[str, Any], *, now: datetime
) -> dict[str, Any]:
    if effect["outcome"] != EffectOutcome.GIVEN:
        return dict(effect)
    is_gone = False
    match effect["kind"]:
        case "points" | "points_multiplied":
            number = effect["entry"]
            points.reverse(
                session, borrower_id=row.borrower_id, number=number, cause=CAUSE, now=now
            )
            is_gone = True
        case "badge":
            is_gone = badges.take_gift_back(
                session,
                borrower_id=row.borrower_id,
                award_id=UUID(effect["award_id"]),
                seq=row.undone_seq,
                now=now,
            )
        case "benefit":
            is_gone = benefits.take_gift_back(
                session,
                borrower_id=row.borrower_id,
                grant_id=UUID(effect["grant_id"]),
                now=now,
            )
        case _:
            pass
    outcome = EffectOutcome.TAKEN_BACK if is_gone else EffectOutcome.KEPT
    return {**effect, "outcome": str(outcome)}
