"""The worker's side of replays: one is taken, leased, run, and its report kept under its hash."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, or_, select, update
from sqlalchemy.orm import Session

from backend.kit import clock
from backend.kit.db import transaction
from backend.kit.logs import get_logger
from backend.kit.predicates import facts_used, value_to_json
from backend.profile import queries as profile
from rewards.campaigns.costs import event_facts
from rewards.campaigns.engine_models import CampaignOccasion
from rewards.campaigns.engine_models import CampaignReplay as R
from rewards.campaigns.evaluation import Verdict
from rewards.campaigns.judging import hash_of
from rewards.campaigns.outcomes import Outcome, ReplayState
from rewards.campaigns.participants import ASKED
from rewards.campaigns.replay_report import Tally
from rewards.campaigns.replay_run import JUDGED_SHARE, Turn, decide_all, judge
from rewards.campaigns.replay_sql import PART, Plan
from rewards.campaigns.rules import EVENT_FACTS
from rewards.campaigns.running import list_running, read_kept
from rewards.campaigns.spending import PackedSpending
from rewards.campaigns.terms import CampaignTerms

LEASE = timedelta(seconds=60)
ATTEMPTS_MAX = 5  # one that takes its worker with it is given up
RUN_SECONDS_MAX = 600
BEAT_SECONDS = 1.0
OVERLAPS_MAX = 8
DECIDED_AT_ONCE = 5_000
PERCENT = 100

log = get_logger(__name__)


class LeaseLostError(RuntimeError):
    """Another worker has taken this replay over."""


def run_next(*, now: datetime) -> bool:
    """Run the replay that waits longest; False where none does."""
    with transaction() as session:
        row = _claim(session, now=now)
    if row is None:
        return False
    try:
        report = _run(row, _Beat(row.id, row.attempts + 1))
    except LeaseLostError:
        log.warning("replay_taken_over", replay=str(row.id))
        return True
    except Exception as error:  # noqa: BLE001 - it is kept with the replay, and shown to staff
        log.warning("replay_failed", replay=str(row.id), error=type(error).__name__)
        _end(row, state=ReplayState.FAILED, failure=type(error).__name__)
        return True
    _end(row, state=ReplayState.DONE, report=report, report_hash=hash_of(report), progress=PERCENT)
    return True


def _claim(session: Session, *, now: datetime) -> Row[Any] | None:
    session.execute(
        update(R)
        .where(R.state == ReplayState.RUNNING, R.lease_until < now, R.attempts >= ATTEMPTS_MAX)
        .values(state=ReplayState.FAILED, failure="WorkersLost", lease_until=None, finished_at=now)
    )
    is_lost = (R.state == ReplayState.RUNNING) & (R.lease_until < now)
    row = session.execute(
        select(R.__table__)
        .where(R.state.in_(["queued", "running"]), or_(R.state == ReplayState.QUEUED, is_lost))
        .order_by(R.requested_at, R.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if row is not None:
        session.execute(
            update(R)
            .where(R.id == row.id)
            .values(
                state=ReplayState.RUNNING,
                lease_until=now + LEASE,
                attempts=R.attempts + 1,
                started_at=now,
                progress=0,
            )
        )
    return row


class _Beat:
    """Renews the lease and tells how far it is, at most once a second."""

    def __init__(self, replay_id: UUID, attempt: int) -> None:
        self._id = replay_id
        self._attempt = attempt
        self._told_at = time.monotonic()

    def __call__(self, progress: int) -> None:
        if time.monotonic() - self._told_at < BEAT_SECONDS:
            return
        self._told_at = time.monotonic()
        with transaction() as session:
            renewed = session.execute(
                update(R)
                .where(
                    R.id == self._id,
                    R.attempts == self._attempt,
                    R.state == ReplayState.RUNNING,
                )
                .values(progress=progress, lease_until=clock.wall() + LEASE)
                .returning(R.id)
            ).first()
        if renewed is None:
            raise LeaseLostError


def _end(row: Row[Any], **values: Any) -> None:
    with transaction() as session:
        session.execute(
            update(R)
            .where(
                R.id == row.id,
                R.attempts == row.attempts + 1,
                R.state == ReplayState.RUNNING,
            )
            .values(lease_until=None, finished_at=clock.now(), **values)
        )


def _run(row: Row[Any], beat: _Beat) -> dict[str, Any]:
    with transaction(patience_seconds=RUN_SECONDS_MAX) as session:
        return _report_of(session, row, beat)


def _report_of(session: Session, row: Row[Any], beat: Callable[[int], None]) -> dict[str, Any]:
    own = read_kept(session, row.document, campaign_id=row.campaign_id, version=row.version)
    plan = plan_of(session, own, from_day=row.from_day, to_day=row.to_day)
    return make_report(session, plan, beat)


def run_here(session: Session, *, replay_id: UUID, now: datetime) -> None:
    """Run one in the caller's transaction, which asked for it: for where little is there yet."""
    row = session.execute(select(R.__table__).where(R.id == replay_id)).one()
    report = _report_of(session, row, lambda _: None)
    session.execute(
        update(R)
        .where(R.id == replay_id)
        .values(
            state=ReplayState.DONE,
            progress=PERCENT,
            report=report,
            report_hash=hash_of(report),
            started_at=now,
            finished_at=now,
        )
    )


