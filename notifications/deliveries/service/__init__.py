"""Use cases of deliveries: intents, planning, the last look, what became of it."""

from notifications.deliveries.service.answers import receive, retry
from notifications.deliveries.service.checking import check
from notifications.deliveries.service.fall_over import fall_over_due
from notifications.deliveries.service.intents import intend, intend_selected, withdraw
from notifications.deliveries.service.leasing import Batch, lease_due
from notifications.deliveries.service.outcomes import record, sweep_lost
from notifications.deliveries.service.planning import plan_due
from notifications.deliveries.service.quiet import put_quietly

__all__ = [
    "Batch",
    "check",
    "fall_over_due",
    "intend",
    "intend_selected",
    "lease_due",
    "plan_due",
    "put_quietly",
    "receive",
    "record",
    "retry",
    "sweep_lost",
    "withdraw",
]
