"""The log of what campaigns may answer: news as it comes, and history as it was imported."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from backend.kit.bulk import look_up_each
from backend.kit.programme_zone import programme_zone
from rewards.campaigns.engine_models import CampaignOccasion
from rewards.campaigns.occasions_sql import FILL, FORGET_UNTRUE, RECORD, UNDO

FILL_CHUNK = 1_000


class News(NamedTuple):
    """An event that was heard: its place, the event that was absorbed, and whose it is.

    `tier` is what it told itself. `is_undoing`: it may say that something never was.
    """

    seq: int
    cause_seq: int
    borrower_id: UUID
    occurred_at: datetime
    tier: str | None = None
    is_undoing: bool = False


def record(session: Session, *, news: Sequence[News]) -> list[Row[Any]]:
    """Log what of this news campaigns may answer; all of it that is in the log, in its order.

    Logged once, however often it is heard.
    """
    session.execute(
        RECORD,
        {
            "seqs": [each.seq for each in news],
            "causes": [each.cause_seq for each in news],
            "zone": programme_zone(),
        },
    )
    rows = session.execute(
        select(CampaignOccasion.__table__)
        .where(
            CampaignOccasion.borrower_id.in_({each.borrower_id for each in news}),
            CampaignOccasion.seq.in_([each.seq for each in news]),
        )
        .order_by(CampaignOccasion.seq)
    )
    return list(rows)


def mark_undone(session: Session, *, news: Sequence[News]) -> None:
    """Mark what these borrowers' news, from the first of this on, says never was."""
    session.execute(
        UNDO,
        {
            "ids": sorted({each.borrower_id for each in news}),
            "since": min(each.seq for each in news),
        },
    )


def fill(session: Session, *, borrower_ids: Sequence[UUID], today: date, now: datetime) -> None:
    """Log the imported history of these borrowers as their loans' rows tell it now.

    A repeat changes nothing; what was corrected since is corrected.
    """
    look_up_each(session)
    for ids in _chunks(sorted(set(borrower_ids))):
        session.execute(FORGET_UNTRUE, {"ids": ids})
        session.execute(FILL, {"ids": ids, "today": today, "now": now})


def _chunks(ids: Sequence[UUID]) -> Iterator[list[UUID]]:
    for start in range(0, len(ids), FILL_CHUNK):
        yield list(ids[start : start + FILL_CHUNK])
