"""Streaks over HTTP, and the fact that policies read, through what happens to real loans."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.kit import clock
from backend.loans import service as loans
from backend.profile import queries as profile
from backend.streaks.rules import add_months
from tests.clock import NOW, TODAY
from tests.factories.loans import make_account, make_borrower, make_loan, make_payment

AMOUNT = 10_100
FIRST = date(2026, 4, 5)  # eight due days up to 2026-11-05, the next on 2026-12-05


def rows_of(days, *, skipped=()):
    return [
        {
            "number": number,
            "due_on": on,
            "principal_minor": 0 if number in skipped else 10_000,
            "interest_minor": 0 if number in skipped else 100,
            "fee_minor": 0,
            "penalty_minor": 0,
        }
        for number, on in enumerate(days, start=1)
    ]


def monthly(first=FIRST, count=12):
    return [add_months(first, n) for n in range(count)]


@pytest.fixture
def tell(session, deliver, borrower_api):
    """Pays as told and answers the streak as she reads it, its fact checked beside it."""

    class Teller:
        who = None

        def lend(self, days, *, zone="Asia/Shanghai", skipped=(), **more):
            self.who = make_borrower(session, external_id="ana", timezone=zone)
            make_loan(
                session,
                borrower="ana",
                external_id="loan",
                installments=rows_of(days, skipped=skipped),
                opened_on=min(days) - timedelta(days=40),
                **more,
            )
            return self

        def pay(self, *days, precision="day"):
            for on in days:
                make_payment(
                    session,
                    loan="loan",
                    amount_minor=AMOUNT,
                    received_on=on,
                    external_id=f"paid-{on}",
                    date_precision=precision,
                )
            return self

        def read(self, *, locale="en"):
            deliver()
            answer = borrower_api(self.who).get(
                "/v1/me/streaks", headers={"Accept-Language": locale}
            )
            assert answer.status_code == 200, answer.text
            found = answer.json["items"][0]
            facts = profile.get_facts(session, borrower_id=self.who, now=clock.now())
            assert facts["on_time_streak"] == found["current"]
            return found

    return Teller()


def outcomes(streak):
    return [unit["outcome"] for unit in reversed(streak["units"])]


def test_she_reads_how_far_she_is_and_what_counts_next(tell):
    days = monthly()
    streak = tell.lend(days).pay(*days[3:8]).read()
    # Three were never paid, so the five payments went to the oldest ones first.
    assert streak["current"] == 0
    assert outcomes(streak) == ["broken"] * 8


def test_five_of_six(tell):
    days = monthly(date(2026, 7, 5))
    tell.lend(days).pay(*days[:5])
    streak = tell.read()
    assert (streak["current"], streak["longest"], streak["goal"]) == (5, 5, 6)
    assert streak["next_counts_on"] == "2026-12-05"
    assert streak["explanation"] == "5 of 6; next counts on 2026-12-05"
    chinese = tell.read(locale="zh-CN")
    assert chinese["explanation"] == "5/6；下一次计入日为 2026-12-05"
    assert streak["repair"] == {
        "is_available": True,
        "available_again_on": None,
        "last_used_for": None,
    }
    assert {unit["text"] for unit in streak["units"]} == {"Paid in full by its due day."}


def test_beyond_twelve_there_is_no_goal_but_the_streak_goes_on(tell):
    days = monthly(date(2025, 10, 5), count=15)
    streak = tell.lend(days).pay(*days[:14]).read()
    assert (streak["current"], streak["goal"]) == (14, None)
    assert streak["explanation"] == "14 in a row; next counts on 2026-12-05"


def test_a_payment_five_days_late_is_repaired_and_the_next_repair_is_told(tell):
    days = monthly(date(2026, 7, 5))
    paid = [*days[:4], days[4] + timedelta(days=5)]
    streak = tell.lend(days).pay(*paid).read()
    assert streak["current"] == 5
    assert outcomes(streak) == ["kept"] * 4 + ["repaired"]
    assert streak["units"][0]["text"] == "Paid 5 days after its due day; repaired, so it counts."
    assert streak["repair"] == {
        "is_available": False,
        "available_again_on": "2027-05-05",
        "last_used_for": "2026-11-05",
    }


def test_of_two_in_six_months_the_newer_is_repaired(tell):
    days = monthly(date(2026, 7, 5))
    paid = [days[0], days[1] + timedelta(days=1), *days[2:4], days[4] + timedelta(days=2)]
    streak = tell.lend(days).pay(*paid).read()
    assert (streak["current"], streak["longest"]) == (3, 4)
    assert outcomes(streak) == ["kept", "broken", "kept", "kept", "repaired"]
    assert streak["units"][3]["reason"] == "repair_used"
    assert streak["units"][3]["text"].startswith("Paid one day after its due day.")


def test_six_days_late_is_not_repaired_and_a_month_is_no_day(tell):
    days = monthly(date(2026, 7, 5))
    streak = tell.lend(days).pay(*days[:4], days[4] + timedelta(days=6)).read()
    assert (streak["current"], streak["longest"]) == (0, 4)
    assert streak["units"][0]["reason"] == "paid_late"


def test_a_day_that_only_stands_for_a_month_repairs_nothing(tell):
    days = monthly(date(2026, 7, 5))
    tell.lend(days).pay(*days[:4]).pay(days[4] + timedelta(days=3), precision="month")
    assert tell.read()["current"] == 0


@pytest.mark.parametrize(("grace", "current"), [(0, 0), (2, 0), (3, 2)])
def test_the_product_gives_days_of_grace(session, tell, grace, current):
    product = {"code": "graced", "grace_days": grace}
    loans.put_product(session, product=product, now=NOW)
    days = [TODAY - timedelta(days=40), TODAY - timedelta(days=10)]
    late = timedelta(days=3)
    tell.lend(days, product_code="graced").pay(days[0] + late, days[1] + late)
    streak = tell.read()
    # Without the grace both are three days late, and one of them is repaired.
    assert streak["current"] == (current or 1)
    assert outcomes(streak) == (["kept", "kept"] if current else ["broken", "repaired"])


def test_a_moved_due_day_takes_the_streak_with_it(session, tell):
    days = monthly(date(2026, 7, 5))
    tell.lend(days).pay(*days[:4])
    deferred = [*days[:4], *(add_months(date(2026, 11, 25), n) for n in range(8))]
    with clock.fixed(NOW - timedelta(days=19)):  # the day before it is due
        make_loan(
            session,
            borrower="ana",
            external_id="loan",
            installments=rows_of(deferred),
            opened_on=days[0] - timedelta(days=40),
        )
    streak = tell.read()
    assert (streak["current"], streak["next_counts_on"]) == (4, "2026-11-25")
    with clock.fixed(NOW + timedelta(days=2)):
        make_payment(
            session, loan="loan", amount_minor=AMOUNT, received_on=TODAY, external_id="moved"
        )
        assert tell.read()["explanation"] == "5 of 6; next counts on 2026-12-25"


def test_a_skipped_instalment_neither_breaks_nor_counts(tell):
    days = monthly(date(2026, 7, 5))
    streak = tell.lend(days, skipped={3}).pay(*days[:2], *days[3:5]).read()
    assert streak["current"] == 4
    assert outcomes(streak) == ["kept", "kept", "neutral", "kept", "kept"]
    assert streak["units"][2]["reason"] == "skipped"


def test_a_back_dated_payment_mends_the_streak(tell):
    days = monthly(date(2026, 7, 5))
    tell.lend(days).pay(*days[:2], *days[3:5])
    broken = tell.read()
    tell.pay(days[2])
    assert (broken["current"], tell.read()["current"]) == (0, 5)


def test_a_reversed_payment_breaks_it_again(session, tell):
    days = monthly(date(2026, 7, 5))
    tell.lend(days).pay(*days[:5])
    before = tell.read()["current"]
    loans.reverse_payment(session, external_id=f"paid-{days[4]}", reason="Bounced.", now=NOW)
    after = tell.read()
    assert (before, after["current"], after["longest"]) == (5, 0, 4)
    assert after["units"][0]["reason"] == "not_paid"


def test_telling_the_same_again_changes_nothing(session, tell, client_api):
    days = monthly(date(2026, 7, 5))
    tell.lend(days).pay(*days[:5])
    first = tell.read()
    for _ in range(3):
        tell.pay(*days[:5])
    assert tell.read() == first


def at(day, *, hour, zone):
    return datetime.combine(day, time(hour), ZoneInfo(zone)).astimezone(UTC)


# Days on which clocks go forward and back, and their neighbours.
EDGES = [
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Europe/London", date(2026, 3, 29)),
    ("Europe/London", date(2026, 10, 25)),
    ("Asia/Shanghai", date(2026, 3, 8)),
]


@pytest.mark.parametrize(("zone", "edge"), EDGES)
@pytest.mark.parametrize("offset", [-1, 0, 1])
def test_a_due_day_beside_a_change_of_clocks_is_over_at_her_midnight(tell, zone, edge, offset):
    due_on = edge + timedelta(days=offset)
    days = [due_on - timedelta(days=60), due_on - timedelta(days=30), due_on]
    tomorrow = due_on + timedelta(days=1)
    with clock.fixed(at(due_on, hour=23, zone=zone)):
        tell.lend(days, zone=zone).pay(*days[:2])
        assert tell.read()["current"] == 2
        assert outcomes(tell.read())[-1] == "neutral"
    with clock.fixed(at(tomorrow, hour=0, zone=zone)):
        assert refreshed(tell)["current"] == 0
    with clock.fixed(at(tomorrow, hour=1, zone=zone)):
        tell.pay(due_on)
        assert tell.read()["current"] == 3


def refreshed(tell):
    """As the night leaves it: time alone announces nothing."""
    loans.announce_missed(tell.session, now=clock.now(), limit=10)
    return tell.read()


@pytest.fixture(autouse=True)
def with_session(tell, session):
    tell.session = session


@pytest.mark.parametrize(("late", "current"), [(0, 10), (3, 10), (6, 7)])
def test_leap_day_is_a_due_day_like_any_other(tell, late, current):
    days = monthly(date(2023, 12, 29), count=10)
    assert days[2] == date(2024, 2, 29)
    paid = [*days[:2], days[2] + timedelta(days=late), *days[3:8]]
    # August's is late too: six months after leap day the repair is free again.
    streak = tell.lend(days).pay(*paid, days[8] + timedelta(days=5), days[9]).read()
    assert streak["current"] == current
    assert outcomes(streak)[8] == "repaired"


@pytest.mark.parametrize("anchor", [29, 30, 31])
def test_due_days_at_the_end_of_the_month_never_drift(tell, anchor):
    days = monthly(date(2025, 12, anchor), count=12)
    assert days[2] == date(2026, 2, 28)
    late_in_february = [*days[:2], days[2] + timedelta(days=2), *days[3:8]]
    streak = tell.lend(days).pay(*late_in_february).pay(days[8] + timedelta(days=3), *days[9:11])
    streak = tell.read()
    # From 28 February to the end of August it is six months, whatever the anchor.
    assert streak["current"] == 11
    assert outcomes(streak).count("repaired") == 2


def test_a_contract_moved_to_another_zone_has_its_due_day_there(tell, client_api):
    due_on = date(2026, 11, 22)
    days = [due_on - timedelta(days=30), due_on]
    # 13:30 in New York, and 02:30 of the day after in Shanghai.
    with clock.fixed(datetime(2026, 11, 22, 18, 30, tzinfo=UTC)):
        tell.lend(days, zone="Asia/Shanghai").pay(days[0])
        assert tell.read()["current"] == 0
        body = {"locale": "en", "timezone": "America/New_York"}
        client_api.put("/v1/ingest/borrowers/ana", json=body)
        assert tell.read()["current"] == 1


def report(client_api, month, days, activity):
    body = {"days_past_due": days, "as_of": month, "activity": activity}
    answer = client_api.put("/v1/ingest/loans/card/delinquency", json=body)
    assert answer.status_code < 300, answer.text


def test_of_an_account_that_reports_a_month_is_the_unit(session, tell, client_api):
    tell.who = make_borrower(session, external_id="ana")
    make_account(session, borrower="ana", external_id="card", opened_on=date(2026, 1, 1))
    for month, days, activity in [
        ("2026-05-31", 30, "carried"),
        ("2026-06-30", 0, "paid"),
        ("2026-07-15", 0, "paid"),
        ("2026-07-31", 0, "carried"),
        ("2026-08-31", 0, "none"),
        ("2026-09-30", 0, "paid"),
        ("2026-10-31", 0, "carried"),
    ]:
        report(client_api, month, days, activity)
    streak = tell.read()
    assert (streak["unit"], streak["current"], streak["longest"]) == ("month", 4, 4)
    assert outcomes(streak) == ["broken", "kept", "kept", "neutral", "kept", "kept"]
    assert streak["explanation"] == "4 of 6; 2026-11 counts next"
    assert streak["next_counts_on"] == "2026-11-30"
    assert streak["repair"] is None

    report(client_api, "2026-11-20", 4, "carried")
    late = tell.read()
    assert (late["current"], late["next_counts_on"]) == (0, "2026-12-31")
    assert late["units"][0]["reason"] == "month_late"


def test_a_long_loan_shows_its_newest_units_and_says_how_many_there_are(tell):
    days = monthly(date(2024, 1, 5), count=48)
    streak = tell.lend(days).pay(*days[:35]).read()
    assert (streak["current"], len(streak["units"]), streak["units_total"]) == (35, 24, 35)
    assert streak["units"][0]["on"] == "2026-11-05"


def test_loans_come_in_pages_the_newest_first(session, tell, borrower_api):
    tell.lend(monthly())
    second = make_loan(session, borrower="ana", installments=rows_of(monthly()))[1]
    api = borrower_api(tell.who)
    first = api.get("/v1/me/streaks", query_string={"limit": 1}).json
    assert [each["loan_id"] for each in first["items"]] == [str(second)]
    rest = api.get("/v1/me/streaks", query_string={"cursor": first["next_cursor"]}).json
    assert len(rest["items"]) == 1
    assert rest["next_cursor"] is None


def test_of_a_loan_that_is_paid_off_nothing_counts_next(session, tell):
    days = monthly(date(2026, 3, 5), count=6)
    streak = tell.lend(days, status="closed").pay(*days).read()
    assert (streak["current"], streak["next_counts_on"]) == (6, None)
    assert streak["explanation"] == "6 of 12"
