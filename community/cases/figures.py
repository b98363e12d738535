"""What queues of moderation count of themselves: how many wait, and for how long. Nothing else."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from backend.kit.figures import Counted, DailyFigure, Measure, Span
from backend.kit.texts import Text
from community import wall
from community.cases import queries
from community.cases.rules import Queue

CASES = Text("cases", "个案件")
HOURS = Text("hours", "小时")
HOUR_SECONDS = 3_600
NAMES: dict[str, Text] = {
    Queue.GENERAL: Text("General", "常规"),
    Queue.CRISIS: Text("Somebody in need", "危机求助"),
    Queue.LENDER: Text("Complaints about the lender", "对机构的投诉"),
    Queue.APPEALS: Text("Appeals", "申诉"),
}


def count_open(session: Session, span: Span) -> Iterable[Counted]:
    """What is open in each queue."""
    rows = queries.count_queues(session, now=span.now)
    return [Counted(span.last_on, row.queue, row.open) for row in rows]


def count_oldest(session: Session, span: Span) -> Iterable[Counted]:
    """For how many whole hours the oldest of each queue has been open."""
    rows = queries.count_queues(session, now=span.now)
    return [
        Counted(
            span.last_on,
            row.queue,
            max(0, int((span.now - row.oldest_at).total_seconds())) // HOUR_SECONDS,
        )
        for row in rows
    ]


FIGURES = {
    "moderation_open": DailyFigure(
        Text("Moderation: open cases by queue", "审核：各队列未结案件"),
        Measure.LEVEL,
        CASES,
        parts=NAMES,
        now=count_open,
        open=wall.transaction,
    ),
    "moderation_waits": DailyFigure(
        Text("Moderation: the oldest case of each queue", "审核：各队列最久未结"),
        Measure.LONGEST,
        HOURS,
        parts=NAMES,
        now=count_oldest,
        open=wall.transaction,
    ),
}
