"""Staff find entries of the log, prove each anew, and verify what somebody shows them."""

import pytest
from sqlalchemy import select, text

from backend.borrowers.models import AccessLog
from backend.evidence import service
from backend.kit import clock
from tests.factories.loans import make_borrower

PATH = "/v1/staff/evidence"
PURPOSE = {"X-Access-Purpose": "complaint"}


@pytest.fixture
def desk(staff_api):
    return staff_api("auditor")


@pytest.fixture
def logged(log, her_id):
    """Hers at places 0 to 2, then 300 of the house, each sealed in its turn."""
    log.write(her_id, count=3)
    log.seal()
    log.write(None, count=300)
    log.seal()
    return log


def steps(answer):
    assert answer.status_code == 200, answer.text
    proof = answer.json.get("proof", answer.json)
    return {each["step"]: each["holds"] for each in proof["steps"]}


def alter(session, statement):
    assert session.execute(text(statement)).rowcount


def test_entries_come_newest_first_page_by_page(logged, desk):
    first = desk.get(PATH, query_string={"limit": 100}).json
    second = desk.get(PATH, query_string={"limit": 100, "cursor": first["next_cursor"]}).json

    indexes = [each["index"] for each in [*first["items"], *second["items"]]]
    assert indexes == list(range(302, 102, -1))
    assert first["items"][0]["type"] == "benefit.granted"


def test_entries_are_found_by_their_type(logged, desk, her_id, session):
    service.record(
        session,
        type=service.Act.POLICY_PUBLISHED,
        borrower_id=None,
        record={"n": 1},
        now=clock.now(),
    )
    logged.seal()

    found = desk.get(PATH, query_string={"type": "policy.published"}).json["items"]

    assert [each["index"] for each in found] == [303]
    assert desk.get(PATH, query_string={"type": "policy.burnt"}).status_code == 422


def test_what_was_logged_of_her_is_found_with_a_purpose_and_the_look_is_written_down(
    logged, desk, her_id, session
):
    logged.write(her_id)
    external_id = _external_id(session, her_id)
    asked = {"borrower_external_id": external_id}

    refused = desk.get(PATH, query_string=asked)
    found = desk.get(PATH, query_string=asked, headers=PURPOSE)

    assert refused.status_code == 422
    states = [(each["index"], each["state"]) for each in found.json["items"]]
    assert states == [(None, "waiting"), (2, "logged"), (1, "logged"), (0, "logged")]
    looks = session.execute(select(AccessLog.what).where(AccessLog.borrower_id == her_id))
    assert looks.scalars().all() == ["evidence log"]


def test_nothing_of_whom_or_what_it_speaks_is_told(logged, desk, her_id, session):
    everything = desk.get(PATH, query_string={"limit": 100}).text + desk.get(f"{PATH}/1").text

    assert str(her_id) not in everything
    assert _external_id(session, her_id) not in everything
    assert '"n"' not in everything


def _external_id(session, borrower_id):
    return session.execute(
        text("SELECT external_id FROM external_ref WHERE borrower_id = :id AND kind = 'borrower'"),
        {"id": borrower_id},
    ).scalar_one()


def test_an_entry_is_proved_step_by_step(logged, desk):
    answer = desk.get(f"{PATH}/1")

    assert steps(answer) == dict.fromkeys(
        ("record", "leaf", "inclusion", "signature", "consistency"), True
    )
    assert answer.json["proof"]["size"] == 303
    assert answer.json["proof"]["holds"] is True


