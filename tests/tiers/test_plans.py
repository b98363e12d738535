"""No hot statement reads a growing table from end to end."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, text

from backend.profile import queries as profile
from backend.profile import service as profile_service
from backend.staff.rules import Role
from backend.tiers import policies, queries, retier, runs, service
from tests.clock import NOW, TODAY
from tests.factories.profile import make_profile
from tests.factories.viewers import make_viewer

# Kept short by what they are: each row of theirs ends by a day.
SHORT = {"loan_product", "tier_policy", "extra_fact"}
SEQUENTIAL = re.compile(r"Seq Scan on (\w+)")
OCCASION = retier.Occasion(today=TODAY, now=NOW, cause="test")


def refresh(session, borrower_id):
    profile_service.refresh(session, seqs={borrower_id: 1}, now=NOW, today=TODAY)


def rebuild(session, borrower_id):
    profile_service.rebuild(session, borrower_ids=[borrower_id], seq=1, now=NOW, today=TODAY)


def find_stale(session, borrower_id):
    profile_service.refresh_stale(session, borrower_ids=[borrower_id], now=NOW, today=TODAY)


def read_facts(session, borrower_id):
    profile.get_facts(session, borrower_id=borrower_id, now=NOW)


def read_facts_of_the_past(session, borrower_id):
    profile.get_facts_at(session, borrower_id=borrower_id, at=NOW, seq=1, today=TODAY)


def decide(session, borrower_id):
    loaded = policies.get_live(session)
    retier.retier(session, borrower_ids=[borrower_id], loaded=loaded, occasion=OCCASION)


def decide_range(session, borrower_id):
    loaded = policies.get_live(session)
    for to_id in (None, borrower_id):
        retier.retier_range(
            session, from_id=runs.FIRST_ID, to_id=to_id, loaded=loaded, occasion=OCCASION
        )


def freeze(session, borrower_id):
    until_on = TODAY + timedelta(days=1)
    service.freeze(session, borrower_id=borrower_id, cause="plan", until_on=until_on, now=NOW)


def read_own_tier(session, borrower_id):
    decide(session, borrower_id)
    queries.get_own_tier(session, borrower_id=borrower_id, today=TODAY)


def read_history(session, borrower_id):
    args = {"limit": 20, "cursor": None}
    queries.page_moves(session, borrower_id=borrower_id, args=args)
    for role in (Role.RISK_OFFICER, Role.ACCOUNT_MANAGER):
        queries.page_open_reviews(session, who=make_viewer(role), args=args)


@pytest.mark.parametrize(
    "act",
    [
        refresh,
        rebuild,
        find_stale,
        read_facts,
        read_facts_of_the_past,
        decide,
        decide_range,
        freeze,
        read_own_tier,
        read_history,
    ],
)
def test_no_growing_table_is_read_from_end_to_end(session, act):
    borrower_id = make_profile(session)
    session.flush()
    connection = session.connection()
    asked = []

    def note(_, __, statement, parameters, ___, ____):
        if statement.lstrip().startswith(("SELECT", "WITH", "UPDATE", "DELETE")):
            asked.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    act(session, borrower_id)
    event.remove(connection, "before_cursor_execute", note)

    session.execute(text("SET LOCAL enable_seqscan = off"))
    cursor = connection.connection.cursor()
    assert asked
    for statement, parameters in asked:
        cursor.execute(f"EXPLAIN {statement}", parameters)
        plan = "\n".join(row[0] for row in cursor.fetchall())
        read = set(SEQUENTIAL.findall(plan)) - SHORT
        assert not read, plan
