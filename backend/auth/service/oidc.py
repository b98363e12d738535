"""Single sign-on of staff by OpenID Connect, as one configured provider's client.

Only the settings say whom we trust: the issuer, its address, and through its discovery document
its endpoints and keys. Nothing in a token's header is followed. It calls out, so it is never used
inside a transaction.
"""

import threading
import time
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Any
from urllib.parse import urlsplit

import orjson
import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from backend.auth.errors import ProviderAway
from backend.kit.logs import get_logger, told
from backend.settings import OidcSettings
from backend.staff.errors import SsoRefused
from backend.staff.log_in_rules import normal_email
from backend.staff.service.sso import SignOn

SCOPE = "openid email"
TIMEOUT_SECONDS = 5
ANSWER_BYTES_MAX = 256 * 1024
CHUNK_BYTES = 16 * 1024
METADATA_SECONDS = 3_600
LEEWAY_SECONDS = 30
# Asymmetric ones alone: with HS256 whoever knows the public key, or the client secret, signs.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")

log = get_logger(__name__)


@dataclass(frozen=True)
class _Known:
    """What the provider says of itself, and when that was asked."""

    metadata: dict[str, Any]
    keys: KeySet
    asked_at: float


class Provider:
    """The provider that the settings name. One for each process; it remembers keys for an hour."""

    def __init__(self, settings: OidcSettings) -> None:
        self.settings = settings
        self._known: _Known | None = None
        self._lock = threading.Lock()

    def authorization_url(self, begun: SignOn) -> str:
        """Where the browser goes. Refuses: ProviderAway."""
        endpoint = self._get().metadata["authorization_endpoint"]
        with self._client() as client:
            url, _ = client.create_authorization_url(
                endpoint, state=begun.state, nonce=begun.nonce, code_verifier=begun.code_verifier
            )
        return str(url)

    def verified_email(self, begun: SignOn, *, code: str, now: datetime) -> str:
        """Exchange the code; the address that the provider has verified.

        Refuses: SsoRefused, ProviderAway.
        """
        tokens = self._exchange(begun, code=code)
        claims = self._read_id_token(tokens, begun, now=now)
        email = claims.get("email")
        normal = normal_email(email) if isinstance(email, str) else None
        if normal is None or claims.get("email_verified") is not True:
            raise _refused("email not verified")
        return normal

    def _exchange(self, begun: SignOn, *, code: str) -> dict[str, Any]:
        endpoint = self._get().metadata["token_endpoint"]
        try:
            with self._client() as client:
                answer = client.fetch_token(
                    endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=begun.code_verifier,
                    allow_redirects=False,
                )
        except requests.RequestException as error:
            raise _away(error) from None
        except (AuthlibBaseError, ValueError) as error:
            raise _refused(type(error).__name__) from None
        return dict(answer)

    def _read_id_token(
        self, tokens: dict[str, Any], begun: SignOn, *, now: datetime
    ) -> dict[str, Any]:
        token = tokens.get("id_token")
        if not isinstance(token, str):
            raise _refused("no ID token")
        try:
            read = self._decode(token)
            claims = CodeIDToken(
                read.claims,
                read.header,
                {
                    "iss": {"essential": True, "value": self.settings.issuer},
                    "aud": {"essential": True, "value": self.settings.client_id},
                    "nonce": {"essential": True, "value": begun.nonce},
                },
                {
                    "nonce": begun.nonce,
                    "client_id": self.settings.client_id,
                    "access_token": tokens.get("access_token"),
                },
            )
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise _refused(type(error).__name__) from None
        if not compare_digest(str(claims["nonce"]).encode(), begun.nonce.encode()):
            raise _refused("nonce")
        return dict(claims)

    def _decode(self, token: str) -> jwt.Token:
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        try:
            return jwt.decode(token, self._get().keys, registry=registry)
        except InvalidKeyIdError:
            # The provider may have rotated its keys since we asked.
            return jwt.decode(token, self._get(is_anew=True).keys, registry=registry)

    def _get(self, *, is_anew: bool = False) -> _Known:
        known = self._known
        if known is not None and not is_anew and _age(known) < METADATA_SECONDS:
            return known
        with self._lock:
            # Whoever waited for the lock takes what was fetched meanwhile.
            if self._known is not None and self._known is not known:
                return self._known
            self._known = self._fetch()
            return self._known

    def _fetch(self) -> _Known:
        asked_at = time.monotonic()
        try:
            metadata = self._get_json(get_well_known_url(self.settings.issuer, external=True))
            self._check(metadata)
            keys = KeySet.import_key_set(self._get_json(metadata["jwks_uri"]))  # type: ignore[arg-type]  # checked there
        except (requests.RequestException, JoseError, ValueError, KeyError, TypeError) as error:
            raise _away(error) from None
        return _Known(metadata, keys, asked_at)

    def _check(self, metadata: dict[str, Any]) -> None:
        """Raises ValueError unless it is the configured issuer's and its endpoints are safe."""
        if metadata.get("issuer") != self.settings.issuer:
            message = "the discovery document is another issuer's"
            raise ValueError(message)
        wanted = urlsplit(self.settings.issuer).scheme
        for name in ENDPOINTS:
            # As safe as the issuer itself: https, and http only where that is a demo's loopback.
            if urlsplit(str(metadata.get(name))).scheme not in ("https", wanted):
                message = f"{name} is not https"
                raise ValueError(message)

    def _get_json(self, url: str) -> dict[str, Any]:
        with (
            self._client() as client,
            client.get(url, withhold_token=True, allow_redirects=False, stream=True) as answer,
        ):
            answer.raise_for_status()
            if answer.status_code != requests.codes.ok:
                message = "not an answer"
                raise ValueError(message)
            body = b""
            for chunk in answer.iter_content(CHUNK_BYTES):
                body += chunk
                if len(body) > ANSWER_BYTES_MAX:
                    message = "the answer is too large"
                    raise ValueError(message)
        value = orjson.loads(body)
        if not isinstance(value, dict):
            message = "the answer is no object"
            raise TypeError(message)
        return value

    def _client(self) -> Any:
        return OAuth2Session(
            self.settings.client_id,
            self.settings.client_secret,
            scope=SCOPE,
            redirect_uri=self.settings.redirect_url,
            code_challenge_method="S256",
            default_timeout=TIMEOUT_SECONDS,
        )


def _age(known: _Known) -> float:
    return time.monotonic() - known.asked_at


def _away(error: Exception) -> ProviderAway:
    log.warning("sso_provider_away", **told(error))
    return ProviderAway()


def _refused(why: str) -> SsoRefused:
    # Why is for the operator's log alone: it is a kind of error, never a token's content.
    log.info("sso_refused", why=why)
    return SsoRefused()
