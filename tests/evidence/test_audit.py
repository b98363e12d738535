"""The log made again from its rows: one changed byte names its entry."""

import secrets
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from backend.evidence import audit, notes, records, service, signers
from backend.evidence.models import (
    EvidenceCheckpoint,
    EvidenceKey,
    EvidenceLeaf,
    EvidencePending,
    EvidenceRecord,
    EvidenceSigner,
    EvidenceTile,
)
from backend.kit import crypto
from tests.clock import NOW


@pytest.fixture
def differences(session):
    def find():
        session.flush()
        return list(audit.run(session))

    return find


@pytest.fixture
def whole(log, her_id):
    """A log of 600 entries under three heads, two more that wait."""
    for count in (3, 297, 300):
        log.write(her_id, count=count)
        log.seal()
    log.write(None, count=2)
    return log


def leaf(session, index):
    return session.get(EvidenceLeaf, index)


def record_of(session, index):
    row = leaf(session, index)
    return session.get(EvidenceRecord, (row.borrower_id, row.record_id))


def flipped(value, place=-1):
    changed = bytearray(value)
    changed[place] ^= 1
    return bytes(changed)


def test_a_whole_log_is_in_order(session, whole, differences, her_id):
    assert differences() == []
    verification = audit.Verification(session)
    assert list(verification.differences()) == []
    assert (verification.entries, verification.waiting, verification.erased) == (600, 2, 0)
    assert verification.root == bytes(whole.head().root)


def test_an_empty_log_is_in_order(log, differences):
    assert differences() == []
    log.seal()
    assert differences() == []


def test_erased_entries_are_counted_and_no_difference(session, whole, differences, her_id):
    service.erase(session, borrower_id=her_id, now=NOW)
    verification = audit.Verification(session)
    assert list(verification.differences()) == []
    assert verification.erased == 600


@pytest.mark.parametrize("index", [0, 2, 255, 256, 299, 599])
def test_one_changed_byte_of_a_leaf_names_its_entry(session, whole, differences, index):
    row = leaf(session, index)
    row.commitment = flipped(row.commitment)
    found = differences()
    assert found[0].startswith(f"entry {index}: ")
    assert {line.split(":")[0] for line in found if line.startswith("entry")} <= {
        f"entry {index}",
        # The tile above is made of this leaf, too.
        "entry 0 and those after it",
        "entry 256 and those after it",
    }


@pytest.mark.parametrize("index", [0, 255, 256, 511, 512, 599])
@pytest.mark.parametrize("byte", [0, 31])
def test_one_changed_byte_of_a_tile_names_its_entry(session, whole, differences, index, byte):
    tile = session.get(EvidenceTile, (0, index // 256))
    tile.hashes = flipped(tile.hashes, index % 256 * 32 + byte)
    assert differences() == [f"entry {index}: its leaf is not the one in tile 0/00{index // 256}"]


def test_a_changed_tile_higher_up_is_named(session, whole, differences):
    tile = session.get(EvidenceTile, (1, 0))
    tile.hashes = flipped(tile.hashes)
    assert differences() == ["entry 256 and those after it: tile 1/000 differs"]


@pytest.mark.parametrize("place", [0, 2, 20, 60, -1])
def test_one_changed_byte_of_a_sealed_record_names_its_entry(session, whole, differences, place):
    row = record_of(session, 300)
    row.body = flipped(row.body, place)
    assert differences() == ["entry 300: its record was altered"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"type": "waiver.granted"}, "its record tells another type or time"),
        ({"at": NOW.replace(year=2020)}, "its record tells another type or time"),
        ({"id": "gone"}, "its record is missing"),
        ({"body": "swapped"}, "its record was altered"),
        ({"number": 10**9}, "its record leads elsewhere"),
    ],
)
def test_a_record_that_is_another_names_its_entry(session, whole, differences, changes, told):
    row = record_of(session, 300)
    own = (EvidenceRecord.borrower_id == row.borrower_id, EvidenceRecord.id == row.id)
    if "id" in changes:
        session.execute(delete(EvidenceRecord).where(*own))
    elif "body" in changes:
        row.body = record_of(session, 301).body
    else:
        session.execute(update(EvidenceRecord).where(*own).values(**changes))
    first, *others = differences()
    assert first == f"entry 300: {told}"
    # By a number that is none, nothing in the log is found.
    assert len(others) == ("number" in changes)


