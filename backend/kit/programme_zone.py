"""The programme's own zone, in which policies are run, and the moment at which facts are read."""

from dataclasses import dataclass
from datetime import date, datetime

from backend.kit.clock import day_in_zone

_zone = "Asia/Shanghai"


def configure(zone: str) -> None:
    """Say which IANA zone the programme runs in."""
    global _zone  # noqa: PLW0603 - one programme per process, set once by the assembly
    _zone = zone


def programme_zone() -> str:
    """The name of its zone, for statements that compute days."""
    return _zone


def programme_day(at: datetime) -> date:
    """The date that an instant falls on for the programme."""
    return day_in_zone(at, _zone)


@dataclass(frozen=True)
class Moment:
    """When facts are read: at an instant each borrower has a day of her own, unless one is named.

    Her days are dates in her contract's zone, whatever day it is for the programme.
    """

    at: datetime
    day: date | None = None

    def today(self, zone: str) -> date:
        """Her day there."""
        return self.day or day_in_zone(self.at, zone)

    @property
    def parameters(self) -> dict[str, object]:
        """What statements over facts bind."""
        return {"facts_at": self.at, "facts_day": self.day}


def moment(now: datetime, *, today: date) -> Moment:
    """Now; or `today` for everybody, where it is another day than the programme's."""
    return Moment(now, None if today == programme_day(now) else today)
