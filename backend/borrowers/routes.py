"""A borrower's own particulars, and who looked at them."""

from typing import Any

from flask.views import MethodView

from backend.borrowers import queries, service
from backend.borrowers.queries import Profile
from backend.borrowers.rules import mask_email, mask_phone
from backend.borrowers.schemas import AccessPageSchema, MePatchSchema, MeSchema
from backend.borrowers.wording import in_words
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import reading, transaction
from backend.kit.http import locale, refuses
from backend.kit.paging import Page, PageArgs
from backend.kit.problems import NotFound

blp = blueprint(
    "borrowers",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me",
    description="Who you are to us, and who looked at your data.",
)


def _shown(profile: Profile) -> dict[str, Any]:
    return {
        "id": profile.id,
        "locale": profile.locale,
        "timezone": profile.own_timezone or profile.timezone,
        "contract_timezone": profile.timezone,
        "name": profile.name,
        "phone": mask_phone(profile.phone) if profile.phone else None,
        "email": mask_email(profile.email) if profile.email else None,
    }


@blp.route("")
class MeView(MethodView):
    @blp.response(200, MeSchema)
    @refuses(NotFound)
    def get(self) -> dict[str, Any]:
        """Your particulars."""
        with reading() as session:
            return _shown(queries.get_profile(session, borrower_id=caller().id))

    @blp.arguments(MePatchSchema)
    @blp.response(200, MeSchema)
    @refuses(NotFound)
    def patch(self, body: dict[str, Any]) -> dict[str, Any]:
        """Choose your language or time zone; your lender no longer changes what you chose.

        Your due days stay those of your contract's own time zone.
        """
        with transaction() as session:
            service.change_own(
                session,
                borrower_id=caller().id,
                locale=body["locale"],
                timezone=body["timezone"],
                now=clock.now(),
            )
            return _shown(queries.get_profile(session, borrower_id=caller().id))


@blp.route("/access-log")
class AccessLogView(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, AccessPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """Who of the lender's staff looked at your data, when and for what; newest first."""
        with reading() as session:
            found = queries.list_accesses(session, borrower_id=caller().id, args=args)
        items = [in_words(access, locale=locale()) for access in found.items]
        return Page(items, found.next_cursor)
