"""What anybody may read: a credential by its id, badges, the issuer, its keys, status lists."""

from typing import Any
from uuid import UUID

from flask import Response, request
from flask.views import MethodView

from backend.kit import clock, rate_limit
from backend.kit.audience import Audience, blueprint
from backend.kit.db import reading
from backend.kit.http import locale, refuses
from rewards.credentials import pictures, published, queries
from rewards.credentials.errors import CredentialRevoked, CredentialUnknown
from rewards.credentials.rules import KEYS_FRESH_SECONDS
from rewards.credentials.schemas import CREDENTIAL, DOCUMENT, PICTURE

LD_JSON = "application/ld+json"  # as Open Badges 3.0 has it
VC = "application/vc"  # as Bitstring Status List 1.0 has it
DID = "application/did+ld+json"
STATUS_FRESH_SECONDS = 60
BADGE_FRESH_SECONDS = 3_600
# Verifiers may be pages in a browser, of any origin. No search engine need know of any of it.
FOR_ALL = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}

blp = blueprint(
    "credentials",
    __name__,
    audience=Audience.PUBLIC,
    url_prefix="",
    description="Badges to show elsewhere, signed; what is published of them; and their check.",
    rate=rate_limit.EVIDENCE,
)


def _answer(body: bytes | str, *, content_type: str, seconds: int) -> Response:
    # Where nothing may be kept, a copy may be: it is asked about each time.
    fresh = f"public, max-age={seconds}" if seconds else "no-cache"
    response = Response(
        body, content_type=content_type, headers={"Cache-Control": fresh, **FOR_ALL}
    )
    response.add_etag()
    response.make_conditional(request)
    return response


@blp.route("/credentials/<uuid:credential_id>")
class PublishedCredential(MethodView):
    @refuses(CredentialUnknown, CredentialRevoked)
    @blp.response(200, CREDENTIAL, content_type=LD_JSON)
    def get(self, credential_id: UUID) -> Any:
        """A credential, to whoever was given its id; 410 once it is revoked."""
        with reading() as session:
            row = queries.get_published(session, credential_id=credential_id)
        return _answer(row.document, content_type=LD_JSON, seconds=0)


@blp.route("/achievements/<string:code>")
class PublishedAchievement(MethodView):
    @refuses(CredentialUnknown)
    @blp.response(200, DOCUMENT, content_type=LD_JSON)
    def get(self, code: str) -> Any:
        """What a badge stands for, in words for everybody."""
        with reading() as session:
            body = published.show_achievement(session, code=code)
        return _answer(body, content_type=LD_JSON, seconds=BADGE_FRESH_SECONDS)


@blp.route("/achievements/<string:code>/picture.svg")
class AchievementPicture(MethodView):
    @refuses(CredentialUnknown)
    @blp.response(200, PICTURE, content_type=pictures.TYPE)
    def get(self, code: str) -> Any:
        """Its picture, with the same words for whoever listens to it."""
        with reading() as session:
            shown = queries.find_badge(session, code=code)
        if shown is None:
            raise CredentialUnknown
        picture = pictures.plain(shown.document, locale=locale())
        response = _answer(picture, content_type=pictures.TYPE, seconds=BADGE_FRESH_SECONDS)
        response.headers["Content-Security-Policy"] = pictures.POLICY
        return response


@blp.route("/issuer")
class PublishedIssuer(MethodView):
    @blp.response(200, DOCUMENT, content_type=LD_JSON)
    def get(self) -> Any:
        """Who issues: a Profile [Open Badges 3.0]."""
        return _answer(published.show_issuer(), content_type=LD_JSON, seconds=BADGE_FRESH_SECONDS)


@blp.route("/status-lists/<int(max=999999999):number>")
class PublishedStatusList(MethodView):
    @refuses(CredentialUnknown)
    @blp.response(200, CREDENTIAL | {"required": DOCUMENT["required"]}, content_type=VC)
    def get(self, number: int) -> Any:
        """Which of 131,072 credentials are revoked, signed [Bitstring Status List 1.0]."""
        with reading() as session:
            body = published.show_list(session, number=number, at=clock.wall())
        return _answer(body, content_type=VC, seconds=STATUS_FRESH_SECONDS)


@blp.route("/.well-known/did.json")
class PublishedKeys(MethodView):
    @blp.response(200, DOCUMENT, content_type=DID)
    def get(self) -> Any:
        """The issuer's DID document [did:web]: the key that signs, and those that did."""
        with reading() as session:
            body, has_keys = published.show_did(session)
        # The first key signs at once: nobody may keep a document from before it.
        return _answer(body, content_type=DID, seconds=KEYS_FRESH_SECONDS if has_keys else 0)
