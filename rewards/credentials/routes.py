"""A holder's own credentials: made when she asks, ended when she asks, shown if she asks."""

from typing import Any
from uuid import UUID

from flask import Response
from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, rated
from backend.kit.db import AnyRow, reading, transaction
from backend.kit.http import locale, refuses
from backend.kit.idempotency import idempotent
from backend.kit.problems import NotFound
from backend.kit.rate_limit import QUOTES
from rewards.badges.errors import AwardRevoked
from rewards.credentials import pictures, queries, service
from rewards.credentials.errors import CredentialUnknown, ShareUnknown, TooManyCredentials
from rewards.credentials.issuer import share_url
from rewards.credentials.schemas import CREDENTIAL, PICTURE, CredentialShareSchema

JSON = "application/json"
NEW, THERE_ALREADY = 201, 200

blp = blueprint(
    "credentials",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me/badges/<uuid:award_id>/credential",
    description="Badges to show elsewhere, signed; what is published of them; and their check.",
)


@blp.route("")
class OwnCredential(MethodView):
    @idempotent
    @rated(QUOTES)
    @refuses(NotFound, AwardRevoked, TooManyCredentials)
    @blp.response(NEW, CREDENTIAL)
    @blp.alt_response(THERE_ALREADY, schema=CREDENTIAL, description="It was made before.")
    def post(self, award_id: UUID) -> Any:
        """Have a badge of yours signed, to show it elsewhere.

        Nothing in it says who you are. While it is valid, asking again gives the same one. From
        now on whoever has its `id` can read it there; nobody can guess it or finds a list of them.
        """
        with transaction() as session:
            row, is_new = service.issue(
                session,
                borrower_id=caller().id,
                award_id=award_id,
                now=clock.now(),
                at=clock.wall(),
            )
        return Response(row.document, NEW if is_new else THERE_ALREADY, content_type=JSON)

    @refuses(CredentialUnknown)
    @blp.response(200, CREDENTIAL)
    def get(self, award_id: UUID) -> Any:
        """The signed document, to keep or to hand on."""
        with reading() as session:
            row = queries.get_live(session, borrower_id=caller().id, award_id=award_id)
        return Response(row.document, content_type=JSON)

    @refuses(CredentialUnknown)
    @blp.response(204)
    def delete(self, award_id: UUID) -> None:
        """End it: its address and its page are gone, and the status list says that it is revoked.

        The badge stays yours, and you can have another credential made of it.
        """
        with transaction() as session:
            service.revoke(session, borrower_id=caller().id, award_id=award_id, now=clock.now())


@blp.route("/picture.svg")
class OwnPicture(MethodView):
    @refuses(CredentialUnknown)
    @blp.response(
        200, PICTURE, content_type=pictures.TYPE,
        description="The badge's drawing with the credential baked into it [Open Badges 3.0].",
    )  # fmt: skip
    def get(self, award_id: UUID) -> Any:
        """The badge as a picture that carries its own proof."""
        with reading() as session:
            row = queries.get_live(session, borrower_id=caller().id, award_id=award_id)
        picture = pictures.bake(row.badge, document=row.document, locale=locale())
        headers = {
            "Content-Security-Policy": pictures.POLICY,
            "Content-Disposition": 'attachment; filename="badge.svg"',
        }
        return Response(picture, content_type=pictures.TYPE, headers=headers)


@blp.route("/share")
class OwnShare(MethodView):
    @refuses(ShareUnknown)
    @blp.response(200, CredentialShareSchema)
    def get(self, award_id: UUID) -> dict[str, Any]:
        """The page that you opened for others to see this badge."""
        with reading() as session:
            row = service.get_share(session, borrower_id=caller().id, award_id=award_id)
        return _shown(row)

    @refuses(CredentialUnknown)
    @blp.response(200, CredentialShareSchema)
    def put(self, award_id: UUID) -> dict[str, Any]:
        """Open a page for this badge: whoever has its address sees it, and search engines do not.

        It shows the badge and nothing of you. A second time it is the same page.
        """
        with transaction() as session:
            row = service.open_share(
                session, borrower_id=caller().id, award_id=award_id, now=clock.now()
            )
        return _shown(row)

    @refuses(ShareUnknown)
    @blp.response(204)
    def delete(self, award_id: UUID) -> None:
        """Close the page. Opened again, it has another address."""
        with transaction() as session:
            service.close_share(session, borrower_id=caller().id, award_id=award_id)


def _shown(row: AnyRow) -> dict[str, Any]:
    return {"url": share_url(row.id), "opened_at": row.opened_at}
