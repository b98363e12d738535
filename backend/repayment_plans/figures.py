"""What requests for plans count of themselves, day by day: where they stand, how long they wait."""

from collections.abc import Iterable

from sqlalchemy import Date, cast, func, select, text
from sqlalchemy.orm import Session

from backend.kit.figures import Counted, DailyFigure, Measure, Span
from backend.kit.texts import Text
from backend.repayment_plans.models import PlanRequest
from backend.repayment_plans.rules import FINAL, State
from backend.repayment_plans.work import FOR_STAFF

OPEN = sorted(state for state in State if state not in FINAL)
REQUESTS = Text("requests", "份申请")
DAYS = Text("days", "天")
NAMES: dict[str, Text] = {
    State.DRAFT: Text("Draft", "草稿"),
    State.SUBMITTED: Text("Submitted", "已提交"),
    State.INFO_REQUESTED: Text("She is asked for more", "待客户补充"),
    State.UNDER_REVIEW: Text("Under review", "审核中"),
    State.OFFERED: Text("Offered to her", "已向客户提出"),
    State.ACCEPTED: Text("Accepted", "已接受"),
    State.COOLING_OFF: Text("Days to think it over", "冷静期"),
    State.AWAITING_CORE: Text("Awaiting the core system", "待核心系统入账"),
    State.ACTIVE: Text("Active", "执行中"),
    State.BREACHED: Text("Missed, may be cured", "已逾约，可补救"),
    State.CURED: Text("Cured", "已补救"),
    State.APPEALED: Text("Appealed", "申诉中"),
    State.CORE_DIFFERS: Text("The core system differs", "核心系统不一致"),
}

# As of the end of each day, put together from the moves: into a state, and out of another.
_PAST = text(
    """
    WITH step AS (
        SELECT CAST(timezone(:zone, changed_at) AS date) AS day, to_state AS part,
               count(*) AS change
          FROM plan_state_change WHERE changed_at < :until_at GROUP BY 1, 2
         UNION ALL
        SELECT CAST(timezone(:zone, changed_at) AS date), from_state, -count(*)
          FROM plan_state_change WHERE changed_at < :until_at AND from_state IS NOT NULL
         GROUP BY 1, 2
    ), known AS (
        SELECT part, min(day) AS since FROM step
         WHERE part = ANY (CAST(:open AS text[])) GROUP BY part
    ), told AS (
        SELECT CAST(day AS date) AS day
          FROM generate_series(CAST(:first_on AS date), CAST(:last_on AS date), '1 day') AS day
    )
    SELECT told.day, known.part,
           (SELECT sum(step.change) FROM step
             WHERE step.part = known.part AND step.day <= told.day)::bigint AS number
      FROM told JOIN known ON known.since <= told.day
    """
)


def count_now(session: Session, span: Span) -> Iterable[Counted]:
    """Open requests and plans, by state."""
    rows = session.execute(
        select(PlanRequest.state, func.count())
        .where(PlanRequest.state.in_(OPEN))
        .group_by(PlanRequest.state)
    )
    return [Counted(span.last_on, state, number) for state, number in rows]


def count_past(session: Session, span: Span) -> Iterable[Counted]:
    """The same at the end of each day."""
    asked = {
        "zone": span.zone,
        "until_at": span.until_at,
        "first_on": span.first_on,
        "last_on": span.last_on,
        "open": OPEN,
    }
    return [Counted(*row) for row in session.execute(_PAST, asked)]


def count_waits(session: Session, span: Span) -> Iterable[Counted]:
    """For how many days the oldest has waited for us, by state."""
    since = cast(func.timezone(span.zone, func.min(PlanRequest.changed_at)), Date)
    rows = session.execute(
        select(PlanRequest.state, since)
        .where(PlanRequest.state.in_(FOR_STAFF))
        .group_by(PlanRequest.state)
    )
    return [Counted(span.last_on, state, max(0, (span.last_on - on).days)) for state, on in rows]


FIGURES = {
    "plan_requests": DailyFigure(
        Text("Plan requests and plans by state", "各状态的还款方案"),
        Measure.LEVEL,
        REQUESTS,
        parts=NAMES,
        now=count_now,
        past=count_past,
    ),
    "plan_waits": DailyFigure(
        Text("Plan requests: the longest wait for us", "还款方案：等待我方最久"),
        Measure.LONGEST,
        DAYS,
        parts=NAMES,
        now=count_waits,
    ),
}
