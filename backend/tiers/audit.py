"""Proof that every tier is what its records say: state, newest evaluation and policy agree."""

from collections.abc import Iterator

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from backend.kit.wiring import Audit
from backend.tiers.models import TierEvaluation, TierState
from backend.tiers.own_tier import read_facts
from backend.tiers.policies import get_policy

BATCH = 5_000


def check_tiers(session: Session) -> Iterator[str]:
    """A line for each state without its evaluation, and each outcome that the policy denies."""
    orphans = (
        select(TierState.borrower_id)
        .outerjoin(
            TierEvaluation,
            and_(
                TierEvaluation.borrower_id == TierState.borrower_id,
                TierEvaluation.number == TierState.evaluation_number,
            ),
        )
        .where(
            or_(
                TierEvaluation.number.is_(None),
                TierEvaluation.tier != TierState.tier,
                TierEvaluation.raw_tier != TierState.raw_tier,
                TierEvaluation.policy_version != TierState.policy_version,
            )
        )
    )
    for borrower_id in session.execute(orphans).scalars():
        yield f"tier of {borrower_id}: the state differs from the newest evaluation"
    yield from _recompute(session)


def _recompute(session: Session) -> Iterator[str]:
    rows = session.execute(
        select(
            TierEvaluation.borrower_id,
            TierEvaluation.number,
            TierEvaluation.policy_version,
            TierEvaluation.raw_tier,
            TierEvaluation.place,
            TierEvaluation.facts,
        ).execution_options(yield_per=BATCH)
    )
    for row in rows:
        loaded = get_policy(session, version=row.policy_version)
        verdict = loaded.judge.verdict(read_facts(row.facts, loaded.policy.kinds))
        if (verdict.tier, verdict.place) != (row.raw_tier, row.place):
            yield (
                f"tier of {row.borrower_id}: evaluation {row.number} says {row.raw_tier},"
                f" the policy {verdict.tier}"
            )


AUDITS = (Audit(name="tiers", run=check_tiers),)
