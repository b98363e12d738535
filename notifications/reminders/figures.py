"""What reminders count of themselves, day by day: planned, sent, held back, not needed any more."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.events.contacts import Purpose
from backend.kit.figures import Counted, DailyFigure, Measure, Span
from backend.kit.texts import Text
from notifications.deliveries.rules import State

REMINDERS = Text("reminders", "条提醒")
NAMES = {
    "planned": Text("Planned", "已计划"),
    "sent": Text("Sent", "已发送"),
    "prevented": Text("Prevented", "已阻止"),
    "held": Text("Held until it is allowed", "暂缓至允许时"),
    "waiting": Text("Waiting for their time", "待发"),
}

# One reminder may go by several ways: it counts once a day for each of these.
_FLOW = text(
    """
    SELECT CAST(timezone(:zone, created_at) AS date) AS day, 'planned' AS part, count(*)
      FROM notification_intent
     WHERE purpose = :purpose AND created_at >= :from_at AND created_at < :until_at
     GROUP BY 1
     UNION ALL
    SELECT CAST(timezone(:zone, d.done_at) AS date),
           CASE d.state WHEN :prevented THEN 'prevented' ELSE 'sent' END,
           count(DISTINCT d.intent_id)
      FROM notification_delivery AS d
      JOIN notification_intent AS i ON i.borrower_id = d.borrower_id AND i.id = d.intent_id
     WHERE d.done_at >= :from_at AND d.done_at < :until_at
       AND d.state IN (:accepted, :prevented) AND i.purpose = :purpose
     GROUP BY 1, 2
     UNION ALL
    SELECT CAST(timezone(:zone, i.closed_at) AS date), 'withdrawn', count(*)
      FROM notification_intent AS i
     WHERE i.purpose = :purpose AND i.closed_at >= :from_at AND i.closed_at < :until_at
       AND NOT EXISTS (
           SELECT FROM notification_delivery AS d
            WHERE d.borrower_id = i.borrower_id AND d.intent_id = i.id)
     GROUP BY 1
    """
)
# Of what waits to be sent: what was looked at and put off, and what is not due yet.
_NOW = text(
    """
    SELECT CASE WHEN d.why IS NULL THEN 'waiting' ELSE 'held' END AS part,
           count(DISTINCT d.intent_id)
      FROM notification_delivery AS d
      JOIN notification_intent AS i ON i.borrower_id = d.borrower_id AND i.id = d.intent_id
     WHERE d.state = 'planned' AND i.purpose = :purpose
     GROUP BY 1
    """
)


def count_flow(session: Session, span: Span) -> Iterable[Counted]:
    """What was planned, sent and prevented; taken back before it had a way is prevented, too."""
    rows = session.execute(
        _FLOW,
        {
            "zone": span.zone,
            "from_at": span.from_at,
            "until_at": span.until_at,
            "purpose": Purpose.REMINDER,
            "accepted": State.ACCEPTED,
            "prevented": State.PREVENTED,
        },
    )
    numbers: dict[tuple[object, str], Counted] = {}
    for on, told, number in rows:
        part = "prevented" if told == "withdrawn" else told
        before = numbers.get((on, part))
        numbers[on, part] = Counted(on, part, number + (before.number if before else 0))
    return numbers.values()


def count_now(session: Session, span: Span) -> Iterable[Counted]:
    """What waits now: for its time, or for the moment at which it is allowed."""
    rows = session.execute(_NOW, {"purpose": Purpose.REMINDER})
    return [Counted(span.last_on, part, number) for part, number in rows]


FIGURES = {
    "reminders": DailyFigure(
        Text("Reminders", "提醒"), Measure.FLOW, REMINDERS, parts=NAMES, past=count_flow
    ),
    "reminders_open": DailyFigure(
        Text("Reminders that wait", "待发提醒"),
        Measure.LEVEL,
        REMINDERS,
        parts=NAMES,
        now=count_now,
    ),
}
