"""One worker's share of a re-tier, in a process of its own: prints its seconds and its memory."""

import json
import resource
import sys
from datetime import datetime

from backend.app import configure
from backend.kit.ids import new_id
from backend.kit.wiring import JobContext
from backend.settings import load
from backend.tiers.jobs import retier_all
from bench.common import timed


def main() -> None:
    """Run the job as of the given instant, against `DATABASE_URL`."""
    now = datetime.fromisoformat(sys.argv[1])
    process = configure(load())
    context = JobContext(as_of=now.date(), now=now, run_id=new_id(), heartbeat=lambda: None)
    seconds = timed(lambda: retier_all(context))
    process.dispose()
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.stdout.write(json.dumps({"seconds": seconds, "peak_mb": peak_kb / 1024}))


if __name__ == "__main__":
    main()
