"""What a job is given when it runs."""

from datetime import datetime

from backend.kit.ids import new_id
from backend.kit.wiring import JobContext
from tests.clock import NOW


def make_job_context(*, now: datetime = NOW) -> JobContext:
    return JobContext(as_of=now.date(), now=now, run_id=new_id(), heartbeat=lambda: None)
