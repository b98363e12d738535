"""No statement of the desk reads a table from end to end, with 20,000 cases in it."""

import pytest
from sqlalchemy import text

from backend.kit import clock, db
from bench.feed_crowd import fill
from community.cases import queries as cases
from community.desk import context, listing
from community.moderation.rules import PENALTY_DELAY
from tests.api.explained import Plans
from tests.api.statements import heard
from tests.clock import NOW
from tests.community.conftest import POSTS, Person
from tests.community.desk import Desk
from tests.community.test_second_looks import count_at
from tests.factories.community import make_trusted
from tests.factories.loans import make_borrower
from tests.fixtures.api import new_key

SIZE = 20_000
CASES = """
INSERT INTO community.moderation_case
       (id, queue, target_type, target_id, author_id, content_hash, causes, rules, severity, state,
        version, reports, skips, is_for_lead, barred, opened_at, due_at, ended_at, outcome)
SELECT gen_random_uuid(), 'general', 'post', id, author_id, content_hash, '["abuse"]', '[]',
       60, CASE WHEN n % 10 = 0 THEN 'open' ELSE 'decided' END, 1, 1, 0, false, '{}',
       created_at, created_at + interval '1 day',
       CASE WHEN n % 10 = 0 THEN NULL ELSE created_at END,
       CASE WHEN n % 10 = 0 THEN NULL ELSE 'kept' END
  FROM (SELECT *, row_number() OVER () AS n FROM community.writing WHERE post_id IS NULL) AS w
"""
STEPS = """
INSERT INTO community.moderation_step (case_id, at, staff_id, what, queue, before, after)
SELECT id, opened_at, gen_random_uuid(), 'claimed', queue, '{}', '{}'
  FROM community.moderation_case
"""
DECISIONS = """
INSERT INTO community.moderation_decision
       (id, case_id, case_version, content_hash, queue, target_type, target_id, author_id, action,
        clause, reason, rules, was, standing, staff_id, decided_at, counts_from, counted_at)
SELECT gen_random_uuid(), id, 1, content_hash, queue, target_type, target_id, author_id, 'warn',
       'respect', 'It insults somebody.', '[]', '{"state": "published", "held_for": []}',
       'counts', gen_random_uuid(), opened_at, opened_at, opened_at
  FROM community.moderation_case WHERE state = 'decided'
"""
REPORTS = """
INSERT INTO community.report
       (reporter_id, id, target_type, target_id, reason, case_id, created_at)
SELECT (SELECT id FROM community.member LIMIT 1), gen_random_uuid(), target_type, target_id,
       'insult', id, opened_at
  FROM community.moderation_case
"""
TABLES = ("member", "writing", "moderation_case", "moderation_step", "moderation_decision",
          "report")  # fmt: skip
WHY = {"clause": "respect", "reason": "It insults another member."}


@pytest.fixture
def office(session, own_database, borrower_api, staff_api):
    """A writer, a reporter and three of the desk, beside 20,000 cases."""
    ann, bea = make_borrower(session), make_borrower(session)
    desks = [Desk(staff_api(role)) for role in ("moderator", "moderator", "lead_moderator")]
    session.commit()
    with db.WALLED.transaction(patience_seconds=300) as walled:
        fill(walled, posts=SIZE, members=SIZE // 10, now=NOW)
        for each in (CASES, STEPS, DECISIONS, REPORTS):
            walled.execute(text(each))
        make_trusted(walled, ann)
    behind = db.WALLED.get_database().writes
    with behind.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in TABLES:
            connection.execute(text(f"ANALYZE community.{table}"))
    return Person(ann, borrower_api(ann)), Person(bea, borrower_api(bea)), *desks


@pytest.mark.commits
def test_the_desk_uses_indexes(office):
    ann, bea, mod, other, lead = office
    walled = db.WALLED.get_database()
    plans = Plans(walled)
    post = ann.write(body="Enough words that others might have written them, too, today.").json
    say = {"target_type": "post", "target_id": post["id"], "reason": "threat"}
    with heard(walled.writes, walled.reads) as found:
        assert bea.api.post("/v1/community/reports", json=say, headers=new_key()).status_code == 201
        assert bea.api.get("/v1/community/reports").status_code == 200
        case = mod.take()
        assert case["target_id"] == post["id"]
        assert mod.on_case(case, "heartbeat").status_code == 200
        done = mod.decide(case, "mute", days=60, fold_same_text=True, **WHY)
        decision = done.json["decision"]
        assert lead.on_decision(decision, "confirm").status_code == 200
        count_at(clock.now() + PENALTY_DELAY)
        body = {"decision_id": decision["id"], "text": "Please look again."}
        path = "/v1/me/community/appeals"
        assert ann.api.post(path, json=body, headers=new_key()).status_code == 201
        assert ann.api.get("/v1/me/community").json["statements"]
        assert bea.api.get(f"{POSTS}?feed=new").status_code == 200
        appeal = other.take("appeals")
        assert other.decide(appeal, "overturn", reason="It is no insult.").status_code == 200
        assert mod.on_case(mod.take(), "skip", reason="I know this person.").status_code == 204
        again = mod.decide(mod.take(), "approve").json["decision"]
        assert mod.on_decision(again, "undo", reason="The wrong key.").status_code == 200
        assert mod.next("crisis").status_code == 204
        for read in ("queues", "decisions/waiting", "decisions/mine", f"cases/{case['id']}/trail"):
            assert mod.api.get(f"/v1/moderation/{read}").status_code == 200
    plans.explain(found)
    assert plans.explained > 40
    assert not plans.faults, "\n".join(plans.faults)


@pytest.mark.commits
def test_the_pages_of_the_desk_use_indexes(office):
    ann, bea, mod, _, lead = office
    walled = db.WALLED.get_database()
    plans = Plans(walled)
    post = ann.write(body="Enough words that others might have written them, too, today.").json
    said = ann.answer(post["id"]).json
    say = {"target_type": "comment", "target_id": said["id"], "reason": "threat"}
    bea.api.post("/v1/community/reports", json=say, headers=new_key())
    with heard(walled.writes, walled.reads) as found:
        case = lead.take()
        assert case["context"]["post"]["id"] == post["id"]
        lead.decide(case, "warn", **WHY)
        held = mod.take()
        with db.WALLED.reading() as behind:
            assert [str(each.id) for each in cases.list_held(behind, staff_id=mod.api.id)] == [
                held["id"]
            ]
            assert context.language_of_author(behind, case_id=held["id"]) == "en"
            rows = {"locale": "en", "now": NOW}
            assert listing.find_last(behind, staff_id=lead.api.id, **rows).title is None
    plans.explain(found)
    assert plans.explained > 15
    assert not plans.faults, "\n".join(plans.faults)
