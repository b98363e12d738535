"""Her receipts: she keeps a proof and the record, and anybody can verify them without us."""

import base64
import hashlib
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from backend.evidence import service
from backend.evidence.models import EvidenceKey
from backend.evidence.service import Act
from backend.kit import clock
from backend.kit.ids import new_id
from tests.clock import NOW
from tests.factories.loans import make_borrower

PATH = "/v1/me/receipts"
SCRIPT = Path(__file__).parents[2] / "docs/verify_receipt.py"


@pytest.fixture
def verify(tmp_path):
    """Runs the script that we hand out, in a process of its own without anything of ours."""

    def run(vkey, proof, record=None):
        (tmp_path / "r.tlog-proof").write_text(proof, "utf-8")
        files = ["r.tlog-proof"]
        if record is not None:
            (tmp_path / "r.json").write_text(json.dumps(record), "utf-8")
            files.append("r.json")
        return subprocess.run(
            [sys.executable, "-I", SCRIPT, vkey, *files],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={"PYTHONIOENCODING": "utf-8"},
            check=False,
        )

    return run


@pytest.fixture
def kept(consent, log, me, public_api, her_id):
    """A consent that was logged among others: its proof, its record and the log's key."""
    log.write(None, count=3)
    record_id = consent()
    log.write(None, count=300)
    log.seal()
    proof = me.get(f"{PATH}/{record_id}.tlog-proof")
    assert proof.status_code == 200, proof.text
    return (
        public_api.get("/evidence/keys").text.strip(),
        proof.text,
        me.get(f"{PATH}/{record_id}").json,
    )


def test_she_finds_what_was_logged_of_her_newest_first(consent, log, me):
    consent("marketing")
    with clock.fixed(NOW + timedelta(hours=1)):
        me.put("/v1/me/consents", json={"consents": [{"purpose": "marketing", "granted": False}]})
    log.seal()
    answer = me.get(PATH, headers={"Accept-Language": "en"})
    assert [(each["type"], each["name"], each["state"]) for each in answer.json["items"]] == [
        ("consent.withdrawn", "You took a consent back", "logged"),
        ("consent.given", "You gave a consent", "logged"),
    ]
    assert {each["index"] for each in answer.json["items"]} == {0, 1}
    chinese = me.get(PATH, headers={"Accept-Language": "zh-CN"}).json["items"]
    assert [each["name"] for each in chinese] == ["您撤回了授权", "您给予了授权"]


def test_they_come_in_pages(consent, log, me, her_id):
    log.write(her_id, count=5)
    first = me.get(PATH, query_string={"limit": 3}).json
    rest = me.get(PATH, query_string={"limit": 3, "cursor": first["next_cursor"]}).json
    ids = [each["id"] for each in first["items"] + rest["items"]]
    assert len(set(ids)) == len(ids) == 5
    assert rest["next_cursor"] is None


def test_the_record_opens_the_commitment(kept, her_id):
    _, proof, shown = kept
    record = json.loads(shown["record"])
    assert record["borrower_id"] == str(her_id)
    assert (record["purpose"], record["version"]) == ("marketing", 1)
    opened = hashlib.sha256(base64.b64decode(shown["salt"]) + shown["record"].encode())
    assert opened.hexdigest() == shown["commitment"]
    extra = proof.splitlines()[1].removeprefix("extra ")
    leaf = json.loads(base64.b64decode(extra))
    assert leaf == {
        "commitment": shown["commitment"],
        "record_id": shown["id"],
        "time": "2026-11-23T06:00:00.000000Z",
        "type": "consent.given",
    }


def test_a_receipt_is_laid_out_as_the_specification_says(kept, public_api):
    _, proof, shown = kept
    head, _, note = proof.partition("\n\n")
    version, extra, index, *hashes = head.split("\n")
    assert version == "c2sp.org/tlog-proof@v1"
    assert extra.startswith("extra ")
    assert index == f"index {shown['index']}"
    assert all(len(base64.b64decode(each, validate=True)) == 32 for each in hashes)
    assert note == public_api.get("/evidence/checkpoint").text


def test_anybody_verifies_it_without_us(verify, kept):
    vkey, proof, shown = kept
    alone = verify(vkey, proof)
    assert (alone.returncode, alone.stderr) == (0, "")
    assert alone.stdout.startswith(f"VERIFIED: entry {shown['index']} of 304: ")
    opened = verify(vkey, proof, shown)
    assert opened.returncode == 0
    assert '"purpose":"marketing"' in opened.stdout


@pytest.mark.parametrize("line", range(18))
def test_a_receipt_with_any_line_changed_does_not_verify(verify, kept, line):
    vkey, proof, shown = kept
    lines = proof.split("\n")
    assert len(lines) == 18 + 1
    place = len(lines[line]) // 2
    old = lines[line][place : place + 1]
    lines[line] = lines[line][:place] + ("B" if old != "B" else "C") + lines[line][place + 1 :]
    answer = verify(vkey, "\n".join(lines), shown)
    assert answer.returncode == 1
    assert answer.stderr.startswith("NOT VERIFIED: ")


