"""A borrower says what she wants to be told, and where."""

from typing import Any

from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.borrowers import queries as borrowers
from backend.borrowers.errors import BorrowerNotFound
from backend.events.contacts import Channel, Purpose
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import reading, transaction
from backend.kit.http import locale, refuses
from notifications.preferences import queries, service
from notifications.preferences.errors import SecurityAlwaysSent
from notifications.preferences.schemas import OptOutSchema, PreferencesInSchema, PreferencesSchema
from notifications.preferences.wording import in_words

blp = blueprint(
    "preferences",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me/notification-preferences",
    description="What you want to be told by push, text message and e-mail.",
)


def _shown(session: Session) -> dict[str, Any]:
    who = caller().id
    return in_words(
        queries.get_table(session, borrower_id=who),
        personalised=queries.wants_personal(session, borrower_id=who),
        locale=locale(),
    )


@blp.route("")
class Preferences(MethodView):
    @refuses(BorrowerNotFound)
    @blp.response(200, PreferencesSchema)
    def get(self) -> dict[str, Any]:
        """Each purpose on each channel, and whether it is sent. The inbox has all of it."""
        with reading() as session:
            borrowers.check_there_are(session, borrower_ids=[caller().id])
            return _shown(session)

    @refuses(BorrowerNotFound, SecurityAlwaysSent)
    @blp.arguments(PreferencesInSchema)
    @blp.response(200, PreferencesSchema)
    def put(self, body: dict[str, Any]) -> dict[str, Any]:
        """Switch cells on or off; what you do not name stays as it is. It acts at once."""
        with transaction() as session:
            service.put(
                session,
                borrower_id=caller().id,
                said=[
                    (Purpose(each["purpose"]), Channel(each["channel"]), each["allowed"])
                    for each in body["preferences"]
                ],
                personalised=body["personalised"],
                now=clock.now(),
            )
            return _shown(session)


@blp.route("/opt-out")
class OptOut(MethodView):
    @refuses(BorrowerNotFound, SecurityAlwaysSent)
    @blp.arguments(OptOutSchema)
    @blp.response(200, PreferencesSchema)
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """One tap: a channel, a purpose, or one purpose on one channel is off, at once."""
        channel, purpose = body["channel"], body["purpose"]
        with transaction() as session:
            service.opt_out(
                session,
                borrower_id=caller().id,
                channel=None if channel is None else Channel(channel),
                purpose=None if purpose is None else Purpose(purpose),
                now=clock.now(),
            )
            return _shown(session)
