"""Staff note a promise that a borrower gave on the telephone."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from backend.borrowers import service as borrowers
from backend.borrowers.errors import BorrowerNotFound
from backend.borrowers.rules import AccessPurpose
from backend.borrowers.schemas import PurposeArgs
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import transaction
from backend.kit.http import locale, refuses
from backend.kit.idempotency import idempotent
from backend.kit.problems import NotFound
from backend.promises import queries, service
from backend.promises.errors import PromiseDayOutside, PromiseOpen, PromiseRefused
from backend.promises.schemas import HeardPromiseInSchema, PromiseSchema
from backend.promises.wording import in_words
from backend.staff import service as staff

blp = blueprint(
    "promises",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/staff/borrowers",
    description="An amount by a day, said by the borrower. It stops reminders and is no plan.",
    permission="promises.record",
)


@blp.route("/<uuid:borrower_id>/promises")
class HeardPromises(MethodView):
    @idempotent
    @refuses(NotFound, BorrowerNotFound, PromiseOpen, PromiseDayOutside, PromiseRefused)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(HeardPromiseInSchema)
    @blp.response(201, PromiseSchema)
    def post(
        self, purpose: dict[str, Any], args: dict[str, Any], borrower_id: UUID
    ) -> dict[str, Any]:
        """Note what she promised on the telephone. She reads it, and can take it back."""
        now = clock.now()
        with transaction() as session:
            borrowers.look(
                session,
                who=caller(),
                borrower_ids=[borrower_id],
                purpose=purpose["purpose"],
                what="promise",
                now=now,
                act=AccessPurpose.RISK_REVIEW,
            )
            promise_id = service.make_promise(
                session, borrower_id=borrower_id, recorded_by=caller().id, now=now, **args
            )
            staff.record_action(
                session,
                staff_id=caller().id,
                action="promise.record",
                subject=f"borrower:{borrower_id}",
                details={"promise": str(promise_id)},
            )
            row = queries.get_own(session, borrower_id=borrower_id, promise_id=promise_id)
        return in_words(row, locale=locale())
