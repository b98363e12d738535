"""A stand-in for Firebase Cloud Messaging on this machine, for the demo and for tests.

    python -m notifications.channels.fake_fcm --port 9099

It speaks the HTTP v1 interface and hands out access tokens, keeps what it accepted in a log
(`GET /log?after=0`), and fails as FCM does where an address asks for it: one that begins with
`fake-CASE` meets that case each time, with `fake-CASE-once` the first time only. The paths
`/token/dead`, `/token/refused` and `/token/slow` are token endpoints in trouble. It listens on
loopback alone, and everything it keeps has a bound.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import re
import secrets
import signal
import sys
import time
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from backend.kit.guard import stop_with_supervisor

HOST = "127.0.0.1"
HEAD_BYTES_MAX = 16 * 1024
BODY_BYTES_MAX = 8 * 1024  # FCM itself takes payloads of 4 KiB
CONNECTIONS_MAX = 512
LOG_MAX = 20_000
MET_MAX = 10_000
PAGE_MAX = 1_000
IDLE_SECONDS = 90.0
SLOW_SECONDS = 30.0
TOKEN_SECONDS = 3_600
RETRY_AFTER_SECONDS = 60
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
TARGETS = ("token", "fid", "topic", "condition")
SEND = re.compile(r"/v1/projects/[a-z0-9-]+/messages:send")
CASE = re.compile(r"fake-([a-z_]+?)(-once)?(?:[-:.].*)?")
TTL = re.compile(r"[0-9]+(\.[0-9]+)?s")

# Case: status, status word, FcmError code, Retry-After.
ERRORS: Mapping[str, tuple[int, str, str | None, int | None]] = {
    "unregistered": (404, "NOT_FOUND", "UNREGISTERED", None),
    "mismatch": (403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH", None),
    "forbidden": (403, "PERMISSION_DENIED", None, None),
    "quota": (429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", RETRY_AFTER_SECONDS),
    "unavailable": (503, "UNAVAILABLE", "UNAVAILABLE", RETRY_AFTER_SECONDS),
    "internal": (500, "INTERNAL", "INTERNAL", None),
    "invalid": (400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", None),
    "thirdparty": (401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR", None),
}
# These are accepted, and the answer comes late, torn, or not at all.
TROUBLED = ("slow", "reset", "halfopen")


@dataclass(frozen=True)
class Answer:
    """One answer. `trouble` is what befalls it on its way."""

    status: int
    body: Mapping[str, Any]
    retry_after: int | None = None
    trouble: str | None = None

    def encode(self) -> bytes:
        """As it goes over the wire."""
        content = json.dumps(self.body, separators=(",", ":")).encode()
        extra = f"Retry-After: {self.retry_after}\r\n" if self.retry_after is not None else ""
        head = (
            f"HTTP/1.1 {self.status} Said\r\nContent-Type: application/json\r\n{extra}"
            f"Content-Length: {len(content)}\r\n\r\n"
        )
        return head.encode() + content


def refusal(status: int, word: str, code: str | None, retry_after: int | None = None) -> Answer:
    """An error in Google's shape."""
    details = [{"@type": FCM_ERROR, "errorCode": code}] if code else []
    error = {"code": status, "message": f"Fake: {word}.", "status": word, "details": details}
    return Answer(status, {"error": error}, retry_after)


