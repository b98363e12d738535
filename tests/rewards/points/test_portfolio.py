"""The demo's real histories: what they earn is what a recount of their rows says."""

from datetime import date
from itertools import islice

from sqlalchemy import text

from backend.demo import uci
from backend.ingest.batch import store_lines
from backend.programme import service as programme
from rewards.points import audit
from tests.clock import NOW

BORROWERS = 300
LINES_EACH = 20  # at most: herself, her account, and three for each of six months
# Written down once more, by hand and without any code of ours.
RECOUNT = text(
    """
    WITH kept AS (
        SELECT loan_id, date_trunc('month', as_of) AS month FROM delinquency
        GROUP BY 1, 2 HAVING max(days_past_due) = 0 AND bool_or(activity IN ('paid', 'carried'))
    ), cured AS (
        SELECT DISTINCT late.loan_id FROM delinquency AS late
        JOIN delinquency AS later ON later.loan_id = late.loan_id AND later.as_of > late.as_of
        WHERE late.days_past_due >= 15 AND later.days_past_due = 0
    )
    SELECT (SELECT count(*) FROM kept), (SELECT count(*) FROM cured)
    """
)
EARNED = text("SELECT rule, count(*), sum(moved) FROM points_entry GROUP BY rule ORDER BY rule")


def test_imported_portfolio_earns_what_a_recount_says_and_nobody_was_early(session, deliver):
    people = islice(uci.lines(last_close=date(2026, 10, 31)), BORROWERS * LINES_EACH)
    ids = []
    for answer in store_lines(enumerate(people, start=1), now=NOW, backfill=True):
        assert answer.outcome.status != "refused", answer
        if answer.kind == "borrower":
            ids.append(answer.outcome.id)
    programme.enrol_all(session, borrower_ids=ids, reason="test", now=NOW, is_history=True)
    deliver()

    kept, cured = session.execute(RECOUNT).one()
    earned = [tuple(row) for row in session.execute(EARNED)]

    assert len(ids) >= BORROWERS
    assert kept > 1_000
    assert cured > 10
    assert earned == [("cured", cured, 60 * cured), ("on_time", kept, 100 * kept)]
    assert list(audit.check_points(session)) == []