def test_a_record_that_was_written_anew_under_its_key_names_its_entry(
    session, whole, differences, her_id
):
    """Whoever holds all keys can seal another record; its commitment stands in the log."""
    row = record_of(session, 300)
    cipher = session.get(EvidenceKey, her_id).key_cipher
    opened = service.open_record(
        session.execute(
            select(EvidenceRecord.__table__, EvidenceKey.key_cipher)
            .join(EvidenceKey, EvidenceKey.borrower_id == EvidenceRecord.borrower_id)
            .where(EvidenceRecord.id == row.id)
        ).one()
    )
    key = crypto.decrypt_bytes(cipher, context=records.KEY_CONTEXT)
    row.body = crypto.wrap(
        crypto.KeyRing({"d": key}),
        opened.salt + opened.record.replace(b'"n":', b'"m":'),
        context=f"evidence_record:{her_id}:{row.id}",
    )
    assert differences() == ["entry 300: its record is not what was committed to"]


def test_a_missing_entry_is_named(session, whole, differences):
    session.execute(delete(EvidenceLeaf).where(EvidenceLeaf.entry_index == 300))
    found = differences()
    assert found[0] == "entry 300: missing; the next one is 301"
    assert any(line.endswith("is in no log and does not wait for it") for line in found)


def test_a_log_cut_short_does_not_reach_its_head(session, whole, differences):
    session.execute(delete(EvidenceLeaf).where(EvidenceLeaf.entry_index >= 590))
    assert "head of size 600: the entries do not make the root that was signed" in differences()


def test_an_entry_beyond_the_head_is_named(session, whole, differences, her_id):
    session.execute(
        insert(EvidenceLeaf).values(
            entry_index=600, number=10**9, borrower_id=her_id, record_id=UUID(int=9),
            type="x", at=NOW, commitment=bytes(32),
        )
    )  # fmt: skip
    assert "entry 600: stands in the log beyond the head that was signed" in differences()


def test_a_leaf_and_its_tile_changed_together_do_not_make_the_signed_root(
    session, whole, differences
):
    """The strongest change: every row of ours agrees, and only what was signed tells."""
    row = leaf(session, 1)
    record = record_of(session, 1)
    session.execute(
        update(EvidenceRecord).where(EvidenceRecord.id == record.id).values(type="waiver.granted")
    )
    row.type = "waiver.granted"
    session.flush()
    session.execute(delete(EvidenceTile))
    made = audit.Recount()
    for each in session.execute(
        select(EvidenceLeaf.__table__).order_by(EvidenceLeaf.entry_index)
    ).all():
        made.add(audit.leaf_hash_of(each))
    for place, hashes in (made.take_filled() | made.edge()).items():
        session.execute(
            insert(EvidenceTile).values(level=place.level, number=place.number, hashes=hashes)
        )
    assert differences() == [
        "head of size 3: the entries do not make the root that was signed",
        "2 later heads differ as well",
    ]


def test_a_head_that_was_written_anew_is_not_signed(session, whole, differences):
    head = session.get(EvidenceCheckpoint, 300)
    head.root = secrets.token_bytes(32)
    head.note = head.note.replace("\n300\n", "\n301\n")
    found = differences()
    assert "head of size 300: its note tells another size or root" in found
    assert "head of size 300: the entries do not make the root that was signed" in found
    assert any(line.endswith("does not verify") for line in found)


def test_a_head_under_an_unknown_key_is_named(session, whole, differences):
    other = notes.Verifier("elsewhere", notes.public_key_of(secrets.token_bytes(32)))
    session.execute(update(EvidenceSigner).values(public_key=other.public_key))
    assert sum(line.endswith("does not verify") for line in differences()) == 3


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("note", func.overlay(EvidenceCheckpoint.note, "\u00e9", 90), "does not verify"),
        ("signed_by", [], "nobody signed it"),
    ],
)
def test_a_head_without_a_signature_of_ours_is_named(
    session, whole, differences, column, value, told
):
    at = EvidenceCheckpoint.size == 300
    session.execute(update(EvidenceCheckpoint).where(at).values({column: value}))
    [line] = differences()
    assert line.startswith("head of size 300: ")
    assert line.endswith(told)


