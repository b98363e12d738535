"""Others sign that the log only grows, where a setting names them."""

import base64

import pytest
from sqlalchemy import text

from backend.evidence import audit, cosignatures, witnessing
from backend.evidence.witnessing import Witnesses
from backend.kit import clock
from backend.kit.wiring import JobContext
from backend.kit.witnesses import Witness, read_witnesses
from tests.evidence.test_log import verified, vkeys
from tests.fakes.witness import SECONDS
from tests.fakes.witness import witnessing as witness_at_work

# The example of the specification [c2sp.org/tlog-cosignature]: a head and its witness's line.
EXAMPLE = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5"
    "/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)


@pytest.fixture
def other():
    with witness_at_work() as found:
        yield found


@pytest.fixture
def ask(other, session):
    """`ask()`: show the newest head to the witness."""
    witness = other.witness
    calls = Witnesses((witness,), may_use_http=True)
    return lambda: witnessing.cosign(calls, witness, now=clock.now())


def lines_of(note: str) -> list[str]:
    return note.partition("\n\n")[2].splitlines(keepends=True)


def test_a_witness_signs_under_each_head_and_its_line_is_served(
    log, her_id, other, ask, public_api, session
):
    for count in (1, 300, 5):
        log.write(her_id, count)
        log.seal()
        assert ask() is True
    note = public_api.get("/evidence/checkpoint").text
    theirs = lines_of(note)[-1]
    assert theirs.startswith(f"\u2014 {other.name} ")
    assert cosignatures.verifies(theirs, note=note, witness=other.witness)
    assert verified(note.removesuffix(theirs), vkeys(public_api)[0])[0] == 306
    assert [call.body.split(b"\n")[0] for call in other.receiver.calls] == [
        b"old 0",
        b"old 1",
        b"old 301",
    ]
    assert ask() is None
    assert list(audit.run(session)) == []


def test_a_receipt_bears_the_line_too(consent, me, log, other, ask):
    record_id = consent()
    log.seal()
    ask()
    proof = me.get(f"/v1/me/receipts/{record_id}.tlog-proof").text
    assert proof.endswith(log.head().witnessed_note)
    assert f"\u2014 {other.name} " in proof


def test_a_witness_that_knows_more_than_we_kept_is_asked_from_there(
    log, her_id, other, ask, session
):
    log.write(her_id, 3)
    log.seal()
    ask()
    session.execute(text("DELETE FROM evidence_cosignature"))
    log.write(her_id, 2)
    log.seal()
    assert ask() is True
    olds = [call.body.split(b"\n")[0] for call in other.receiver.calls]
    assert olds == [b"old 0", b"old 0", b"old 3"]


@pytest.mark.parametrize(
    "state",
    [(9, b"\x01" * 32), (4, b"\x01" * 32), (2, b"\x01" * 32)],
    ids=["a longer log", "another log as long", "another log's beginning"],
)
def test_a_witness_of_another_past_signs_nothing(log, her_id, other, ask, session, state, caplog):
    log.write(her_id, 4)
    log.seal()
    other.state = state
    assert ask() is False
    assert log.head().witnessed_note == log.head().note
    assert "witness" in caplog.text


@pytest.mark.parametrize("odd", ["lies", "is another", "is long", "is not ASCII", "stays away"])
def test_what_does_not_verify_is_not_kept(log, her_id, other, ask, odd):
    log.write(her_id, 1)
    log.seal()
    if odd == "lies":
        other.lies = True
    elif odd == "is another":
        other.name = "somebody.else/w"
    elif odd == "is not ASCII":
        said = f"\u2014 {other.name} \u00e9\n".encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(said)}\r\n\r\n".encode()
        other.receiver.respond = lambda wire: wire.sendall(head + said)
    elif odd == "is long":
        other.receiver.respond = lambda wire: wire.sendall(
            b"HTTP/1.1 200 OK\r\n\r\n" + b"\xe2\x80\x94 x\n" * 20_000
        )
    else:
        other.receiver.resets()
    assert ask() is False
    assert log.head().witnessed_note == log.head().note


def test_the_job_asks_each_and_one_that_is_away_holds_nobody_up(log, her_id, other):
    away = Witness("away.example", b"\x00" * 32, "http://127.0.0.1:1/w")
    log.write(her_id, 1)
    log.seal()
    witnessing.configure((away, other.witness), is_demo=True)
    try:
        context = JobContext(
            as_of=clock.now().date(), now=clock.now(), run_id=her_id, heartbeat=lambda: None
        )
        assert witnessing.run(context) == {"cosigned": 1, "failed": 1}
    finally:
        witnessing.configure((), is_demo=True)


def test_the_audit_names_a_line_that_was_altered(log, her_id, other, ask, session):
    log.write(her_id, 1)
    log.seal()
    ask()
    session.execute(text("UPDATE evidence_cosignature SET line = replace(line, 'w1 ', 'w1  ')"))
    [line] = audit.run(session)
    assert "the cosignature of witness.example/w1 does not verify" in line


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            "UPDATE evidence_cosignature SET key = overlay(key placing 'Q' from 1)",
            "the key of a witness was altered",
        ),
        (
            "UPDATE evidence_cosignature SET key = overlay(key placing '\u00e9' from 40)",
            "the key of a witness was altered",
        ),
        (
            "UPDATE evidence_cosignature SET line = overlay(line placing '\u00e9' from 40)",
            "the cosignature of witness.example/w1",
        ),
    ],
)
def test_the_audit_goes_on_over_what_is_not_even_a_key(
    log, her_id, other, ask, session, change, told
):
    log.write(her_id, 1)
    log.seal()
    ask()
    session.execute(text(change))
    [line] = audit.run(session)
    assert line.startswith(f"head of size 1: {told}")


def test_every_bit_of_a_line_counts(other):
    line = other._sign(EXAMPLE.partition("\n\n")[0])
    assert cosignatures.verifies(line, note=EXAMPLE, witness=other.witness)
    head, _, encoded = line.strip().rpartition(" ")
    raw = base64.b64decode(encoded)
    for place in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[place // 8] ^= 1 << place % 8
        altered = f"{head} {base64.b64encode(bytes(changed)).decode()}\n"
        assert not cosignatures.verifies(altered, note=EXAMPLE, witness=other.witness)


def test_what_is_signed_is_as_the_specification_writes_it():
    signed = cosignatures.signed_bytes(note=EXAMPLE, seconds=SECONDS)
    assert signed == (
        b"cosignature/v1\ntime 1700000000\nexample.com/behind-the-sofa\n20852163\n"
        b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )


@pytest.mark.parametrize("said", [b"", b"-1\n", b"12 \n", "\u0663\n".encode(), b"9" * 30])
def test_a_size_that_is_none_is_not_read(said):
    assert cosignatures.read_size(said) is None


def test_witnesses_are_read_from_the_setting(other):
    key = other.witness.as_text()
    assert read_witnesses(f"{key} {other.url}", is_demo=True) == (other.witness,)
    assert read_witnesses("", is_demo=False) == ()
    name, key_id, encoded = key.split("+", 2)
    for value in (
        key,
        f"{key} {other.url}, {key} {other.url}",
        f"{name}+{key_id[:-1]}0+{encoded}x {other.url}",
        f"{name}+00000000+{encoded} {other.url}",
        f"{name}+{key_id}+\u00e9{encoded[1:]} {other.url}",
        f"{key} ftp://witness.example/",
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - each has its own words
            read_witnesses(value, is_demo=True)
    with pytest.raises(ValueError, match="https"):
        read_witnesses(f"{key} {other.url}", is_demo=False)
