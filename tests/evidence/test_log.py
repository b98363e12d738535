"""The log as anybody reads it: a signed head, tiles that make its root, and what is published."""

import base64
import hashlib
import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from backend.evidence import merkle, origin, queries, sealing, service, tiles
from backend.evidence.models import EvidenceRecord, EvidenceTile
from backend.evidence.service import Act
from backend.evidence.tiles import BrokenError
from backend.kit import clock
from tests.clock import NOW

CHECKPOINT = "/evidence/checkpoint"


def verified(note, vkey):
    """Size and root of a head, by the steps of the specification and none of our code."""
    origin, key_id, encoded = vkey.split("+", 2)
    kind, key = base64.b64decode(encoded)[:1], base64.b64decode(encoded)[1:]
    assert kind == b"\x01"
    assert hashlib.sha256(f"{origin}\n".encode() + kind + key).digest()[:4].hex() == key_id
    text, lines = note.split("\n\n")
    signatures = [base64.b64decode(line.split(" ")[2]) for line in lines.splitlines()]
    assert all(line.startswith(f"\u2014 {origin} ") for line in lines.splitlines())
    own = [each[4:] for each in signatures if each[:4].hex() == key_id]
    assert len(own) == 1
    Ed25519PublicKey.from_public_bytes(key).verify(own[0], f"{text}\n".encode())
    name, size, root = text.split("\n")
    assert name == origin
    return int(size), base64.b64decode(root)


def vkeys(api):
    return api.get("/evidence/keys").text.splitlines()


