"""Her app says what became of a message."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import transaction
from backend.kit.http import refuses
from notifications.deliveries import service
from notifications.deliveries.errors import DeliveryNotFound
from notifications.deliveries.rules import Event
from notifications.deliveries.schemas import DeliveryReceiptSchema

blp = blueprint(
    "deliveries",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me/deliveries",
    description="What became of a message on your device, so that nothing else is sent for it.",
)


@blp.route("/<uuid:delivery_id>/receipt")
class Receipt(MethodView):
    @refuses(DeliveryNotFound)
    @blp.arguments(DeliveryReceiptSchema)
    @blp.response(204)
    def post(self, args: dict[str, Any], delivery_id: UUID) -> None:
        """It is on your device, you opened it, or you put it away. Saying so again is fine."""
        with transaction() as session:
            service.receive(
                session,
                borrower_id=caller().id,
                delivery_id=delivery_id,
                event=Event(args["event"]),
                now=clock.now(),
            )
