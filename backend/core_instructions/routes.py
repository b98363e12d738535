"""What the core system takes out to do."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from backend.core_instructions import queries, service
from backend.core_instructions.errors import InstructionUnknown
from backend.core_instructions.schemas import (
    InstructionAcknowledgedSchema,
    InstructionArgs,
    InstructionPageSchema,
)
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, permits
from backend.kit.db import reading, transaction
from backend.kit.http import refuses
from backend.kit.paging import Page

blp = blueprint(
    "core-instructions",
    __name__,
    audience=Audience.CLIENT,
    url_prefix="/v1/ingest/core-instructions",
    description="What the core system is asked to do, until it says that it has heard.",
    permission="ingest.read",
)


@blp.route("")
class Instructions(MethodView):
    @blp.arguments(InstructionArgs, location="query")
    @blp.response(200, InstructionPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """Instructions, the oldest first. Ask with `open=true`, carry out, acknowledge.

        One that is written late may be older than another that you have read: so ask for what
        is open, not for what is new.
        """
        with reading() as session:
            return queries.page_for_core(
                session, since=args["since"], is_open=args["open"], args=args
            )


@blp.route("/<uuid:instruction_id>/ack")
class InstructionAcknowledgement(MethodView):
    @permits("ingest.write")
    @refuses(InstructionUnknown)
    @blp.response(200, InstructionAcknowledgedSchema)
    def post(self, instruction_id: UUID) -> dict[str, Any]:
        """Say that you have an instruction. Saying so again changes nothing."""
        with transaction() as session:
            at = service.acknowledge(session, instruction_id=instruction_id, now=clock.now())
        return {"id": instruction_id, "acknowledged_at": at}
