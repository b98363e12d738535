"""What a campaign did, as of a day: whom it reached, what it cost, and what changed by it.

Figures as of a day are the same whenever they are asked, but for payments and reversals that were
entered later with an earlier day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import Session

from backend.kit.programme_zone import programme_day, programme_zone
from backend.kit.statistics import Mean, Share
from backend.loans import queries as loans
from rewards.campaigns.engine_models import CampaignDecision, CampaignParticipant
from rewards.campaigns.errors import CampaignNotLaunched
from rewards.campaigns.models import CampaignVersion
from rewards.campaigns.outcomes import Arm, Outcome
from rewards.campaigns.queries import get_campaign
from rewards.campaigns.results_rules import DUE_DATES_KEPT, Comparison, Look, look_of
from rewards.campaigns.rules import Measure

GIVEN = (Outcome.AWARDED, Outcome.REVERSED)


@dataclass(frozen=True)
class Week:
    """What was given in one week, from its Monday."""

    week: date
    awards: int
    points: int


@dataclass(frozen=True)
class Reach:
    """How many take part, by arm, and how many have had their whole span."""

    treated: int
    holdout: int
    treated_measured: int
    holdout_measured: int
    awarded: int


@dataclass(frozen=True)
class Cost:
    """What was given; what was taken back stays spent in the budget."""

    awards: int
    points: int
    taken_back: int
    points_each: float | None  # of everybody treated
    by_week: tuple[Week, ...]


@dataclass(frozen=True)
class Results:
    """One look at a campaign."""

    campaign_id: UUID
    name: Mapping[str, str]
    as_of: date
    look: Look
    final_on: date
    window_days: int
    primary_measure: str
    reach: Reach
    cost: Cost
    refused: Mapping[str, int]
    comparisons: tuple[Comparison, ...]


def get_results(session: Session, *, campaign_id: UUID, as_of: date) -> Results:
    """Everything as of the end of a day. Refuses: CampaignNotFound, CampaignNotLaunched."""
    campaign = get_campaign(session, campaign_id=campaign_id)
    first = _first_launched(session, campaign_id=campaign_id)
    window_days, primary = first["window_days"], first["primary_measure"]
    until = date.fromisoformat(campaign.schedule["ends_on"])
    if campaign.ended_at is not None:
        until = min(until, programme_day(campaign.ended_at))
    conduct = _measure(session, campaign_id, window_days=window_days, as_of=as_of)
    reach = _reach(session, campaign_id, conduct=conduct, as_of=as_of)
    return Results(
        campaign_id=campaign_id,
        name=campaign.name,
        as_of=as_of,
        look=look_of(joined_until=until, window_days=window_days, as_of=as_of),
        final_on=until + timedelta(days=window_days),
        window_days=window_days,
        primary_measure=primary,
        reach=reach,
        cost=_cost(session, campaign_id, treated=reach.treated, as_of=as_of),
        refused=_refused(session, campaign_id, as_of=as_of),
        comparisons=_compare(conduct, primary=primary),
    )


def _first_launched(session: Session, *, campaign_id: UUID) -> Mapping[str, Any]:
    """The document by which measure and span were fixed before anybody was treated."""
    document: Mapping[str, Any] | None = session.execute(
        select(CampaignVersion.document)
        .where(CampaignVersion.campaign_id == campaign_id, CampaignVersion.launched_at.is_not(None))
        .order_by(CampaignVersion.launched_at)
        .limit(1)
    ).scalar_one_or_none()
    if document is None:
        raise CampaignNotLaunched
    return document


def _measure(
    session: Session, campaign_id: UUID, *, window_days: int, as_of: date
) -> Mapping[str, Any]:
    """By arm, of those whose span is over, the sums that the measures are made of."""
    until_on = CampaignParticipant.joined_on + cast(window_days, Integer)
    spans = (
        select(
            CampaignParticipant.borrower_id,
            CampaignParticipant.arm,
            CampaignParticipant.joined_on.label("from_on"),
            until_on.label("until_on"),
        )
        .where(CampaignParticipant.campaign_id == campaign_id, until_on <= as_of)
        .cte("spans")
    )
    told = loans.select_conduct_in(spans).cte("told")
    had_dues = told.c.dues > 0
    share = 1.0 * told.c.kept / func.nullif(told.c.dues, 0)
    rows = session.execute(
        select(
            spans.c.arm,
            func.count().label("size"),
            func.count().filter(had_dues).label("had_dues"),
            func.count().filter(had_dues, told.c.kept == told.c.dues).label("kept_all"),
            func.avg(share).label("share"),
            func.var_samp(share).label("variance"),
            func.count().filter(told.c.was_late_at_start).label("late"),
            func.count().filter(told.c.was_late_at_start, ~told.c.is_late_at_end).label("cured"),
            func.count().filter(told.c.was_late_before).label("once_late"),
            func.count().filter(told.c.was_late_before, told.c.fell_late).label("late_again"),
        )
        .join(told, told.c.borrower_id == spans.c.borrower_id)
        .group_by(spans.c.arm)
    )
    return {row.arm: row for row in rows}


def _compare(conduct: Mapping[str, Any], *, primary: str) -> tuple[Comparison, ...]:
    def groups(make: Any) -> tuple[Any, Any]:
        treated, holdout = conduct.get(Arm.TREATED), conduct.get(Arm.HOLDOUT)
        return treated and make(treated), holdout and make(holdout)

    def share(count: str, size: str) -> tuple[Any, Any]:
        found = groups(lambda row: Share(getattr(row, count), getattr(row, size)))
        return found[0] or Share(0, 0), found[1] or Share(0, 0)

    def mean(row: Any) -> Mean:
        return Mean(float(row.share or 0), float(row.variance or 0), row.had_dues)

    kept = groups(mean)
    found = {
        Measure.ON_TIME_RATE: share("kept_all", "had_dues"),
        Measure.CURE_RATE: share("cured", "late"),
        Measure.SECOND_OVERDUE: share("late_again", "once_late"),
        DUE_DATES_KEPT: (kept[0] or Mean(0, 0, 0), kept[1] or Mean(0, 0, 0)),
        Measure.COMPLAINTS: (None, None),
    }
    order = sorted(found, key=lambda code: code != primary)
    return tuple(Comparison(str(code), code == primary, *found[code]) for code in order)


def _reach(
    session: Session, campaign_id: UUID, *, conduct: Mapping[str, Any], as_of: date
) -> Reach:
    joined = (
        CampaignParticipant.campaign_id == campaign_id,
        CampaignParticipant.joined_on <= as_of,
    )
    rows = session.execute(
        select(CampaignParticipant.arm, func.count().label("size"))
        .where(*joined)
        .group_by(CampaignParticipant.arm)
    )
    sizes = {row.arm: row.size for row in rows}
    awarded = session.execute(
        select(func.count(CampaignDecision.borrower_id.distinct())).where(
            *_given(campaign_id, as_of)
        )
    ).scalar_one()
    measured = {arm: row.size for arm, row in conduct.items()}
    return Reach(
        treated=sizes.get(Arm.TREATED, 0),
        holdout=sizes.get(Arm.HOLDOUT, 0),
        treated_measured=measured.get(Arm.TREATED, 0),
        holdout_measured=measured.get(Arm.HOLDOUT, 0),
        awarded=awarded,
    )


def _given(campaign_id: UUID, as_of: date) -> tuple[Any, ...]:
    return (
        CampaignDecision.campaign_id == campaign_id,
        CampaignDecision.outcome.in_(GIVEN),
        CampaignDecision.on_day <= as_of,
    )


def _cost(session: Session, campaign_id: UUID, *, treated: int, as_of: date) -> Cost:
    week = func.date_trunc("week", CampaignDecision.on_day).label("week")
    rows = session.execute(
        select(
            week,
            func.count().label("awards"),
            func.sum(CampaignDecision.points).label("points"),
            func.count().filter(CampaignDecision.reversed_at < _end_of(as_of)).label("taken_back"),
        )
        .where(*_given(campaign_id, as_of))
        .group_by(week)
        .order_by(week)
    ).all()
    points = sum(int(row.points) for row in rows)
    return Cost(
        awards=sum(row.awards for row in rows),
        points=points,
        taken_back=sum(row.taken_back for row in rows),
        points_each=points / treated if treated else None,
        by_week=tuple(Week(row.week.date(), row.awards, int(row.points)) for row in rows),
    )


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(programme_zone()))


def _refused(session: Session, campaign_id: UUID, *, as_of: date) -> dict[str, int]:
    reason = CampaignDecision.reasons[0].astext.label("reason")
    rows = session.execute(
        select(reason, func.count().label("times"))
        .where(
            CampaignDecision.campaign_id == campaign_id,
            CampaignDecision.outcome == Outcome.REFUSED,
            CampaignDecision.on_day <= as_of,
        )
        .group_by(reason)
        .order_by(func.count().desc(), reason)
    )
    return {row.reason: row.times for row in rows}
