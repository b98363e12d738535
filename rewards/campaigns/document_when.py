"""The schedule of a document."""

from datetime import date, time
from typing import Any
from zoneinfo import available_timezones

from backend.kit.predicates import FactType, read_value
from rewards.campaigns.document_reading import Reader
from rewards.campaigns.rules import DAYPARTS_MAX
from rewards.campaigns.terms import Schedule

DAYS_IN_WEEK = 7
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2200, 1, 1)
ZONES = frozenset(available_timezones())
MIDNIGHT = time(0)


def read_schedule(raw: object, pointer: str, reader: Reader) -> Schedule:
    """From the first day to the last, both included."""
    given = reader.members(raw, pointer, ("starts_on", "ends_on", "zone", "weekdays", "dayparts"))
    starts_on = _read_day(given.get("starts_on"), f"{pointer}/starts_on", reader)
    ends_on = _read_day(given.get("ends_on"), f"{pointer}/ends_on", reader)
    if ends_on < starts_on:
        reader.fault(f"{pointer}/ends_on", "Must not be before the first day.")
    zone = given.get("zone")
    if not isinstance(zone, str) or zone not in ZONES:
        reader.fault(f"{pointer}/zone", "Must be the name of a time zone, such as Asia/Shanghai.")
        zone = "UTC"
    return Schedule(
        starts_on=starts_on,
        ends_on=ends_on,
        zone=zone,
        weekdays=_read_weekdays(given.get("weekdays"), f"{pointer}/weekdays", reader),
        dayparts=_read_dayparts(given.get("dayparts"), f"{pointer}/dayparts", reader),
    )


def _read_day(raw: object, pointer: str, reader: Reader) -> date:
    day = read_value(raw, FactType.DATE)
    if isinstance(day, date) and FIRST_DAY <= day < LAST_DAY:
        return day
    reader.fault(pointer, "Must be a day, YYYY-MM-DD.")
    return FIRST_DAY


def _read_weekdays(raw: object, pointer: str, reader: Reader) -> frozenset[int] | None:
    if raw is None:
        return None
    days = reader.listed(raw, pointer, 1, DAYS_IN_WEEK)
    return frozenset(
        reader.whole(day, f"{pointer}/{place}", 1, DAYS_IN_WEEK) for place, day in enumerate(days)
    )


def _read_dayparts(
    raw: object, pointer: str, reader: Reader
) -> tuple[tuple[time, time], ...] | None:
    if raw is None:
        return None
    listed = reader.listed(raw, pointer, 1, DAYPARTS_MAX)
    return tuple(
        _read_daypart(each, f"{pointer}/{place}", reader) for place, each in enumerate(listed)
    )


def _read_daypart(raw: Any, pointer: str, reader: Reader) -> tuple[time, time]:
    pair = reader.listed(raw, pointer, 2, 2)
    times = [_read_time(each, f"{pointer}/{place}", reader) for place, each in enumerate(pair)]
    if len(times) < len(("from", "to")):
        return MIDNIGHT, MIDNIGHT
    if times[0] >= times[1]:
        reader.fault(f"{pointer}/1", "Must be later than the first.")
    return times[0], times[1]


def _read_time(raw: object, pointer: str, reader: Reader) -> time:
    try:
        if isinstance(raw, str) and len(raw) == len("00:00"):
            return time.fromisoformat(raw)
    except ValueError:
        pass
    reader.fault(pointer, "Must be a time of day, HH:MM.")
    return MIDNIGHT
