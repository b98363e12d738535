"""Mail by SMTP: what goes over the wire, and a fate for each answer and each break."""

from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import assume, given, settings
from hypothesis.strategies import lists, text

from backend.borrowers import rules
from backend.kit.providers import SENDER, SMTPS, MailSettings
from notifications.channels.mail import Smtp
from notifications.channels.rules import Fate, Mail
from tests.fakes.mail import DROPPED, GREETING, PASSWORD, TEXT, running_mail_server
from tests.fixtures.certificates import make_certificate

TIMEOUT_SECONDS = 0.5
MESSAGE = Mail(
    "ana@mail.example",
    "Goodfaith 应用内有您的一条消息",
    "您好：\n.\n.a line of a dot\n" + "long " * 400,
    "zh-CN",
    reference="delivery-1",
    may_be_switched_off=True,
)


@pytest.fixture(params=[True, False], ids=["smtps", "starttls"])
def either(request, trusted):
    with running_mail_server(trusted, is_implicit=request.param) as server:
        yield server


@pytest.fixture
def server(trusted):
    with running_mail_server(trusted) as server:
        yield server


@pytest.fixture
def trusted(tmp_path, monkeypatch):
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    return certificate


ATOMS = text("abcXYZ019!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=20)
LOCALS = lists(ATOMS, min_size=1, max_size=3).map(".".join)
NAMES = text("ab .'银行!=?_-&@<", min_size=1, max_size=20)


def nowhere(sender):
    return MailSettings("localhost", 9, SMTPS, "", "", sender, "mailto:stop@lender.example")


def smtp(server, *, deadline_seconds=5.0, **changes):
    return Smtp(
        server.settings(**changes),
        timeout_seconds=TIMEOUT_SECONDS,
        deadline_seconds=deadline_seconds,
    )


def test_a_message_arrives_whole_over_tls_and_says_who_it_is_from(either):
    outcome = smtp(either).send(MESSAGE)
    assert (outcome.fate, outcome.provider_ref) == (Fate.ACCEPTED, "delivery-1")
    assert either.was_secure == [True]
    assert either.envelopes == [("FROM:<news@lender.example>", "ana@mail.example")]
    (mail,) = either.mails
    assert mail["From"] == "Goodfaith <news@lender.example>"
    assert mail["To"] == "ana@mail.example"
    assert mail["Subject"] == MESSAGE.subject
    assert mail["Message-ID"] == "<delivery-1@lender.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] == "<mailto:stop@lender.example>"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().splitlines() == MESSAGE.text.splitlines()
    # Seven bits and short lines: whatever server comes next takes it.
    assert either.taken[0].isascii()
    assert max(map(len, either.taken[0].splitlines())) < 100


def test_a_catcher_of_mail_on_this_machine_needs_neither_tls_nor_a_log_in(server):
    assert smtp(server, scheme="smtp", user="").send(MESSAGE).fate is Fate.ACCEPTED
    assert server.was_secure == [False]


@settings(max_examples=60)
@given(LOCALS, NAMES)
def test_whatever_address_is_stored_can_be_written_to_and_is_that_one(local, name):
    address = rules.find_email(f"{local}@Mail.example")
    sender = f"{name} <{local}@lender.example>"
    assume(SENDER.fullmatch(sender) and sender.isprintable())
    channel = Smtp(nowhere(sender))
    mail = message_from_bytes(channel._written(replace(MESSAGE, address=address)), policy=default)
    assert [each.addr_spec for each in mail["To"].addresses] == [address]
    assert [each.addr_spec for each in mail["From"].addresses] == [channel._sender]


def test_what_cannot_be_switched_off_offers_no_way_out(server):
    smtp(server).send(replace(MESSAGE, may_be_switched_off=False))
    assert server.mails[0]["List-Unsubscribe"] is None


@pytest.mark.parametrize(
    ("verb", "answer", "fate", "code"),
    [
        (GREETING, "421 4.3.2 not now", Fate.LATER, "421 4.3.2"),
        (GREETING, "554 5.3.2 never", Fate.BROKEN, "554 5.3.2"),
        ("EHLO", DROPPED, Fate.LATER, "CUT_OFF"),
        ("STARTTLS", "454 4.7.0 no key today", Fate.LATER, "454 4.7.0"),
        ("AUTH", "454 4.7.0 later", Fate.LATER, "454 4.7.0"),
        ("AUTH", "535 5.7.8 no", Fate.BROKEN, "535 5.7.8"),
        ("MAIL", "451 4.3.0 busy", Fate.LATER, "451 4.3.0"),
        ("MAIL", "553 5.7.1 not your name", Fate.BROKEN, "553 5.7.1"),
        ("RCPT", "450 4.2.0 grey", Fate.LATER, "450 4.2.0"),
        ("RCPT", "550 5.1.1 <ana@mail.example> nobody", Fate.GONE, "550 5.1.1"),
        ("RCPT", "550 no such user", Fate.GONE, "550"),
        ("RCPT", "550 5.7.1 no relaying", Fate.REFUSED, "550 5.7.1"),
        ("RCPT", "552 5.2.2 full", Fate.REFUSED, "552 5.2.2"),
        ("RCPT", "530 5.7.0 log in", Fate.BROKEN, "530 5.7.0"),
        ("RCPT", DROPPED, Fate.LATER, "CUT_OFF"),
        ("DATA", "554 5.5.1 nobody valid", Fate.REFUSED, "554 5.5.1"),
        ("DATA", DROPPED, Fate.LATER, "CUT_OFF"),
        (TEXT, "452 4.3.1 no room", Fate.LATER, "452 4.3.1"),
        (TEXT, "554 5.7.1 looks like spam", Fate.REFUSED, "554 5.7.1"),
        (TEXT, "550 5.1.1 nobody after all", Fate.GONE, "550 5.1.1"),
        (TEXT, "550 not this", Fate.REFUSED, "550"),
        (TEXT, DROPPED, Fate.UNKNOWN, "CUT_OFF"),
        (TEXT, "what", Fate.UNKNOWN, "ANSWER_UNREADABLE"),
        ("QUIT", DROPPED, Fate.ACCEPTED, ""),
    ],
)
def test_each_answer_has_its_fate_by_how_far_it_came(server, verb, answer, fate, code):
    server.answers[verb] = answer
    outcome = smtp(server).send(MESSAGE)
    assert (outcome.fate, outcome.code) == (fate, code)


def test_without_tls_or_with_somebody_elses_certificate_no_password_is_said(server, monkeypatch):
    stranger = smtp(server)
    monkeypatch.delenv("SSL_CERT_FILE")
    assert smtp(server).send(MESSAGE).code == "NOT_TRUSTED"
    assert smtp(server, scheme="smtps").send(MESSAGE).code == "NO_TLS"
    server.offers = ["AUTH PLAIN"]
    for channel in (smtp(server), stranger):
        outcome = channel.send(MESSAGE)
        assert (outcome.fate, outcome.code) == (Fate.BROKEN, "NOT_OFFERED")
    assert server.taken == []


def test_a_wrong_password_is_our_access_and_is_never_shown(server):
    wrong = smtp(server, password="another one")  # noqa: S106 - opens nothing
    outcome = wrong.send(MESSAGE)
    assert (outcome.fate, outcome.code) == (Fate.BROKEN, "535 5.7.8")
    assert PASSWORD not in repr(server.settings())
    assert "ana@" not in repr(MESSAGE)


def test_nobody_there_and_a_server_that_drips_end_in_time(server):
    nowhere = smtp(server, port=9)
    assert nowhere.send(MESSAGE).code == "NOT_CONNECTED"
    server.is_silent = True
    outcome = smtp(server, deadline_seconds=0.3).send(MESSAGE)
    assert outcome.fate is Fate.LATER


@pytest.mark.parametrize(
    "change",
    [
        {"address": "ana@mail.example\r\nBcc: bea@mail.example"},
        {"address": "ana@mail.example>\r\nRCPT TO:<bea@mail.example"},
        {"subject": "Hello\r\nBcc: bea@mail.example"},
        {"subject": "Hello\n\nA text of somebody else's"},
        {"reference": "1>\r\nBcc: <bea@mail.example"},
    ],
)
def test_nothing_becomes_a_header_or_a_second_recipient(server, change):
    outcome = smtp(server).send(replace(MESSAGE, **change))
    assert (outcome.fate, outcome.code) == (Fate.REFUSED, "UNWRITABLE")
    assert (server.envelopes, server.taken) == ([], [])