def test_a_log_under_a_key_that_somebody_added_is_named(session, whole, differences):
    """Whoever writes to the database alone can add a public half of hers, and sign all heads."""
    seed = secrets.token_bytes(32)
    added = notes.Verifier("goodfaith.test/evidence", notes.public_key_of(seed))
    session.execute(
        insert(EvidenceSigner).values(
            name=signers.name_of(added), origin=added.origin, public_key=added.public_key,
            created_at=NOW, retired_at=NOW,
        )
    )  # fmt: skip
    for head in session.execute(select(EvidenceCheckpoint)).scalars():
        told = notes.checkpoint_text(origin=added.origin, size=head.size, root=bytes(head.root))
        head.note, head.signed_by = notes.sign(told, [(added, seed)]), [signers.name_of(added)]
    assert differences() == ["head of size 600: no key that signs now has signed it"]


def test_a_key_that_retires_leaves_the_newest_head_signed(session, whole, differences):
    [old] = session.execute(select(EvidenceSigner.name)).scalars()
    new = service.add_signer(session, now=NOW)
    service.retire_signer(session, name=old, now=NOW)
    assert whole.head().signed_by == [signers.name_of(new)]
    assert differences() == []


def test_no_key_retires_from_a_log_that_was_altered(session, whole):
    [old] = session.execute(select(EvidenceSigner.name)).scalars()
    service.add_signer(session, now=NOW)
    tile = session.get(EvidenceTile, (0, 2))
    tile.hashes = flipped(tile.hashes)
    session.flush()
    with pytest.raises(service.SignerChangeError, match="cannot be signed again"):
        service.retire_signer(session, name=old, now=NOW)


@pytest.mark.parametrize("place", [0, -1])
def test_an_altered_signing_key_is_named(session, whole, differences, place):
    row = session.execute(select(EvidenceSigner)).scalar_one()
    name, row.seed_cipher = row.name, flipped(row.seed_cipher, place)
    assert differences() == [f"signing key {name}: its seed was altered"]


def test_a_signing_key_under_another_name_is_told(session, whole, differences):
    name = session.execute(select(EvidenceSigner.name)).scalar_one()
    session.execute(update(EvidenceSigner).values(name="Q"))
    assert differences() == [f"signing key Q: it is another, {name}"]


def test_a_kept_head_that_is_not_ascii_is_told(session, whole):
    odd = whole.head().note.replace("=", "\u00e9", 1)
    told = ["the head that was kept was not signed by this log"]
    assert list(audit.Verification(session, kept=odd).differences()) == told


def test_a_record_that_never_reaches_the_log_is_named(session, whole, differences):
    [lost, _] = session.execute(select(EvidencePending.record_id)).scalars()
    session.execute(delete(EvidencePending).where(EvidencePending.record_id == lost))
    assert differences() == [f"record {lost}: is in no log and does not wait for it"]


def test_what_waits_is_checked_before_it_is_sealed(session, whole, differences):
    row = session.execute(select(EvidencePending)).scalars().first()
    row.leaf_hash = flipped(row.leaf_hash)
    assert differences() == [f"record {row.record_id}, which waits: its leaf hash is another's"]


def test_a_lost_data_key_is_no_erasure(session, whole, differences, her_id):
    session.execute(delete(EvidenceKey).where(EvidenceKey.borrower_id == her_id))
    found = differences()
    assert found[0] == "entry 0: the data key of its record is missing"
    assert len(found) == 600


def test_a_head_that_was_kept_is_a_beginning_of_the_log(session, whole, her_id):
    early = session.get(EvidenceCheckpoint, 300).note
    assert list(audit.Verification(session, kept=early).differences()) == []
    assert list(audit.Verification(session, kept=whole.head().note).differences()) == []


def test_a_head_that_was_kept_and_is_none_of_this_log_is_named(session, whole, her_id):
    """As after a restore from a backup that was older, with other acts since."""
    text_of = partial(notes.checkpoint_text, origin="goodfaith.test/evidence")
    signing = signers.list_signing(session)
    heads = {
        notes.sign(text_of(size=300, root=bytes(32)), signing):
            "the head that was kept, of size 300, is no beginning of this log",
        notes.sign(text_of(size=601, root=bytes(32)), signing):
            "the log is shorter than the head that was kept, of size 601",
        whole.head().note.replace("\n600\n", "\n599\n"):
            "the head that was kept was not signed by this log",
        text_of(size=600, root=bytes(whole.head().root)) + "\n":
            "the head that was kept was not signed by this log",
        "anything": "the head that was kept was not signed by this log",
    }  # fmt: skip
    for kept, told in heads.items():
        assert list(audit.Verification(session, kept=kept).differences()) == [told]


def test_the_audit_reads_only(session, whole, differences):
    session.execute(text("SET TRANSACTION READ ONLY"))
    assert differences() == []
