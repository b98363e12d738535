"""The fixtures keep their own promises: other tests build on them."""

import psycopg
import pytest
from sqlalchemy import text

from backend.kit import db
from tests.fixtures.server import plain


def _count_staff(session):
    return session.execute(text("SELECT count(*) FROM staff_account")).scalar_one()


def test_what_a_view_reads_is_what_the_test_wrote(session, staff_api):
    staff_api("admin")
    with db.reading() as view:
        assert _count_staff(view) == 1


def test_nothing_stays_of_the_test_before(session):
    assert _count_staff(session) == 0


@pytest.mark.commits
def test_a_committing_test_has_a_database_of_its_own(session, own_database, staff_api):
    staff_api("admin")
    session.commit()
    with psycopg.connect(plain(own_database.url)) as stranger:
        assert stranger.execute("SELECT count(*) FROM staff_account").fetchone() == (1,)


def test_alive_ready_and_documented(public_api):
    assert public_api.get("/healthz").status_code == 200
    assert public_api.get("/readyz").status_code == 200
    assert public_api.get("/openapi.json").status_code == 200
