"""Whatever the loan and the option: a quote's rows are booked, and then read the same."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from uuid import UUID

from hypothesis import event, given, settings
from hypothesis import strategies as st

from backend.kit import clock
from backend.loans import service as loans
from backend.plan_quotes import queries, service
from backend.plan_quotes.rules import Kind
from tests.conftest import DEEP
from tests.factories.loans import make_borrower
from tests.plan_quotes.loans import installment_loans, wishes

EXAMPLES = 1_000 if DEEP else 60
PARTS = ("principal_minor", "interest_minor", "fee_minor", "penalty_minor")
ROW = ("number", "due_on", *PARTS)
LAID_ANEW = [kind for kind in Kind if kind not in (Kind.WAIVE_PENALTY, Kind.CONVERT)]
_numbers = count()


def store(session, client_api, facts, now):
    """The loan as its core system would send it; answers her, its ids and its last body."""
    name = f"random-{next(_numbers)}"
    who = make_borrower(session, external_id=name)
    product = facts.product
    loans.put_product(
        session,
        product={
            "code": name,
            "allocation_order": list(facts.history.terms.allocation_order),
            "rounding": str(product.rounding),
            "method": str(product.method),
            "day_count": str(product.day_count),
            "installment_multiple_minor": product.installment_multiple_minor,
        },
        now=now,
    )
    rate = facts.annual_rate
    body = {
        "kind": "installment",
        "borrower_external_id": name,
        "product_code": name,
        "currency": "CNY",
        "annual_rate": f"{Decimal(rate.numerator) / Decimal(rate.denominator):f}",
        "opened_on": str(facts.opened_on),
        "status": "active",
        "dpd_source": "computed",
        "installments": [
            {each: str(row.due_on) if each == "due_on" else getattr(row, each) for each in ROW}
            for row in facts.history.installments
        ],
    }
    stored = client_api.put(f"/v1/ingest/loans/{name}", json=body)
    assert stored.status_code == 201, stored.json
    _replay(session, facts, name, now)
    return who, name, UUID(stored.json["id"]), body


def _replay(session, facts, name, now):
    payments = [
        {
            "external_id": f"{name}-{row.external_id}",
            "loan_external_id": name,
            "amount_minor": row.amount_minor,
            "received_on": row.received_on,
            "date_precision": "day",
        }
        for row in facts.history.payments
    ]
    adjustments = [
        {
            "external_id": f"{name}-{row.external_id}",
            "loan_external_id": name,
            "kind": row.kind,
            "amount_minor": row.amount_minor,
            "on": row.on_date,
        }
        for row in facts.history.adjustments
    ]
    # A second waiver of a month is refused, as it would be of any core system.
    loans.add_adjustments(session, adjustments, now=now, settled=True)
    for outcome in loans.add_payments(session, payments, now=now, settled=True):
        outcome.unwrap()


@settings(max_examples=EXAMPLES)
@given(facts=installment_loans(), kind=st.sampled_from(LAID_ANEW), chosen=wishes)
def test_what_is_booked_reads_row_for_row_and_costs_what_was_said(
    session, client_api, borrower_api, facts, kind, chosen
):
    now = datetime.combine(facts.today, datetime.min.time(), tzinfo=UTC).replace(hour=6)
    with clock.fixed(now):
        who, name, loan_id, body = store(session, client_api, facts, now)
        offer = service.quote_options(
            session, borrower_id=who, loan_id=loan_id, wishes=chosen, kinds=[kind], now=now
        )
        quote = offer.options[0].quote
        event(f"{kind}: {'refused' if quote is None else 'quoted'}")
        if quote is None:
            return
        kept = queries.get_quote(session, borrower_id=who, quote_id=quote.id)
        assert queries.is_genuine(kept)
        rows = [dict(row) for row in kept.rows]
        booked = client_api.put(f"/v1/ingest/loans/{name}", json=body | {"installments": rows})
        assert booked.status_code == 200, booked.json

        api = borrower_api(who)
        shown = api.get(f"/v1/me/loans/{loan_id}").json
        assert shown["outstanding"]["total_minor"] == quote.total_cost_minor
        assert shown["days_past_due"] == 0
        listed = api.get(f"/v1/me/loans/{loan_id}/schedule?limit=100").json["items"]
        charged = {row["number"]: row for row in listed}
        for row in rows:
            for part in ("principal_minor", "interest_minor"):
                assert charged[row["number"]][part] == row[part]
            assert charged[row["number"]]["due_on"] == row["due_on"]
        assert len(listed) == len(rows)
