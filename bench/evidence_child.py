"""The sealing job in a process of its own: entries, seconds, and the most memory it took, in MB."""

import resource
import time

from backend import app
from backend.evidence.jobs import seal
from backend.kit import clock
from backend.kit.ids import new_id
from backend.kit.wiring import JobContext
from backend.settings import load


def main() -> None:
    """Run it once to the end."""
    process = app.configure(load())
    process.keyring.require()
    now = clock.wall()
    context = JobContext(as_of=now.date(), now=now, run_id=new_id(), heartbeat=lambda: None)
    began_at = time.perf_counter()
    sealed = seal(context)["entries"]
    seconds = time.perf_counter() - began_at
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(sealed, seconds, memory_mb)
    process.dispose()


if __name__ == "__main__":
    main()
