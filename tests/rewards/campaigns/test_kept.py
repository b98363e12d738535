"""What was submitted or approved never changes: the database itself refuses."""

from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from tests.factories.campaigns import begin, submitted


@pytest.fixture
def marketer(staff_api):
    return staff_api("marketer")


@pytest.mark.parametrize(
    "change",
    [
        "document = jsonb_set(document, '{holdout}', '\"0.00\"')",
        "state = 'draft'",
        f"document_hash = '{'0' * 64}'",
        "editors = '[]'",
        'waivers = \'[{"check": "P9"}]\'',
        "number = number + 1",
    ],
)
def test_the_database_keeps_what_was_submitted(session, marketer, change):
    campaign = submitted(marketer, begin(marketer))
    with pytest.raises(DBAPIError, match=r"never changes|keeps its number|author_is_editor"):
        session.execute(
            text(f"UPDATE campaign_version SET {change} WHERE campaign_id = :id"),  # noqa: S608
            {"id": campaign["id"]},
        )


def test_the_database_lets_no_version_skip_its_review(session, marketer):
    campaign = begin(marketer)
    row = {"id": campaign["id"], "who": str(uuid4())}
    with pytest.raises(DBAPIError, match="skips no state"), session.begin_nested():
        session.execute(
            text(
                "UPDATE campaign_version SET state = 'approved', submitted_at = now(),"
                " submitter_id = author_id, approver_id = :who, approved_at = now(),"
                " replay_id = :who, replay_hash = 'x' WHERE campaign_id = :id"
            ),
            row,
        )
    with pytest.raises(DBAPIError, match="are kept"), session.begin_nested():
        session.execute(text("DELETE FROM campaign_version WHERE campaign_id = :id"), row)


def test_the_database_lets_no_editor_approve(session, marketer):
    campaign = submitted(marketer, begin(marketer))
    with pytest.raises(IntegrityError, match="four_eyes"):
        session.execute(
            text(
                "UPDATE campaign_version SET state = 'approved', approver_id = author_id,"
                " approved_at = now(), replay_id = author_id, replay_hash = 'x'"
                " WHERE campaign_id = :id"
            ),
            {"id": campaign["id"]},
        )
