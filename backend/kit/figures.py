"""Figures that each package counts of itself, day by day, for whoever watches the programme.

A figure is a count: of nobody in particular, and of the community its queues alone.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from backend.kit import db
from backend.kit.programme_zone import programme_day, programme_zone
from backend.kit.texts import Text

COUNTING_SECONDS_MAX = 120  # everybody, a million of them, and the days of a year
ONE_DAY = timedelta(days=1)


class Measure(StrEnum):
    """What a day's number is, and so what several days are together."""

    LEVEL = "level"  # as it stood at the end of the day; parts add up
    FLOW = "flow"  # what happened within the day; parts and days add up
    LONGEST = "longest"  # the longest wait of all as it stood; neither adds up


class Counted(NamedTuple):
    """A number of one day: of a part, such as a tier or a state."""

    on: date
    part: str
    number: int


@dataclass(frozen=True)
class Span:
    """Days, both included, in the programme's zone, looked at now."""

    first_on: date
    last_on: date
    now: datetime

    @property
    def zone(self) -> str:
        """The zone that its days are of."""
        return programme_zone()

    @property
    def from_at(self) -> datetime:
        """When its first day begins."""
        return _begins(self.first_on, self.zone)

    @property
    def until_at(self) -> datetime:
        """When its last day is over."""
        return _begins(self.last_on + ONE_DAY, self.zone)

    @property
    def days(self) -> list[date]:
        """Each of its days, the first first."""
        count = (self.last_on - self.first_on).days + 1
        return [self.first_on + ONE_DAY * n for n in range(count)]

    @property
    def is_past(self) -> bool:
        """Whether it ends before today: what stands now says nothing of it."""
        return self.last_on < programme_day(self.now)


def _begins(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)


Counter = Callable[[Session, Span], Iterable[Counted]]
Opener = Callable[[], AbstractContextManager[Session]]

patiently: Opener = partial(db.transaction, patience_seconds=COUNTING_SECONDS_MAX)


@dataclass(frozen=True)
class DailyFigure:
    """One figure of a package. It says how its days are counted; who keeps them is not its affair.

    `now` counts today as it stands. `past` counts days from what was recorded, as often as one
    likes with the same answer; a figure without it has the days alone on which it was counted.
    `open`: the session in which it is counted, for those who have a pool of their own.
    """

    text: Text
    measure: Measure
    unit: Text
    parts: Mapping[str, Text] = field(default_factory=dict)  # others are called by their codes
    now: Counter | None = None
    past: Counter | None = None
    open: Opener = patiently
