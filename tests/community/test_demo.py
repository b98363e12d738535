"""What the demo shows of the community, and what the night forgets."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from backend import app as assembly
from backend.kit.wiring import DemoOffice
from community.posts.demo import HELPED, THREADS, fill
from tests.clock import NOW
from tests.community.conftest import PLAIN, POSTS
from tests.factories.loans import make_borrower
from tests.factories.runs import make_job_context
from tests.fixtures.api import new_key


@pytest.mark.parametrize("thread", THREADS, ids=lambda thread: thread.title)
def test_what_is_made_up_says_so(thread):
    assert thread.title.endswith(("(demo)", "（示例）"))


def test_the_demo_fills_itself_once_and_reads_well(session, person):
    whos = {who for t in THREADS for who in (t.who, *HELPED, *(w for w, _ in t.comments))}
    fill(session, DemoOffice(None, None), NOW)  # nobody is there yet
    reader = person()
    assert reader.feed() == []
    for who in whos:
        make_borrower(session, external_id=who)
    for _ in range(2):
        fill(session, DemoOffice(None, None), NOW)
    shown = reader.api.get(POSTS).json["items"]
    assert [each["title"] for each in shown] == [thread.title for thread in THREADS]
    assert [each["comments"] for each in shown] == [len(t.comments) for t in THREADS]
    assert all(each["reactions"]["helpful"] >= 2 for each in shown)
    assert reader.feed(q="还款日") == [shown[1]["id"]]


def test_stored_answers_are_forgotten_after_a_day(trusted, behind_the_wall):
    ann, key = trusted(), new_key()
    first = ann.api.post(POSTS, json=PLAIN, headers=key)
    [job] = [each for each in assembly.jobs() if each.name == "community-purge"]
    assert job.run(make_job_context()) == {"answers": 0}
    older = text("UPDATE community.idempotent_answer SET created_at = now() - :age")
    behind_the_wall.execute(older, {"age": timedelta(hours=25)})
    assert job.run(make_job_context()) == {"answers": 1}
    assert ann.api.post(POSTS, json=PLAIN, headers=key).json["id"] != first.json["id"]
