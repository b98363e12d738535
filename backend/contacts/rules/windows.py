"""Hours of her day, [start, end), to the second, and the instants at which they begin and end."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_SECONDS = 86_400
MINUTE_SECONDS = 60
HOUR_MINUTES = 60
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """From one second of her day up to another, not included; over midnight when it ends first."""

    start: int
    end: int

    @classmethod
    def of(cls, start: str, end: str) -> "Window":
        """From "22:00" to "08:00"; "24:00" is the end of a day."""
        return cls(_second(start), _second(end))

    def holds(self, local: datetime) -> bool:
        """Whether a local time lies in it."""
        second = (local.hour * HOUR_MINUTES + local.minute) * MINUTE_SECONDS + local.second
        if self.start < self.end:
            return self.start <= second < self.end
        return second >= self.start or second < self.end

    @property
    def as_words(self) -> tuple[str, str]:
        """The opposite of `of`."""
        return _words(self.start), _words(self.end)


def _second(words: str) -> int:
    hours, minutes = words.split(":")
    return (int(hours) * HOUR_MINUTES + int(minutes)) * MINUTE_SECONDS


def _words(second: int) -> str:
    hours, minutes = divmod(second // MINUTE_SECONDS, HOUR_MINUTES)
    return f"{hours:02}:{minutes:02}"


def edges(
    zones: Collection[str], seconds: Collection[int], *, after: datetime, days: int
) -> Iterator[datetime]:
    """Every instant after another at which a local clock may pass one of these seconds, in order.

    Midnight is always one, and so is each jump of the clock: in the spring an edge may lie in the
    hour that there is not, in the autumn it comes twice.
    """
    clocks = [ZoneInfo(zone) for zone in zones]
    of_day = {0, *(second % DAY_SECONDS for second in seconds)}
    start = after - DAY
    for number in range(days + 2):
        begin = (start + number * DAY).replace(hour=0, minute=0, second=0, microsecond=0)
        found: set[datetime] = set()
        for clock in clocks:
            found.update(_of_local_days(begin, clock, of_day))
            found.update(_jump(begin, begin + DAY, clock))
        yield from sorted(at for at in found if at > after and begin <= at < begin + DAY)


def _of_local_days(begin: datetime, clock: ZoneInfo, seconds: Collection[int]) -> set[datetime]:
    """What falls into a UTC day and around it: her days there begin up to a day apart."""
    around = (begin.date() + timedelta(days=shift) for shift in (-1, 0, 1))
    return {
        _instant(day, second, clock, fold=fold)
        for day in around
        for second in seconds
        for fold in (0, 1)
    }


def _instant(day: date, second: int, clock: ZoneInfo, *, fold: int) -> datetime:
    local = datetime.combine(day, time(0)) + timedelta(seconds=second)
    return local.replace(tzinfo=clock, fold=fold).astimezone(UTC)


def _jump(begin: datetime, end: datetime, clock: ZoneInfo) -> set[datetime]:
    """The second at which the clock is put forward or back between two instants."""
    before = begin.astimezone(clock).utcoffset()
    if end.astimezone(clock).utcoffset() == before:
        return set()
    low, high = begin, end
    while high - low > SECOND:
        middle = low + ((high - low) // 2 // SECOND) * SECOND
        if middle.astimezone(clock).utcoffset() == before:
            low = middle
        else:
            high = middle
    return {high}
