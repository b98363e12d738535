"""The OAuth doors: a machine's token for its secret, a borrower's for the lender's own token."""

from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

from flask import request
from flask.views import MethodView

from backend.auth import lender_keys, signing
from backend.auth import service as auth
from backend.auth.forms import OAuthParser
from backend.auth.oauth_errors import (
    ClientRefused,
    ExchangeNotConfigured,
    GrantTypeUnsupported,
    LenderKeysAway,
    OAuthInvalid,
    ScopeRefused,
    SubjectTokenRefused,
)
from backend.auth.oauth_schemas import (
    ACCESS_TOKEN_TYPE,
    CLIENT_CREDENTIALS,
    TOKEN_EXCHANGE,
    ClientTokenSchema,
    ExchangedTokenSchema,
    ExchangeRequestSchema,
    TokenRequestSchema,
)
from backend.auth.rules import label_of
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, rated
from backend.kit.db import transaction
from backend.kit.http import refuses
from backend.kit.rate_limit import LOG_IN
from backend.kit.texts import Text

EXCHANGE_AMR = "exchange"

blp = blueprint(
    "oauth",
    __name__,
    audience=Audience.PUBLIC,
    url_prefix="/v1/auth",
    description="Log-in, tokens and sessions.",
)
blp.tag = "auth"
blp.ARGUMENTS_PARSER = OAuthParser()


def _also_json(schema: type) -> Any:
    """Document that JSON of the same names is taken, too."""
    return blp.doc(requestBody={"content": {"application/json": {"schema": schema}}})


@blp.route("/token")
class Token(MethodView):
    @_also_json(TokenRequestSchema)
    @rated(LOG_IN)
    @refuses(OAuthInvalid, GrantTypeUnsupported, ScopeRefused, ClientRefused)
    @blp.arguments(TokenRequestSchema, location="form")
    @blp.response(200, ClientTokenSchema)
    def post(self, args: dict[str, Any]) -> auth.ClientToken:
        """A machine client's access token, for its id and secret [RFC 6749, 4.4]. No refresh."""
        if args["grant_type"] != CLIENT_CREDENTIALS:
            raise GrantTypeUnsupported
        client_id, secret = _credentials(args)
        now = clock.wall()
        with transaction() as session:
            return auth.issue_client_token(
                session,
                signing.current(),
                client_id=client_id,
                secret=secret,
                scope=args["scope"],
                now=now,
            )


@blp.route("/exchange")
class Exchange(MethodView):
    @_also_json(ExchangeRequestSchema)
    @refuses(
        OAuthInvalid,
        GrantTypeUnsupported,
        SubjectTokenRefused,
        ExchangeNotConfigured,
        LenderKeysAway,
    )
    @blp.arguments(ExchangeRequestSchema, location="form")
    @blp.response(200, ExchangedTokenSchema)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """A borrower's tokens, for the lender's own token of her [RFC 8693].

        Each of the lender's tokens is taken once: after a lost answer, ask the lender for another.
        """
        lender = lender_keys.current()
        if lender is None:
            raise ExchangeNotConfigured
        if args["grant_type"] != TOKEN_EXCHANGE:
            raise GrantTypeUnsupported
        now = clock.wall()
        assertion = auth.read_assertion(lender, args["subject_token"], now=now)
        with transaction() as session:
            answer = auth.open_session(
                session,
                signing.current(),
                audience="borrower",
                subject_id=auth.use_assertion(session, assertion=assertion, now=now),
                amr=[EXCHANGE_AMR],
                label=label_of(None, user_agent=request.headers.get("User-Agent")),
                now=now,
            )
        return {
            "access_token": answer.access_token,
            "issued_token_type": ACCESS_TOKEN_TYPE,
            "token_type": answer.token_type,
            "expires_in": answer.expires_in,
            "refresh_token": answer.refresh_token,
        }


def _credentials(args: dict[str, Any]) -> tuple[UUID, str]:
    """The client's id and secret, from the header or the body. Refuses: OAuthInvalid."""
    client_id, secret = args["client_id"], args["client_secret"]
    # Another scheme is no authentication of a client and says nothing here.
    if request.headers.get("Authorization", "").lower().startswith("basic"):
        if secret is not None:
            raise OAuthInvalid(Text("Show the client's secret once.", "客户端密钥只应提供一次。"))
        given = request.authorization
        if given is None:
            raise ClientRefused
        # Both parts are form-encoded before they are joined [RFC 6749, 2.3.1].
        own_id, secret = (unquote_plus(part or "") for part in (given.username, given.password))
        if client_id not in (None, own_id):
            raise OAuthInvalid(
                Text("Two different clients are named.", "请求中出现了两个不同的客户端。")
            )
        client_id = own_id
    try:
        return UUID(client_id or ""), secret or ""
    except ValueError:
        raise ClientRefused from None
