"""The hourly tidying takes what is over and leaves what is not."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.auth import revocations
from backend.auth.jobs import JOBS
from backend.auth.models import LoginSession, OtpChallenge, TokenRevocation
from backend.kit import clock
from backend.kit.ids import new_id
from backend.kit.wiring import JobContext
from tests.auth.conftest import ANN, BEA
from tests.auth.test_codes import grow_older as grow_codes_older
from tests.auth.test_refresh import grow_older
from tests.clock import NOW, TODAY


@pytest.mark.commits
def test_what_is_over_is_forgotten_and_a_second_run_finds_nothing(
    people, telephones, ask, log_in, session
):
    ask(ANN)
    grow_codes_older(session, timedelta(hours=3))
    ask(BEA)
    log_in()
    grow_older(session, timedelta(days=31))
    log_in()
    now = clock.wall()
    revocations.revoke(session, ids=[new_id()], until=now)
    revocations.revoke(session, ids=[new_id()], until=now + timedelta(hours=1))
    session.commit()
    beats = []
    # The job's own time is the business's; what log-in leaves behind ages by the real clock.
    context = JobContext(as_of=TODAY, now=NOW, run_id=new_id(), heartbeat=lambda: beats.append(1))
    (job,) = JOBS
    assert job.run(context) == {"challenges": 1, "sessions": 1, "revocations": 1}
    assert job.run(context) == {"challenges": 0, "sessions": 0, "revocations": 0}
    assert beats == [1, 1, 1]
    for table in (OtpChallenge, LoginSession, TokenRevocation):
        assert len(session.execute(select(table)).all()) == 1
