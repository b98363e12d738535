"""The tiers of imported months: what the policy of now says of the facts as they stood then.

Nobody was in a tier before the programme knew her. Who asks of a past month what would have been,
as the replay of a campaign does, asks by these; no move is told, and no state changes.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.kit.predicates import All
from backend.kit.programme_zone import Moment
from backend.profile import queries as profile
from backend.profile import service as profile_service
from backend.tiers.policies import Loaded
from backend.tiers.policy import SCORES
from backend.tiers.policy_sql import place_of, scored, tier_at

CHUNK = 1_000


def note_past(
    session: Session, *, borrower_ids: Sequence[UUID], loaded: Loaded, now: datetime
) -> None:
    """Note the tier of each month's end that was computed from imported history."""
    policy = loaded.policy
    series = profile.select_over_time(loaded.catalogue, names=policy.kinds, among=All(())).subquery(
        "series"
    )
    past = select(*series.c).where(series.c.is_rebuilt, series.c.seq == 0).subquery("past")
    rows = scored(policy, past)
    cards = [name for name in SCORES if name in policy.scorecards]
    known = {name: rows.c[name] for name in (*policy.kinds, *cards)}
    tier = tier_at(policy, place_of(policy, known))
    told = select(rows.c.borrower_id, rows.c.at, tier.label("tier")).offset(0).subquery("told")
    before = func.lag(told.c.tier).over(partition_by=told.c.borrower_id, order_by=told.c.at)
    moved = select(told.c.borrower_id, told.c.at, told.c.tier, before.label("before"))
    ids = sorted(set(borrower_ids))
    for start in range(0, len(ids), CHUNK):
        profile_service.note_past_tiers(
            session,
            moved,
            parameters={"ids": ids[start : start + CHUNK], **Moment(now).parameters},
        )
