"""What the core system takes out: grants to carry out."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from backend.benefits import queries, service
from backend.benefits.errors import GrantUnknown
from backend.benefits.schemas import AcknowledgedSchema, GrantPageSchema, SinceArgs
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, permits
from backend.kit.db import reading, transaction
from backend.kit.http import refuses
from backend.kit.paging import Page

blp = blueprint(
    "benefits",
    __name__,
    audience=Audience.CLIENT,
    url_prefix="/v1/ingest/benefit-grants",
    description="Benefits that were granted, for the lender's core system to carry out.",
    permission="ingest.read",
)


@blp.route("")
class Grants(MethodView):
    @blp.arguments(SinceArgs, location="query")
    @blp.response(200, GrantPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """Grants, oldest first, from an instant on."""
        with reading() as session:
            return queries.list_granted_since(session, since=args["since"], args=args)


@blp.route("/<uuid:grant_id>/ack")
class Acknowledgement(MethodView):
    @permits("ingest.write")
    @refuses(GrantUnknown)
    @blp.response(200, AcknowledgedSchema)
    def post(self, grant_id: UUID) -> dict[str, Any]:
        """Say that you have taken a grant over; saying so again changes nothing."""
        with transaction() as session:
            at = service.acknowledge(session, grant_id=grant_id, now=clock.now())
        return {"id": grant_id, "acknowledged_at": at}
