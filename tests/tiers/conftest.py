from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from backend.profile.queries import Catalogue, get_catalogue
from backend.tiers import own_tier, policies


@pytest.fixture(autouse=True)
def nothing_is_remembered_of_other_tests() -> Iterator[None]:
    """Each test's database gives the same version numbers to other policies."""
    policies.forget()
    own_tier.forget()
    yield
    policies.forget()
    own_tier.forget()


@pytest.fixture
def catalogue(session: Session) -> Catalogue:
    """All facts, as policies read them."""
    return get_catalogue(session)
