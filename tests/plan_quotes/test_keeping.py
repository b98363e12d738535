"""Quotes are kept signed, for a while, and not without end."""

from datetime import timedelta

import pytest
from sqlalchemy import Column, ForeignKeyConstraint, Table, Uuid, func, insert, select

from backend.kit import clock, resealing
from backend.kit.db import Base
from backend.kit.ids import new_id
from backend.plan_quotes import queries, service, upkeep
from backend.plan_quotes.jobs import forget_ended
from backend.plan_quotes.models import PlanQuote
from backend.plan_quotes.rules import Kind, Wishes
from backend.plan_quotes.upkeep import (
    ENDED_OF_A_LOAN_MAX,
    KEPT_AFTER_ITS_END,
    LIVE_OF_A_LOAN_MAX,
)
from tests.clock import NOW
from tests.factories.runs import make_job_context
from tests.fixtures.keys import keys, ring

LONG_AFTER = NOW + timedelta(days=14) + KEPT_AFTER_ITS_END + timedelta(minutes=1)


def make_quote(session, case, *, months=None, now=NOW):
    offer = service.quote_options(
        session,
        borrower_id=case.borrower_id,
        loan_id=case.loan_id,
        wishes=Wishes(months=months),
        kinds=[Kind.LONGER_TERM],
        now=now,
    )
    quote = offer.options[0].quote
    assert quote is not None
    return quote


def count_quotes(session, case):
    kept = select(func.count()).select_from(PlanQuote).where(PlanQuote.loan_id == case.loan_id)
    return session.execute(kept).scalar_one()


def copy_quote(session, quote, times):
    values = vars(quote)
    session.execute(insert(PlanQuote), [values | {"id": new_id()} for _ in range(times)])


def test_a_signature_outlives_the_key_that_made_it(make_case, session):
    case = make_case(paid=6)
    with keys(field=ring("old"), lookup=ring("first")):
        made = make_quote(session, case)
    with keys(field=ring("new", "old"), lookup=ring("first")):
        assert queries.is_genuine(made)
        resealing.run(make_job_context())
    with keys(field=ring("new"), lookup=ring("first")):
        kept = queries.get_quote(session, borrower_id=case.borrower_id, quote_id=made.id)
        assert queries.is_genuine(kept)
        # What was sealed by a key that is gone proves nothing.
        assert not queries.is_genuine(made)


def test_a_quote_is_kept_until_its_end_however_many_are_asked(make_case, session):
    case = make_case(paid=6)
    made = make_quote(session, case)
    copy_quote(session, made, ENDED_OF_A_LOAN_MAX + 6)
    make_quote(session, case, months=2)
    assert count_quotes(session, case) == ENDED_OF_A_LOAN_MAX + 8
    make_quote(session, case, now=made.expires_at)
    assert count_quotes(session, case) == ENDED_OF_A_LOAN_MAX + 1


def test_there_is_an_end_to_what_is_good_at_once(make_case, session):
    case = make_case(paid=10)
    made = make_quote(session, case)
    copy_quote(session, made, LIVE_OF_A_LOAN_MAX - 1)
    session.commit()
    path = f"/v1/me/loans/{case.loan_id}/plan-quotes"
    assert case.api.post(path, json={"kinds": ["longer_term"]}).status_code == 200
    refused = case.api.post(path, json={"kinds": ["skip"]})
    assert (refused.status_code, refused.json["code"]) == (409, "too-many-plan-quotes")
    assert refused.json["would_change"] == [
        {"kind": "choose"},
        {"kind": "time", "from": made.expires_at.isoformat()},
    ]
    with clock.fixed(made.expires_at):
        assert case.api.post(path, json={"kinds": ["skip"]}).status_code == 200


def test_quotes_go_some_time_after_their_end(make_case, session):
    case = make_case(paid=6)
    make_quote(session, case)
    assert upkeep.forget_ended(session, now=LONG_AFTER - timedelta(minutes=2)) == 0
    assert forget_ended(make_job_context(now=LONG_AFTER)) == {"removed": 1}
    assert count_quotes(session, case) == 0


@pytest.fixture
def request_table(session):
    """A table of some feature above, whose rows name quotes."""
    table = Table(
        "names_a_quote",
        Base.metadata,
        Column("borrower_id", Uuid, primary_key=True),
        Column("quote_id", Uuid, primary_key=True),
        ForeignKeyConstraint(
            ["borrower_id", "quote_id"], ["plan_quote.borrower_id", "plan_quote.id"]
        ),
    )
    table.create(session.connection())
    yield table
    Base.metadata.remove(table)


def test_what_somebody_named_stays(make_case, session, request_table):
    case = make_case(paid=6)
    made = make_quote(session, case)
    other = make_quote(session, case, months=2)
    session.execute(insert(request_table).values(borrower_id=case.borrower_id, quote_id=made.id))
    assert upkeep.forget_ended(session, now=LONG_AFTER) == 1
    kept = queries.get_quote(session, borrower_id=case.borrower_id, quote_id=made.id)
    assert kept == made
    assert count_quotes(session, case) == 1
    assert other.id != made.id
