"""Imported history earns what its events, one by one, would have earned."""

from datetime import UTC, datetime, time, timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from backend.kit import clock
from rewards.points import queries
from rewards.points.models import PointsEntry, PointsLot
from tests.clock import TODAY
from tests.conftest import DEEP
from tests.factories.points import INSTALLMENT_MINOR, make_member

# What may come of a loan: on a day a payment of a part, one or two instalments comes in, in one
# of the two precisions, and perhaps bounces on a later day.
STORIES = st.lists(
    st.tuples(
        st.integers(0, 200),
        st.sampled_from([INSTALLMENT_MINOR // 2, INSTALLMENT_MINOR, 2 * INSTALLMENT_MINOR]),
        st.sampled_from(["day", "day", "month"]),
        st.none() | st.integers(1, 30),
    ),
    max_size=8,
)
BEGIN = TODAY - timedelta(days=200)


def noon(day):
    return datetime.combine(day, time(12), tzinfo=UTC)


@pytest.fixture
def core(client_api, deliver):
    """The core system: sends one thing on a day, and the news of it is heard at once."""

    def send(method, path, body, *, on):
        with clock.fixed(noon(on)):
            answer = client_api.call(method, f"/v1/ingest/{path}", json=body)
            assert answer.status_code in (200, 201), answer.text
            deliver()

    return send


def store_history(client_api, deliver, payments):
    data = b"\n".join(orjson.dumps({"kind": "payment", **body}) for body in payments)
    answer = client_api.post(
        "/v1/ingest/batch?backfill=true",
        data=data,
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert answer.status_code == 200, answer.text
    assert b"refused" not in answer.data
    deliver()


def schedule_of(borrower):
    return {
        "kind": "installment",
        "borrower_external_id": borrower,
        "product_code": "personal",
        "currency": "CNY",
        "opened_on": str(BEGIN),
        "status": "active",
        "dpd_source": "computed",
        "installments": [
            {
                "number": n,
                "due_on": str(BEGIN + timedelta(days=20 * n)),
                "principal_minor": INSTALLMENT_MINOR,
                "interest_minor": 0,
            }
            for n in range(1, 9)
        ],
    }


def payments_of(name, story):
    for number, (day, amount, precision, bounced_after) in enumerate(sorted(story, key=repr)):
        on = BEGIN + timedelta(days=day)
        yield (
            on,
            {
                "external_id": f"{name}-{number}",
                "loan_external_id": name,
                "amount_minor": amount,
                "received_on": str(on),
                "date_precision": precision,
            },
            None if bounced_after is None else min(on + timedelta(days=bounced_after), TODAY),
        )


def standing(session, borrower_id):
    """What she has, award by award, with the last day of each."""
    rows = session.execute(
        select(PointsEntry.rule, PointsEntry.source_part, PointsLot.points, PointsLot.expires_on)
        .join(
            PointsLot,
            (PointsLot.borrower_id == PointsEntry.borrower_id)
            & (PointsLot.number == PointsEntry.number),
        )
        .where(PointsEntry.borrower_id == borrower_id, PointsLot.available > 0)
    )
    return sorted(tuple(row) for row in rows)


def acts_of(name, story):
    """What is told of a loan, in the order of its days."""
    acts = []
    for on, body, bounced_on in payments_of(name, story):
        acts.append((on, "payments", body))
        if bounced_on is not None:
            reversal = f"payments/{body['external_id']}/reversal"
            acts.append((bounced_on, reversal, {"reason": "Bounced."}))
    return sorted(acts, key=lambda act: (act[0], act[1] != "payments"))


def backwards(acts):
    """Everything is told today, the latest payment first; reversals after all."""
    ordered = sorted(acts, key=lambda act: (act[1] != "payments", -act[0].toordinal()))
    return [(TODAY, path, body) for _, path, body in ordered]


def as_told(acts):
    return acts


@pytest.mark.parametrize("telling", [as_told, backwards])
def test_history_earns_what_its_events_would_have_earned_one_by_one(
    session, client_api, core, deliver, telling
):
    @hypothesis_settings(max_examples=150 if DEEP else 8)
    @given(STORIES)
    def check(story):
        told, imported = make_member(session), make_member(session)
        for name, _ in (told, imported):
            core("PUT", f"loans/{name}-loan", schedule_of(name), on=BEGIN)
        for on, path, body in telling(acts_of(f"{told[0]}-loan", story)):
            core("POST", path, body, on=on)
        true = [(body, bounced) for _, body, bounced in payments_of(f"{imported[0]}-loan", story)]
        store_history(client_api, deliver, [body for body, bounced in true if bounced is None])

        one_by_one, at_once = (standing(session, who) for _, who in (told, imported))
        assert [row[:3] for row in one_by_one] == [row[:3] for row in at_once]
        if telling is as_told and all(bounced is None for _, bounced in true):
            assert one_by_one == at_once
        own = [
            queries.get_own(session, borrower_id=who, today=TODAY) for _, who in (told, imported)
        ]
        assert [each["available"] for each in own] == [sum(row[2] for row in at_once)] * 2

    check()
