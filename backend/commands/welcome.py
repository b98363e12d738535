"""The first and the last minute of a demo's start: its data, and what a person may do now."""

import hashlib
import json
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from backend.commands.children import Child, Leash
from backend.commands.failures import fail
from backend.kit.embedded import paths


def clock_file(folder: Path) -> Path:
    """Where the demo's date is kept."""
    return folder / "clock.json"


def seed(environment: Mapping[str, str], *, folder: Path, leash: Leash, console: Console) -> None:
    """Fill an empty database with the demo's people, in a process that then gives memory back.

    A start that was interrupted here begins the filling again.
    """
    place = _place(environment["DATABASE_URL"])
    if _read(folder).get("place") == place and clock_file(folder).exists():
        return
    console.print("First start: importing the demo portfolio. This takes about a minute.")
    started_at = time.monotonic()
    child = Child("seed", ("demo", "seed"), environment, leash, folder / "seed.log")
    child.start()
    try:
        if child.wait() != 0:
            fail(f"the demo's data could not be imported; {child.log} says why")
    finally:
        child.stop()
    paths.write_secret(folder / "demo.json", json.dumps({"place": place}))
    console.print(f"Imported in {time.monotonic() - started_at:.0f} s.")


def show(console: Console, *, port: int) -> None:
    """Addresses, and how to come in."""
    console.print(f"\n[bold]Goodfaith is ready[/bold]: http://localhost:{port}\n")
    table = Table(show_header=False, box=None, pad_edge=False)
    for what, how in (
        ("API browser", f"http://localhost:{port}/docs"),
        ("OpenAPI file", f"http://localhost:{port}/openapi.json"),
        ("state", f"http://localhost:{port}/readyz"),
        ("a borrower's token", "goodfaith token --borrower 1"),
        ("a named demo borrower's token", "goodfaith token --borrower demo-01"),
        ("a staff token", "goodfaith token --staff risk@demo.goodfaith.example"),
        ("the core system's token", "goodfaith token --client core"),
        ("tomorrow", "goodfaith demo advance 1"),
    ):
        table.add_row(what, how)
    console.print(table)
    console.print("\nCtrl-C stops everything; the data stays.")


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
