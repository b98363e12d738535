"""What a plan of reminders may be; who is left without; when greetings fall due. Pure."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING
from uuid import UUID

from backend.kit.lazy import LazyModule

if TYPE_CHECKING:
    import holidays
else:
    holidays = LazyModule("holidays")

DAYS_BEFORE_MAX, DAYS_AFTER_MAX = 14, 21
WINDOW_DAYS, IN_WINDOW_MAX = 7, 3
STAGES_MAX = 12
SEND_FIRST, SEND_LAST = time(9), time(20, 30)  # [R12: the product's own window]
SPREAD_MINUTES_MIN = 30
KEEP_DAYS_MAX = 6  # how long after its day a reminder is still worth telling
HOLDOUT_PERCENT_MAX = 20
TALKED_WITHIN = timedelta(days=180)
HOLDOUT_PARTS = 10_000
STAGE_PATTERN = r"^[a-z][a-z0-9_]{1,29}$"
TIERS_MAX = 20


@dataclass(frozen=True)
class Stage:
    """`days` after the due day, before it where negative. `gentle` is for the gentle tiers."""

    code: str
    days: int
    standard: str
    gentle: str
    keep_days: int = 0


@dataclass(frozen=True)
class Plan:
    """One version in checked form."""

    version: int
    stages: tuple[Stage, ...]
    gentle_tiers: tuple[str, ...]
    send_from: time
    send_until: time
    holdout_percent: int

    @property
    def minutes(self) -> list[int]:
        """Minutes of the day at which something may be sent: never on the hour."""
        first, last = _minute(self.send_from), _minute(self.send_until)
        return [minute for minute in range(first, last) if minute % 60]


def find_plan_errors(plan: Plan, *, templates: Collection[str]) -> Iterator[tuple[str, str]]:
    """(pointer, what is wrong) for everything that a plan must not be."""
    yield from _stage_errors(plan.stages, templates)
    yield from _crowding_errors(plan.stages)
    if plan.send_from < SEND_FIRST:
        yield "#/plan/send_from", "Nothing is sent before 09:00."
    if plan.send_until > SEND_LAST:
        yield "#/plan/send_until", "Nothing is sent after 20:30."
    if _minute(plan.send_until) - _minute(plan.send_from) < SPREAD_MINUTES_MIN:
        yield "#/plan/send_until", f"Must lie at least {SPREAD_MINUTES_MIN} minutes after."
    if not 0 <= plan.holdout_percent <= HOLDOUT_PERCENT_MAX:
        yield "#/plan/holdout_percent", f"Must be a whole number from 0 to {HOLDOUT_PERCENT_MAX}."


def _stage_errors(stages: Sequence[Stage], templates: Collection[str]) -> Iterator[tuple[str, str]]:
    codes, days = [each.code for each in stages], [each.days for each in stages]
    for place, stage in enumerate(stages):
        at = f"#/plan/stages/{place}"
        if stage.code in codes[:place]:
            yield f"{at}/code", "Is used by another stage."
        if stage.days in days[:place]:
            yield f"{at}/days", "Another stage has this day."
        if not -DAYS_BEFORE_MAX <= stage.days <= DAYS_AFTER_MAX:
            yield f"{at}/days", f"Must lie between -{DAYS_BEFORE_MAX} and {DAYS_AFTER_MAX}."
        if stage.keep_days > (KEEP_DAYS_MAX if stage.days > 0 else 0):
            yield f"{at}/keep_days", "What speaks of a day to come is told on its own day only."
        for name, template in (("standard", stage.standard), ("gentle", stage.gentle)):
            if template not in templates:
                yield f"{at}/templates/{name}", "There is no such template for reminders."


def _crowding_errors(stages: Sequence[Stage]) -> Iterator[tuple[str, str]]:
    """More than three in any seven days, before a due day or after one.

    Across the due day the cap over all channels decides: it holds back what is one too many,
    and `keep_days` says how long that may wait.
    """
    for side in (
        sorted((each.days, place) for place, each in enumerate(stages) if each.days <= 0),
        sorted((each.days, place) for place, each in enumerate(stages) if each.days > 0),
    ):
        for n, (days, place) in enumerate(side[IN_WINDOW_MAX:]):
            if days - side[n][0] < WINDOW_DAYS:
                told = f"More than {IN_WINDOW_MAX} reminders in {WINDOW_DAYS} days."
                yield f"#/plan/stages/{place}/days", told


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def holdout_place(borrower_id: UUID) -> int:
    """Her place in 0 to 9,999, the same for ever; `planning.place_of` says it in SQL."""
    digest = hashlib.md5(f"{borrower_id}:reminders".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:7], 16) % HOLDOUT_PARTS


def is_held_out(borrower_id: UUID, *, percent: int) -> bool:
    """Whether she is left without reminders, to measure what they do for the others."""
    return holdout_place(borrower_id) < percent * HOLDOUT_PARTS // 100


class Feast(StrEnum):
    """Days on which everybody whom they mean something is greeted."""

    SPRING_FESTIVAL = "spring_festival"
    MID_AUTUMN = "mid_autumn"
    NEW_YEAR = "new_year"


CHINESE_FEASTS = frozenset({Feast.SPRING_FESTIVAL, Feast.MID_AUTUMN})
CHINESE_ZONES = (
    "Asia/Shanghai", "Asia/Urumqi", "Asia/Chongqing", "Asia/Harbin", "Asia/Kashgar", "PRC",
    "Asia/Hong_Kong", "Asia/Macau", "Asia/Taipei",
)  # fmt: skip
_NAMES = {
    "Chinese New Year (Spring Festival)": Feast.SPRING_FESTIVAL,
    "Mid-Autumn Festival": Feast.MID_AUTUMN,
}


@cache
def feasts_of(year: int) -> dict[date, Feast]:
    """Days of the feasts of a year. Source: the calendar of China in `holidays`."""
    found: dict[Feast, date] = {Feast.NEW_YEAR: date(year, 1, 1)}
    known = holidays.country_holidays("CN", years=year, observed=False, language="en_US")
    for day, names in sorted(known.items()):
        for name in names.split("; "):
            if name in _NAMES:
                found.setdefault(_NAMES[name], day)  # the first of several free days is the feast
    return {day: feast for feast, day in found.items()}


def feasts_near(days: Collection[date]) -> dict[date, Feast]:
    """The feasts on any of these days."""
    return {
        day: feast
        for year in {day.year for day in days}
        for day, feast in feasts_of(year).items()
        if day in days
    }


def is_birthday(born_on: date, *, today: date) -> bool:
    """Whether she was born on this day of a year; on 29 February: the 28th in years without one."""
    if (born_on.month, born_on.day) == (2, 29) and not _is_leap(today.year):
        return (today.month, today.day) == (2, 28)
    return (born_on.month, born_on.day) == (today.month, today.day) and today > born_on


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
