"""Documents of campaigns, and campaigns in each state."""

from copy import deepcopy
from typing import Any

DOCUMENT: dict[str, Any] = {
    "texts": {
        "name": {"en": "Three in a row", "zh-CN": "连续三期"},
        "promise": {
            "en": "Pay three instalments on time in a row and receive 200 points.",
            "zh-CN": "连续三期按时还款，即可获得 200 积分。",
        },
    },
    "trigger": {"event": "installment_paid"},
    "audience": {"all": [{"fact": "tier", "op": "in", "value": ["potential", "stable"]}]},
    "conditions": {"all": [{"fact": "on_time_streak", "op": "gte", "value": 3}]},
    "effects": [{"kind": "points", "points": 200}],
    "budget": {
        "points_total": 50_000,
        "awards_total": None,
        "per_period": None,
        "per_borrower": {"awards": 1, "points": None},
    },
    "schedule": {
        "starts_on": "2026-11-01",
        "ends_on": "2027-04-30",
        "zone": "Asia/Shanghai",
        "weekdays": None,
        "dayparts": None,
    },
    "stacking": {"group": "streaks", "mode": "all", "priority": 100},
    "holdout": "0.10",
    "primary_measure": "on_time_rate",
    "window_days": 30,
}


def document(**changed: Any) -> dict[str, Any]:
    """A document that no check objects to, with some members changed."""
    return deepcopy(DOCUMENT) | changed
