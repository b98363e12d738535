"""Two clocks: business time, which a demo may set, and technical time, which nobody may.

Only entry points (routes, jobs, handlers' runner, commands) read a clock; everything below
takes `now` or `today` as an argument.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

DEMO_DAY_STARTS_AT_HOUR = 6  # 14:00 in Shanghai, 01:00 in New York: one date in both
DEMO_DAY_SPAN = timedelta(hours=6)

_fixed: ContextVar[datetime | None] = ContextVar("fixed_now", default=None)


class _DemoClock:
    """A day that never ends by itself; every process reads the same small file.

    The hand creeps towards `DEMO_DAY_SPAN` and never reaches it: instants keep their order,
    and the date moves only when the file is written anew (`goodfaith demo advance`).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mtime_ns = -1
        self._today = date.min
        self._set_at = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        mtime_ns = self.path.stat().st_mtime_ns
        if mtime_ns != self._mtime_ns:
            self._read()
            self._mtime_ns = mtime_ns
        elapsed = max(wall() - self._set_at, timedelta(0))
        return _start_of_demo_day(self._today) + DEMO_DAY_SPAN * (
            elapsed / (elapsed + DEMO_DAY_SPAN)
        )

    def _read(self) -> None:
        state = json.loads(self.path.read_text())
        self._today = date.fromisoformat(state["today"])
        self._set_at = datetime.fromisoformat(state["set_at"])


def _start_of_demo_day(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, DEMO_DAY_STARTS_AT_HOUR, tzinfo=UTC)


_demo: _DemoClock | None = None


def configure(*, demo_file: Path | None) -> None:
    """Follow the demo's file, or the machine's clock when there is none."""
    global _demo  # noqa: PLW0603 - the one clock of this process, set once by the assembly
    _demo = _DemoClock(demo_file) if demo_file is not None else None


def write_demo_day(path: Path, *, today: date) -> None:
    """Set the demo's date, for all processes at once. The change is atomic."""
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps({"today": today.isoformat(), "set_at": wall().isoformat()}))
    draft.replace(path)
    # Two writes within one tick of the file system's clock must still be told apart.
    os.utime(path, ns=(stamp := wall_ns(), stamp))


def read_demo_day(path: Path) -> date:
    """The date that the demo stands at."""
    return date.fromisoformat(json.loads(path.read_text())["today"])


def now() -> datetime:
    """Business time, aware UTC."""
    fixed_at = _fixed.get()
    if fixed_at is not None:
        return fixed_at
    return _demo.now() if _demo is not None else wall()


def wall() -> datetime:
    """Technical time, aware UTC: leases, token life, back-off. Never set by a demo."""
    return datetime.now(UTC)


def wall_ns() -> int:
    """Technical time in nanoseconds since 1970."""
    return int(wall().timestamp() * 1_000_000_000)


def day_in_zone(at: datetime, zone: str) -> date:
    """The date that an instant falls on in an IANA zone."""
    return at.astimezone(ZoneInfo(zone)).date()


@cache
def all_zones() -> dict[str, ZoneInfo]:
    """Every IANA zone by its name, held: to read them anew takes fifty milliseconds."""
    return {name: ZoneInfo(name) for name in sorted(available_timezones())}


@contextmanager
def fixed(at: datetime) -> Iterator[None]:
    """Business time stands still at `at` inside the block (this thread or task)."""
    token = _fixed.set(at)
    try:
        yield
    finally:
        _fixed.reset(token)
