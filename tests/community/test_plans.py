"""No statement of the community reads a growing table from end to end, and none is repeated."""

from uuid import UUID

import pytest
from sqlalchemy import text

from backend.kit import db
from bench.feed_crowd import fill
from tests.api.explained import Plans
from tests.api.statements import heard
from tests.clock import NOW
from tests.community.conftest import PLAIN, POSTS, Person
from tests.factories.community import make_comment, make_post, make_trusted
from tests.factories.loans import make_borrower
from tests.fixtures.api import new_key

SIZE = 100_000
# Statements for each request. Raise one only with a reason.
READS = {
    "/v1/community/posts": 1,
    "/v1/community/posts?feed=helpful": 1,
    "/v1/community/posts?feed=followed": 1,
    "/v1/community/posts?feed=own": 1,
    "/v1/community/posts?q=lighthouse": 1,
    "/v1/community/posts/{post_id}": 1,
    "/v1/community/posts/{post_id}/comments": 2,
    "/v1/community/topics": 1,
}


@pytest.fixture
def crowd(session, own_database, borrower_api):
    """Two people among 100,000 others, who wrote and answered, blocked and followed."""
    ann, bea = make_borrower(session), make_borrower(session)
    session.commit()
    behind = db.WALLED.get_database().writes
    with db.WALLED.transaction(patience_seconds=300) as walled:
        fill(walled, posts=SIZE, members=SIZE // 10, now=NOW)
        for each in (ann, bea):
            make_trusted(walled, each)
        post_id = make_post(walled, ann, title="Hers")
        make_comment(walled, bea, post_id=post_id)
    with behind.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in ("member", "writing", "reaction", "block", "topic_follow"):
            connection.execute(text(f"ANALYZE community.{table}"))
    return Person(ann, borrower_api(ann)), Person(bea, borrower_api(bea)), post_id


@pytest.mark.commits
def test_hot_statements_use_indexes(crowd, session):
    ann, bea, post_id = crowd
    walled = db.WALLED.get_database()
    plans = Plans(walled)
    handle = bea.api.get("/v1/me/community").json["handle"]
    path = f"{POSTS}/{post_id}"
    second = ann.api.get(POSTS, query_string={"limit": 5}).json["next_cursor"]
    with heard(walled.writes, walled.reads) as found:
        for query in ("", "q=lighthouse", "q=还款计划", f"cursor={second}", "topic=plans"):
            for feed in ("new", "helpful", "followed", "own"):
                if "cursor" not in query or feed == "new":
                    assert bea.api.get(f"{POSTS}?feed={feed}&{query}").status_code == 200
        calls = (
            ann.write,
            lambda: bea.answer(post_id),
            lambda: bea.api.put(f"{path}/reactions/hug"),
            lambda: bea.api.delete(f"{path}/reactions/hug"),
            lambda: bea.api.get(path),
            lambda: bea.api.get(f"{path}/comments"),
            lambda: ann.api.patch(path, json={"title": "T"}, headers={"If-Match": '"1"'}),
            lambda: ann.api.get(f"{path}/history"),
            lambda: ann.api.delete(path),
            lambda: ann.api.put("/v1/community/topics/plans/follow"),
            lambda: ann.api.put(f"/v1/me/community/blocks/{handle}"),
            lambda: ann.api.get("/v1/me/community"),
            lambda: ann.api.delete(f"/v1/me/community/blocks/{handle}"),
            lambda: ann.api.post("/v1/me/community/handle", headers=new_key()),
        )
        for call in calls:
            assert call().status_code in (200, 201, 204)
    plans.explain(found)
    assert plans.explained > 30
    assert not plans.faults, "\n".join(plans.faults)


@pytest.mark.parametrize("path", READS)
def test_a_read_asks_as_little_however_much_there_is(path, trusted, behind_the_wall, session):
    ann, bea = trusted(), trusted()
    post_id = UUID(ann.write(body="The lighthouse.").json["id"])
    bea.api.put(f"/v1/community/topics/{PLAIN['topic']}/follow")
    address = path.format(post_id=post_id)

    def count() -> int:
        connections = (session.connection(), behind_the_wall.connection())
        with heard(*connections) as found:
            assert bea.api.get(address, headers={"Accept-Language": "en"}).status_code == 200
        return len(found)

    count()  # what is read once for each process
    few = count()
    for number in range(4):
        bea.answer(post_id, f"Answer {number}")
        ann.write(title=f"T{number}", body="A lighthouse")
    assert few == count() == READS[path]
