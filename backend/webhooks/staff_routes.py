"""Staff's view of the machines that are told: which of them are in trouble."""

from typing import Any

from flask.views import MethodView

from backend.kit.audience import Audience, blueprint
from backend.kit.db import reading
from backend.webhooks import queries
from backend.webhooks.schemas import StaffEndpointsSchema

blp = blueprint(
    "webhooks",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/staff/webhook-endpoints",
    description="What was decided here, told to the lender's machines as it happens.",
    permission="clients.read",
)


@blp.route("")
class StaffEndpoints(MethodView):
    @blp.response(200, StaffEndpointsSchema)
    def get(self) -> dict[str, Any]:
        """Every endpoint by its host, and what waits there; those in trouble come first."""
        with reading() as session:
            return {"items": queries.list_for_staff(session)}
