"""The first and the last minute of a demo's start: its data, and what a person may do now."""

import hashlib
import json
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console

from backend.commands.children import Child, Leash
from backend.commands.failures import fail
from backend.demo import calendar, people
from backend.kit import clock
from backend.kit.embedded import paths

COMMAND = ".venv/bin/goodfaith"
ZONE = "Asia/Shanghai"
STAFF_DOMAIN = "demo.goodfaith.example"


def clock_file(folder: Path) -> Path:
    """Where the demo's date is kept."""
    return folder / "clock.json"


def seed(environment: Mapping[str, str], *, folder: Path, leash: Leash, console: Console) -> None:
    """Fill an empty database with the demo's people, in a process that then gives memory back.

    A start that was interrupted here begins the filling again.
    """
    place = _place(environment["DATABASE_URL"])
    if _read(folder).get("place") == place:
        return
    console.print("First start: importing the demo portfolio. This takes a minute or two.")
    started_at = time.monotonic()
    child = Child("seed", ("demo", "seed"), environment, leash, folder / "seed.log", is_heard=True)
    try:
        child.start()
        if child.wait() != 0:
            fail(f"the demo's data could not be imported; {child.log} says why")
    finally:
        child.stop()
    paths.write_secret(folder / "demo.json", json.dumps({"place": place}))
    console.print(f"Imported in {time.monotonic() - started_at:.0f} s.")


def show(console: Console, *, port: int, fcm_url: str | None) -> None:
    """Addresses, and how to come in."""
    address = f"http://localhost:{port}"
    console.print(f"\n[bold]Goodfaith is ready[/bold]: {address}\n")
    for what, how in (
        ("API browser", f"{address}/docs"),
        ("the interface", f"{address}/openapi.json"),
        ("state, figures", f"{address}/readyz  {address}/metrics"),
        ("staff console", f"{address}/console"),
        ("its log-ins", f"{address}/demo/staff    (addresses, password, current codes)"),
        ("messages", f"{address}/demo/messages    (log-in codes)"),
        ("pushes", f"{fcm_url}/log" if fcm_url else "go to Firebase"),
        ("a card borrower", f"{COMMAND} token --borrower 1    (real data, 1 to 30000)"),
        ("the core system", f"{COMMAND} token --client core"),
        ("staff, by role", f"{COMMAND} token --staff risk_officer@{STAFF_DOMAIN}"),
        ("tomorrow", f"{COMMAND} demo advance 1"),
    ):
        _line(console, what, how)
    console.print(f"\nMade-up borrowers, each with a story ({COMMAND} token --borrower ID):")
    for person in people.PEOPLE:
        _line(console, people.external_id(person), f"{person.name}: {person.situation}")
    console.print("\nCtrl-C stops everything; the data stays.")


def _line(console: Console, what: str, how: str) -> None:
    # Never folded: addresses and commands are there to be copied.
    console.print(f"  {what:<17} {how}", soft_wrap=True, markup=False)


def set_clock(folder: Path) -> None:
    """Fix the demo's day at its first start."""
    file = clock_file(folder)
    if not file.exists():
        today = calendar.demo_today(clock.day_in_zone(clock.wall(), ZONE))
        clock.write_demo_day(file, today=today)


def _place(database_url: str) -> str:
    """Tells databases apart without keeping a password."""
    parts = urlsplit(database_url)
    words = f"{parts.hostname} {parts.port} {parts.path} {parts.query}"
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def _read(folder: Path) -> dict[str, str]:
    try:
        content: dict[str, str] = json.loads((folder / "demo.json").read_text())
    except FileNotFoundError:
        return {}
    return content
