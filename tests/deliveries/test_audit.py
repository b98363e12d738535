"""The audit of messages finds each contradiction, and nothing where there is none."""

import pytest
from sqlalchemy import text

from notifications.deliveries.audit import check_deliveries
from tests.deliveries.conftest import send_due

PLANTED = {
    "was accepted twice, and not under one tag": """
        INSERT INTO notification_attempt
        SELECT borrower_id, delivery_id, 2, began_at, ended_at, 'another', fate, code, provider_ref
          FROM notification_attempt
    """,
    "was accepted, and no try of it was": "UPDATE notification_attempt SET fate = 'later'",
    "counts other tries than there were": "UPDATE notification_delivery SET attempts = 2",
    "is an intent that neither waits": """
        INSERT INTO notification_intent
        SELECT borrower_id, gen_random_uuid(), purpose, template, subject, 'another', variables,
               due_at, expires_at, created_at
          FROM notification_intent
    """,
    "was tried before its entry": "UPDATE notification_attempt SET number = 9",
}


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_contradiction_is_found(session, planned, push, what):
    planned(f"audited-{len(what)}")
    send_due(push)
    session.commit()
    assert list(check_deliveries(session)) == []
    session.execute(text(PLANTED[what]))
    assert any(what in line for line in check_deliveries(session))