def plan_of(session: Session, own: CampaignTerms, *, from_day: date, to_day: date) -> Plan:
    """As if it, and what is live beside it, had run on those days of its zone."""
    others = [
        each.terms
        for each in list_running(session)
        if each.terms.campaign_id != own.campaign_id and each.terms.trigger is own.trigger
    ][:OVERLAPS_MAX]
    zone = ZoneInfo(own.schedule.zone)
    since = datetime(from_day.year, from_day.month, from_day.day, tzinfo=zone)
    end = to_day + timedelta(days=1)
    until = datetime(end.year, end.month, end.day, tzinfo=zone) - timedelta(microseconds=1)
    moved = [
        replace(terms, schedule=replace(terms.schedule, starts_on=from_day, ends_on=to_day))
        for terms in (own, *others)
    ]
    return Plan(tuple(moved), since, until)


def make_report(session: Session, plan: Plan, beat: Callable[[int], None]) -> dict[str, Any]:
    """Judge, decide and count. Everything is read in the one transaction."""
    crowd = judge(session, plan, beat)
    spending = PackedSpending(borrowers=crowd.size)
    tally = Tally(plan.terms, crowd, spending)
    for count, turn in enumerate(decide_all(session, plan, crowd, spending), start=1):
        tally.add(turn)
        if count % DECIDED_AT_ONCE == 0:
            beat(min(PERCENT - 1, JUDGED_SHARE + count // DECIDED_AT_ONCE))
    sample = _show(session, plan, tally.list_samples())
    return tally.report(sample)


def _show(
    session: Session, plan: Plan, samples: list[tuple[Turn, Verdict]]
) -> list[dict[str, Any]]:
    """Examples with what they were decided by, and without whose they are."""
    o = CampaignOccasion
    names = sorted((facts_used(plan.terms[0].conditions) | ASKED) - EVENT_FACTS.keys())
    catalogue = profile.get_catalogue(session, with_retired=True)
    shown = []
    for turn, verdict in samples:
        moment = (
            select(
                o.borrower_id,
                o.known_at,
                o.known_seq,
                o.on_day,
                o.is_history.label("by_time"),
                o.details,
            )
            .join(PART, PART.c.borrower_id == o.borrower_id)
            .where(PART.c.n == turn.n, o.seq == turn.seq)
            .subquery("moment")
        )
        row = session.execute(profile.select_as_of(catalogue, moment, names=names)).one()
        facts = {name: value_to_json(row._mapping[name]) for name in names}
        shown.append(
            {
                "on_day": turn.on_day.isoformat(),
                "tier": facts["tier"],
                "outcome": str(Outcome.AWARDED if verdict.is_awarded else Outcome.REFUSED),
                "reasons": [] if verdict.reason is None else [str(verdict.reason)],
                "points": verdict.candidate.points if verdict.is_awarded else 0,
                "facts": {
                    **facts,
                    **{k: v for k, v in event_facts(row.details).items() if v is not None},
                },
            }
        )
    return shown


def run_loop(stopping: threading.Event) -> None:
    """Until `stopping`."""
    while not stopping.is_set():
        if not run_next(now=clock.wall()):
            stopping.wait(BEAT_SECONDS)
