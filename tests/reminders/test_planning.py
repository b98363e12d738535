"""Who is reminded on which day, in which words, and who is left in peace."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, update

from backend.borrowers import service as borrowers
from backend.contacts import service as contacts
from backend.kit import clock
from backend.loans import service as loans
from backend.programme.models import Enrolment
from backend.staff import service as staff
from backend.tiers.models import TierState
from notifications.preferences.models import NotificationChoice
from notifications.templates import service as templates
from tests.clock import NOW, TODAY
from tests.factories.cases import dispute_of, promise_of
from tests.factories.contacts import make_contact, make_writer
from tests.factories.loans import make_account, make_installments, make_loan

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(("due_in", "code"), [
    (7, "due_in_7"), (3, "due_in_3"), (1, "due_in_1"), (0, "due_today"),
    (-1, "late_1"), (-7, "late_7"), (-21, "late_21"),
])  # fmt: skip
def test_she_is_told_on_the_days_of_the_plan_and_once(lender, due_in, code):
    who, loan = lender.owing("ana", due_in=due_in)
    assert lender.run()["planned"] == 1
    assert lender.run()["planned"] == 0
    (told,) = lender.told(who)
    due_on = str(TODAY + timedelta(days=due_in))
    assert (told.template, told.purpose) == (f"reminder.{code}", "reminder")
    assert (told.subject, told.occasion) == (f"loan:{loan}", f"{code}:{due_on}")
    assert told.variables == {
        "amount_minor": 10_100, "currency": "CNY", "due_on": due_on, "loan_id": str(loan),
    }  # fmt: skip
    local = told.due_at.astimezone(SHANGHAI)
    assert local.date() == TODAY
    assert (9, 5) <= (local.hour, local.minute) < (11, 55)
    assert local.minute != 0
    said = templates.render(
        lender.session, template=told.template, version=1, variables=told.variables, locale="en"
    )
    assert "CN¥101.00" in said.body


@pytest.mark.parametrize("due_in", [8, 6, 5, 4, 2, -2, -6, -8, -20, -22, -90])
def test_on_all_other_days_she_is_not(lender, due_in):
    lender.owing("ana", due_in=due_in)
    assert lender.run()["planned"] == 0


def test_a_day_is_hers_and_not_the_programmes(lender):
    # 06:10 on the 23rd in Shanghai is the 22nd in New York, where it is ten past five at night.
    east, _ = lender.owing("east", due_in=7)
    west, _ = lender.owing("west", due_in=6, timezone="America/New_York")
    assert lender.run()["planned"] == 2
    in_the_west = lender.told(west)[0]
    assert in_the_west.occasion == f"due_in_7:{TODAY + timedelta(days=6)}"
    local = in_the_west.due_at.astimezone(ZoneInfo("America/New_York"))
    assert local.date() == TODAY - timedelta(days=1)
    assert in_the_west.due_at < in_the_west.expires_at
    assert lender.told(east)[0].due_at.astimezone(SHANGHAI).date() == TODAY


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe"])
@pytest.mark.parametrize("on", ["2027-03-14", "2027-03-28", "2027-04-04", "2027-10-03",
                                "2027-10-31", "2027-11-07"])  # fmt: skip
def test_on_days_that_are_longer_or_shorter_hours_are_those_of_her_clock(lender, zone, on):
    day = datetime.fromisoformat(on).date()
    who, _ = lender.owing("ana", due_in=3, today=day, timezone=zone)
    early = datetime.combine(day, datetime.min.time(), ZoneInfo(zone)) + timedelta(hours=7)
    lender.run(early.astimezone(UTC), as_of=clock.day_in_zone(early, "Asia/Shanghai"))
    (told,) = lender.told(who)
    local = told.due_at.astimezone(ZoneInfo(zone))
    assert local.date() == day
    assert 9 <= local.hour < 12
    end = told.expires_at.astimezone(ZoneInfo(zone))
    assert (end.date(), end.hour, end.minute) == (day, 20, 30)


def test_a_late_run_tells_at_once_and_one_at_night_nobody(lender):
    who, _ = lender.owing("ana", due_in=3)
    night = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)  # 20:30
    assert lender.run(night)["planned"] == 0
    assert lender.run(NOW)["planned"] == 1
    assert lender.told(who)[0].due_at == NOW


def test_what_is_still_open_may_wait_for_its_turn_but_not_what_speaks_of_a_day(lender):
    late, _ = lender.owing("late", due_in=-1)
    soon, _ = lender.owing("soon", due_in=1)
    lender.run()
    assert lender.told(late)[0].expires_at.astimezone(SHANGHAI).date() == TODAY + timedelta(days=5)
    assert lender.told(soon)[0].expires_at.astimezone(SHANGHAI).date() == TODAY


def test_of_several_loans_one_is_spoken_of_a_day(lender):
    who, _ = lender.owing("ana", due_in=3)
    make_loan(
        lender.session,
        borrower="ana",
        installments=make_installments(1, first_due_on=TODAY - timedelta(days=1)),
    )
    lender.run()
    assert [each.template for each in lender.told(who)] == ["reminder.late_1"]


def test_who_is_paid_up_held_out_or_gone_is_not_told(lender):
    _, paid = lender.owing("paid", due_in=3)
    lender.pay(paid)
    lender.owing("out", due_in=3, held_out=True)
    gone, _ = lender.owing("gone", due_in=3)
    lender.enrol(gone)
    lender.session.execute(update(Enrolment).values(status="terminated"))
    control, _ = lender.owing("control", due_in=3)
    lender.session.execute(
        insert(Enrolment).values(
            borrower_id=control, status=None, assignment="control", assigned_at=NOW,
            since_at=NOW, number=1,
        )
    )  # fmt: skip
    assert lender.run()["planned"] == 0


@pytest.mark.parametrize("what", ["promise", "dispute", "hold"])
def test_who_has_spoken_is_left_in_peace(lender, what):
    who, loan = lender.owing("ana", due_in=3)
    if what == "promise":
        promise_of(lender.session, who, loan_id=str(loan))
    elif what == "dispute":
        dispute_of(lender.session, who, loan_id=str(loan))
    else:
        contacts.hold(lender.session, borrower_id=who, cause="t:1", until_on=TODAY, now=NOW)
    assert lender.run()["planned"] == 0


@pytest.mark.parametrize(("days_ago", "kind", "by", "is_named"), [
    (179, "conversation", "manager", True),
    (10, "inbound_conversation", "manager", True),
    (181, "conversation", "manager", False),
    (10, "attempt", "manager", False),
    (10, "conversation", "another", False),
])  # fmt: skip
def test_the_account_manager_is_named_to_whom_she_has_talked(lender, days_ago, kind, by, is_named):
    who, _ = lender.owing("ana", due_in=3)
    manager, another = make_writer(lender.session), make_writer(lender.session)
    for staff_id, name in ((manager, "Lin Yue"), (another, "Wu Fang")):
        staff.set_display_name(lender.session, staff_id=staff_id, name=name)
    borrowers.assign(lender.session, borrower_id=who, staff_id=manager, by=None, now=NOW)
    make_contact(
        lender.session, who, kind=kind, days_ago=days_ago,
        outcome="informed" if "conversation" in kind else None,
        staff_id=manager if by == "manager" else another,
    )  # fmt: skip
    lender.run(NOW)
    assert lender.told(who)[0].variables.get("manager") == ("Lin Yue" if is_named else None)


def test_a_plan_that_is_paid_agreed_or_disputed_takes_back_what_was_planned(lender, deliver):
    people = {name: lender.owing(name, due_in=3) for name in ("paid", "promised", "disputed")}
    still, _ = lender.owing("still", due_in=3)
    assert lender.run()["planned"] == 4
    lender.pay(people["paid"][1])
    promise_of(lender.session, people["promised"][0], loan_id=str(people["promised"][1]))
    dispute_of(lender.session, people["disputed"][0], loan_id=str(people["disputed"][1]))
    deliver()
    closed = {name: lender.told(who)[0].closed_why for name, (who, _) in people.items()}
    assert closed == {"paid": "paid", "promised": "OWN.hold", "disputed": "OWN.hold"}
    assert lender.told(still)[0].closed_why is None


def test_a_card_is_spoken_of_with_the_least_that_it_asks_for(lender):
    who = lender.borrower(external_id="ana")
    card, _ = make_account(lender.session, borrower="ana")
    statement = {
        "loan_external_id": card, "month": TODAY.replace(day=1), "closed_on": TODAY,
        "due_on": TODAY + timedelta(days=7), "balance_minor": 80_000, "minimum_due_minor": 8_000,
        "date_precision": "day", "assumed": [],
    }  # fmt: skip
    loans.put_statements(lender.session, [statement], now=NOW, settled=True)[0].unwrap()
    assert lender.run()["planned"] == 1
    told = lender.told(who)[0].variables
    assert (told["amount_minor"], told["minimum_minor"]) == (80_000, 8_000)


@pytest.mark.parametrize(("tier", "personalised", "template"), [
    ("high_risk", True, "reminder.due_in_3_gentle"),
    ("high_risk", False, "reminder.due_in_3"),
    ("stable", True, "reminder.due_in_3"),
])  # fmt: skip
def test_the_wording_is_that_of_her_tier_if_she_lets_it_be(lender, tier, personalised, template):
    who, _ = lender.owing("ana", due_in=3)
    lender.session.execute(
        insert(TierState).values(
            borrower_id=who, tier=tier, rank=0, since_on=TODAY, placed_on=TODAY, raw_tier=tier,
            bands="", policy_version=1, evaluation_number=1,
        )
    )  # fmt: skip
    if not personalised:
        lender.session.execute(
            insert(NotificationChoice).values(borrower_id=who, personalised=False, changed_at=NOW)
        )
    lender.run()
    assert lender.told(who)[0].template == template
