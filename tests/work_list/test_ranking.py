"""The statement ranks as the rule does, and the rule is fair in the ways that were promised."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Date, DateTime, String, Uuid, column, insert, select, update, values

from backend.benefits import service as benefits
from backend.benefits.models import BenefitGrant
from backend.benefits.rules import Kind, State
from backend.borrowers.models import Assignment
from backend.contacts.models import ContactEntry, ContactHold
from backend.kit.ids import new_id
from backend.kit.ports import Urgency, WorkKind
from backend.kit.texts import Text
from backend.tiers.models import TierState
from backend.work_list import queries
from backend.work_list.rules import Case, Standing, Step, place_of, step_of
from tests.clock import NOW, TODAY
from tests.factories.contacts import make_writer
from tests.factories.profile import make_profiles

PEOPLE = 4
NOON = datetime.combine(TODAY, time(4), tzinfo=UTC)  # in Shanghai


class Made:
    """A source of whatever a test makes up."""

    code = "made"

    def __init__(self, cases):
        self.made = cases
        self.kinds = {
            str(each): WorkKind(each, Text("Open.", "未结。"), Text("Do.", "处理。"), "GET /")
            for each in Urgency
        }

    def cases(self):
        columns = (
            column("borrower_id", Uuid),
            column("case_id", Uuid),
            column("kind", String),
            column("due_on", Date),
            column("since", DateTime(timezone=True)),
        )
        rows = [(c.borrower_id, c.case_id, str(c.urgency), c.due_on, c.since) for c in self.made]
        table = values(*columns, name="made").data(rows)
        return select(*table.c)


days = st.integers(-6, 6)
standings = st.builds(
    Standing,
    today=st.just(TODAY),
    rank=st.none() | st.integers(0, 3),
    has_priority=st.booleans(),
    is_held=st.booleans(),
    contacted_on=st.none() | st.integers(0, 5).map(lambda ago: TODAY - timedelta(days=ago)),
)
drawn = st.tuples(
    st.integers(0, PEOPLE - 1),
    st.sampled_from(Urgency),
    st.none() | days.map(lambda d: TODAY + timedelta(days=d)),
    days.map(lambda d: NOW + timedelta(days=d)),
)


@pytest.fixture
def people(session):
    ids = make_profiles(session, *({} for _ in range(PEOPLE)))
    staff_id = make_writer(session)
    session.execute(
        insert(Assignment),
        [{"borrower_id": each, "id": new_id(), "staff_id": staff_id, "since": NOW} for each in ids],
    )
    return staff_id, ids


def stand(session, borrower_id, standing, *, staff_id):
    """Rows that make a borrower stand like that."""
    if standing.rank is not None:
        session.execute(
            insert(TierState).values(
                borrower_id=borrower_id,
                tier="some",
                rank=standing.rank,
                since_on=TODAY,
                placed_on=TODAY,
                raw_tier="some",
                bands="",
                policy_version=1,
                evaluation_number=1,
            )
        )
    if standing.has_priority:
        grant_id = benefits.grant_benefit(
            session,
            borrower_id=borrower_id,
            kind=Kind.PRIORITY_SERVICE,
            terms={"days": 9},
            cause="test",
            now=NOW,
            state=State.ACTIVATED,
        )
        session.execute(
            update(BenefitGrant).where(BenefitGrant.id == grant_id).values(activated_on=TODAY)
        )
    session.execute(
        insert(ContactHold).values(
            borrower_id=borrower_id,
            cause="test",
            until_on=TODAY if standing.is_held else TODAY - timedelta(days=1),
            created_at=NOW,
        )
    )
    if standing.contacted_on is not None:
        ago = TODAY - standing.contacted_on
        session.execute(
            insert(ContactEntry).values(
                borrower_id=borrower_id,
                id=new_id(),
                at=NOON - ago,
                channel="call",
                kind="attempt",
                actor="lender",
                staff_id=staff_id,
                recorded_at=NOW,
            )
        )


def ranked(case, standing):
    return place_of(case, step_of(case, standing), standing)


@given(
    made=st.lists(drawn, min_size=1, max_size=12),
    stood=st.lists(standings, min_size=PEOPLE, max_size=PEOPLE),
)
def test_the_statement_ranks_as_the_rule(session, people, made, stood):
    staff_id, ids = people
    with session.begin_nested() as savepoint:
        known = dict(zip(ids, stood, strict=True))
        for borrower_id, standing in known.items():
            stand(session, borrower_id, standing, staff_id=staff_id)
        cases = [Case(ids[who], new_id(), *rest) for who, *rest in made]

        found = queries.rank(session, staff_id=staff_id, sources=[Made(cases)], now=NOW, limit=100)

        open_ones = [case for case in cases if step_of(case, known[case.borrower_id]) is not None]
        firsts: dict[UUID, UUID] = {}
        for case in sorted(open_ones, key=lambda each: ranked(each, known[each.borrower_id])):
            firsts.setdefault(case.borrower_id, case.case_id)
        assert [(row.borrower_id, row.case_id) for row in found] == list(firsts.items())
        assert all(row.waiting == len(firsts) for row in found)
        savepoint.rollback()


cases = st.builds(
    Case,
    borrower_id=st.uuids(),
    case_id=st.uuids(),
    urgency=st.sampled_from(Urgency),
    due_on=st.none() | days.map(lambda d: TODAY + timedelta(days=d)),
    since=days.map(lambda d: NOW + timedelta(days=d)),
)


@given(one=cases, other=cases, first=standings, second=standings)
def test_no_tier_and_no_priority_comes_before_what_is_more_urgent(one, other, first, second):
    steps = step_of(one, first), step_of(other, second)
    if None in steps or steps[0] >= steps[1]:
        return
    assert place_of(one, steps[0], first) < place_of(other, steps[1], second)


@given(one=cases, other=cases, standing=standings)
def test_among_equals_priority_service_comes_first_and_then_the_better_tier(one, other, standing):
    usual = replace(standing, has_priority=False, rank=1)
    step = step_of(one, usual)
    if step is None:
        return
    prior = replace(usual, has_priority=True, rank=0)
    better = replace(usual, rank=2)
    assert place_of(one, step, prior) < place_of(other, step, better)
    assert place_of(one, step, better) < place_of(other, step, usual)


@given(case=cases, standing=standings)
def test_a_hold_silences_arrears_and_offers_and_never_what_she_waits_for(case, standing):
    held = replace(standing, is_held=True)
    free = replace(standing, is_held=False, contacted_on=None)
    if case.urgency in (Urgency.ARREARS, Urgency.OFFER):
        assert step_of(case, held) is None
    else:
        assert step_of(case, held) == step_of(case, free) is not None


def test_hardship_comes_first_and_then_who_waits_longest_for_an_answer():
    standing = Standing(TODAY)

    def step(urgency, due=None):
        due_on = None if due is None else TODAY + timedelta(days=due)
        return step_of(Case(new_id(), new_id(), urgency, due_on, NOW), standing)

    order = [
        step(Urgency.HELP),
        step(Urgency.ANSWER, -1),
        step(Urgency.ANSWER, 0),
        step(Urgency.ANSWER, 1),
        step(Urgency.FOLLOW, 0),
        step(Urgency.OFFER, 3),
        step(Urgency.ARREARS, -1),
        step(Urgency.FOLLOW, 1),
        step(Urgency.OFFER, 4),
    ]
    assert order == list(Step)
    assert step(Urgency.ARREARS, 0) is None
    assert step(Urgency.OFFER, -1) is None
