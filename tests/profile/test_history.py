"""Facts after events, their history, and history computed anew."""

import json
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from backend.events.profile import FactsChanged, FactsRebuilt
from backend.kit import clock
from backend.kit.delivery import deliver_batch
from backend.kit.outbox import EventRow
from backend.profile import queries, service
from backend.profile.errors import FactNameTaken
from backend.profile.handlers import HANDLERS
from backend.profile.models import FactChange
from backend.profile.service import absorbing
from tests.clock import NOW, TODAY
from tests.factories.loans import make_borrower, make_loan
from tests.factories.profile import make_profile

MINE = "history-1"


def end_of(day):
    return datetime.combine(day + timedelta(days=1), time(0), UTC)


def count_changes(session, borrower_id):
    return session.execute(
        select(func.count()).where(FactChange.borrower_id == borrower_id)
    ).scalar_one()


def test_a_payment_s_event_is_absorbed_before_facts_are_said_to_have_changed(
    session, client_api, deliver
):
    borrower_id = make_borrower(session, external_id=MINE)
    loan, _ = make_loan(session, borrower=MINE)
    deliver()
    before = queries.get_facts(session, borrower_id=borrower_id, now=NOW)

    answer = client_api.post(
        "/v1/ingest/payments",
        json={
            "external_id": "history-p1",
            "loan_external_id": loan,
            "amount_minor": 10_100,
            "received_on": str(TODAY),
            "date_precision": "day",
        },
    )
    assert answer.status_code < 300, answer.json
    deliver()

    after = queries.get_facts(session, borrower_id=borrower_id, now=NOW)
    assert (before["days_past_due"], after["days_past_due"]) == (10, 0)
    assert after["repaid_total"] == 10_100
    told = session.execute(
        select(EventRow.payload).where(
            EventRow.name == FactsChanged.__name__, EventRow.borrower_id == borrower_id
        )
    ).scalars()
    assert "PaymentReceived" in {payload["cause"] for payload in told}


def test_the_value_of_a_fact_as_of_any_event_can_be_read(session, deliver):
    borrower_id = make_borrower(session, external_id=MINE)
    make_loan(session, borrower=MINE)
    deliver()
    first = session.execute(
        select(func.max(FactChange.event_seq)).where(FactChange.borrower_id == borrower_id)
    ).scalar_one()

    now = queries.get_facts_at(session, borrower_id=borrower_id, at=NOW, seq=first, today=TODAY)
    before = queries.get_facts_at(
        session, borrower_id=borrower_id, at=NOW - timedelta(days=1), seq=0, today=TODAY
    )

    assert now["days_past_due"] == 10
    assert (
        now["open_balance"]
        == queries.get_facts(session, borrower_id=borrower_id, now=NOW)["open_balance"]
    )
    assert before["days_past_due"] is None


def test_history_is_rebuilt_month_by_month_and_a_second_time_changes_nothing(session, deliver):
    borrower_id = make_borrower(session, external_id=MINE)
    make_loan(session, borrower=MINE)
    deliver()
    due_month_end = (TODAY.replace(day=1)) - timedelta(days=1)

    service.rebuild(session, borrower_ids=[borrower_id], seq=7, now=NOW, today=TODAY)
    once = count_changes(session, borrower_id)
    service.rebuild(session, borrower_ids=[borrower_id], seq=7, now=NOW, today=TODAY)

    assert count_changes(session, borrower_id) == once
    told = session.execute(
        select(EventRow.payload["borrower_ids"]).where(EventRow.name == FactsRebuilt.__name__)
    ).scalars()
    assert [str(borrower_id)] in list(told)
    then = queries.get_facts_at(
        session, borrower_id=borrower_id, at=end_of(due_month_end), seq=0, today=due_month_end
    )
    assert then["days_past_due"] in (0, None)


def test_many_are_told_of_in_events_of_a_batch_each(session, monkeypatch):
    monkeypatch.setattr(absorbing, "REBUILD_BATCH", 2)
    ids = sorted(make_borrower(session, external_id=f"of-many-{n}") for n in range(5))

    service.rebuild(session, borrower_ids=ids, seq=7, now=NOW, today=TODAY)

    told = session.execute(
        select(EventRow.payload["borrower_ids"])
        .where(EventRow.name == FactsRebuilt.__name__)
        .order_by(EventRow.seq)
    ).scalars()
    names = [str(each) for each in ids]
    assert list(told) == [names[:2], names[2:4], names[4:]]


