"""Grants that end without her: a date passed, she left the programme, her tier no longer fits."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import any_, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from backend.benefits.models import BenefitGrant, BenefitPackVersion
from backend.benefits.pack import audience_of
from backend.benefits.rules import OPEN, Ending, Kind, State
from backend.events.benefits import BenefitChanged
from backend.kit.db import AnyRow
from backend.kit.outbox import announce_all
from backend.kit.predicates import holds
from backend.profile import queries as profile
from backend.tiers.models import TierState

_ENDED = (BenefitGrant.borrower_id, BenefitGrant.id, BenefitGrant.kind)


def announce_changes(
    session: Session, rows: Sequence[AnyRow], *, state: State, now: datetime
) -> None:
    """Tell that these grants are in another state now."""
    announce_all(
        session,
        [
            BenefitChanged(row.borrower_id, now, grant_id=row.id, kind=row.kind, state=state)
            for row in rows
        ],
    )


def end_beyond_date(session: Session, *, today: date, now: datetime, limit: int) -> int:
    """End open grants whose last day has passed, at most `limit`; how many there were."""
    due = (
        select(BenefitGrant.borrower_id, BenefitGrant.id)
        .where(BenefitGrant.state.in_(OPEN), BenefitGrant.expires_on < today)
        .order_by(BenefitGrant.expires_on)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ended = session.execute(
        update(BenefitGrant)
        .where(tuple_(BenefitGrant.borrower_id, BenefitGrant.id).in_(due))
        .values(_ended(State.EXPIRED, Ending.DATE_PASSED, now=now))
        .returning(*_ENDED)
    ).all()
    announce_changes(session, ended, state=State.EXPIRED, now=now)
    return len(ended)


def end_of_leavers(session: Session, *, borrower_ids: Sequence[UUID], now: datetime) -> int:
    """Who left the programme keeps what is fulfilled and every waiver; the rest ends."""
    return _end_where(
        session,
        borrower_ids=borrower_ids,
        conditions=[BenefitGrant.state.in_(OPEN), BenefitGrant.kind != Kind.FEE_WAIVER],
        ending=Ending.PROGRAMME_LEFT,
        now=now,
    )


def end_of_misfits(session: Session, *, borrower_ids: Sequence[UUID], now: datetime) -> int:
    """After a tier was lost: offers whose pack is not for her any more, and priority service.

    What she took up otherwise she keeps to its last day.
    """
    rows = session.execute(
        select(
            BenefitGrant.borrower_id, BenefitGrant.id, BenefitPackVersion.document, TierState.tier
        )
        .join(TierState, TierState.borrower_id == BenefitGrant.borrower_id)
        .join(
            BenefitPackVersion,
            (BenefitPackVersion.pack_code == BenefitGrant.pack_code)
            & (BenefitPackVersion.version == BenefitGrant.pack_version),
        )
        .where(
            BenefitGrant.borrower_id == any_(literal(list(borrower_ids), ARRAY(Uuid))),
            (BenefitGrant.state == State.OFFERED)
            | (
                (BenefitGrant.state == State.ACTIVATED)
                & (BenefitGrant.kind == Kind.PRIORITY_SERVICE)
            ),
        )
        .with_for_update(of=BenefitGrant)
    ).all()
    if not rows:
        return 0
    ids = sorted({row.borrower_id for row in rows})
    facts = profile.list_facts(session, borrower_ids=ids, now=now)
    types = profile.get_catalogue(session, with_retired=True).types
    # The fact `tier` follows by an event of its own; what counts is the tier itself.
    misfits = [
        row.id
        for row in rows
        if not holds(
            audience_of(row.document, facts=types),
            {**facts.get(row.borrower_id, {}), "tier": row.tier},
        )
    ]
    return _end_where(
        session,
        borrower_ids=ids,
        conditions=[BenefitGrant.id == any_(literal(misfits, ARRAY(Uuid)))],
        ending=Ending.NO_LONGER_FITS,
        now=now,
    )


def _end_where(
    session: Session,
    *,
    borrower_ids: Sequence[UUID],
    conditions: Sequence[Any],
    ending: Ending,
    now: datetime,
) -> int:
    ended = session.execute(
        update(BenefitGrant)
        .where(
            BenefitGrant.borrower_id == any_(literal(list(borrower_ids), ARRAY(Uuid))), *conditions
        )
        .values(_ended(State.REVOKED, ending, now=now))
        .returning(*_ENDED)
    ).all()
    announce_changes(session, ended, state=State.REVOKED, now=now)
    return len(ended)


def _ended(state: State, ending: Ending, *, now: datetime) -> Mapping[str, Any]:
    return {"state": state, "ending": ending, "ended_at": now, "changed_at": now}
