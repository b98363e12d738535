"""The demo's day moves only when it is told to; instants in it keep their order."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from backend.kit import clock

TODAY = date(2026, 11, 23)


@pytest.fixture
def demo_file(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "clock.json"
    clock.write_demo_day(path, today=TODAY)
    clock.configure(demo_file=path)
    token = clock._fixed.set(None)
    yield path
    clock._fixed.reset(token)
    clock.configure(demo_file=None)


def set_long_ago(path: Path, *, ago: timedelta) -> None:
    state = json.loads(path.read_text())
    path.write_text(json.dumps(state | {"set_at": (clock.wall() - ago).isoformat()}))


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(hours=5), timedelta(days=400)])
def test_the_day_stays_however_long_the_demo_runs(demo_file: Path, ago: timedelta) -> None:
    set_long_ago(demo_file, ago=ago)
    at = clock.now()
    assert at.date() == TODAY
    assert clock.day_in_zone(at, "Asia/Shanghai") == TODAY
    assert clock.day_in_zone(at, "America/New_York") == TODAY


def test_instants_keep_their_order(demo_file: Path) -> None:
    instants = [clock.now() for _ in range(100)]
    assert instants == sorted(instants)


def test_advancing_is_seen_at_once(demo_file: Path) -> None:
    clock.now()
    clock.write_demo_day(demo_file, today=TODAY + timedelta(days=7))
    assert clock.now().date() == TODAY + timedelta(days=7)
    assert clock.read_demo_day(demo_file) == TODAY + timedelta(days=7)


def test_a_day_is_a_day_of_its_zone() -> None:
    at = datetime(2026, 3, 8, 4, 59, tzinfo=UTC)
    assert clock.day_in_zone(at, "America/New_York") == date(2026, 3, 7)
    assert clock.day_in_zone(at, "Asia/Shanghai") == date(2026, 3, 8)
    assert ZoneInfo("Asia/Shanghai").utcoffset(at) == timedelta(hours=8)
