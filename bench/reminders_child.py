"""One worker's run of the planner, in a process of its own: its seconds and its memory."""

import json
import resource
import sys
import time
from datetime import datetime, timedelta

from backend.app import configure
from backend.kit.ids import new_id
from backend.kit.wiring import JobContext
from backend.settings import load
from notifications.reminders.jobs import plan_reminders


def main() -> None:
    """Run the job twice as of the given instant, against `DATABASE_URL`."""
    now = datetime.fromisoformat(sys.argv[1])
    process = configure(load())
    today = (now + timedelta(hours=8)).date()
    context = JobContext(as_of=today, now=now, run_id=new_id(), heartbeat=lambda: None)
    began = time.perf_counter()
    planned = plan_reminders(context)["planned"]
    done = time.perf_counter()
    again = plan_reminders(context)["planned"]
    ended = time.perf_counter()
    process.dispose()
    if again:
        message = "a second run planned something"
        raise RuntimeError(message)
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    figures = {"planned": planned, "seconds": done - began, "again": ended - done}
    sys.stdout.write(json.dumps(figures | {"peak_mb": peak_kb / 1024}))


if __name__ == "__main__":
    main()