def test_a_window_s_edge_is_stored_at_night_and_nothing_else(session):
    borrower_id = make_profile(session, installments_missed_12m=3)

    changed = service.refresh_stale(session, borrower_ids=[borrower_id], now=NOW, today=TODAY)
    again = service.refresh_stale(session, borrower_ids=[borrower_id], now=NOW, today=TODAY)

    assert (changed, again) == (1, 0)


def test_a_tier_becomes_a_fact_once(session):
    borrower_id = make_profile(session)

    service.put_tiers(session, told=[(borrower_id, "current", 5)], now=NOW)
    service.put_tiers(session, told=[(borrower_id, "current", 5)], now=NOW)

    facts = queries.get_facts(session, borrower_id=borrower_id, now=NOW)
    assert facts["tier"] == "current"
    assert count_changes(session, borrower_id) == 1


@pytest.mark.parametrize(
    "deliveries", [[[("current", 7)], [("stable", 6)]], [[("current", 7), ("stable", 6)]]]
)
def test_an_older_tier_that_is_told_later_does_not_undo_the_newer(session, deliveries):
    borrower_id = make_profile(session)

    for told in deliveries:
        service.put_tiers(session, told=[(borrower_id, *each) for each in told], now=NOW)

    facts = queries.get_facts(session, borrower_id=borrower_id, now=NOW)
    then = queries.get_facts_at(session, borrower_id=borrower_id, at=NOW, seq=6, today=TODAY)
    assert (facts["tier"], then["tier"]) == ("current", "stable")


def pay(client_api, loan, external_id, amount_minor):
    answer = client_api.post(
        "/v1/ingest/payments",
        json={
            "external_id": external_id,
            "loan_external_id": loan,
            "amount_minor": amount_minor,
            "received_on": str(TODAY),
            "date_precision": "day",
        },
    )
    assert answer.status_code < 300, answer.json


def find_events(session, name):
    return session.execute(
        select(EventRow.seq, EventRow.occurred_at)
        .where(EventRow.name == name)
        .order_by(EventRow.seq)
    ).all()


def repaid_at(session, borrower_id, event):
    return queries.get_facts_at(
        session, borrower_id=borrower_id, at=event.occurred_at, seq=event.seq, today=TODAY
    )["repaid_total"]


def test_facts_as_of_an_event_hold_what_it_changed_though_it_was_absorbed_later(
    session, client_api, deliver
):
    borrower_id = make_borrower(session, external_id=MINE)
    loan, _ = make_loan(session, borrower=MINE)
    deliver()
    for place, moment in enumerate((NOW + timedelta(hours=1), NOW + timedelta(hours=2))):
        with clock.fixed(moment):
            pay(client_api, loan, f"history-p{place}", 100)
        with clock.fixed(moment + timedelta(minutes=1)):
            deliver()

    payments = find_events(session, "PaymentReceived")
    assert [repaid_at(session, borrower_id, each) for each in payments] == [100, 200]


def test_of_events_absorbed_together_all_is_known_from_the_first(session, client_api, deliver):
    borrower_id = make_borrower(session, external_id=MINE)
    loan, _ = make_loan(session, borrower=MINE)
    deliver()
    for place in range(2):
        pay(client_api, loan, f"history-p{place}", 100)
    deliver()

    payments = find_events(session, "PaymentReceived")
    assert [repaid_at(session, borrower_id, each) for each in payments] == [200, 200]


def declare(session, name):
    words = {"en": "How steady", "zh_cn": "稳定程度"}
    values = {"name": name, "type": "integer", "unit": "", "labels": words, "actionable": "no"}
    service.declare_fact(session, values=values, staff_id=UUID(int=1), now=NOW)


