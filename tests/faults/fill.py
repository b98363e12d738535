"""Puts a crowd of borrowers with computed facts into a running instance: `python -m ... COUNT`."""

import sys

from sqlalchemy import text

from backend.commands.context import configured
from backend.kit import clock
from backend.kit.db import transaction
from backend.kit.programme_zone import programme_day
from backend.profile import service as profile

BATCH = 5_000
STORE = text(
    """
    WITH stored AS (
        INSERT INTO borrower (id, external_id, locale, timezone)
        SELECT gen_random_uuid(), 'crowd-' || nth, 'en', 'Asia/Shanghai'
        FROM generate_series(1, :many) AS nth
        RETURNING id, external_id
    ), named AS (
        INSERT INTO external_ref (kind, external_id, borrower_id, object_id)
        SELECT 'borrower', external_id, id, id FROM stored
    )
    SELECT id FROM stored
    """
)


def main(many: int) -> None:
    with configured(), transaction() as session:
        ids = list(session.execute(STORE, {"many": many}).scalars())
        now = clock.now()
        for start in range(0, many, BATCH):
            some = dict.fromkeys(ids[start : start + BATCH], 0)
            profile.refresh(session, seqs=some, now=now, today=programme_day(now))


if __name__ == "__main__":
    main(int(sys.argv[1]))