def read_leaves(api, size):
    """Every leaf hash of the log, from its public tiles."""
    found = b""
    for number in range(-(-size // 256)):
        width = min(256, size - number * 256)
        place = tiles.Place(0, number)
        answer = api.get(f"/evidence/tile/{tiles.path_of(place, width=width)}")
        assert answer.status_code == 200, answer.text
        found += answer.data
    return [found[at : at + 32] for at in range(0, len(found), 32)]


def test_before_its_first_head_the_log_says_so(public_api):
    answer = public_api.get(CHECKPOINT)
    assert (answer.status_code, answer.json["code"]) == (404, "checkpoint-unknown")
    assert answer.headers["Cache-Control"] == "no-store"
    assert vkeys(public_api) == []


def test_an_empty_log_is_signed_too(public_api, log):
    assert log.seal() == 0
    [vkey] = vkeys(public_api)
    assert verified(public_api.get(CHECKPOINT).text, vkey) == (0, hashlib.sha256().digest())


def test_anybody_makes_the_root_from_the_tiles(public_api, log, her_id):
    log.write(her_id, count=300)
    log.write(None, count=2)
    assert log.seal() == 302
    size, root = verified(public_api.get(CHECKPOINT).text, vkeys(public_api)[0])
    assert size == 302
    assert merkle.root(read_leaves(public_api, size)) == root
    above = public_api.get("/evidence/tile/1/000.p/1")
    assert above.data == merkle.root(read_leaves(public_api, 256)[:256])


def test_heads_and_tiles_say_how_long_they_keep(public_api, log, her_id):
    log.write(her_id, count=3)
    log.seal()
    head = public_api.get(CHECKPOINT)
    assert head.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert head.headers["Cache-Control"] == "public, max-age=5"
    tile = public_api.get("/evidence/tile/0/000.p/3")
    assert tile.headers["Content-Type"] == "application/octet-stream"
    assert tile.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for answer in (head, tile):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Vary" not in answer.headers


def test_a_partial_tile_stays_what_it_was_while_the_log_grows(public_api, log, her_id):
    log.write(her_id, count=3)
    log.seal()
    before = public_api.get("/evidence/tile/0/000.p/3").data
    log.write(her_id, count=300)
    log.seal()
    assert public_api.get("/evidence/tile/0/000.p/3").data == before
    assert public_api.get("/evidence/tile/0/000").data[:96] == before
    assert len(public_api.get("/evidence/tile/0/000").data) == 8_192


@pytest.mark.parametrize(
    "path",
    ["0/000", "0/000.p/4", "0/001.p/1", "1/000.p/1", "entries/000", "0/x000/000", "64/000",
     "9/x999/x999/x999/x999/x999/x999/999"],
)  # fmt: skip
def test_a_tile_that_is_not_there_is_not_found(public_api, log, her_id, path):
    log.write(her_id, count=3)
    log.seal()
    answer = public_api.get(f"/evidence/tile/{path}")
    assert (answer.status_code, answer.json["code"]) == (404, "tile-unknown")
    assert answer.headers["Cache-Control"] == "no-store"


def test_each_head_is_the_beginning_of_those_after_it(public_api, log, her_id):
    heads = []
    for count in (1, 5, 250, 1, 300):
        log.write(her_id, count=count)
        log.seal()
        heads.append(verified(public_api.get(CHECKPOINT).text, vkeys(public_api)[0]))
    leaves = read_leaves(public_api, heads[-1][0])
    for size, root in heads:
        proof = merkle.consistency_proof(size, leaves)
        assert merkle.verify_consistency(size, heads[-1][0], proof, root, heads[-1][1])


def test_nothing_new_makes_no_new_head(public_api, log, her_id):
    log.write(her_id)
    log.seal()
    before = public_api.get(CHECKPOINT).text
    with clock.fixed(NOW + timedelta(days=1)):
        assert log.seal() == 0
    assert public_api.get(CHECKPOINT).text == before


def test_a_leaf_tells_a_commitment_and_the_record_opens_it(session, log, her_id, public_api):
    [record_id] = log.write(her_id, why="it was raining")
    log.seal()
    row = session.get(EvidenceRecord, (her_id, record_id))
    assert record_id.version == 4
    assert b"raining" not in row.body
    opened = service.open_record(
        queries.get_receipt(session, borrower_id=her_id, record_id=record_id)
    )
    record = json.loads(opened.record)
    assert record == {"borrower_id": str(her_id), "n": 0, "why": "it was raining"}
    commitment = hashlib.sha256(opened.salt + opened.record).hexdigest()
    data = (
        f'{{"commitment":"{commitment}","record_id":"{record_id}",'
        f'"time":"2026-11-23T06:00:00.000000Z","type":"benefit.granted"}}'
    )
    assert read_leaves(public_api, 1) == [hashlib.sha256(b"\x00" + data.encode()).digest()]


def test_two_equal_records_have_nothing_in_common(session, log, her_id, public_api):
    log.write(her_id, same=True)
    log.write(her_id, same=True)
    log.seal()
    first, second = read_leaves(public_api, 2)
    assert first != second


def test_an_entry_goes_with_its_act(session, log, her_id):
    with session.begin_nested() as act:
        log.write(her_id)
        act.rollback()
    assert log.seal() == 0


def test_what_has_no_form_is_not_logged(session, her_id):
    with pytest.raises(TypeError, match="set has no place in evidence"):
        service.record(
            session, type=Act.WAIVER, borrower_id=her_id, record={"terms": [{1, 2}]}, now=NOW
        )


def test_a_new_key_signs_beside_the_old_one_until_that_retires(session, log, her_id, public_api):
    log.write(her_id, count=2)
    log.seal()
    [old] = vkeys(public_api)
    early = public_api.get(CHECKPOINT).text
    with clock.fixed(NOW + timedelta(days=1)):
        service.add_signer(session, now=clock.now())
        assert log.seal() == 0
    new, _ = vkeys(public_api)
    both = public_api.get(CHECKPOINT).text
    assert verified(both, old) == verified(both, new) == verified(early, old)
    service.retire_signer(session, name=old.split("+")[1], now=NOW)
    log.write(her_id)
    log.seal()
    assert verified(public_api.get(CHECKPOINT).text, new)[0] == 3
    assert old.split("+")[1] not in log.head().signed_by
    # What the old key signed is verified by its public half, which stays.
    assert vkeys(public_api) == [new, old]
    assert verified(early, vkeys(public_api)[1])[0] == 2


def test_the_last_key_does_not_retire(session, log):
    log.seal()
    [name] = log.head().signed_by
    for wrong in (name, "00000000"):
        with pytest.raises(service.SignerChangeError):
            service.retire_signer(session, name=wrong, now=NOW)


def test_nothing_is_signed_over_tiles_that_were_altered(session, log, her_id, public_api):
    log.write(her_id, count=5)
    log.seal()
    before = public_api.get(CHECKPOINT).text
    tile = session.get(EvidenceTile, (0, 0))
    tile.hashes = tile.hashes[:-1] + bytes([tile.hashes[-1] ^ 1])
    session.flush()
    log.write(her_id)
    with pytest.raises(BrokenError, match="signed root of size 5"), session.begin_nested():
        sealing.seal_batch(session, after=0, now=NOW)
    assert public_api.get(CHECKPOINT).text == before


def test_the_log_keeps_its_name_wherever_it_moves(session, log, her_id, public_api):
    log.seal()
    try:
        origin.configure("https://elsewhere.test/api")
        assert origin.get_origin() == "elsewhere.test/api/evidence"
        service.add_signer(session, now=NOW + timedelta(days=1))
        log.write(her_id)
        log.seal()
    finally:
        origin.configure("https://goodfaith.test")
    for vkey in vkeys(public_api):
        assert vkey.startswith("goodfaith.test/evidence+")
        assert verified(public_api.get(CHECKPOINT).text, vkey)[0] == 1
