"""Reads of tiers."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Row, String, and_, bindparam, cast, select
from sqlalchemy.orm import Session

from backend.borrowers import queries as borrowers
from backend.borrowers.rules import Viewer
from backend.kit.paging import Page, page
from backend.kit.problems import NotFound
from backend.kit.texts import Text
from backend.profile.models import Profile
from backend.tiers.models import (
    TierEvaluation,
    TierOverride,
    TierPolicy,
    TierReview,
    TierState,
)
from backend.tiers.policies import get_policy

OVERRIDES_MAX = 50


def list_names(session: Session, *, version: int) -> dict[str, Text]:
    """The public names of a published policy's tiers, by internal code. Refuses: NotFound."""
    tiers = get_policy(session, version=version).policy.tiers
    return {tier.code: tier.name for tier in tiers if tier.name is not None}


# All that a borrower's own tier page needs, in one statement. Facts as text: unread, they are
# part of the key under which the finished answer is kept.
_OWN = (
    select(
        TierState.tier,
        TierState.since_on,
        TierState.pending_tier,
        TierState.pending_since_on,
        TierState.policy_version,
        TierState.evaluation_number,
        cast(TierEvaluation.facts, String).label("facts"),
        TierEvaluation.place,
        Profile.currency,
        Profile.timezone,
        TierOverride.expires_on.label("override_until"),
        Profile.refreshed_at,
    )
    .join(
        TierEvaluation,
        and_(
            TierEvaluation.borrower_id == TierState.borrower_id,
            TierEvaluation.number == TierState.evaluation_number,
        ),
    )
    .join(Profile, Profile.borrower_id == TierState.borrower_id)
    .join(
        TierOverride,
        and_(
            TierOverride.borrower_id == TierState.borrower_id,
            TierOverride.confirmed_at.is_not(None),
            TierOverride.ended_at.is_(None),
            TierOverride.expires_on >= bindparam("today", type_=Date),
            TierOverride.tier == TierState.tier,
        ),
        isouter=True,
    )
)


def get_own_tier(session: Session, *, borrower_id: UUID, today: date) -> Any:
    """Her state with the evaluation that it rests on, and the last day of a tier set by hand.

    Refuses: NotFound before the first.
    """
    row: Any = session.execute(
        _OWN.where(TierState.borrower_id == borrower_id), {"today": today}
    ).first()
    if row is None:
        raise NotFound
    return row


def select_tiers() -> Any:
    """Everybody's tier by its internal code, for a statement that joins it."""
    return select(TierState.borrower_id, TierState.tier)


def find_state(session: Session, *, borrower_id: UUID) -> Row[Any] | None:
    return session.execute(
        select(TierState.__table__).where(TierState.borrower_id == borrower_id)
    ).first()


def page_moves(session: Session, *, borrower_id: UUID, args: Mapping[str, Any]) -> Page:
    """Her moves from tier to tier, newest first, each with what it was decided on."""
    moves = (
        select(*TierEvaluation.__table__.c, Profile.currency)
        .join(Profile, Profile.borrower_id == TierEvaluation.borrower_id)
        .where(
            TierEvaluation.borrower_id == borrower_id,
            TierEvaluation.from_tier.is_distinct_from(TierEvaluation.tier),
        )
    )
    return page(session, moves, keys=(TierEvaluation.number,), descending=True, args=args)


def page_policies(session: Session, *, args: Mapping[str, Any]) -> Page:
    """Versions of the policy, newest first."""
    versions = select(TierPolicy.__table__)
    return page(session, versions, keys=(TierPolicy.version,), descending=True, args=args)


def get_policy_row(session: Session, *, version: int) -> Row[Any]:
    """A version, draft or published. Refuses: NotFound."""
    row = session.execute(select(TierPolicy.__table__).where(TierPolicy.version == version)).first()
    if row is None:
        raise NotFound
    return row


def page_own_reviews(session: Session, *, borrower_id: UUID, args: Mapping[str, Any]) -> Page:
    """What she asked, and what she was answered, newest first."""
    own = select(TierReview.__table__).where(TierReview.borrower_id == borrower_id)
    return page(session, own, keys=(TierReview.id,), descending=True, args=args)


def page_open_reviews(session: Session, *, who: Viewer, args: Mapping[str, Any]) -> Page:
    """Reviews that wait, of borrowers whom she may see, the oldest first."""
    waiting = select(TierReview.__table__).where(
        TierReview.state == "open", borrowers.visible_to(who, TierReview.borrower_id)
    )
    return page(session, waiting, keys=(TierReview.asked_at, TierReview.id), args=args)


def get_review(session: Session, *, borrower_id: UUID, review_id: UUID) -> Row[Any]:
    """One review of hers. Refuses: NotFound."""
    row = session.execute(
        select(TierReview.__table__).where(
            TierReview.borrower_id == borrower_id, TierReview.id == review_id
        )
    ).first()
    if row is None:
        raise NotFound
    return row


def get_review_for_update(session: Session, *, borrower_id: UUID, review_id: UUID) -> Row[Any]:
    """The same, locked."""
    session.execute(
        select(TierReview.id)
        .where(TierReview.borrower_id == borrower_id, TierReview.id == review_id)
        .with_for_update()
    )
    return get_review(session, borrower_id=borrower_id, review_id=review_id)


def get_override(session: Session, *, borrower_id: UUID, override_id: UUID) -> Row[Any]:
    """One override of hers. Refuses: NotFound."""
    row = session.execute(
        select(TierOverride.__table__).where(
            TierOverride.borrower_id == borrower_id, TierOverride.id == override_id
        )
    ).first()
    if row is None:
        raise NotFound
    return row


def get_override_for_update(session: Session, *, borrower_id: UUID, override_id: UUID) -> Row[Any]:
    """The same, locked."""
    session.execute(
        select(TierOverride.id)
        .where(TierOverride.borrower_id == borrower_id, TierOverride.id == override_id)
        .with_for_update()
    )
    return get_override(session, borrower_id=borrower_id, override_id=override_id)


def list_overrides(session: Session, *, borrower_id: UUID) -> Sequence[Row[Any]]:
    """Her overrides, newest first."""
    return session.execute(
        select(TierOverride.__table__)
        .where(TierOverride.borrower_id == borrower_id)
        .order_by(TierOverride.id.desc())
        .limit(OVERRIDES_MAX)
    ).all()
