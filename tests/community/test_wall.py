"""The wall, tried from both sides by the roles that production uses."""

from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.orm import Session

from backend.app import audits
from backend.contacts.queries import list_holds
from backend.events.community import HelpfulAnswerConfirmed, PostHeld, ProtectiveHold
from backend.events.loans import InstallmentPaid
from backend.kit import db, walled
from backend.kit.db import Base, WalledBase
from community import wall
from tests.clock import NOW, TODAY
from tests.factories.loans import make_borrower
from tests.fixtures.server import cloned, of_both_sides, plain

DENIED = "permission denied"
PRODUCT = sorted(Base.metadata.tables)
COMMUNITY = sorted(WalledBase.metadata.tables)
RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
MONDAY = TODAY - timedelta(days=TODAY.weekday())


@pytest.fixture
def product(settings):
    """The product's own role, logged in as in production."""
    with psycopg.connect(plain(settings.database_url), autocommit=True) as link:
        yield link


@pytest.fixture
def community(settings):
    """The community's own role, logged in as in production."""
    with psycopg.connect(plain(settings.community_database_url), autocommit=True) as link:
        yield link


@pytest.mark.parametrize("table", ["borrower", "loan", "tier_state", "event", "delivery"])
def test_the_community_reads_nothing_of_the_product(community, table):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        community.execute(f"SELECT * FROM {table}")  # noqa: S608 - names above


def test_the_community_has_no_right_on_any_table_or_column_of_the_product(community):
    for table in PRODUCT:
        for right in RIGHTS:
            asked = community.execute("SELECT has_table_privilege(%s, %s)", [table, right])
            assert asked.fetchone() == (False,), (table, right)
        asked = community.execute("SELECT has_any_column_privilege(%s, 'SELECT')", [table])
        assert asked.fetchone() == (False,), table


def test_the_product_reads_nothing_of_the_community(product):
    assert COMMUNITY
    for table in COMMUNITY:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="schema community"):
            product.execute(f"SELECT * FROM {table}")  # noqa: S608 - names of our tables


@pytest.mark.parametrize(
    "attempt",
    [
        "SET ROLE goodfaith_community",
        "GRANT USAGE ON SCHEMA community TO goodfaith",
        "GRANT goodfaith_community TO goodfaith",
        "DROP SCHEMA community CASCADE",
        "ALTER SCHEMA community OWNER TO goodfaith",
        "ALTER ROLE goodfaith_community PASSWORD 'mine'",
        "ALTER ROLE goodfaith SUPERUSER",
        "CREATE TABLE community.mine (n int)",
    ],
)
def test_the_product_cannot_let_itself_in(product, attempt):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        product.execute(attempt)


@pytest.mark.parametrize(
    "attempt",
    [
        "SET ROLE goodfaith",
        "CREATE TABLE public.mine (n int)",
        "CREATE SCHEMA mine",
        "GRANT SELECT ON loan TO goodfaith_community",
        "UPDATE community_borrower SET locale = 'en'",
    ],
)
def test_the_community_cannot_let_itself_out(community, attempt):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        community.execute(attempt)


def test_the_audit_says_who_sees_through_the_wall(process, both_databases):
    role = make_url(process.settings.community_database_url).username
    [audit] = [each for each in audits() if each.name == "community-wall"]
    with Session(process.database.writes) as own:
        assert list(audit.run(own)) == []
    with both_databases.writes.connect() as connection:
        assert walled.find_breach(connection, role=role) == f"is a member of {role}"


def test_a_role_that_is_missing_is_made_where_we_may_and_asked_for_where_we_may_not(settings):
    url = settings.database_url
    other = make_url(url).set(username="goodfaith_other", password="p'w")  # noqa: S106
    walled_url = other.render_as_string(hide_password=False)
    with pytest.raises(walled.WallError, match="CREATE ROLE goodfaith_other LOGIN"):
        walled.ensure(url, walled_url=walled_url)
    administrator = of_both_sides(url)
    for _ in range(2):
        walled.ensure(administrator, walled_url=walled_url)
    with psycopg.connect(plain(administrator), autocommit=True) as link:
        found = link.execute("SELECT rolsuper FROM pg_roles WHERE rolname = 'goodfaith_other'")
        assert found.fetchall() == [(False,)]
        link.execute("DROP ROLE goodfaith_other")


def test_a_wrong_password_of_the_communitys_role_is_told_at_once(server_url):
    with cloned(server_url, name="no_wall", template="template0") as url:
        wrong = make_url(walled.derive_url(url)).set(password="wrong")  # noqa: S106
        given = wrong.render_as_string(hide_password=False)
        with pytest.raises(walled.WallError, match="cannot log in: check COMMUNITY_DATABASE_URL"):
            walled.ensure(url, walled_url=given)
        with psycopg.connect(plain(url)) as link:
            left = "SELECT has_database_privilege('goodfaith_community', 'no_wall', 'CREATE')"
            assert link.execute(left).fetchone() == (False,)