def test_a_checkpoint_is_verified_alone_and_is_no_receipt(verify, kept, public_api):
    vkey, _, shown = kept
    head = public_api.get("/evidence/checkpoint").text
    answer = verify(vkey, head)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == "VERIFIED: a checkpoint alone, of 304 entries\n"
    assert verify(vkey, head, shown).stderr == "NOT VERIFIED: not a receipt of this kind\n"
    for changed in (head.replace("\n304\n", "\n305\n"), head.replace("goodfaith", "elsewhere", 1)):
        assert changed != head
        assert verify(vkey, changed).stderr.startswith("NOT VERIFIED: ")


@pytest.mark.parametrize("record", [{}, [], {"record": "{}"}], ids=str)
def test_a_record_that_opens_nothing_does_not_verify(verify, kept, record):
    vkey, proof, _ = kept
    assert verify(vkey, proof, record).stderr.startswith("NOT VERIFIED: ")


def test_the_script_is_short_enough_to_be_read():
    assert len(SCRIPT.read_text("utf-8").splitlines()) <= 80


def test_another_record_or_key_does_not_verify(verify, kept, consent, log, me, public_api, session):
    vkey, proof, shown = kept
    other = shown | {"record": shown["record"].replace("true", "false")}
    assert verify(vkey, proof, other).returncode == 1
    salt = base64.b64encode(bytes(32)).decode()
    assert verify(vkey, proof, shown | {"salt": salt}).returncode == 1
    service.add_signer(session, now=NOW + timedelta(days=1))
    later = public_api.get("/evidence/keys").text.splitlines()[0]
    assert later != vkey
    refused = verify(later, proof, shown)
    assert refused.stderr == "NOT VERIFIED: this key did not sign the checkpoint\n"


def test_an_older_receipt_verifies_under_a_key_that_retired(
    verify, kept, session, log, public_api, her_id
):
    vkey, proof, shown = kept
    service.add_signer(session, now=NOW + timedelta(days=1))
    service.retire_signer(session, name=vkey.split("+")[1], now=NOW)
    log.write(her_id)
    log.seal()
    assert vkey in public_api.get("/evidence/keys").text
    assert verify(vkey, proof, shown).returncode == 0


def test_what_waits_has_no_proof_yet(consent, me):
    record_id = consent()
    shown = me.get(f"{PATH}/{record_id}").json
    assert (shown["state"], shown["index"]) == ("waiting", None)
    assert shown["commitment"]
    answer = me.get(f"{PATH}/{record_id}.tlog-proof")
    assert (answer.status_code, answer.json["code"]) == (409, "receipt-not-ready")


@pytest.mark.parametrize("suffix", ["", ".tlog-proof"])
def test_anothers_receipt_is_not_there(consent, log, session, borrower_api, suffix):
    record_id = consent()
    log.seal()
    other = borrower_api(make_borrower(session))
    for each in (record_id, new_id()):
        answer = other.get(f"{PATH}/{each}{suffix}")
        assert (answer.status_code, answer.json["code"]) == (404, "receipt-unknown")
    assert other.get(PATH).json["items"] == []


def test_erased_her_records_are_gone_and_her_proofs_hold(
    verify, kept, consent, session, log, me, her_id, public_api
):
    vkey, proof, shown = kept
    waiting = consent("research")
    assert service.erase(session, borrower_id=her_id, now=NOW) == 2
    assert session.get(EvidenceKey, her_id) is None
    assert log.bodies(her_id) == [None, None]
    gone = me.get(f"{PATH}/{shown['id']}").json
    assert (gone["record"], gone["salt"]) == (None, None)
    assert gone["erased_at"] == "2026-11-23T06:00:00Z"
    assert gone["commitment"] == shown["commitment"]
    log.seal()
    assert me.get(f"{PATH}/{waiting}").json["index"] == 304
    fresh = me.get(f"{PATH}/{shown['id']}.tlog-proof").text
    assert fresh != proof
    for each in (proof, fresh):
        assert verify(vkey, each).returncode == 0
    assert verify(vkey, fresh, shown).returncode == 0  # what she kept, she can still show


def test_after_an_erasure_new_acts_are_logged_under_a_new_key(consent, session, log, me, her_id):
    consent("marketing")
    service.erase(session, borrower_id=her_id, now=NOW)
    again = consent("research")
    items = {each["id"]: each["erased_at"] for each in me.get(PATH).json["items"]}
    assert sorted(map(bool, items.values())) == [False, True]
    newest = next(name for name, erased_at in items.items() if erased_at is None)
    assert json.loads(me.get(f"{PATH}/{newest}").json["record"])["purpose"] == "research"
    assert again in items


def test_the_acts_of_the_house_are_not_erased(session):
    with pytest.raises(ValueError, match="nobody's to erase"):
        service.erase(session, borrower_id=service.HOUSE, now=NOW)


def test_every_act_has_a_name_in_both_languages():
    names = [act.name_text for act in Act]
    assert len(set(names)) == len(names)
    assert all(name.en and name.zh_cn and name.en != name.zh_cn for name in names)
