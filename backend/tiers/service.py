"""What changes tiers besides the re-tier: policies, freezes, overrides, reviews."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.borrowers.models import Borrower
from backend.evidence import service as evidence
from backend.kit.ids import new_id
from backend.kit.problems import FieldError, Invalid, NotFound
from backend.profile import queries as profile
from backend.staff.errors import SecondPersonNeeded
from backend.tiers import queries
from backend.tiers.errors import (
    NoTierYet,
    OverrideSettled,
    PolicyNotDraft,
    ReviewDecided,
    ReviewOpen,
)
from backend.tiers.models import TierFreeze, TierOverride, TierPolicy, TierReview, TierState
from backend.tiers.policies import get_live
from backend.tiers.policy import read_policy
from backend.tiers.retier import Occasion, retier
from backend.tiers.rules import FREEZE_DAYS_MAX, OVERRIDE_DAYS_MAX


def write_draft(
    session: Session,
    *,
    document: Mapping[str, Any],
    note: str,
    author_id: UUID,
    now: datetime,
) -> int:
    """Keep a policy for somebody else to publish; returns its version. Refuses: Invalid."""
    types = profile.get_catalogue(session).types
    read_policy(document, facts=types, pointer="#/policy")
    # Version 1 is always there: its row is the lock under which numbers are given out.
    session.execute(select(TierPolicy.version).where(TierPolicy.version == 1).with_for_update())
    version = session.execute(select(func.max(TierPolicy.version))).scalar_one() + 1
    session.execute(
        insert(TierPolicy).values(
            version=version,
            state="draft",
            document=document,
            note=note,
            author_id=author_id,
            created_at=now,
        )
    )
    return version


def publish(session: Session, *, version: int, publisher_id: UUID, now: datetime) -> None:
    """Make a draft the live policy; the next run re-tiers everybody by it.

    Refuses: NotFound, PolicyNotDraft, SecondPersonNeeded, Invalid (what a preview may lack).
    """
    row = session.execute(
        select(TierPolicy.__table__).where(TierPolicy.version == version).with_for_update()
    ).first()
    if row is None:
        raise NotFound
    if row.state != "draft":
        raise PolicyNotDraft
    if row.author_id == publisher_id:
        raise SecondPersonNeeded
    types = profile.get_catalogue(session).types
    read_policy(row.document, facts=types, to_publish=True, pointer="#/policy")
    session.execute(
        update(TierPolicy)
        .where(TierPolicy.version == version)
        .values(state="published", publisher_id=publisher_id, published_at=now)
    )
    published = {"policy": "tiers", "version": version, "document": row.document, "note": row.note}
    people = {"author_id": row.author_id, "publisher_id": publisher_id}
    act = evidence.Act.POLICY_PUBLISHED
    evidence.record(session, type=act, borrower_id=None, record=published | people, now=now)


def lock(session: Session, *, borrower_id: UUID) -> None:
    """Hold her tier, before anything else of hers: acts that freeze it lock in one order."""
    _lock(session, borrower_id=borrower_id)


def freeze(
    session: Session, *, borrower_id: UUID, cause: str, until_on: date, now: datetime
) -> None:
    """No worse tier up to and including a day, and the clock of one that was pending stops.

    Called in the transaction of the act that causes it: a complete plan request waiting, a plan
    kept, hardship, a dispute. A second freeze for the same cause may prolong the first and
    never shortens it.
    """
    latest = now.date() + timedelta(days=FREEZE_DAYS_MAX)
    _lock(session, borrower_id=borrower_id)
    statement = upsert(TierFreeze).values(
        borrower_id=borrower_id, cause=cause, until_on=min(until_on, latest), created_at=now
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["borrower_id", "cause"],
            set_={
                "until_on": func.greatest(TierFreeze.until_on, statement.excluded.until_on),
                "created_at": now,
            },
        )
    )
    _stop_clock(session, borrower_id=borrower_id)


def _stop_clock(session: Session, *, borrower_id: UUID) -> None:
    session.execute(
        update(TierState)
        .where(TierState.borrower_id == borrower_id)
        .values(pending_tier=None, pending_since_on=None)
    )


def lift_freeze(session: Session, *, borrower_id: UUID, cause: str, today: date) -> None:
    """The cause is over before its day; from today the grace of a worse tier may begin."""
    _lock(session, borrower_id=borrower_id)
    session.execute(
        update(TierFreeze)
        .where(TierFreeze.borrower_id == borrower_id, TierFreeze.cause == cause)
        .values(until_on=func.least(TierFreeze.until_on, today - timedelta(days=1)))
    )


def _lock(session: Session, *, borrower_id: UUID) -> Row[Any] | None:
    # The lock of the re-tier too. Without a row there is no tier yet, and a first placing is
    # never a demotion, so nothing needs to be kept out.
    return session.execute(
        select(TierState.__table__)
        .where(TierState.borrower_id == borrower_id)
        .with_for_update(key_share=True)
    ).first()


def ask_override(
    session: Session,
    *,
    borrower_id: UUID,
    tier: str,
    reason: str,
    expires_on: date,
    asked_by: UUID,
    today: date,
    now: datetime,
) -> UUID:
    """Ask for a tier by hand; it counts when another person confirms.

    Refuses: NotFound, Invalid (unknown tier, or an expiry outside 1 to 90 days).
    """
    if session.get(Borrower, borrower_id) is None:
        raise NotFound
    if get_live(session).policy.tier(tier) is None:
        raise Invalid(errors=[FieldError("#/tier", "The live policy has no such tier.")])
    if not 1 <= (expires_on - today).days <= OVERRIDE_DAYS_MAX:
        detail = f"Must be 1 to {OVERRIDE_DAYS_MAX} days from today."
        raise Invalid(errors=[FieldError("#/expires_on", detail)])
    override_id = new_id()
    session.execute(
        insert(TierOverride).values(
            borrower_id=borrower_id,
            id=override_id,
            tier=tier,
            reason=reason,
            asked_by=asked_by,
            asked_on=today,
            asked_at=now,
            expires_on=expires_on,
        )
    )
    return override_id


def confirm_override(
    session: Session,
    *,
    borrower_id: UUID,
    override_id: UUID,
    confirmed_by: UUID,
    today: date,
    now: datetime,
) -> None:
    """Let an override count at once, in place of one that counted so far.

    Refuses: NotFound, SecondPersonNeeded, OverrideSettled.
    """
    _lock(session, borrower_id=borrower_id)
    row = queries.get_override_for_update(session, borrower_id=borrower_id, override_id=override_id)
    if row.confirmed_at is not None or row.ended_at is not None or row.expires_on < today:
        raise OverrideSettled
    if row.asked_by == confirmed_by:
        raise SecondPersonNeeded
    session.execute(
        update(TierOverride)
        .where(
            TierOverride.borrower_id == borrower_id,
            TierOverride.confirmed_at.is_not(None),
            TierOverride.ended_at.is_(None),
        )
        .values(ended_at=now)
    )
    session.execute(
        update(TierOverride)
        .where(TierOverride.borrower_id == borrower_id, TierOverride.id == override_id)
        .values(confirmed_by=confirmed_by, confirmed_at=now)
    )
    _log_override(session, evidence.Act.TIER_OVERRIDDEN, row, now=now, confirmed_by=confirmed_by)
    retier_now(session, borrower_ids=[borrower_id], cause="override", today=today, now=now)


def end_override(
    session: Session, *, borrower_id: UUID, override_id: UUID, today: date, now: datetime
) -> None:
    """Withdraw what was asked for, or end what counts. Refuses: NotFound, OverrideSettled."""
    _lock(session, borrower_id=borrower_id)
    row = queries.get_override_for_update(session, borrower_id=borrower_id, override_id=override_id)
    if row.ended_at is not None:
        raise OverrideSettled
    session.execute(
        update(TierOverride)
        .where(TierOverride.borrower_id == borrower_id, TierOverride.id == override_id)
        .values(ended_at=now)
    )
    if row.confirmed_at is not None:
        _log_override(session, evidence.Act.TIER_OVERRIDE_ENDED, row, now=now)
    retier_now(session, borrower_ids=[borrower_id], cause="override", today=today, now=now)


def _log_override(
    session: Session, act: evidence.Act, row: Row[Any], *, now: datetime, **people: UUID
) -> None:
    names = ("id", "tier", "reason", "asked_by", "asked_at", "expires_on")
    record = {name: getattr(row, name) for name in names} | people
    evidence.record(session, type=act, borrower_id=row.borrower_id, record=record, now=now)


def retier_now(
    session: Session, *, borrower_ids: Sequence[UUID], cause: str, today: date, now: datetime
) -> None:
    """Decide the tiers of these by the facts of this moment, for an act that depends on them."""
    retier(
        session,
        borrower_ids=borrower_ids,
        loaded=get_live(session),
        occasion=Occasion(today=today, now=now, cause=cause),
    )


def ask_review(
    session: Session,
    *,
    borrower_id: UUID,
    reason: str,
    refuses_automation: bool,
    now: datetime,
) -> UUID:
    """A person shall look at her tier [PIPL art. 24]. Refuses: NoTierYet, ReviewOpen.

    If she refuses automation alone, no worse tier is given to her until it is decided.
    """
    state = _lock(session, borrower_id=borrower_id)
    if state is None:
        raise NoTierYet
    review_id = new_id()
    made = session.execute(
        upsert(TierReview)
        .values(
            borrower_id=borrower_id,
            id=review_id,
            reason=reason,
            refuses_automation=refuses_automation,
            evaluation_number=state.evaluation_number,
            state="open",
            asked_at=now,
        )
        .on_conflict_do_nothing()
        .returning(TierReview.id)
    ).first()
    if made is None:
        raise ReviewOpen
    if refuses_automation:
        _stop_clock(session, borrower_id=borrower_id)
    return review_id


def decide_review(
    session: Session,
    *,
    review_id: UUID,
    borrower_id: UUID,
    outcome: str,
    answer: str,
    decided_by: UUID,
    now: datetime,
) -> None:
    """Answer a review: upheld, or changed (by an override beside it).

    Refuses: NotFound, ReviewDecided.
    """
    row = queries.get_review_for_update(session, borrower_id=borrower_id, review_id=review_id)
    if row.state != "open":
        raise ReviewDecided
    session.execute(
        update(TierReview)
        .where(TierReview.borrower_id == borrower_id, TierReview.id == review_id)
        .values(state=outcome, answer=answer, decided_by=decided_by, decided_at=now)
    )
