"""Facts of contact: rules and SQL say the same, and no opt-out is held against anybody."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from backend.contacts.models import ContactEntry
from backend.contacts.rules import OUTCOMES, EntryKind, Line, Outcome, contact_facts, find_silence
from backend.events.contacts import Channel
from backend.kit.clock import day_in_zone
from backend.kit.ids import new_id
from backend.profile.catalogue import FACT_TYPES
from backend.profile.refresh_sql import COMPUTE
from backend.tiers.policy import read_policy
from backend.tiers.rules import Judge
from tests.clock import NOW, TODAY
from tests.factories.contacts import make_writer
from tests.factories.raw_loans import add_payments, make_product, make_raw_loan
from tests.tiers.test_policy import DEFAULT

ZONE = "Asia/Shanghai"
KNOWN = {"days_past_due": 20, "on_time_streak": 1, "open_balance": 9_000}


@st.composite
def lines(draw, *, kinds=tuple(EntryKind)):
    kind = draw(st.sampled_from(kinds))
    outcome = draw(st.sampled_from([None, *sorted(OUTCOMES[kind])]))
    at = NOW - timedelta(hours=draw(st.integers(0, 24 * 110)))
    channel = draw(st.sampled_from(Channel))
    return Line(at, day_in_zone(at, ZONE), channel, kind, outcome)


ledgers = st.lists(lines(), max_size=14)
contacts = st.lists(
    lines(kinds=(EntryKind.ATTEMPT, EntryKind.ATTEMPT, EntryKind.CONNECTED, EntryKind.INBOUND)),
    max_size=14,
)


def send(session, borrower_id, sent):
    """The same lines, as a machine's."""
    for number, line in enumerate(sent):
        session.execute(
            insert(ContactEntry).values(
                borrower_id=borrower_id,
                id=new_id(),
                at=line.at,
                channel=line.channel,
                kind=EntryKind.ATTEMPT,
                actor="lender",
                made_by="machine",
                purpose="reminder",
                occasion=f"{number}",
                reference=f"{number}",
                rule_ids=["CN.hours"],
                zones=[ZONE],
                recorded_at=NOW,
            )
        )


def write(session, borrower_id, written, *, staff_id):
    if written:
        session.execute(
            insert(ContactEntry),
            [
                {
                    "borrower_id": borrower_id,
                    "id": new_id(),
                    "at": line.at,
                    "channel": line.channel,
                    "kind": line.kind,
                    "outcome": line.outcome,
                    "actor": "lender",
                    "staff_id": staff_id,
                    "recorded_at": NOW,
                }
                for line in written
            ],
        )


@pytest.fixture
def writer(session):
    make_product(session)
    return make_writer(session)


@given(
    ledger=ledgers | contacts,
    paid=st.none() | st.integers(0, 100),
    back=st.integers(0, 40),
    sent=st.lists(lines(), max_size=3),
)
def test_the_statement_says_what_the_rules_say(session, writer, ledger, paid, back, sent):
    owner = make_raw_loan(session)
    paid_on = None if paid is None else TODAY - timedelta(days=paid)
    if paid_on is not None:
        add_payments(session, owner, [(paid_on, 100, None)])
    write(session, owner[0], ledger, staff_id=writer)
    send(session, owner[0], sent)
    as_of = TODAY - timedelta(days=back)

    found = session.execute(COMPUTE, {"ids": [owner[0]], "as_of": as_of, "today": TODAY}).one()

    known = paid_on if paid_on is not None and paid_on <= as_of else None
    said = contact_facts(ledger, last_paid_on=known, today=as_of)
    assert (found.contact_answered_ratio_90d, found.lost_contact) == (
        said.answered_ratio,
        said.is_lost,
    )


def off(channel, kind=EntryKind.OPT_OUT):
    return Line(NOW, TODAY, channel, kind)


@given(ledger=contacts, channels=st.sets(st.sampled_from(Channel), max_size=4))
def test_switching_channels_off_changes_no_fact_while_one_is_left(ledger, channels):
    before = contact_facts(ledger, last_paid_on=None, today=TODAY)
    after = contact_facts(
        [*ledger, *(off(channel) for channel in channels)], last_paid_on=None, today=TODAY
    )
    assert after == before


@given(ledger=contacts, is_cease=st.booleans())
def test_with_no_channel_left_all_is_unknown_and_no_tier_or_score_is_worse(ledger, is_cease):
    words = [off(Channel.CALL, EntryKind.CEASE)] if is_cease else [off(each) for each in Channel]
    before = contact_facts(ledger, last_paid_on=None, today=TODAY)
    after = contact_facts([*ledger, *words], last_paid_on=None, today=TODAY)
    assert (after.answered_ratio, after.is_lost) == (None, None)
    judge = Judge(read_policy(DEFAULT, facts=FACT_TYPES))
    then, now = (judge.verdict(KNOWN | facts_of(each)) for each in (before, after))
    assert all(now.scores[name] >= score for name, score in then.scores.items())
    assert rank_of(now.tier) >= rank_of(then.tier)


def facts_of(found):
    return {
        "contact_answered_ratio_90d": found.answered_ratio,
        "lost_contact": found.is_lost,
    }


def rank_of(tier):
    return next(each["rank"] for each in DEFAULT["tiers"] if each["code"] == tier)


@given(ledger=contacts, opted_out=st.sets(st.sampled_from(Channel)))
def test_attempts_on_what_she_switched_off_never_prove_silence(ledger, opted_out):
    words = [off(channel) for channel in opted_out]
    found = find_silence([*ledger, *words], last_paid_on=None, today=TODAY)
    left = [line for line in ledger if line.channel not in opted_out]
    assert (
        found.attempts
        == find_silence(
            # Answers count wherever they came.
            [*left, *(line for line in ledger if line.is_answer)],
            last_paid_on=None,
            today=TODAY,
        ).attempts
    )


def test_five_on_two_channels_over_thirty_days_are_silence_and_a_word_ends_it():
    def attempt(days, channel):
        on = TODAY - timedelta(days=days)
        at = datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
        return Line(at, on, channel, EntryKind.ATTEMPT)

    def silence(days, channels="cscsc", *, more=(), paid=None):
        names = {"c": Channel.CALL, "s": Channel.SMS}
        made = [attempt(d, names[c]) for d, c in zip(days, channels, strict=False)]
        return find_silence([*made, *more], last_paid_on=paid, today=TODAY).is_proven

    assert silence((40, 30, 20, 15, 10))
    assert not silence((40, 30, 20, 10))
    assert not silence((40, 30, 20, 15, 10), "ccccc")
    assert not silence((39, 30, 20, 15, 10))
    spoke = Line(NOW - timedelta(days=12), TODAY - timedelta(days=12), Channel.CALL,
                 EntryKind.CONVERSATION)  # fmt: skip
    assert not silence((40, 30, 20, 15, 10), more=[spoke])
    assert not silence((40, 30, 20, 15, 10), paid=TODAY - timedelta(days=40))


def test_the_ratio_is_of_what_could_be_answered():
    def line(kind, outcome=None):
        return Line(NOW, TODAY, Channel.CALL, kind, outcome)

    ledger = [
        line(EntryKind.ATTEMPT),
        line(EntryKind.ATTEMPT, Outcome.NOT_DELIVERED),
        line(EntryKind.CONNECTED, Outcome.OTHER_PERSON),
        line(EntryKind.CONVERSATION),
        line(EntryKind.INBOUND),
    ]
    found = contact_facts(ledger, last_paid_on=None, today=TODAY)
    assert found.answered_ratio == Decimal("0.3333")
