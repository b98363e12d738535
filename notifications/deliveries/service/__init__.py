"""Use cases of deliveries: intents written and taken back, planned, sent."""

from notifications.deliveries.service.intents import intend, intend_selected, withdraw
from notifications.deliveries.service.planning import plan_due

__all__ = ["intend", "intend_selected", "plan_due", "withdraw"]
