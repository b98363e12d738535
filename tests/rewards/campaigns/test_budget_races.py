"""Many at once, from two processes: never more than a budget, never twice for one occasion."""

import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update

from backend.app import audits
from backend.events.tiers import TierChanged
from backend.kit.db import transaction
from backend.kit.outbox import announce_all
from backend.profile.models import FactChange
from backend.programme import service as programme
from rewards.campaigns import budgets, deciding, service
from rewards.campaigns.engine_models import CampaignBucket, CampaignDecision, CampaignOccasion
from rewards.campaigns.models import Campaign
from rewards.campaigns.occasions import News
from tests.clock import NOW
from tests.factories.live_campaigns import budget, list_outcomes, make_live
from tests.factories.locks import wait_until_blocked
from tests.factories.profile import make_profiles

pytestmark = pytest.mark.commits

ROOT = Path(__file__).parents[3]
EVERYBODY = 200
AWARDS = 100
TIMES = 50
RAISED = {"event": "tier_raised"}


def make_members(session, many):
    """Enrolled, and known to have been so."""
    ids = make_profiles(session, *[{"programme_status": "enrolled"}] * many)
    programme.enrol_all(session, borrower_ids=ids, reason="test", now=NOW)
    session.execute(
        insert(FactChange),
        [
            {
                "borrower_id": each,
                "fact": "programme_status",
                "occurred_at": NOW - timedelta(days=9),
                "event_seq": 0,
                "value": "enrolled",
            }
            for each in ids
        ],
    )
    return ids


def raise_tiers(session, ids):
    """The event's place of each."""
    events = [TierChanged(each, NOW, "potential", "current", 2, 3, 1) for each in ids]
    return announce_all(session, events)


def heard_by(own_database, *shares):
    """Each share of events in a process of its own, a thread for each event."""
    command = [sys.executable, "-m", "tests.rewards.campaigns.hearing", own_database.url]
    children = [
        subprocess.Popen(
            [*command, *map(str, share)],
            cwd=ROOT,
            env=os.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for share in shares
    ]
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("\n")
        child.stdin.flush()
    assert [child.communicate(timeout=120)[0] for child in children] == ["0"] * len(shares)


def faults(session):
    """What the audits of points and campaigns find."""
    session.rollback()
    return [
        line
        for audit in audits()
        if audit.name in ("points", "campaigns", "badges")
        for line in audit.run(session)
    ]


def test_two_hundred_threads_and_a_budget_of_a_hundred(session, own_database):
    ids = make_members(session, EVERYBODY)
    campaign = make_live(session, trigger=RAISED, budget=budget(awards=AWARDS))
    seqs = raise_tiers(session, ids)
    session.commit()
    heard_by(own_database, seqs[::2], seqs[1::2])
    assert Counter(list_outcomes(session, campaign)) == {"awarded": AWARDS, "budget": AWARDS}
    bucket = session.execute(select(CampaignBucket.__table__)).one()
    assert (bucket.awards_spent, bucket.points_spent) == (AWARDS, 10 * AWARDS)
    balances = text(
        "SELECT sum(CASE WHEN to_account = 'available' THEN points ELSE -points END)"
        " - (SELECT sum(available) FROM points_account) FROM points_movement"
    )
    assert session.execute(balances).scalar_one() == 0
    assert faults(session) == []


def test_one_event_heard_fifty_times_from_two_processes_is_one_award(session, own_database):
    ids = make_members(session, 1)
    campaign = make_live(session, trigger=RAISED)
    (seq,) = raise_tiers(session, ids)
    session.commit()
    heard_by(own_database, [seq] * (TIMES // 2), [seq] * (TIMES // 2))
    assert list_outcomes(session, campaign) == ["awarded"]
    assert session.execute(select(CampaignBucket.awards_spent)).scalar_one() == 1
    assert faults(session) == []


def hear(seq, who):
    with transaction() as own:
        deciding.hear(own, news=[News(seq, seq, who, NOW, tier="current")], now=NOW)


def test_an_award_waits_for_another_on_the_same_budget(session):
    first, second = make_members(session, 2)
    campaign = make_live(session, trigger=RAISED, budget=budget(awards=1))
    seqs = raise_tiers(session, [first, second])
    session.commit()
    with ThreadPoolExecutor(1) as pool:
        with transaction() as own:
            deciding.hear(own, news=[News(seqs[0], seqs[0], first, NOW)], now=NOW)
            later = pool.submit(hear, seqs[1], second)
            wait_until_blocked(session)
        later.result()
    assert list_outcomes(session, campaign) == ["awarded", "budget"]
    assert faults(session) == []


def test_nothing_is_given_once_a_pause_is_said(session):
    (ann,) = make_members(session, 1)
    campaign = make_live(session, trigger=RAISED)
    (seq,) = raise_tiers(session, [ann])
    session.commit()
    with ThreadPoolExecutor(1) as pool:
        with transaction() as own:
            service.pause(own, campaign_id=campaign, now=NOW)
            later = pool.submit(hear, seq, ann)
            wait_until_blocked(session)
        later.result()
    assert list_outcomes(session, campaign) in (["paused"], [])
    assert faults(session) == []


def test_a_pause_waits_for_what_is_being_given(session):
    (ann,) = make_members(session, 1)
    campaign = make_live(session, trigger=RAISED)
    (seq,) = raise_tiers(session, [ann])
    session.commit()

    def pause():
        with transaction() as own:
            service.pause(own, campaign_id=campaign, now=NOW)

    with ThreadPoolExecutor(1) as pool:
        with transaction() as own:
            deciding.hear(own, news=[News(seq, seq, ann, NOW)], now=NOW)
            later = pool.submit(pause)
            wait_until_blocked(session)
        later.result()
    assert list_outcomes(session, campaign) == ["awarded"]
    assert session.execute(select(Campaign.state)).scalar_one() == "paused"


def test_an_award_and_its_reversal_leave_nothing(session):
    """What was undone before it was heard is given and taken back by whoever comes next."""
    (ann,) = make_members(session, 1)
    campaign = make_live(session, trigger=RAISED)
    seqs = raise_tiers(session, [ann, ann])
    session.commit()
    hear(seqs[0], ann)
    session.execute(
        update(CampaignOccasion)
        .where(CampaignOccasion.seq == seqs[0])
        .values(undone_seq=seqs[0] + 1)
    )
    session.commit()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: hear(seqs[1] + 5, ann), range(2)))
    assert list_outcomes(session, campaign) == ["reversed"]
    assert session.execute(select(CampaignDecision.reversed_seq)).scalar_one() == seqs[0] + 1
    assert faults(session) == []


def test_the_database_refuses_more_than_a_budget(session):
    (ann,) = make_members(session, 1)
    make_live(session, trigger=RAISED, budget=budget(awards=1))
    (seq,) = raise_tiers(session, [ann])
    session.commit()
    hear(seq, ann)
    bucket = session.execute(select(CampaignBucket.__table__)).one()
    key = budgets.Key(bucket.campaign_id, bucket.bucket, bucket.period_start)
    with pytest.raises(budgets.BudgetExceededError), transaction() as own:
        budgets.spend(own, amounts={key: budgets.Spent(1, 1)})
    session.rollback()