def test_code_of_each_side_works_as_its_own_role_on_the_same_rows(session, behind_the_wall):
    who = text("SELECT current_user")
    assert behind_the_wall.execute(who).scalar() == "goodfaith_community"
    assert session.execute(who).scalar() == "goodfaith"
    with pytest.raises(ProgrammingError, match=DENIED), wall.transaction() as behind:
        behind.execute(text("SELECT FROM loan"))
    with pytest.raises(ProgrammingError, match=DENIED), db.transaction() as main:
        main.execute(text("SELECT FROM community.idempotent_answer"))


def test_of_a_borrower_it_sees_three_things(session, behind_the_wall):
    borrower_id = make_borrower(session)
    seen = behind_the_wall.execute(text("SELECT * FROM community_borrower")).mappings().all()
    assert [dict(row) for row in seen] == [
        {"borrower_id": borrower_id, "locale": "en", "sanctioned": False}
    ]
    assert {column.name for column in wall.neighbour.columns} == set(seen[0])


def events(session):
    return session.execute(text("SELECT name, payload FROM event ORDER BY seq")).all()


def test_a_confirmed_answer_is_heard_on_the_other_side(session, behind_the_wall, deliver):
    borrower_id = make_borrower(session)
    deliver()
    before = len(events(session))
    wall.announce(behind_the_wall, HelpfulAnswerConfirmed(borrower_id, NOW, week=MONDAY))
    assert events(session)[before:] == [("HelpfulAnswerConfirmed", {"week": str(MONDAY)})]
    assert deliver() == 1


@pytest.mark.parametrize(
    "event",
    [
        lambda who: ProtectiveHold(who, NOW, until=NOW + timedelta(days=15)),
        lambda who: ProtectiveHold(who, NOW, until=NOW - timedelta(days=1)),
        lambda _: ProtectiveHold(None, NOW, until=NOW),
        lambda who: InstallmentPaid(
            who,
            NOW,
            loan_id=who,
            number=1,
            due_on=TODAY,
            paid_on=TODAY,
            amount_minor=1,
            date_precision="day",
        ),
    ],
)
def test_the_doors_let_nothing_else_through(session, behind_the_wall, event):
    borrower_id = make_borrower(session)
    before = events(session)
    refused = pytest.raises(ProgrammingError, match="lets no such event out")
    with refused, behind_the_wall.begin_nested():
        wall.announce(behind_the_wall, event(borrower_id))
    assert events(session) == before


@pytest.mark.parametrize("payload", ['{"week": "2026-11-23", "text": "hers"}', '{"week": "hers"}'])
def test_no_text_goes_through_a_door(session, behind_the_wall, payload):
    borrower_id = make_borrower(session)
    told = text(
        "SELECT community_announce(json_build_array(json_build_object("
        " 'name', 'HelpfulAnswerConfirmed', 'borrower_id', CAST(:who AS text),"
        " 'payload', CAST(:payload AS json), 'occurred_at', now(), 'backfill', false)), '{}', '{}')"
    )
    refused = pytest.raises(DBAPIError, match=r"no such event|invalid input syntax")
    with refused, behind_the_wall.begin_nested():
        behind_the_wall.execute(told, {"who": str(borrower_id), "payload": payload})


def test_a_protective_hold_only_keeps_contact_away(session, behind_the_wall, deliver):
    borrower_id = make_borrower(session)
    until = NOW + timedelta(days=14)
    wall.announce(behind_the_wall, ProtectiveHold(borrower_id, NOW, until=until))
    wall.announce(behind_the_wall, PostHeld(borrower_id, NOW))
    found = dict(event for event in events(session)[-2:])
    assert list(found["ProtectiveHold"]) == ["until"]
    assert found["PostHeld"] == {}
    deliver()
    [hold] = list_holds(session, borrower_id=borrower_id, today=TODAY)
    assert (hold.cause, (hold.until_on - TODAY).days) == ("care", 13)


def test_nothing_of_tier_balance_or_lateness_has_a_place_behind_the_wall():
    named = [
        f"{table.name}.{column.name}"
        for table in WalledBase.metadata.tables.values()
        for column in table.columns
        if any(
            word in column.name
            for word in ("tier", "balance", "dpd", "past_due", "minor", "overdue", "loan", "phone")
        )
    ]
    assert named == []


def test_ready_says_when_the_community_is_away(app, process, session):
    assert app.test_client().get("/readyz").json["community"] == "ok"
    away = db.Database("postgresql+psycopg://nobody@127.0.0.1:9/nothing")
    shared = db.WALLED._shared
    db.WALLED.use_shared_connection(None)
    db.WALLED.configure(away)
    try:
        answer = app.test_client().get("/readyz")
        assert (answer.status_code, answer.json["community"]) == (503, "away")
    finally:
        db.WALLED.configure(process.behind_the_wall)
        db.WALLED.use_shared_connection(shared)
        away.dispose()
