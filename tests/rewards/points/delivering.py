"""A process that hands one event to a handler many times at once: `python -m ... SEQ TIMES`."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from backend.app import configure, handlers
from backend.kit import db
from backend.kit.outbox import EventRow, restore
from tests.clock import NOW
from tests.fixtures.settings import make_settings


def main() -> None:
    seq, times = int(sys.argv[1]), int(sys.argv[2])
    configure(make_settings(os.environ["DATABASE_URL"]), limits=db.Limits(pool_size=times))
    handler = next(each for each in handlers() if each.name == "points.loans")
    with db.transaction() as session:
        recorded = restore(
            session.execute(select(EventRow).where(EventRow.seq == seq)).scalar_one()
        )

    def deliver(_: int) -> None:
        with db.transaction() as session:
            handler.run(session, [recorded], NOW)

    with ThreadPoolExecutor(times) as pool:
        list(pool.map(deliver, range(times)))


if __name__ == "__main__":
    main()
