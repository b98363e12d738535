"""Cases of plans, and the nights between their days."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from backend.tiers import own_tier, policies
from tests.factories.plans import Case, open_case, run_night


@pytest.fixture(autouse=True)
def nothing_is_remembered_of_other_tests() -> Iterator[None]:
    yield
    policies.forget()
    own_tier.forget()


@pytest.fixture
def make_case(session, borrower_api, client_api) -> Callable[..., Case]:
    def make(**more: int) -> Case:
        return open_case(session, borrower_api, client_api, **more)

    return make


@pytest.fixture
def case(make_case) -> Case:
    """The next instalment is due on 30 November 2026, a week from now."""
    return make_case()


@pytest.fixture
def night(deliver) -> Callable[[date], None]:
    return lambda day: run_night(deliver, day)
