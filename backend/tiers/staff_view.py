"""What staff see of tiers: internal codes, every evaluation, and when she was last looked at."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.kit.paging import Page, page
from backend.kit.problems import NotFound
from backend.tiers import queries, runs
from backend.tiers.models import TierEvaluation, TierFreeze, TierRun

EVALUATIONS_MAX = 50


def get_staff_tier(session: Session, *, borrower_id: UUID, today: date) -> dict[str, Any]:
    """One borrower's tier with all that stands behind it. Refuses: NotFound."""
    state = queries.find_state(session, borrower_id=borrower_id)
    if state is None:
        raise NotFound
    evaluations = session.execute(
        select(TierEvaluation.__table__)
        .where(TierEvaluation.borrower_id == borrower_id)
        .order_by(TierEvaluation.number.desc())
        .limit(EVALUATIONS_MAX)
    ).all()
    frozen_until_on = session.execute(
        select(func.max(TierFreeze.until_on)).where(
            TierFreeze.borrower_id == borrower_id, TierFreeze.until_on >= today
        )
    ).scalar_one()
    return {
        **state._mapping,
        "evaluated_at": _last_looked_at(session, evaluations[0].evaluated_at),
        "frozen_until_on": frozen_until_on,
        "overrides": queries.list_overrides(session, borrower_id=borrower_id),
        "evaluations": evaluations,
    }


def _last_looked_at(session: Session, own: datetime) -> datetime:
    # A run that finds nothing to change writes nothing about her: that it looked is enough.
    run = runs.find_last_finished(session)
    return own if run is None else max(own, run.business_at)


def page_runs(session: Session, *, args: Mapping[str, Any]) -> Page:
    """Runs, newest first, each with its duration in seconds."""
    found = page(
        session,
        select(TierRun.__table__),
        keys=(TierRun.started_at, TierRun.id),
        descending=True,
        args=args,
    )
    return replace(found, items=[_with_seconds(row) for row in found.items])


def _with_seconds(row: Any) -> Any:
    ended = row.finished_at
    seconds = None if ended is None else (ended - row.started_at).total_seconds()
    return {**row._mapping, "seconds": seconds}
