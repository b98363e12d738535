"""A process that announces one occasion many times at once: `... URL BORROWER TIMES`."""

import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

from backend.kit import db
from tests.factories.notifications import make_intent


def main(url: str, borrower: str, times: str) -> None:
    db.configure(db.Database(url, limits=db.Limits(pool_size=int(times))))
    barrier = Barrier(int(times))

    def announce(_: int) -> bool:
        with db.transaction() as session:
            barrier.wait()
            made = make_intent(session, borrower_id=UUID(borrower), occasion="once")
        return made is not None

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    with ThreadPoolExecutor(int(times)) as pool:
        sys.stdout.write(str(sum(pool.map(announce, range(int(times))))))


if __name__ == "__main__":
    main(*sys.argv[1:])
