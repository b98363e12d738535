"""She says what is sent where; what she never touched follows the table."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from backend.borrowers.models import Borrower
from backend.events.contacts import Channel, Purpose
from backend.kit import clock
from backend.kit.ids import new_id
from notifications.preferences import queries, service
from notifications.preferences.models import NotificationPreference
from notifications.preferences.rules import CHANNELS, is_on_at_first
from tests.clock import NOW
from tests.factories.loans import make_borrower

PATH = "/v1/me/notification-preferences"


@pytest.fixture
def me(session, borrower_api):
    return borrower_api(make_borrower(session))


def put(api, *cells, **more):
    names = ("purpose", "channel", "allowed")
    said = [dict(zip(names, cell, strict=True)) for cell in cells]
    return api.put(PATH, json={"preferences": said} | more)


def table(answer):
    assert answer.status_code == 200, answer.text
    return {(c["purpose"], c["channel"]): c["allowed"] for c in answer.json["preferences"]}


def test_at_first_the_table_counts_for_every_purpose_and_channel(me):
    answer = me.get(PATH)
    assert table(answer) == {
        (purpose, channel): is_on_at_first(purpose, channel)
        for purpose in Purpose
        for channel in CHANNELS
    }
    assert answer.json["personalised"] is True
    assert all(cell["is_default"] for cell in answer.json["preferences"])
    chinese = me.get(PATH, headers={"Accept-Language": "zh-CN"}).json["preferences"][0]
    assert (chinese["purpose_text"], chinese["channel_text"]) == ("账户安全", "应用消息")


def test_a_cell_she_sets_is_set_and_the_others_stay(me, session):
    before = table(me.get(PATH))
    changed = table(put(me, ("reminder", "sms", False), ("reward", "email", True)))
    assert changed == before | {("reminder", "sms"): False, ("reward", "email"): True}
    put(me, ("reward", "email", False), ("reward", "email", True), personalised=False)
    answer = me.get(PATH)
    assert (table(answer), answer.json["personalised"]) == (changed, False)
    assert not queries.wants_personal(session, borrower_id=me.id)


@pytest.mark.parametrize(
    ("said", "is_off"),
    [
        ({"channel": "sms"}, lambda _, channel: channel == "sms"),
        ({"purpose": "greeting"}, lambda purpose, _: purpose == "greeting"),
        (
            {"purpose": "plan", "channel": "email"},
            lambda purpose, channel: (purpose, channel) == ("plan", "email"),
        ),
    ],
    ids=["a channel", "a purpose", "a cell"],
)
def test_one_tap_switches_off_and_keeps_what_protects_her(me, said, is_off):
    before = table(me.get(PATH))
    after = table(me.post(f"{PATH}/opt-out", json=said))
    assert after == {
        cell: allowed and (cell[0] == "security" or not is_off(*cell))
        for cell, allowed in before.items()
    }
    assert table(me.post(f"{PATH}/opt-out", json=said)) == after


def test_a_whole_channel_off_and_on_again_stands_in_the_contact_ledger(me):
    def ledger():
        entries = me.get("/v1/me/contacts").json["items"]
        return [(entry["channel"], entry["kind"]) for entry in entries][::-1]

    me.post(f"{PATH}/opt-out", json={"purpose": "greeting"})
    assert ledger() == []
    with clock.fixed(NOW + timedelta(minutes=1)):
        me.post(f"{PATH}/opt-out", json={"channel": "sms"})
        me.post(f"{PATH}/opt-out", json={"channel": "sms"})
    assert ledger() == [("sms", "opt_out")]
    with clock.fixed(NOW + timedelta(minutes=2)):
        put(me, ("reminder", "sms", True))
    assert ledger() == [("sms", "opt_out"), ("sms", "opt_in")]


def test_security_cannot_be_switched_off(me, session):
    for answer in (
        put(me, ("greeting", "push", False), ("security", "push", False)),
        me.post(f"{PATH}/opt-out", json={"purpose": "security"}),
    ):
        assert (answer.status_code, answer.json["code"]) == (409, "security-always-sent")
    stored = select(func.count()).select_from(NotificationPreference)
    assert session.execute(stored).scalar_one() == 0
    assert table(put(me, ("security", "sms", True)))["security", "sms"] is True


@pytest.mark.parametrize(
    "body",
    [
        {"preferences": [{"purpose": "reminder", "channel": "visit", "allowed": True}]},
        {"preferences": [{"purpose": "gossip", "channel": "push", "allowed": True}]},
        {"preferences": [{"purpose": "reminder", "channel": "push", "allowed": "yes"}]},
        {"preferences": [{"purpose": "plan", "channel": "sms", "allowed": True}] * 25},
        {"personalised": "no"},
        {"everything": False},
    ],
)
def test_what_makes_no_sense_is_refused(me, body):
    assert me.put(PATH, json=body).status_code == 422


def test_an_opt_out_names_what_is_off(me):
    for body in ({}, {"channel": None}, {"channel": "call"}):
        assert me.post(f"{PATH}/opt-out", json=body).status_code == 422


def test_one_by_one_and_set_based_say_the_same(me, session):
    others = [make_borrower(session) for _ in range(2)]
    put(me, *((purpose, "push", False) for purpose in Purpose if purpose != "security"))
    service.opt_out(session, borrower_id=others[0], channel=Channel.EMAIL, now=NOW)
    everybody = [me.id, *others]
    for purpose in Purpose:
        for channel in CHANNELS:
            found = queries.allowed(
                session, borrower_ids=everybody, purpose=purpose, channel=channel
            )
            by_set = select(Borrower.id).where(
                Borrower.id.in_(everybody),
                queries.is_allowed(Borrower.id, purpose=purpose, channel=channel),
            )
            assert found == set(session.execute(by_set).scalars())
            told = {
                cell.allowed
                for cell in queries.get_table(session, borrower_id=me.id)
                if (cell.purpose, cell.channel) == (purpose, channel)
            }
            assert told == {me.id in found}


def test_who_does_not_exist_has_no_preferences(borrower_api):
    nobody = borrower_api(new_id())
    assert nobody.get(PATH).status_code == 404
    assert nobody.put(PATH, json={}).status_code == 404
    assert nobody.post(f"{PATH}/opt-out", json={"channel": "sms"}).status_code == 404
