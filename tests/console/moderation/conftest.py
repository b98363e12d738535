"""Two who write and those who moderate at their pages."""

import pytest

from tests.community.conftest import Person
from tests.console.moderation.at_pages import AtPages
from tests.factories.community import make_trusted
from tests.factories.loans import make_borrower


@pytest.fixture
def person(session, borrower_api):
    """`person()` is a new borrower; nobody knows her here yet."""

    def make(**given):
        borrower_id = make_borrower(session, **given)
        return Person(borrower_id, borrower_api(borrower_id))

    return make


@pytest.fixture
def trusted(person, behind_the_wall):
    def make(**given):
        found = person(**given)
        make_trusted(behind_the_wall, found.id)
        return found

    return make


@pytest.fixture
def at_pages(console_client):
    """`at_pages()` is a moderator, `at_pages("lead_moderator")` a lead."""
    return lambda *roles: AtPages(console_client(*(roles or ("moderator",))))
