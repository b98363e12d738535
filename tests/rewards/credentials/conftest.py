"""A holder with a badge, and what the public reads."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from rewards.credentials import published
from tests.badges.conftest import publish  # noqa: F401 - a fixture
from tests.factories.credentials import make_award
from tests.factories.loans import make_borrower
from tests.fixtures.api import Api, new_key

BASE = "https://goodfaith.test"
DID = "did:web:goodfaith.test"


@pytest.fixture(autouse=True)
def nothing_is_remembered_of_other_tests():
    published.forget()
    yield
    published.forget()


@dataclass
class Holder:
    """Somebody with an award, and her API."""

    id: UUID
    award_id: UUID
    api: Api
    public: Api
    documents: list[dict[str, Any]] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/v1/me/badges/{self.award_id}/credential"

    def ask(self, *, key=None):
        return self.api.post(self.path, headers=key or new_key())

    def issue(self) -> dict[str, Any]:
        answer = self.ask()
        assert answer.status_code in (200, 201), answer.text
        return answer.json

    def end(self) -> None:
        assert self.api.delete(self.path).status_code == 204

    def share(self) -> str:
        answer = self.api.put(f"{self.path}/share")
        assert answer.status_code == 200, answer.text
        return answer.json["url"].removeprefix(BASE)

    def read(self, url: str, **kwargs):
        """What stands at an address of the issuer."""
        assert url.startswith(BASE)
        return self.public.get(url.removeprefix(BASE), **kwargs)


@pytest.fixture
def hold(session, borrower_api, public_api):
    """`hold("ann")`: a holder of the badge `six_in_a_row`, or of another."""

    def make(name: str = "ann", *, code: str = "six_in_a_row") -> Holder:
        borrower_id = make_borrower(session, external_id=name)
        award_id = make_award(session, borrower_id, code=code)
        return Holder(borrower_id, award_id, borrower_api(borrower_id), public_api)

    return make


@pytest.fixture
def holder(hold) -> Holder:
    return hold()
