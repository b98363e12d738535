"""A process whose threads hear events at once: `... URL SEQ SEQ ...`; prints what went wrong."""

import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import select

from backend.kit import db, outbox
from backend.kit.outbox import EventRow
from rewards.campaigns import deciding
from rewards.campaigns.handlers import news_of
from tests.clock import NOW

CONNECTIONS = 15


def main(url: str, seqs: list[int]) -> None:
    db.configure(db.Database(url, limits=db.Limits(pool_size=CONNECTIONS, pool_wait_seconds=60)))
    barrier = Barrier(len(seqs))

    def hear(seq: int) -> int:
        barrier.wait()
        with db.transaction() as session:
            row = session.execute(select(EventRow.__table__).where(EventRow.seq == seq)).one()
            deciding.hear(session, news=[news_of(outbox.restore(row))], now=NOW)
        return 0

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    with ThreadPoolExecutor(len(seqs)) as pool:
        sys.stdout.write(str(sum(pool.map(hear, seqs))))


if __name__ == "__main__":
    main(sys.argv[1], [int(each) for each in sys.argv[2:]])
