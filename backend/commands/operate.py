"""`goodfaith job`, `audit` and `openapi`: run a job now, prove the books, write the interface."""

import json
import sys
from datetime import date
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import text

from backend import app
from backend.commands.context import configured
from backend.commands.failures import fail
from backend.kit import clock, jobs
from backend.kit.db import transaction
from backend.kit.wiring import Job

DIFFERENCES_SHOWN = 100
# A proof compares what stood at one moment, while the product goes on.
SNAPSHOT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
OPENAPI_FILE = Path("openapi/openapi.json")


@click.command()
@click.argument("name")
@click.option("--as-of", metavar="DATE", help="The business day to run for; today when absent.")
def job(name: str, as_of: str | None) -> None:
    """Run a job now and print what it did."""
    known = {job.name: job for job in app.jobs()}
    if name not in known:
        fail(f"there is no job {name!r}; there are: {', '.join(sorted(known))}")
    day = _day(as_of)
    with configured() as process:
        as_of_day = day or clock.day_in_zone(clock.now(), process.settings.programme_zone)
        result = run_now(known[name], as_of=as_of_day)
    click.echo(json.dumps(result, default=str))


def run_now(known: Job, *, as_of: date) -> dict[str, object]:
    """One run outside the schedule, with its own run record."""
    run_id = jobs.start(known, slot=f"by hand {clock.wall().isoformat()}", as_of=as_of)
    if run_id is None:
        fail("the same run was started this very microsecond")
    return jobs.run(known, run_id=run_id, as_of=as_of, now=clock.now())


def _day(value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        fail("--as-of takes a day such as 2026-11-23")


@click.command()
def audit() -> None:
    """Prove the books: every difference on a line of its own, exit 1 when there is one."""
    found = 0
    with configured():
        for proof in app.audits():
            with transaction() as session:
                session.execute(SNAPSHOT)
                own = 0
                for difference in proof.run(session):
                    own += 1
                    if own <= DIFFERENCES_SHOWN:
                        click.echo(f"{proof.name}: {difference}")
            click.echo(f"{proof.name}: {'in order' if own == 0 else f'{own} differences'}")
            found += own
    if found:
        sys.exit(1)


def openapi_document() -> str:
    """The interface as generated from the code, ready to be written."""
    application = Flask("goodfaith", static_folder=None)
    application.config.update(app.openapi_config())
    spec = app.document(application).spec.to_dict()
    return json.dumps(spec, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when the file is not current.")
def openapi(*, check: bool) -> None:
    """Write openapi/openapi.json."""
    document = openapi_document()
    if check:
        if not OPENAPI_FILE.exists() or OPENAPI_FILE.read_text() != document:
            fail("openapi/openapi.json is not current; run `goodfaith openapi`")
        return
    OPENAPI_FILE.parent.mkdir(exist_ok=True)
    OPENAPI_FILE.write_text(document)
    click.echo(str(OPENAPI_FILE))
