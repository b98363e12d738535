"""What waits at the desk, for the first page of the console."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.ports import HomePanel
from backend.kit.texts import Text
from community import wall
from community.cases import queries as cases
from community.moderation import queries as decisions

PERMISSION = "moderation.decide"
COUNTED_MAX = 100


def _waiting(_product: Session, _staff_id: UUID, now: datetime) -> int:
    """Cases in nobody's hands."""
    with wall.reading() as session:
        return sum(row.waiting for row in cases.count_queues(session, now=now))


def _unconfirmed(_product: Session, staff_id: UUID, _now: datetime) -> int:
    """Others' decisions that need her yes."""
    with wall.reading() as session:
        rows = decisions.list_waiting(session, limit=COUNTED_MAX)
    return sum(row.staff_id != staff_id for row in rows)


HOME_PANELS = (
    HomePanel(
        PERMISSION,
        Text("Cases that wait for a moderator", "等待处理的案件"),
        "/console/moderation",
        _waiting,
    ),
    HomePanel(
        PERMISSION,
        Text("Decisions that wait for your yes", "等待您确认的决定"),
        "/console/moderation/decisions/waiting",
        _unconfirmed,
    ),
)
