"""Use cases of deliveries: intents written and taken back."""

from notifications.deliveries.service.intents import intend, intend_selected, withdraw

__all__ = ["intend", "intend_selected", "withdraw"]
