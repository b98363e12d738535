"""`goodfaith worker`: the process for events and jobs."""

import signal

import click

from backend.commands.context import configured
from backend.kit.guard import stop_with_supervisor
from backend.worker import Worker


@click.command()
def worker() -> None:
    """Deliver events and run scheduled jobs until told to stop."""
    with configured(may_wait=True) as process:
        working = Worker(process)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: working.stop())
        stop_with_supervisor()
        working.run()
