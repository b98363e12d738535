"""What an award gives: each effect by its own package, and with an outcome of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.benefits import service as benefits
from backend.events.campaigns import CampaignMessage
from backend.kit.outbox import announce_all
from backend.kit.texts import Text
from rewards.badges import service as badges
from rewards.campaigns.costs import points_of
from rewards.campaigns.outcomes import EffectOutcome
from rewards.campaigns.terms import BadgeGiven, BenefitGiven, CampaignTerms, Message
from rewards.points.definitions import RuleBook
from rewards.points.service.ledger import Cause, Opening, Source, open_lots

CAUSE = "campaign"
_GIVEN = Text("From “{name}”.", "来自“{name}”活动。")


@dataclass(frozen=True, slots=True)
class Award:
    """One award to be given: for one occasion of one borrower, by one version."""

    borrower_id: UUID
    terms: CampaignTerms
    occasion: Any

    @property
    def occasion_key(self) -> str:
        """By which nothing is given twice."""
        return f"campaign:{self.terms.campaign_id}:{self.occasion.seq}"


def give(
    session: Session, awards: Sequence[Award], *, book: RuleBook, now: datetime
) -> list[list[dict[str, Any]]]:
    """Give all of it, by borrowers whose accounts and enrolments are held.

    Answers, for each award, its effects with their outcomes and what undoing them needs.
    """
    given = [
        [_give_one(session, award, effect, now=now) for effect in award.terms.effects]
        for award in awards
    ]
    _give_points(session, awards, given, book=book, now=now)
    _tell(session, awards, now=now)
    return given


def _give_one(session: Session, award: Award, effect: Any, *, now: datetime) -> dict[str, Any]:
    shown: dict[str, Any] = {"kind": str(effect.kind), "outcome": str(EffectOutcome.GIVEN)}
    if isinstance(effect, BadgeGiven):
        return shown | {"code": effect.code} | _give_badge(session, award, effect, now=now)
    if isinstance(effect, BenefitGiven):
        grant_id = benefits.give_gift(
            session,
            borrower_id=award.borrower_id,
            kind=effect.benefit,
            name=award.terms.name,
            cause=CAUSE,
            occasion=award.occasion_key,
            now=now,
        )
        return shown | {"benefit": effect.benefit, "grant_id": str(grant_id)}
    return shown


def _give_badge(
    session: Session, award: Award, effect: BadgeGiven, *, now: datetime
) -> dict[str, Any]:
    given = badges.give(
        session,
        borrower_id=award.borrower_id,
        code=effect.code,
        campaign_id=award.terms.campaign_id,
        seq=award.occasion.seq,
        on=award.occasion.on_day,
        now=now,
    )
    if given.is_withdrawn:
        return {"outcome": str(EffectOutcome.NOT_OFFERED)}
    if given.award_id is None:
        return {"outcome": str(EffectOutcome.HELD_ALREADY)}
    return {"award_id": str(given.award_id)}


def _give_points(
    session: Session,
    awards: Sequence[Award],
    given: Sequence[list[dict[str, Any]]],
    *,
    book: RuleBook,
    now: datetime,
) -> None:
    openings: list[Opening] = []
    opened: list[dict[str, Any]] = []
    for award, effects in zip(awards, given, strict=True):
        for place, effect in enumerate(award.terms.effects):
            points = points_of(effect, award.terms, award.occasion.details, book)
            if points:
                openings.append(_opening(award, place, points, now=now))
                opened.append(effects[place])
            elif effects[place]["kind"] == "points_multiplied":
                effects[place]["outcome"] = str(EffectOutcome.NOTHING_TO_ADD)
    numbers = open_lots(session, openings)
    for opening, shown, number in zip(openings, opened, numbers, strict=True):
        shown |= {"points": opening.points, "entry": number}


def _opening(award: Award, place: int, points: int, *, now: datetime) -> Opening:
    terms = award.terms
    words = Text(_GIVEN.en.format(name=terms.name.en), _GIVEN.zh_cn.format(name=terms.name.zh_cn))
    return Opening(
        borrower_id=award.borrower_id,
        points=points,
        occurred_at=now,
        cause=Cause(CAUSE, terms.campaign_id, {"text": words.as_json()}),
        source=Source(
            CAUSE, terms.campaign_id, f"{award.occasion.seq}:{place}", version=terms.version
        ),
    )


def _tell(session: Session, awards: Sequence[Award], *, now: datetime) -> None:
    announce_all(
        session,
        [
            CampaignMessage(
                borrower_id=award.borrower_id,
                occurred_at=now,
                campaign_id=award.terms.campaign_id,
                decision_seq=award.occasion.seq,
                title_en=effect.title.en,
                title_zh_cn=effect.title.zh_cn,
                body_en=effect.body.en,
                body_zh_cn=effect.body.zh_cn,
            )
            for award in awards
            for effect in award.terms.effects
            if isinstance(effect, Message)
        ],
    )
