"""One log, whoever seals it, however many write, and wherever a process dies."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from backend.evidence import audit, merkle, queries, sealing, service, tiles
from backend.evidence.models import (
    EvidenceCheckpoint,
    EvidenceKey,
    EvidenceLeaf,
    EvidencePending,
    EvidenceRecord,
    EvidenceTile,
)
from backend.evidence.service import Act, Entry
from backend.kit import resealing
from backend.kit.db import transaction
from backend.kit.ids import new_id
from tests.clock import NOW
from tests.factories.runs import make_job_context
from tests.fixtures.keys import rotated
from tests.fixtures.settings import environment_of

pytestmark = pytest.mark.commits

ROOT = Path(__file__).parents[2]
WRITERS, ACTS, SEALERS = 4, 40, 2
MANY = 30_000
KILLS = 2
SECONDS_MAX = 60.0


def write(count=1, *, borrower_id=None, session=None):
    entries = [Entry(Act.WAIVER, borrower_id or new_id(), {"n": n}) for n in range(count)]
    if session is not None:
        return service.record_many(session, entries=entries, now=NOW)
    with transaction() as own:
        return service.record_many(own, entries=entries, now=NOW)


def seal(limit=sealing.BATCH):
    with transaction() as session:
        return service.seal_batch(session, after=0, now=NOW, limit=limit)


def count(session, model):
    return session.execute(select(func.count()).select_from(model)).scalar_one()


def assert_in_order(session, *, entries):
    """Nothing differs, nothing waits, and each head is the beginning of every later one."""
    verification = audit.Verification(session)
    assert list(verification.differences()) == []
    assert (verification.entries, verification.waiting) == (entries, 0)
    last = queries.get_head(session)
    for head in queries.list_checkpoints(session, after=0, limit=100):
        parts = merkle.consistency_parts(head.size, last.size)
        read = queries.read_tiles(session, places=tiles.places_of(parts))
        assert merkle.verify_consistency(
            head.size,
            last.size,
            tiles.proof_of(parts, tiles=read),
            bytes(head.root),
            bytes(last.root),
        )


def test_two_that_seal_while_four_write_make_one_log(session):
    done = threading.Event()

    def act(_):
        for _ in range(ACTS):
            write()

    def keep_sealing(limit):
        sealed = 0
        while True:
            is_last = done.is_set()
            batch = seal(limit)
            sealed += batch.sealed if batch else 0
            if is_last and batch is not None and batch.sealed == 0:
                return sealed

    with ThreadPoolExecutor(WRITERS + SEALERS) as pool:
        sealing_ones = [pool.submit(keep_sealing, limit) for limit in (3, 7)]
        list(pool.map(act, range(WRITERS)))
        done.set()
        assert sum(each.result() for each in sealing_ones) == WRITERS * ACTS
    assert_in_order(session, entries=WRITERS * ACTS)


def test_while_one_seals_another_is_told(session):
    write(3)
    with transaction() as first:
        assert service.seal_batch(first, after=0, now=NOW, limit=2).sealed == 2
        assert seal() is None
    assert seal().sealed == 1
    assert_in_order(session, entries=3)


def test_an_act_waits_for_nobody_who_seals(session):
    write(3)
    with transaction() as first:
        service.seal_batch(first, after=0, now=NOW)
        write(2)
    assert seal().sealed == 2
    assert_in_order(session, entries=5)


def test_without_its_lock_the_log_still_does_not_fork(session, monkeypatch):
    """Two who hold different locks: the second finds its places taken, and all of it is undone."""
    write(3)
    seal()
    write(2)
    began, may_end = threading.Event(), threading.Event()

    def seal_slowly():
        with transaction() as own:
            batch = service.seal_batch(own, after=0, now=NOW, limit=1)
            began.set()
            assert may_end.wait(SECONDS_MAX)
            return batch.sealed

    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(seal_slowly)
        assert began.wait(SECONDS_MAX)
        monkeypatch.setattr(sealing, "LOCK", sealing.LOCK + 1)
        quick = pool.submit(seal)
        time.sleep(0.3)  # until it waits for a row of the first, or for its place
        may_end.set()
        assert slow.result() == 1
        with suppress(IntegrityError):
            quick.result()
    seal()
    assert_in_order(session, entries=5)


def test_what_a_rolled_back_batch_took_is_sealed_by_the_next(session):
    write(300)
    seal(limit=100)
    with pytest.raises(ZeroDivisionError), transaction() as own:  # noqa: PT012
        assert service.seal_batch(own, after=0, now=NOW, limit=100).sealed == 100
        _ = 1 // 0
    assert queries.get_head(session).size == 100
    session.rollback()
    assert seal().sealed == 200
    assert_in_order(session, entries=300)


def test_an_act_that_is_stored_late_is_found_though_its_number_is_low(session):
    with transaction() as late:
        write(1, session=late)
        write(5)
        with transaction() as own:
            batch = service.seal_batch(own, after=0, now=NOW)
        assert batch.sealed == 5
    with transaction() as own:
        assert service.seal_batch(own, after=batch.last, now=NOW).sealed == 0
    assert seal().sealed == 1
    assert_in_order(session, entries=6)


def test_a_job_that_is_killed_leaves_a_whole_log_each_time(session, own_database, tmp_path):
    for _ in range(MANY // 5_000):
        write(5_000, borrower_id=new_id())
    environment = {**os.environ, **environment_of(own_database.url), "DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "backend", "job", "evidence-seal"]
    sizes = [0]
    for _ in range(KILLS):
        child = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        give_up_at = time.monotonic() + SECONDS_MAX
        while _size(session) <= sizes[-1] and child.poll() is None:
            assert time.monotonic() < give_up_at
            time.sleep(0.002)
        os.kill(child.pid, signal.SIGKILL)
        child.communicate()
        sizes.append(_size(session))
        # Whatever the moment was: entries, tiles and head are of one batch.
        assert count(session, EvidenceLeaf) == sizes[-1]
        assert count(session, EvidencePending) == MANY - sizes[-1]
        session.rollback()
    assert sizes == sorted(set(sizes))
    assert sizes[1] < MANY, "it was not killed in the middle"
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    assert_in_order(session, entries=MANY)


def _size(session):
    found = session.execute(select(func.max(EvidenceCheckpoint.size))).scalar_one() or 0
    session.rollback()
    return found


def test_many_first_acts_of_one_borrower_share_one_key(session):
    who = [new_id() for _ in range(3)]

    def act(n):
        # In two orders: whoever comes first makes a key, nobody waits in a circle.
        order = who if n % 2 else who[::-1]
        entries = [Entry(Act.WAIVER, each, {"n": n}) for each in order]
        with transaction() as own:
            service.record_many(own, entries=entries, now=NOW)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(40)))
    assert count(session, EvidenceKey) == 3
    seal()
    assert_in_order(session, entries=120)


def test_an_erasure_waits_for_an_act_in_flight_and_takes_it_along(session):
    who = new_id()
    write(2, borrower_id=who)
    with ThreadPoolExecutor(1) as pool:
        with transaction() as act:
            write(1, borrower_id=who, session=act)
            erasing = pool.submit(_erase, who)
            time.sleep(0.2)
            assert not erasing.done()
        assert erasing.result(timeout=SECONDS_MAX) == 3
    assert count(session, EvidenceKey) == 0
    seal()
    verification = audit.Verification(session)
    assert list(verification.differences()) == []
    assert verification.erased == 3


def _erase(borrower_id):
    with transaction() as session:
        return service.erase(session, borrower_id=borrower_id, now=NOW)


def test_a_rotation_covers_data_keys_and_signing_keys(session):
    who = new_id()
    write(3, borrower_id=who)
    seal()
    with rotated("newer"):
        result = resealing.run(make_job_context())
        assert (result["resealed"], result["unreadable"]) == (2, 0)
        uses = {use.where: use.key for use in resealing.list_uses(session)}
        assert uses["evidence_key.key_cipher"] == uses["evidence_signer.seed_cipher"] == "newer"
        session.rollback()
        write(1, borrower_id=who)
        assert seal().sealed == 1
        assert_in_order(session, entries=4)


def test_records_are_only_added_and_tiles_only_grow(session):
    write(10)
    seal()
    before = bytes(session.get(EvidenceTile, (0, 0)).hashes)
    ids = set(session.execute(select(EvidenceRecord.id)).scalars())
    session.rollback()
    write(10)
    seal()
    session.expire_all()
    assert bytes(session.get(EvidenceTile, (0, 0)).hashes).startswith(before)
    assert ids < set(session.execute(select(EvidenceRecord.id)).scalars())
