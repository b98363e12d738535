"""A replay of the very events that fired a campaign gives what it gave."""

from datetime import date, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from backend.kit import clock
from backend.loans import service as loans
from rewards.campaigns import occasions, replay, replay_worker, running
from rewards.campaigns.engine_models import CampaignDecision, CampaignOccasion, CampaignReplay
from rewards.campaigns.judging import hash_of
from rewards.campaigns.replay_run import decide_all, judge
from rewards.campaigns.replay_sql import PART, Plan
from rewards.campaigns.spending import PackedSpending
from tests.badges.conftest import Payer, noon
from tests.clock import NOW
from tests.conftest import DEEP
from tests.factories.live_campaigns import (
    EVERYBODY,
    LONG,
    budget,
    join_everybody,
    make_live,
    open_document,
)
from tests.factories.loans import make_payment

SINCE = datetime.fromisoformat("2025-12-01T00:00:00+08:00")
UNTIL = datetime.fromisoformat("2027-12-31T00:00:00+08:00")
EXAMPLES = 200 if DEEP else 8
_names = count(1)

CONDITIONS = [
    EVERYBODY,
    {"all": [{"fact": "event_on_time", "op": "eq", "value": True}]},
    {"any": [{"fact": "on_time_streak", "op": "gte", "value": 2}]},
    {"not": {"fact": "event_days_early", "op": "gte", "value": 3}},
]
AUDIENCES = [EVERYBODY, {"all": [{"fact": "on_time_streak", "op": "gte", "value": 1}]}]
EFFECTS = [
    [{"kind": "points", "points": 10}],
    [{"kind": "points_multiplied", "factor": "2"}, {"kind": "points", "points": 5}],
]
PERIODS = [
    None,
    {"every": "month", "points": None, "awards": 2},
    {"every": "week", "points": 120, "awards": None},
    {"every": "day", "points": None, "awards": 1},
]
DAYPARTS = [None, [["09:00", "12:30"]], [["00:00", "11:59"], ["13:00", "23:59"]]]

campaigns = st.fixed_dictionaries(
    {
        "audience": st.sampled_from(AUDIENCES),
        "conditions": st.sampled_from(CONDITIONS),
        "effects": st.sampled_from(EFFECTS),
        "holdout": st.sampled_from(["0", "0.50"]),
        "budget": st.builds(
            budget,
            points=st.integers(10, 300),
            awards=st.one_of(st.none(), st.integers(1, 6)),
            awards_each=st.one_of(st.none(), st.integers(1, 3)),
            points_each=st.one_of(st.none(), st.integers(10, 150)),
            per_period=st.sampled_from(PERIODS),
        ),
        "schedule": st.builds(
            lambda days, parts: LONG | {"weekdays": days, "dayparts": parts},
            st.sampled_from([None, [1, 2, 3, 4, 5, 6, 7], [1, 3, 5]]),
            st.sampled_from(DAYPARTS),
        ),
        "stacking": st.builds(
            lambda group, mode, priority: {"group": group, "mode": mode, "priority": priority},
            st.sampled_from(["one", "two"]),
            st.sampled_from(["all", "best", "first"]),
            st.integers(0, 9),
        ),
    }
)
steps = st.lists(
    st.tuples(
        st.integers(0, 2),  # whose
        st.sampled_from(["pay", "pay", "pay", "reverse"]),
        st.integers(-5, 12),  # days late
    ),
    min_size=3,
    max_size=14,
)


class Street:
    """Three borrowers whose payments interleave; each instalment is paid when its turn comes."""

    def __init__(self, session, deliver):
        self.session = session
        self.payers = [
            Payer(session, deliver, name=f"street-{next(_names)}").begin() for _ in range(3)
        ]
        self.next = [1, 1, 1]
        self.paid: list[list[str]] = [[], [], []]
        deliver()

    def step(self, whose, act, late, *, at):
        payer = self.payers[whose]
        with clock.fixed(at):
            if act == "pay" and self.next[whose] <= 12:
                number, self.next[whose] = self.next[whose], self.next[whose] + 1
                name = f"{payer.name}-{next(_names)}"
                loans.add_payments(
                    self.session,
                    [
                        {
                            "external_id": name,
                            "loan_external_id": f"{payer.name}-loan",
                            "amount_minor": 10_100,
                            "received_on": payer.days[number - 1] + timedelta(days=late),
                            "date_precision": "day",
                        }
                    ],
                    now=at,
                    settled=True,
                )
                self.paid[whose].append(name)
            elif act == "reverse" and self.paid[whose]:
                loans.reverse_payment(
                    self.session, external_id=self.paid[whose].pop(), reason="Bounced.", now=at
                )
                self.next[whose] -= 1
            payer.deliver()


def list_live(session, ids):
    """What was decided as it happened; what was taken back since had been awarded."""
    rows = session.execute(
        select(CampaignDecision.__table__).where(CampaignDecision.campaign_id.in_(ids))
    )
    return {
        (row.borrower_id, row.campaign_id, row.seq): (
            row.reasons[0] if row.reasons else "awarded",
            row.points,
        )
        for row in rows
    }


