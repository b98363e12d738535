"""A small OpenID provider on loopback: real HTTP, real keys, and every way to cheat."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT_ID = "goodfaith"
CLIENT_SECRET = "a secret of the tests"  # noqa: S105 - guards nothing
CODE = "a-code-of-the-provider"


@cache
def first_key() -> RSAKey:
    """Making one takes a while."""
    return new_key("first")


def new_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


@dataclass
class FakeProvider:
    """What it says can be changed by a test before the browser comes back."""

    issuer: str = ""
    email: str = "anna@lender.test"
    key: RSAKey = field(default_factory=first_key)
    # Changes to the ID token's claims; a None takes one out.
    claims: dict[str, Any] = field(default_factory=dict)
    make_token: Callable[[dict[str, Any]], str] | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    failing: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    begun: dict[str, str] = field(default_factory=dict)

    def authorize(self, location: str) -> dict[str, str]:
        """What the provider does once she has signed in: the query the browser comes back with."""
        self.begun = {name: value[0] for name, value in parse_qs(urlsplit(location).query).items()}
        return {"state": self.begun["state"], "code": CODE, "iss": self.issuer}

    def document(self) -> dict[str, Any]:
        paths = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "jwks_uri": "jwks",
        }
        known = {name: f"{self.issuer}/{path}" for name, path in paths.items()}
        return {"issuer": self.issuer, **known} | self.metadata

    def jwks(self) -> dict[str, Any]:
        return dict(KeySet([self.key]).as_dict(private=False))

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        is_right = (
            authorization == f"Basic {basic}"
            and form.get("code") == CODE
            and form.get("redirect_uri") == self.begun.get("redirect_uri")
            and challenge == self.begun.get("code_challenge")
            and self.begun.get("code_challenge_method") == "S256"
        )
        if not is_right:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "opaque", "token_type": "Bearer", "id_token": self.id_token()}

    def id_token(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "anna-at-the-provider",
            "iat": now,
            "exp": now + 300,
            "nonce": self.begun["nonce"],
            "email": self.email,
            "email_verified": True,
        } | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        return self.make_token(claims) if self.make_token else self.signed(claims)

    def signed(self, claims: dict[str, Any], **header: Any) -> str:
        head = {"alg": "RS256", "kid": self.key.kid} | header
        return jwt.encode(head, claims, self.key)


class _Handler(BaseHTTPRequestHandler):
    provider: FakeProvider

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/.well-known/openid-configuration":
            self._answer(path, 200, self.provider.document())
        else:
            self._answer(path, 200, self.provider.jwks())

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        form = {k: v[0] for k, v in parse_qs(self.rfile.read(length).decode()).items()}
        authorization = self.headers.get("Authorization", "")
        self._answer("/token", *self.provider.token(form, authorization))

    def _answer(self, path: str, status: int, body: dict[str, Any]) -> None:
        self.provider.asked.append(path)
        if path in self.provider.failing:
            status, body = 500, {"error": "server_error"}
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Silent: the tests' output is for the tests."""


@contextmanager
def running_provider() -> Iterator[FakeProvider]:
    """On a port of its own, until the block ends."""
    provider = FakeProvider()
    handler = type("Handler", (_Handler,), {"provider": provider})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