def test_an_erased_record_leaves_its_proof(logged, desk, her_id, session):
    service.erase(session, borrower_id=her_id, now=clock.now())

    answer = desk.get(f"{PATH}/1")

    assert steps(answer)["record"] is None
    assert answer.json["proof"]["holds"] is True
    assert answer.json["entry"]["erased_at"]


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE evidence_record SET type = 'waiver.granted' WHERE number = 2", {"record"}),
        (
            "UPDATE evidence_leaf SET type = 'waiver.granted' WHERE entry_index = 1",
            {"record", "leaf", "inclusion"},
        ),
        (
            (
                "UPDATE evidence_tile SET hashes = overlay(hashes PLACING"
                " decode(repeat('00', 32), 'hex') FROM 33) WHERE level = 0 AND number = 0"
            ),
            {"leaf", "consistency"},
        ),
        (
            "UPDATE evidence_checkpoint SET note = replace(note, '303', '302') WHERE size = 303",
            {"signature"},
        ),
        (
            "UPDATE evidence_checkpoint SET root = decode(repeat('ab', 32), 'hex') WHERE size = 3",
            {"consistency"},
        ),
    ],
    ids=["record", "leaf", "tile", "head", "first-head"],
)
def test_what_was_altered_is_named(logged, desk, session, statement, broken):
    number = session.execute(
        text("SELECT number FROM evidence_leaf WHERE entry_index = 1")
    ).scalar_one()
    alter(session, statement.replace("number = 2", f"number = {number}"))

    found = steps(desk.get(f"{PATH}/1"))

    assert {step for step, holds in found.items() if not holds} == broken


def test_an_entry_beyond_the_signed_log_is_not_there(logged, desk):
    for path in (f"{PATH}/303", f"{PATH}/303.tlog-proof"):
        answer = desk.get(path)
        assert (answer.status_code, answer.json["code"]) == (404, "entry-unknown")


def test_a_receipt_that_somebody_shows_is_verified(logged, desk, me):
    mine = me.get("/v1/me/receipts").json["items"][0]["id"]
    shown = me.get(f"/v1/me/receipts/{mine}").json
    receipt = me.get(f"/v1/me/receipts/{mine}.tlog-proof").text
    body = {"receipt": receipt, "record": shown["record"], "salt": shown["salt"]}
    logged.write(None, count=5)
    logged.seal()  # an older head is as good

    answer = desk.post(f"{PATH}/verify", json=body)

    assert all(steps(answer).values()), answer.json
    assert "commitment" in steps(answer)
    assert answer.json["index"] == 2


def test_a_downloaded_proof_verifies_and_a_changed_one_does_not(logged, desk):
    receipt = desk.get(f"{PATH}/7.tlog-proof").text
    other = receipt.replace("index 7", "index 8")

    assert all(steps(desk.post(f"{PATH}/verify", json={"receipt": receipt})).values())
    answer = desk.post(f"{PATH}/verify", json={"receipt": other})
    assert answer.json["holds"] is False
    assert steps(answer)["leaf"] is False
    assert steps(answer)["inclusion"] is False
    assert steps(answer)["signature"] is True


def test_another_record_is_not_the_one_that_was_logged(logged, desk, me):
    mine = me.get("/v1/me/receipts").json["items"][0]["id"]
    receipt = me.get(f"/v1/me/receipts/{mine}.tlog-proof").text
    salt = me.get(f"/v1/me/receipts/{mine}").json["salt"]
    body = {"receipt": receipt, "record": '{"n":9}', "salt": salt}

    answer = desk.post(f"{PATH}/verify", json=body)

    assert steps(answer)["commitment"] is False
    assert answer.json["holds"] is False


@pytest.mark.parametrize(
    "receipt",
    [
        "nothing of the kind",
        "c2sp.org/tlog-proof@v1\nextra AAAA\nindex 0\n\nnothing\n",
        "c2sp.org/tlog-proof@v1\nextra %%%\nindex 0\n\nx\n0\n\n",
        "c2sp.org/tlog-proof@v1\nextra AAAA\nindex 99999999999999999999\n\nx\n",
    ],
    ids=["words", "no-head", "no-base64", "beyond"],
)
def test_what_is_no_receipt_is_said_to_be_none(logged, desk, receipt):
    answer = desk.post(f"{PATH}/verify", json={"receipt": receipt})

    assert answer.status_code == 200, answer.text
    assert steps(answer)["form"] is False
    assert answer.json["holds"] is False


def test_the_head_says_how_much_waits(logged, desk, her_id):
    logged.write(her_id, count=2)

    head = desk.get(f"{PATH}/head").json

    assert (head["size"], head["waiting"]) == (303, 2)


def test_who_was_never_lent_to_is_not_found(logged, desk, session):
    make_borrower(session)

    answer = desk.get(PATH, query_string={"borrower_external_id": "nobody"}, headers=PURPOSE)

    assert (answer.status_code, answer.json["code"]) == (404, "borrower-not-found")
