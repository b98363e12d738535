"""The programme's own zone: the day on which facts are counted and policies are run."""

from datetime import date, datetime

from backend.kit.clock import day_in_zone

_zone = "Asia/Shanghai"


def configure(zone: str) -> None:
    """Say which IANA zone the programme runs in."""
    global _zone  # noqa: PLW0603 - one programme per process, set once by the assembly
    _zone = zone


def programme_day(at: datetime) -> date:
    """The date that an instant falls on for the programme."""
    return day_in_zone(at, _zone)
