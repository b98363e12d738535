"""Proof that every award was earned: by its own facts, by somebody enrolled, once in its period."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from backend.kit.wiring import Audit
from backend.programme import queries as programme
from rewards.badges.definitions import get_versions
from rewards.badges.models import BadgeAward
from rewards.badges.rules import State, period_of

BATCH = 5_000


def check_badges(session: Session) -> Iterator[str]:
    """A line for each award that its facts deny, that nobody enrolled earned, or that is twice."""
    awards = session.execute(
        select(BadgeAward.__table__).execution_options(yield_per=BATCH)
    ).partitions(BATCH)
    for some in awards:
        yield from _check_facts(session, some)
        yield from _check_enrolled(session, some)
    yield from _check_unique(session)


def _check_facts(session: Session, awards: Sequence[Row[Any]]) -> Iterator[str]:
    versions = get_versions(session, keys={(row.code, row.version) for row in awards})
    for row in awards:
        definition = versions[row.code, row.version]
        is_own = row.campaign_id is None  # the campaigns' audit looks after the others
        if is_own and not definition.is_earned(definition.facts_from_json(row.facts)):
            yield f"badge {row.code} of {row.borrower_id}: its own facts do not earn it"
        if row.period != period_of(definition.repeats, on=row.earned_on):
            yield f"badge {row.code} of {row.borrower_id}: {row.period} is not its period"


def _check_enrolled(session: Session, awards: Sequence[Row[Any]]) -> Iterator[str]:
    moments = [(row.borrower_id, row.awarded_at) for row in awards]
    statuses = programme.list_statuses_at(session, moments=moments)
    for row in awards:
        if statuses.get((row.borrower_id, row.awarded_at)) != "enrolled":
            yield f"badge {row.code} of {row.borrower_id}: she was not enrolled"


def _check_unique(session: Session) -> Iterator[str]:
    rows = session.execute(
        select(BadgeAward.borrower_id, BadgeAward.code, BadgeAward.period)
        .where(BadgeAward.state == State.STANDING)
        .group_by(BadgeAward.borrower_id, BadgeAward.code, BadgeAward.period)
        .having(func.count() > 1)
    )
    for borrower_id, code, period in rows:
        yield f"badge {code} {period} of {borrower_id}: it stands more than once"


AUDITS = (Audit(name="badges", run=check_badges),)
