"""`goodfaith demo`: fill the demo, and let its days pass."""

import os
from datetime import timedelta
from pathlib import Path

import click

from backend import app
from backend.commands.context import configured
from backend.commands.demo_core import run_core
from backend.commands.failures import fail
from backend.commands.instance import load_environment
from backend.commands.operate import run_now
from backend.demo import calendar, service
from backend.kit import clock
from backend.kit.ids import new_id
from backend.kit.wiring import JobContext

ZONE = "Asia/Shanghai"
# What has run by the time somebody looks: its today lies a week before the cards fall due.
SEEDED = ("reminders", "greetings", "metrics-daily")  # in this order


@click.group()
def demo() -> None:
    """The demo on this machine."""


@demo.command()
def seed() -> None:
    """Import the demo portfolio and its twenty people. `goodfaith run` does so by itself."""
    file = _clock_file()
    if not file.exists():
        today = calendar.demo_today(clock.day_in_zone(clock.wall(), ZONE))
        clock.write_demo_day(file, today=today)
    with configured():
        today = clock.read_demo_day(file)
        service.seed(today=today, now=clock.now(), tell=click.echo)
        service.enrol_staff(now=clock.wall())
        click.echo("planning the day's reminders, and counting the day")
        jobs = {job.name: job for job in app.jobs()}
        for name in SEEDED:
            jobs[name].run(JobContext(today, clock.now(), run_id=new_id(), heartbeat=lambda: None))


@demo.command("today")
def show_today() -> None:
    """Print the day that the demo stands at."""
    click.echo(clock.read_demo_day(_clock_file()))


@demo.command()
@click.argument("days", type=click.IntRange(min=1, max=366))
def advance(days: int) -> None:
    """Let DAYS days pass, one after the other, each with its jobs."""
    file = _clock_file()
    if not file.exists():
        fail("there is no demo here; start one with `make run`")
    for _ in range(days):
        today = clock.read_demo_day(file) + timedelta(days=1)
        clock.write_demo_day(file, today=today)
        with configured():
            for job in app.jobs():
                run_now(job, as_of=today)
        click.echo(f"it is {today}")


demo.add_command(run_core)


def _clock_file() -> Path:
    load_environment()
    if os.environ.get("GOODFAITH_DEMO") != "1" or "DEMO_CLOCK_FILE" not in os.environ:
        fail("this is not the demo; only the demo's date moves by hand")
    return Path(os.environ["DEMO_CLOCK_FILE"])
