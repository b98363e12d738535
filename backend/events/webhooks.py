"""What happened to a webhook endpoint."""

from dataclasses import dataclass
from uuid import UUID

from backend.kit.outbox import Event


@dataclass(frozen=True)
class WebhookEndpointDisabled(Event):
    """Nothing is sent there any more, and its client did not ask for it. `why`: gone or failing."""

    endpoint_id: UUID
    why: str
