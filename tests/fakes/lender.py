"""The lender's log-in server: signs tokens, and answers for its keys as well or badly as told."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from backend.kit import clock
from backend.kit.ids import new_id

ISSUER = "https://login.lender.test"
AUDIENCE = "https://goodfaith.test"
PATH = "/keys"


class Lender:
    """Keys by id, and how its server behaves at the moment."""

    def __init__(self) -> None:
        self.keys: dict[str, tuple[str, Any]] = {
            "rsa-1": ("RS256", rsa.generate_private_key(65537, 2048)),
            "ec-1": ("ES256", ec.generate_private_key(ec.SECP256R1())),
            "ed-1": ("EdDSA", ed25519.Ed25519PrivateKey.generate()),
        }
        self.asked = 0
        self.status = 200
        self.delay_seconds = 0.0
        self.body: bytes | None = None
        self.extra: list[dict[str, Any]] = []
        self.location: str | None = None
        self.url = ""

    def rotate(self, kid: str) -> None:
        """Another key under another name, and no other."""
        self.keys = {kid: ("ES256", ec.generate_private_key(ec.SECP256R1()))}

    def answer(self) -> bytes:
        if self.body is not None:
            return self.body
        listed = [public_jwk(kid, *key) for kid, key in self.keys.items()]
        return json.dumps({"keys": [*listed, *self.extra]}).encode()

    def claims(self, external_id: str, **changes: Any) -> dict[str, Any]:
        """A good token's; None takes one out."""
        now = int(clock.wall().timestamp())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": external_id,
            "iat": now,
            "exp": now + 120,
            "jti": str(new_id()),
        } | changes
        return {name: value for name, value in claims.items() if value is not None}

    def token(
        self,
        external_id: str,
        *,
        kid: str = "ec-1",
        headers: dict[str, Any] | None = None,
        **changes: Any,
    ) -> str:
        """A token signed with one of its keys."""
        algorithm, key = self.keys[kid]
        return jwt.encode(
            self.claims(external_id, **changes),
            key,
            algorithm,
            headers={"kid": kid} | (headers or {}),
        )


def public_jwk(kid: str, algorithm: str, key: Any) -> dict[str, Any]:
    maker = {"RS": RSAAlgorithm, "PS": RSAAlgorithm, "ES": ECAlgorithm}.get(
        algorithm[:2], OKPAlgorithm
    )
    own = maker.to_jwk(key.public_key(), as_dict=True)
    return {**own, "kid": kid, "use": "sig", "alg": algorithm}


@contextmanager
def serving(lender: Lender) -> Iterator[None]:
    """Its server, on loopback, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            lender.asked += 1
            time.sleep(lender.delay_seconds)
            content = lender.answer()
            self.send_response(lender.status)
            if lender.location is not None:
                self.send_header("Location", lender.location)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Not into the test's output."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """A caller that hung up is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    lender.url = f"http://127.0.0.1:{server.server_port}{PATH}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
