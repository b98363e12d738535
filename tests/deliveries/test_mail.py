"""By e-mail: planned where she wants it and has an address, once, and never at a dead address."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.borrowers import reach_queries as borrowers
from backend.events.contacts import Channel, Purpose
from backend.kit import clock
from notifications.channels.mail import Smtp
from notifications.channels.rules import Fate, Outcome
from notifications.deliveries import service
from notifications.deliveries.models import NotificationDelivery
from notifications.deliveries.sender import Sender
from notifications.preferences import service as preferences
from tests.clock import NOW
from tests.deliveries.conftest import Recorder, at, fates, lose, send_due, standing
from tests.factories.devices import make_device
from tests.factories.loans import make_borrower
from tests.factories.notifications import make_intent
from tests.fakes.mail import DROPPED, TEXT, running_mail_server
from tests.fixtures.certificates import make_certificate

ADDRESS = "ann@mail.example"


@pytest.fixture
def server(tmp_path, monkeypatch):
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with running_mail_server(certificate) as server:
        yield server


@pytest.fixture
def mails(server):
    """A sender of mail through the real client."""
    channel = Smtp(server.settings(), timeout_seconds=0.5)
    return Sender(Channel.EMAIL, channel, chance=lambda: 0.0)


@pytest.fixture
def mailed(session):
    """`mailed(address)`: a security notice to that address alone, planned; whose it is."""

    def mailed(address=ADDRESS, **more):
        who = make_borrower(session, email=address)
        make_intent(session, borrower_id=who, **({"purpose": Purpose.SECURITY} | more))
        plan(session)
        session.commit()
        return who

    return mailed


def plan(session):
    session.flush()
    return service.plan_due(session, now=NOW)


def ways(session):
    rows = session.execute(
        select(NotificationDelivery.channel).order_by(NotificationDelivery.channel)
    )
    return list(rows.scalars())


def address_of(session, who):
    session.expire_all()
    return borrowers.list_reach(session, borrower_ids=[who], with_emails=True)[who].email


def test_mail_goes_beside_the_doorbell_where_that_purpose_is_on(session):
    ann = make_borrower(session, email=ADDRESS)
    make_device(session, ann)
    make_intent(session, borrower_id=ann, purpose=Purpose.PLAN)
    make_intent(session, borrower_id=ann, purpose=Purpose.RECEIPT)
    assert plan(session) == 2
    assert ways(session) == ["email", "push", "push"]


@pytest.mark.parametrize("address", [None, ADDRESS])
def test_without_an_address_or_her_wish_there_is_no_mail(session, address):
    ann = make_borrower(session, email=address)
    if address:
        preferences.opt_out(
            session, borrower_id=ann, purpose=Purpose.PLAN, channel=Channel.EMAIL, now=NOW
        )
    make_intent(session, borrower_id=ann, purpose=Purpose.PLAN)
    plan(session)
    assert ways(session) == []


def test_a_mail_in_her_language_says_nothing_of_what_it_is_about(session, server, mails):
    who = make_borrower(session, email=ADDRESS, locale="zh-CN", name="王丽")
    make_intent(session, borrower_id=who, purpose=Purpose.SECURITY)
    make_intent(session, borrower_id=who, purpose=Purpose.PLAN)
    plan(session)
    with at(hours=3):
        assert send_due(mails) == 2
        assert send_due(mails) == 0
    assert standing(session, who) == [("accepted", None)] * 2
    ids = session.execute(select(NotificationDelivery.id)).scalars()
    assert {mail["Message-ID"] for mail in server.mails} == {
        f"<{each}@lender.example>" for each in ids
    }
    assert sorted(mail["List-Unsubscribe"] is None for mail in server.mails) == [False, True]
    for mail in server.mails:
        assert mail["To"] == ADDRESS
        assert "王丽" not in mail.get_content() + mail["Subject"]
        assert "Goodfaith 应用" in mail.get_content()


def test_each_failure_is_dealt_with_by_itself(session, server, mails, mailed):
    cases = {
        "gone@mail.example": ("550 5.1.1 nobody", ("prevented", "address_gone")),
        "policy@mail.example": ("550 5.7.1 not by you", ("failed", "refused")),
        "grey@mail.example": ("450 4.2.0 later", ("planned", "450 4.2.0")),
        "cut@mail.example": (DROPPED, ("planned", "CUT_OFF")),
    }
    server.answers |= {address: answer for address, (answer, _) in cases.items()}
    people = {address: mailed(address) for address in [*cases, ADDRESS]}
    assert send_due(mails) == len(people)
    for address, (_, expected) in cases.items():
        assert standing(session, people[address]) == [expected], address
    assert standing(session, people[ADDRESS]) == [("accepted", None)]
    assert address_of(session, people["gone@mail.example"]) is None
    assert address_of(session, people["policy@mail.example"]) == "policy@mail.example"
    # It passes; nothing is planned for the dead address any more.
    server.answers.clear()
    make_intent(session, borrower_id=people["gone@mail.example"], purpose=Purpose.SECURITY)
    plan(session)
    with at(minutes=10):
        assert send_due(mails) == 2
    assert fates(session, people["grey@mail.example"]) == ["later", "accepted"]
    assert [to for _, to in server.envelopes].count("gone@mail.example") == 0


def test_what_was_planned_before_an_address_was_given_up_is_not_sent(session, server, mails):
    who = make_borrower(session, email=ADDRESS)
    for _ in range(2):
        make_intent(session, borrower_id=who, purpose=Purpose.SECURITY)
    plan(session)
    server.answers[ADDRESS] = "550 5.1.1 nobody"
    mails.note([mails.send(each) for each in mails.take(1)])
    server.answers.clear()
    assert send_due(mails) == 0
    assert sorted(standing(session, who)) == [
        ("prevented", "address_gone"),
        ("prevented", "no_address"),
    ]


def test_a_mail_that_may_have_arrived_is_not_repeated(session, server, mails, mailed):
    who = mailed()
    server.answers[TEXT] = DROPPED
    assert send_due(mails) == 1
    other = mailed("bea@mail.example")
    mails.take(9)  # and whoever had this one died with it
    lose(session)
    service.sweep_lost(session, now=NOW, wall=clock.wall(), chance=lambda: 0.0)
    with at(hours=1):
        assert send_due(mails) == 0
    for each in (who, other):
        assert (standing(session, each), fates(session, each)) == ([("unknown", None)], ["unknown"])


def test_refused_access_rests_the_channel_and_costs_nobody_the_message(session, mailed, server):
    settings = server.settings(password="another one")  # noqa: S106 - opens nothing
    sender = Sender(Channel.EMAIL, Smtp(settings, timeout_seconds=0.5), chance=lambda: 0.0)
    who = mailed()
    assert send_due(sender) == 1
    assert sender.breaker.is_open
    assert standing(session, who) == [("planned", "535 5.7.8")]
    due_at = session.execute(select(NotificationDelivery.due_at)).scalar_one()
    assert due_at > NOW + timedelta(seconds=29)


def test_a_text_message_to_a_dead_number_says_so(session, texts):
    who = make_borrower(session, phone="+86 139 1234 5678")
    make_intent(session, borrower_id=who, purpose=Purpose.SECURITY)
    plan(session)
    texts.channel = Recorder(Outcome(Fate.GONE, code="410"))
    send_due(texts)
    assert standing(session, who) == [("prevented", "address_gone")]
