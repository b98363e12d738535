"""Two people who write, and how they are spoken for."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from tests.community.desk import Desk
from tests.factories.community import make_trusted
from tests.factories.loans import make_borrower
from tests.fixtures.api import Api, new_key

POSTS = "/v1/community/posts"
PLAIN = {"title": "Soup again", "body": "Lentils keep me going.", "topic": "budget"}


@dataclass
class Person:
    """A borrower with a voice in the community."""

    id: UUID
    api: Api

    def write(self, **given: Any) -> Any:
        return self.api.post(POSTS, json=PLAIN | given, headers=new_key())

    def answer(self, post_id: Any, body: str = "That helped me, too.") -> Any:
        path = f"{POSTS}/{post_id}/comments"
        return self.api.post(path, json={"body": body}, headers=new_key())

    def feed(self, **query: Any) -> list[Any]:
        answer = self.api.get(POSTS, query_string=query)
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json["items"]]


@pytest.fixture
def person(session, borrower_api):
    """`person()` is a new borrower; nobody knows her here yet."""

    def make(**given: Any) -> Person:
        borrower_id = make_borrower(session, **given)
        return Person(borrower_id, borrower_api(borrower_id))

    return make


@pytest.fixture
def trusted(person, behind_the_wall):
    """A person whose first three texts were good: what she writes is seen at once."""

    def make(**given: Any) -> Person:
        found = person(**given)
        make_trusted(behind_the_wall, found.id)
        return found

    return make


@pytest.fixture
def desk(staff_api):
    """`desk()` is a new moderator; `desk("lead_moderator")` a lead."""
    return lambda *roles: Desk(staff_api(*(roles or ("moderator",))))
