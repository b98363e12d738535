"""What moderation is told of, and what it may forbid, whoever fills the ports."""

from datetime import timedelta

import pytest

from community import ports
from tests.clock import NOW
from tests.community.conftest import POSTS

UNTIL = NOW + timedelta(days=2)


@pytest.fixture
def filled():
    """`filled(...)` fills the ports until the end of the test, and notes the cases."""
    before, cases = ports._ports, []

    def fill(**given):
        def open_case(session, **case):
            cases.append((case["target_type"], case["reasons"]))

        ports.configure(**{"open_case": open_case} | given)
        return cases

    yield fill
    ports._ports = before


def test_a_case_is_opened_for_what_waits_for_a_crisis_and_for_an_answer_that_helped(
    person, trusted, filled
):
    cases = filled()
    ann, bea, new = trusted(), trusted(), person()
    cases.clear()  # their first texts
    new.write(title="Hello", body="I am new here and shy.")
    ann.write(body="我不想活了")
    post_id = ann.write().json["id"]
    bea.answer(post_id, "专业代理维权，帮您停息挂账，先付费后办理，联系我们")
    answer = bea.answer(post_id).json["id"]
    for _ in range(2):
        ann.api.put(f"{POSTS}/{post_id}/answer", json={"comment_id": answer})
    found = {(target, reasons[0]) for target, reasons in cases}
    assert found == {
        ("post", "new_member"),
        ("post", "crisis"),
        ("comment", "banned"),
        ("comment", "helpful"),
    }
    assert len(cases) == 4


def test_a_muted_member_does_not_write_and_a_suspended_one_only_reads(trusted, filled):
    ann, bea = trusted(), trusted()
    post_id, thread = (
        ann.write().json["id"],
        bea.write(title="Why", body="How do you sleep?").json["id"],
    )
    answer = ann.answer(thread).json["id"]
    filled(barred_until=lambda *_, **__: UNTIL)
    for refused in (
        bea.write(),
        bea.answer(post_id),
        bea.api.patch(f"{POSTS}/{thread}", json={"body": "B."}, headers={"If-Match": '"1"'}),
    ):
        assert (refused.status_code, refused.json["code"]) == (403, "writing-paused")
        assert refused.json["until"] == UNTIL.isoformat().replace("+00:00", "Z")
    hug = f"{POSTS}/{post_id}/reactions/hug"
    assert bea.api.put(hug).status_code == 204
    filled(suspended_until=lambda *_, **__: UNTIL)
    for refused in (
        bea.api.put(f"{POSTS}/{post_id}/reactions/thanks"),
        bea.api.put(f"{POSTS}/{thread}/answer", json={"comment_id": answer}),
    ):
        assert (refused.status_code, refused.json["code"]) == (403, "writing-paused")
    assert bea.api.delete(hug).status_code == 204
    assert post_id in bea.feed()
