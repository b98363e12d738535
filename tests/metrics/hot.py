"""What is asked of figures all the time, for the test that looks at how it is found."""

from collections.abc import Callable
from typing import Any

from backend.kit.db import transaction
from backend.kit.figures import Span
from backend.tiers import figures as tier_figures
from tests.clock import NOW, TODAY
from tests.fixtures.api import Api


def metric_calls(staff: Api) -> tuple[Callable[[], Any], ...]:
    return lambda: staff.get("/v1/metrics/programme"), _count_the_day


def _count_the_day() -> None:
    """Who moved on a day. What stands is read from end to end, once an hour: left out here."""
    with transaction() as session:
        list(tier_figures.count_moves(session, Span(TODAY, TODAY, NOW)))
