"""Better at once, worse after the grace; and the database decides as the rule does."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from backend.kit.ids import new_id
from backend.kit.predicates import FactType, to_json
from backend.profile.catalogue import FACT_TYPES
from backend.profile.rules import facts_on
from backend.tiers.models import TierEvaluation, TierFreeze, TierOverride, TierReview, TierState
from backend.tiers.policies import Loaded
from backend.tiers.policy import read_policy
from backend.tiers.retier import Occasion, retier
from backend.tiers.rules import Circumstances, Judge, State, is_worth_a_record, settle
from tests.clock import NOW, TODAY
from tests.factories.policies import AUTHOR, PUBLISHER, make_dpd_policy, make_tier
from tests.factories.predicates import VALUES
from tests.factories.predicates import predicates as any_predicate
from tests.factories.profile import make_profiles

POLICY = read_policy(make_dpd_policy(), facts=FACT_TYPES)
JUDGE = Judge(POLICY)
LONG_AGO = TODAY - timedelta(days=100)
FINE = State("fine", "fine", "", 1, placed_on=LONG_AGO)


def settled(before, days_past_due, *, on=0, **around):
    return settle(
        before,
        JUDGE.verdict({"days_past_due": days_past_due}),
        policy=POLICY,
        policy_version=1,
        around=Circumstances(today=TODAY + timedelta(days=on), **around),
    )


def test_the_first_tier_counts_at_once():
    assert settled(None, 40).tier == "late"


def test_better_counts_at_once():
    assert settled(State("late", "late", "", 1), 0).tier == "fine"


def test_worse_counts_after_seven_days_and_not_before():
    first = settled(FINE, 40)
    sixth = settled(first, 40, on=6)
    seventh = settled(sixth, 40, on=7)

    assert (first.tier, first.pending_tier, first.pending_since_on) == ("fine", "late", TODAY)
    assert (sixth.tier, sixth.pending_since_on) == ("fine", TODAY)
    assert (seventh.tier, seventh.pending_tier) == ("late", None)


def test_on_the_day_of_the_first_placing_the_rest_of_the_news_counts_at_once():
    placed = settled(None, 0)
    assert settled(placed, 40).tier == "late"
    assert settled(placed, 40, is_frozen=True).tier == "fine"
    assert settled(placed, 40, on=1).tier == "fine"


def test_getting_well_again_within_the_grace_costs_nothing():
    waiting = settled(FINE, 40)

    assert settled(waiting, 0, on=3) == FINE


def test_a_freeze_stops_the_clock_and_it_starts_anew():
    waiting = settled(FINE, 40)
    frozen = settled(waiting, 40, on=6, is_frozen=True)
    thawed = settled(frozen, 40, on=9)

    assert (frozen.tier, frozen.pending_since_on) == ("fine", None)
    assert (thawed.tier, thawed.pending_since_on) == ("fine", TODAY + timedelta(days=9))


@pytest.mark.parametrize("around", ["is_frozen", "awaits_person"])
def test_nothing_stands_in_the_way_of_better(around):
    assert settled(State("late", "late", "", 1), 0, **{around: True}).tier == "fine"


def test_who_refuses_automation_alone_is_not_taken_down_while_her_review_is_open():
    waiting = settled(FINE, 40)
    reviewed = settled(waiting, 40, on=30, awaits_person=True)

    assert (reviewed.tier, reviewed.pending_tier) == ("fine", None)


def test_an_override_wins_and_what_follows_it_is_decided_from_there():
    lifted = settled(State("late", "late", "", 1), 40, override_tier="fine")
    ended = settled(lifted, 40, on=1)

    assert (lifted.tier, lifted.raw_tier) == ("fine", "late")
    assert (ended.tier, ended.pending_tier) == ("fine", "late")


def test_a_tier_that_the_policy_no_longer_has_is_left_at_once():
    assert settled(State("gone", "gone", "", 1), 40).tier == "late"


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (FINE, False),
        (State("fine", "soon", "", 1, "soon", TODAY), True),
        (State("fine", "fine", "2", 1), True),
        (State("fine", "fine", "", 2), True),
    ],
)
def test_a_record_is_kept_when_tier_band_or_policy_changed(after, expected):
    assert is_worth_a_record(FINE, after) is expected


KINDS = {
    "on_time_streak": FactType.INTEGER,
    "paid_ratio_6m": FactType.DECIMAL,
    "employment": FactType.TEXT,
    "income_verified": FactType.BOOLEAN,
}
KINDS_WITH_SCORE = KINDS | {"willingness": FactType.INTEGER}
CODES = ("aa", "bb", "cc")


@st.composite
def policies(draw):
    ranks = draw(st.lists(st.integers(0, 2), min_size=3, max_size=3))
    conditions = draw(st.lists(any_predicate(KINDS_WITH_SCORE), min_size=2, max_size=2))
    bounds = sorted(draw(st.sets(st.integers(-5, 5), min_size=1, max_size=3)))
    points = st.integers(-60, 60)
    return {
        "demotion_grace_days": draw(st.integers(0, 3)),
        "scorecards": {
            "willingness": {
                "base": draw(st.integers(0, 60)),
                "parts": [
                    {
                        "fact": "on_time_streak",
                        "bands": [{"below": b, "points": draw(points)} for b in bounds]
                        + [{"points": draw(points)}],
                        "unknown": draw(points),
                    },
                    {
                        "fact": "income_verified",
                        "bands": [{"equal": True, "points": draw(points)}, {"points": 0}],
                        "unknown": 1,
                    },
                ],
            }
        },
        "tiers": [
            make_tier(code, when, rank=rank)
            for code, when, rank in zip(
                CODES, [*(to_json(c) for c in conditions), {"all": []}], ranks, strict=True
            )
        ],
    }


kept = st.fixed_dictionaries({name: st.none() | VALUES[kind] for name, kind in KINDS.items()})
pendings = st.none() | st.tuples(st.sampled_from(CODES), st.integers(0, 4))
before_states = st.none() | st.builds(
    lambda tier, raw, bands, version, pending, placed_on: State(
        tier,
        raw,
        bands,
        version,
        None if pending is None else pending[0],
        None if pending is None else TODAY - timedelta(days=pending[1]),
        placed_on,
    ),
    st.sampled_from([*CODES, "gone"]),
    st.sampled_from(CODES),
    st.sampled_from(["0", "2", "4"]),
    st.sampled_from([1, 2]),
    pendings,
    st.sampled_from([TODAY, LONG_AGO]),
)
people = st.lists(
    st.tuples(
        kept,
        before_states,
        st.sampled_from([None, -1, 0, 5]),
        st.sampled_from([None, "aa", "zz"]),
        st.sampled_from([None, True, False]),
    ),
    min_size=1,
    max_size=6,
)


def store(session, borrower_id, before, frozen, override, refuses):
    if before is not None:
        session.execute(
            insert(TierState).values(
                borrower_id=borrower_id,
                rank=0,
                since_on=TODAY - timedelta(days=9),
                evaluation_number=1,
                **before.__dict__,
            )
        )
    if frozen is not None:
        session.execute(
            insert(TierFreeze).values(
                borrower_id=borrower_id,
                cause="plan",
                until_on=TODAY + timedelta(days=frozen),
                created_at=NOW,
            )
        )
    if override is not None:
        session.execute(
            insert(TierOverride).values(
                borrower_id=borrower_id,
                id=new_id(),
                tier=override,
                reason="because",
                asked_by=AUTHOR,
                asked_on=TODAY,
                asked_at=NOW,
                expires_on=TODAY,
                confirmed_by=PUBLISHER,
                confirmed_at=NOW,
            )
        )
    if refuses is not None:
        session.execute(
            insert(TierReview).values(
                borrower_id=borrower_id,
                id=new_id(),
                reason="because",
                refuses_automation=refuses,
                evaluation_number=1,
                state="open",
                asked_at=NOW,
            )
        )


def read_state(session, borrower_id):
    row = session.execute(
        select(TierState.__table__).where(TierState.borrower_id == borrower_id)
    ).one()
    return State(**{name: getattr(row, name) for name in State.__dataclass_fields__}), row


@given(document=policies(), people=people)
def test_the_database_decides_for_all_as_the_rule_does_for_one(
    session, catalogue, document, people
):
    policy = read_policy(document, facts=FACT_TYPES)
    loaded = Loaded(2, policy, catalogue)
    ids = make_profiles(session, *(row for row, *_ in people))
    for borrower_id, (_, *rest) in zip(ids, people, strict=True):
        store(session, borrower_id, *rest)

    occasion = Occasion(today=TODAY, now=NOW, cause="test")
    outcome = retier(session, borrower_ids=ids, loaded=loaded, occasion=occasion)

    recorded = 0
    for borrower_id, (row, before, frozen, override, refuses) in zip(ids, people, strict=True):
        facts = facts_on(_whole(row), today=TODAY)
        verdict = loaded.judge.verdict(facts)
        around = Circumstances(
            today=TODAY,
            is_frozen=frozen is not None and frozen >= 0,
            awaits_person=refuses is True,
            override_tier=override,
        )
        expected = settle(before, verdict, policy=policy, policy_version=2, around=around)
        found, state = read_state(session, borrower_id)
        if before is None or before != expected:
            assert found == expected
            assert state.rank == policy.tier(expected.tier).rank
        is_record = is_worth_a_record(before, expected)
        recorded += is_record
        assert state.evaluation_number == (before is not None) + is_record
    assert outcome.recorded == recorded
    again = retier(session, borrower_ids=ids, loaded=loaded, occasion=occasion)
    assert again.recorded == 0


def _whole(row):
    names = ("dpd_base", "oldest_unpaid_due_on", "dpd_past_max_12m", "last_payment_on")
    more = ("last_activity_on", "relationship_since_on")
    return dict.fromkeys((*names, *more)) | row


def test_an_evaluation_keeps_what_it_was_decided_on(session, catalogue):
    borrower_id = make_profiles(session, {"dpd_base": 40})[0]
    loaded = Loaded(7, POLICY, catalogue)

    retier(
        session,
        borrower_ids=[borrower_id],
        loaded=loaded,
        occasion=Occasion(today=TODAY, now=NOW, cause="test"),
    )

    row = session.execute(
        select(TierEvaluation.__table__).where(TierEvaluation.borrower_id == borrower_id)
    ).one()
    assert (row.number, row.place, row.tier, row.from_tier) == (1, 0, "late", None)
    assert (row.policy_version, row.facts, row.cause) == (7, {"days_past_due": 40}, "test")
