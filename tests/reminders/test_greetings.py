"""Greetings: on the day, by her own calendar, once a year, to whom they mean something."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from backend.contacts import service as contacts
from backend.events.contacts import Purpose
from notifications.preferences.models import NotificationPreference
from notifications.preferences.rules import CHANNELS
from tests.clock import NOW, TODAY
from tests.factories.loans import make_borrower


def at(day: str, hour: int = 7, zone: str = "Asia/Shanghai") -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def person(lender, name="ana", **more):
    return make_borrower(lender.session, external_id=name, **more)


def test_she_is_greeted_on_her_birthday_once(lender):
    who = person(lender, born_on=date(1990, 11, 23))
    person(lender, "other", born_on=date(1990, 11, 24))
    person(lender, "unknown")
    assert lender.greet()["birthdays"] == 1
    assert lender.greet(NOW)["birthdays"] == 0
    (told,) = lender.told()
    assert (told.borrower_id, told.template) == (who, "greeting.birthday")
    assert (told.subject, told.occasion) == (f"borrower:{who}", "birthday:2026")
    local = told.due_at.astimezone(ZoneInfo("Asia/Shanghai"))
    assert local.date() == TODAY
    assert 9 <= local.hour < 12
    assert told.expires_at.astimezone(ZoneInfo("Asia/Shanghai")).date() == TODAY


@pytest.mark.parametrize(("year", "day"), [(2027, 28), (2028, 29)])
def test_born_on_a_leap_day_she_is_greeted_every_year(lender, year, day):
    who = person(lender, born_on=date(1992, 2, 29))
    for on in (27, 28, 29):
        if on != 29 or day == 29:
            lender.greet(at(f"{year}-02-{on}"))
    (told,) = lender.told(who)
    assert told.due_at.astimezone(ZoneInfo("Asia/Shanghai")).date() == date(year, 2, day)


def test_a_birthday_is_hers_by_her_own_calendar(lender):
    who = person(lender, born_on=date(1990, 11, 22), timezone="America/New_York")
    # 19:00 on the 22nd there, when it is the 23rd for the programme.
    assert lender.greet(at("2026-11-22", 19, "America/New_York"))["birthdays"] == 1
    assert lender.told(who)[0].occasion == "birthday:2026"


@pytest.mark.parametrize("why", ["no_preference", "hold"])
def test_who_wants_none_or_is_left_in_peace_is_not_greeted(lender, why):
    who = person(lender, born_on=date(1990, 11, 23))
    if why == "hold":
        contacts.hold(lender.session, borrower_id=who, cause="t:1", until_on=TODAY, now=NOW)
    else:
        lender.session.execute(
            insert(NotificationPreference),
            [
                {"borrower_id": who, "purpose": Purpose.GREETING, "channel": channel,
                 "allowed": False, "changed_at": NOW}
                for channel in CHANNELS
            ],
        )  # fmt: skip
    assert lender.greet()["birthdays"] == 0


@pytest.mark.parametrize(("day", "feast", "greeted"), [
    ("2027-02-06", "spring_festival", {"home", "abroad"}),
    ("2026-09-25", "mid_autumn", {"home", "abroad"}),
    ("2027-01-01", "new_year", {"home", "abroad", "other"}),
    ("2027-02-07", None, set()),
])  # fmt: skip
def test_a_feast_is_for_whom_it_means_something(lender, day, feast, greeted):
    people = {
        "home": person(lender, "home"),
        "abroad": person(lender, "abroad", locale="zh-CN", timezone="Europe/Berlin"),
        "other": person(lender, "other", timezone="Europe/Berlin"),
    }
    for hour in (7, 17):
        lender.greet(at(day, hour))
    told = lender.told()
    assert {each.borrower_id for each in told} == {people[name] for name in greeted}
    assert len(told) == len(greeted)
    assert {each.template for each in told} == ({f"greeting.{feast}"} if feast else set())


def test_a_feast_comes_to_the_west_on_its_own_day(lender):
    who = person(lender, locale="zh-CN", timezone="America/Los_Angeles")
    assert lender.greet(at("2027-02-06"))["feasts"] == 0  # the 5th there
    assert lender.greet(at("2027-02-06", 8, "America/Los_Angeles"))["feasts"] == 1
    local = lender.told(who)[0].due_at.astimezone(ZoneInfo("America/Los_Angeles"))
    assert local.date() == date(2027, 2, 6)
    assert local.hour < 12