def test_the_lender_s_own_facts_have_a_history_each(session, client_api, deliver):
    for name in ("steadiness", "visits"):
        declare(session, name)
    for steadiness in (5, 6):
        with clock.fixed(NOW + timedelta(hours=steadiness)):
            facts = {"steadiness": steadiness, "visits": 1}
            body = {"locale": "en", "timezone": "Asia/Tokyo", "facts": facts}
            answer = client_api.put(f"/v1/ingest/borrowers/{MINE}", json=body)
            deliver()
    borrower_id = UUID(answer.json["id"])

    first, second = find_events(session, "BorrowerChanged")
    for event, steadiness in ((first, 5), (second, 6)):
        then = queries.get_facts_at(
            session, borrower_id=borrower_id, at=event.occurred_at, seq=event.seq, today=TODAY
        )
        assert (then["steadiness"], then["visits"]) == (steadiness, 1)
    noted = select(func.count()).where(FactChange.borrower_id == borrower_id)
    assert session.execute(noted.where(FactChange.fact == "visits")).scalar_one() == 1
    assert session.execute(noted.where(FactChange.fact == "extra")).scalar_one() == 0


@pytest.mark.parametrize("name", ["extra", "dpd_base", "tier_seq", "value"])
def test_a_fact_may_not_be_called_as_a_kept_value_is(session, name):
    with pytest.raises(FactNameTaken):
        declare(session, name)


def past_of(session, borrower_id):
    rows = session.execute(
        select(FactChange.fact, FactChange.occurred_at, FactChange.event_seq, FactChange.value)
        .where(FactChange.borrower_id == borrower_id, FactChange.occurred_at < NOW)
        .order_by(FactChange.fact, FactChange.occurred_at, FactChange.event_seq)
    )
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("backfill", ["false", "true"])
def test_a_batch_of_news_leaves_the_known_past_alone_and_history_may_change_it(
    session, client_api, deliver, backfill
):
    borrower_id = make_borrower(session, external_id=MINE)
    loan, _ = make_loan(session, borrower=MINE)
    deliver()
    service.rebuild(session, borrower_ids=[borrower_id], seq=1, now=NOW, today=TODAY)
    before = past_of(session, borrower_id)
    line = {
        "kind": "payment",
        "external_id": "history-p2",
        "loan_external_id": loan,
        "amount_minor": 10_100,
        "received_on": str(TODAY - timedelta(days=40)),
    }
    answer = client_api.post(
        f"/v1/ingest/batch?backfill={backfill}",
        data=json.dumps(line),
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert json.loads(answer.data)["status"] == "stored"
    deliver()
    assert (past_of(session, borrower_id) == before) is (backfill == "false")
    facts = queries.get_facts(session, borrower_id=borrower_id, now=NOW)
    assert facts["repaid_total"] == 10_100


def test_an_event_is_not_absorbed_while_her_loans_are_to_be_settled(session, client_api, deliver):
    borrower_id = make_borrower(session, external_id=MINE)
    loan, _ = make_loan(session, borrower=MINE)
    deliver()
    pay(client_api, loan, "history-p1", 100)
    line = {
        "kind": "payment",
        "external_id": "history-p2",
        "loan_external_id": loan,
        "amount_minor": 10_000,
        "received_on": str(TODAY),
    }
    client_api.post(
        "/v1/ingest/batch",
        data=json.dumps(line),
        headers={"Content-Type": "application/x-ndjson"},
    )
    told = len(find_events(session, "FactsChanged"))
    (refresh,) = [each for each in HANDLERS if each.name == "profile.refresh"]

    assert deliver_batch(refresh, now=NOW) > 0
    assert len(find_events(session, "FactsChanged")) == told
    facts = queries.get_facts(session, borrower_id=borrower_id, now=NOW)
    assert facts["repaid_total"] == 0

    deliver()
    absorbed = session.execute(
        select(EventRow.payload["cause_seq"]).where(EventRow.name == "FactsChanged")
    ).scalars()
    assert {each.seq for each in find_events(session, "PaymentReceived")[:1]} <= set(absorbed)
    facts = queries.get_facts(session, borrower_id=borrower_id, now=NOW)
    assert (facts["repaid_total"], facts["days_past_due"]) == (10_100, 0)
