"""Facts as columns for everybody say what facts of one borrower say."""

import string
from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from backend.kit.predicates import FactType
from backend.kit.programme_zone import Moment
from backend.profile import queries
from backend.profile.catalogue import FACTS
from backend.profile.models import Profile
from backend.profile.rules import facts_on, months_between
from tests.clock import NOW, TODAY
from tests.factories.profile import make_profile, make_profiles

NOT_KEPT = {"borrower_id", "timezone", "extra", "refreshed_at"}
ZONES = ("Asia/Shanghai", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago")
days = st.dates(TODAY - timedelta(days=900), TODAY)
by_type = {
    int: st.integers(0, 10**6),
    str: st.text(alphabet=string.ascii_lowercase, max_size=5),
    bool: st.booleans(),
    Decimal: st.integers(0, 10_000).map(lambda n: Decimal(n) / 10_000),
    type(TODAY): days,
}
kept_rows = st.fixed_dictionaries(
    {
        column.name: st.none() | by_type[column.type.python_type]
        for column in Profile.__table__.columns
        if column.name not in NOT_KEPT and column.name != "awaited"
    }
    | {"timezone": st.sampled_from(ZONES)}
)


@given(rows=st.lists(kept_rows, min_size=1, max_size=5), hours=st.integers(0, 19_200))
def test_columns_and_values_agree_at_any_time_in_any_zone(session, rows, hours):
    now = NOW + timedelta(hours=hours)
    ids = make_profiles(session, *rows)

    found = queries.list_facts(session, borrower_ids=ids, now=now)

    today = Moment(now).today
    assert [found[each] for each in ids] == [
        facts_on(row, today=today(row["timezone"])) for row in rows
    ]


def test_every_fact_of_the_catalogue_is_a_column_of_its_type(session):
    columns = queries.get_catalogue(session).columns()

    assert set(columns) == set(FACTS)
    kinds = {FactType.INTEGER: int, FactType.DECIMAL: Decimal, FactType.TEXT: str}
    for name, fact in FACTS.items():
        assert columns[name].type.python_type is kinds.get(fact.type, bool), name


def test_ages_are_counted_on_the_day_of_reading_and_reported_days_are_not(session):
    computed = make_profile(session, oldest_unpaid_due_on=TODAY - timedelta(days=5))
    reported = make_profile(session, dpd_base=30)

    later = queries.list_facts(
        session, borrower_ids=[computed, reported], now=NOW + timedelta(days=10)
    )

    assert later[computed]["days_past_due"] == 15
    assert later[reported]["days_past_due"] == 30


def test_months_count_once_the_day_is_reached():
    since = TODAY.replace(year=2026, month=1, day=31)

    assert months_between(since, since.replace(month=2, day=28)) == 0
    assert months_between(since, since.replace(month=3, day=1)) == 1
    assert months_between(since, since.replace(month=3, day=31)) == 2