@dataclass
class FakeFcm:
    """What it handed out and what it was given; the oldest is forgotten beyond a bound."""

    slow_seconds: float = SLOW_SECONDS
    log: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=LOG_MAX))
    tokens: deque[str] = field(default_factory=lambda: deque(maxlen=16))
    met: OrderedDict[str, int] = field(default_factory=OrderedDict)
    accepted: int = 0
    calls: int = 0

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """What FCM would say."""
        parts = urlsplit(target)
        if method == "POST" and parts.path.startswith("/token"):
            return self._token(parts.path.removeprefix("/token"), body)
        if method == "POST" and SEND.fullmatch(parts.path):
            return self._send(parts.path, headers, body)
        if method == "GET" and parts.path == "/log":
            return self._list(parse_qs(parts.query))
        return refusal(404, "NOT_FOUND", None)

    def _token(self, case: str, body: bytes) -> Answer:
        given = parse_qs(body.decode("ascii", "replace"))
        if case == "/dead":
            return Answer(503, {"error": "unavailable"})
        if case == "/refused" or given.get("grant_type") != [GRANT] or "assertion" not in given:
            return Answer(400, {"error": "invalid_grant", "error_description": "Fake."})
        token = secrets.token_urlsafe(24)
        self.tokens.append(token)
        content = {"access_token": token, "expires_in": TOKEN_SECONDS, "token_type": "Bearer"}
        return Answer(200, content, trouble="slow" if case == "/slow" else None)

    def _send(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self.calls += 1
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or token not in self.tokens:
            return refusal(401, "UNAUTHENTICATED", None)
        message, only_look = _read(body)
        if message is None:
            return refusal(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT")
        case = self._case_of(str(next(message[each] for each in TARGETS if each in message)))
        if case is not None and case in ERRORS:
            return refusal(*ERRORS[case])
        self.accepted += 0 if only_look else 1
        name = f"{path.removeprefix('/v1/').removesuffix(':send')}/fake-{self.accepted}"
        if not only_look:
            self.log.append({"seq": self.accepted, "at": time.time(), "name": name, **message})
        return Answer(200, {"name": name}, trouble=case if case in TROUBLED else None)

    def _case_of(self, address: str) -> str | None:
        found = CASE.fullmatch(address)
        if found is None:
            return None
        times = self.met[address] = self.met.pop(address, 0) + 1
        while len(self.met) > MET_MAX:
            self.met.popitem(last=False)
        return None if found[2] and times > 1 else found[1]

    def _list(self, query: Mapping[str, list[str]]) -> Answer:
        words = query.get("after", ["0"])[0]
        after = int(words) if words.isascii() and words.isdigit() else 0
        first = self.log[0]["seq"] if self.log else 1
        start = max(0, after + 1 - first)
        rows = list(itertools.islice(self.log, start, start + PAGE_MAX))
        return Answer(200, {"messages": rows, "calls": self.calls})


def _read(body: bytes) -> tuple[dict[str, Any] | None, bool]:
    """The message, if FCM would take it for one, and whether it is only to be looked at."""
    try:
        given = json.loads(body)
        message = given["message"]
        targets = [each for each in TARGETS if each in message]
        data = message.get("data", {})
        ttl = message.get("android", {}).get("ttl", "0s")
        is_good = (
            len(targets) == 1
            and all(isinstance(value, str) for value in data.values())
            and TTL.fullmatch(ttl) is not None
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None, False
    return (dict(message) if is_good else None), bool(given.get("validate_only"))


async def _serve(fake: FakeFcm, reading: asyncio.StreamReader, writing: Any) -> None:
    with contextlib.suppress(
        OSError, EOFError, ValueError, TimeoutError, asyncio.LimitOverrunError
    ):
        while True:
            async with asyncio.timeout(IDLE_SECONDS):
                method, target, headers, body = await _read_request(reading)
            answer = fake.answer(method, target, headers, body)
            if answer.trouble == "reset":
                writing.transport.abort()
                return
            if answer.trouble == "halfopen":
                await reading.read()  # until the other side gives up
                return
            if answer.trouble == "slow":
                await asyncio.sleep(fake.slow_seconds)
            writing.write(answer.encode())
            await writing.drain()


async def _read_request(
    reading: asyncio.StreamReader,
) -> tuple[str, str, dict[str, str], bytes]:
    head = await reading.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (line.partition(":") for line in lines if line)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    length = int(headers.get("content-length") or 0)
    if not 0 <= length <= BODY_BYTES_MAX:
        raise ValueError
    return method, target, headers, await reading.readexactly(length)


async def serve(fake: FakeFcm, *, port: int, started: Any = None) -> None:
    """Answer until cancelled. `started` is told the port."""
    open_ones: set[object] = set()

    async def accept(reading: asyncio.StreamReader, writing: asyncio.StreamWriter) -> None:
        open_ones.add(writing)
        try:
            if len(open_ones) <= CONNECTIONS_MAX:
                await _serve(fake, reading, writing)
        finally:
            open_ones.discard(writing)
            writing.close()
            # Else the loop may end before the connection has, and leave it open.
            with contextlib.suppress(OSError):
                await writing.wait_closed()

    server = await asyncio.start_server(accept, HOST, port, limit=HEAD_BYTES_MAX)
    if started is not None:
        started(server.sockets[0].getsockname()[1])
    async with server:
        await server.serve_forever()


def main() -> None:
    """Run until told to stop, or until whoever started it is gone."""
    parser = argparse.ArgumentParser(description="A stand-in for FCM on this machine.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--slow-seconds", type=float, default=SLOW_SECONDS)
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(0))

    def tell(port: int) -> None:
        sys.stdout.write(f"http://{HOST}:{port}\n")
        sys.stdout.flush()

    stop_with_supervisor()
    fake = FakeFcm(slow_seconds=options.slow_seconds)
    asyncio.run(serve(fake, port=options.port, started=tell))


if __name__ == "__main__":
    main()