def list_replayed(session, ids):
    terms = running.get_terms(session, keys=[(each, 1) for each in ids])
    plan = Plan(tuple(terms[each, 1] for each in ids), SINCE, UNTIL)
    crowd = judge(session, plan, lambda _: None)
    names = {
        row.n: row.borrower_id for row in session.execute(select(PART.c.n, PART.c.borrower_id))
    }
    spending = PackedSpending(borrowers=crowd.size)
    return {
        (names[turn.n], verdict.candidate.terms.campaign_id, turn.seq): (
            str(verdict.reason or "awarded"),
            0 if verdict.reason else verdict.candidate.points,
        )
        for turn in decide_all(session, plan, crowd, spending)
        for verdict in turn.verdicts
    }


@settings(max_examples=EXAMPLES, phases=(Phase.explicit, Phase.generate))
@given(first=campaigns, second=campaigns, history=steps)
def test_the_same_events_in_their_order_bring_the_same(session, deliver, first, second, history):
    nested = session.begin_nested()
    running.forget()
    street = Street(session, deliver)
    ids = [make_live(session, **first), make_live(session, **second)]
    for hour, (whose, act, late) in enumerate(history):
        street.step(whose, act, late, at=NOW + timedelta(hours=7 * hour))
    live = list_live(session, ids)
    assert list_replayed(session, ids) == live
    nested.rollback()


def ask(session, campaign_id, written, *, from_day=date(2026, 1, 1), to_day=date(2026, 12, 31)):
    return replay.request(
        session,
        campaign_id=campaign_id,
        version=1,
        document=written,
        document_hash=hash_of(written),
        from_day=from_day,
        to_day=to_day,
        requested_by=UUID(int=1),
        now=NOW,
    )


def run(session, replay_id):
    assert replay_worker.run_next(now=clock.wall())
    session.expire_all()
    return session.execute(
        select(CampaignReplay.__table__).where(CampaignReplay.id == replay_id)
    ).one()


@pytest.fixture
def campaign(session, payer):
    payer.begin()
    payer.pay(1, 2, 3)
    return make_live(session)


def test_the_report_tells_reach_cost_and_reasons(session, campaign):
    written = open_document(
        conditions={"all": [{"fact": "on_time_streak", "op": "gte", "value": 2}]},
        effects=[{"kind": "points", "points": 200}],
        budget=budget(points=300),
    )
    done = run(session, ask(session, campaign, written))
    assert done.state == "done", done.failure
    report = done.report
    assert report["reach"] == {"participants": 1, "treated": 1, "holdout": 0, "awarded": 1}
    assert report["cost"]["points"] == 200
    assert report["refused"] == {"budget": 1, "conditions": 1}
    assert report["budget_ends_on"] is not None
    assert report["occasions"] == 3
    assert {each["outcome"] for each in report["sample"]} == {"awarded", "refused"}
    assert len(done.report_hash) == 64
    assert done.progress == 100


def test_what_is_live_beside_it_is_told(session, campaign):
    other = make_live(session, effects=[{"kind": "points", "points": 7}])
    done = run(session, ask(session, campaign, open_document()))
    assert [(o["campaign_id"], o["borrowers"], o["points"]) for o in done.report["overlaps"]] == [
        (str(other), 1, 21)
    ]


def test_a_document_of_no_use_fails_with_a_reason(session, campaign):
    replay_id = ask(session, campaign, {})
    done = run(session, replay_id)
    assert (done.state, done.failure, done.report) == ("failed", "Invalid", None)


def test_one_whose_worker_died_is_begun_again(session, campaign):
    replay_id = ask(session, campaign, open_document())
    earlier = clock.wall() - timedelta(hours=1)
    with replay_worker.transaction() as own:
        assert replay_worker._claim(own, now=earlier) is not None
    done = run(session, replay_id)
    assert (done.state, done.attempts) == ("done", 2)
    assert not replay_worker.run_next(now=clock.wall())


def test_history_is_replayed_by_the_facts_of_its_months(session, payer, deliver):
    """Imported months, of which the campaign heard nothing when they came."""
    payer.begin()
    with clock.fixed(noon(payer.days[5])):
        for number in (1, 2, 3, 4):
            make_payment(
                session,
                loan=f"{payer.name}-loan",
                amount_minor=10_100,
                received_on=payer.days[number - 1],
                external_id=f"h{number}",
            )
        deliver()
    session.execute(CampaignOccasion.__table__.delete())
    for _ in range(2):
        occasions.fill(session, borrower_ids=[payer.id], today=payer.days[6], now=NOW)
    rows = session.execute(
        select(CampaignOccasion.seq, CampaignOccasion.source_part).order_by(CampaignOccasion.seq)
    ).all()
    assert [row.source_part for row in rows] == ["1", "2", "3", "4"]
    assert all(row.seq < 0 for row in rows)
    campaign = make_live(session)
    join_everybody()
    done = run(session, ask(session, campaign, open_document()))
    assert done.report["reach"]["awarded"] == 1
    assert done.report["cost"]["awards"] == 4


def test_groups_are_told_as_of_joining_the_campaign_in_question(session, campaign):
    """Beside it runs one that she had joined before."""
    later = {"all": [{"fact": "on_time_streak", "op": "gte", "value": 2}]}
    asked = make_live(session, audience=later)
    terms = running.get_terms(session, keys=[(each, 1) for each in (asked, campaign)])
    plan = Plan((terms[asked, 1], terms[campaign, 1]), SINCE, UNTIL)
    judge(session, plan, lambda _: None)
    assert session.execute(select(PART.c.on_time_streak)).scalar_one() == 2
