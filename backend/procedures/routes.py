"""A borrower reads what is going on, and answers."""

from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.documents.errors import DocumentMoveRefused, DocumentUnknown
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import reading, transaction
from backend.kit.http import locale, refuses
from backend.kit.idempotency import idempotent
from backend.procedures import queries, service
from backend.procedures.errors import ProcedureUnknown, ReplyClosed
from backend.procedures.schemas import OwnProceduresSchema, ProcedureReplyInSchema
from backend.procedures.wording import in_words

blp = blueprint(
    "procedures",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me/procedures",
    description="When the programme may end for somebody: notice, reply, another's decision.",
)


def _own(session: Session) -> dict[str, Any]:
    found = queries.list_own(session, borrower_id=caller().id)
    return {"items": [in_words(each, locale=locale()) for each in found]}


@blp.route("")
class OwnProcedures(MethodView):
    @blp.response(200, OwnProceduresSchema)
    def get(self) -> dict[str, Any]:
        """What was opened about you, what you can do and until when, newest first."""
        with reading() as session:
            return _own(session)


@blp.route("/<uuid:procedure_id>/reply")
class Reply(MethodView):
    @idempotent
    @refuses(ProcedureUnknown, ReplyClosed, DocumentUnknown, DocumentMoveRefused)
    @blp.arguments(ProcedureReplyInSchema)
    @blp.response(200, OwnProceduresSchema)
    def post(self, args: dict[str, Any], procedure_id: UUID) -> dict[str, Any]:
        """Say what you want to say about it. Where we had not heard from you, that ends it."""
        with transaction() as session:
            service.reply(
                session,
                borrower_id=caller().id,
                procedure_id=procedure_id,
                now=clock.now(),
                **args,
            )
            return _own(session)
