"""Somebody who takes webhooks, on this machine: as well-behaved or as odd as a test wants."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

HEAD_END = b"\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
NO_LINGER = struct.pack("ii", 1, 0)


@dataclass
class Call:
    """One request as it came."""

    target: str
    headers: dict[str, str]
    body: bytes


def answer(status: int, **headers: str) -> bytes:
    """An answer with that status; underscores of the names become hyphens."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([f"HTTP/1.1 {status} Said", *lines, "Content-Length: 0", "", ""]).encode()


@dataclass
class Receiver:
    """Remembers what came, and does `respond(wire)` to each; by default it says 200."""

    port: int
    is_secure: bool
    calls: list[Call] = field(default_factory=list)
    respond: Callable[[socket.socket], None] = lambda wire: wire.sendall(OK)
    context: ssl.SSLContext | None = None
    in_flight: int = 0
    in_flight_most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    released: threading.Event = field(default_factory=threading.Event)

    def url(self, host: str = "localhost", path: str = "/hooks") -> str:
        return f"{'https' if self.is_secure else 'http'}://{host}:{self.port}{path}"

    def says(self, status: int, **headers: str) -> None:
        """From now on every call is answered so."""
        self.respond = lambda wire: wire.sendall(answer(status, **headers))

    def waits(self) -> None:
        """From now on nothing is answered until `released` is set."""

        def hold(wire: socket.socket) -> None:
            self.released.wait(20)
            wire.sendall(OK)

        self.respond = hold

    def drips(self, *, every_seconds: float) -> None:
        """A byte of the head now and then, for ever."""

        def drip(wire: socket.socket) -> None:
            wire.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not self.released.wait(every_seconds):
                wire.sendall(b".")

        self.respond = drip

    def resets(self) -> None:
        """The connection is torn as soon as the call has come."""

        def reset(wire: socket.socket) -> None:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
            wire.close()

        self.respond = reset


@contextmanager
def receiving(certificate: Path | None = None, *, host: str = "127.0.0.1") -> Iterator[Receiver]:
    """A receiver, by https where there is a certificate. It is gone at the end."""
    with socket.create_server((host, 0)) as listening:
        listening.settimeout(0.05)
        receiver = Receiver(listening.getsockname()[1], is_secure=certificate is not None)
        if certificate is not None:
            receiver.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            receiver.context.load_cert_chain(certificate)
        stopping = threading.Event()
        listener = threading.Thread(target=_listen, args=(listening, receiver, stopping))
        listener.start()
        try:
            yield receiver
        finally:
            stopping.set()
            receiver.released.set()
            listener.join()


def _listen(listening: socket.socket, receiver: Receiver, stopping: threading.Event) -> None:
    threads: list[threading.Thread] = []
    while not stopping.is_set():
        with suppress(TimeoutError):
            plain, _ = listening.accept()
            threads.append(threading.Thread(target=_serve, args=(receiver, plain)))
            threads[-1].start()
    for thread in threads:
        thread.join()


def _serve(receiver: Receiver, plain: socket.socket) -> None:
    with suppress(OSError), plain:
        plain.settimeout(10)
        tls = receiver.context
        with tls.wrap_socket(plain, server_side=True) if tls else plain as wire:
            call = _read(wire)
            if call is not None:
                _take(receiver, wire, call)


def _take(receiver: Receiver, wire: socket.socket, call: Call) -> None:
    with receiver.lock:
        receiver.calls.append(call)
        receiver.in_flight += 1
        receiver.in_flight_most = max(receiver.in_flight, receiver.in_flight_most)
    try:
        receiver.respond(wire)
    finally:
        with receiver.lock:
            receiver.in_flight -= 1


def _read(wire: socket.socket) -> Call | None:
    data = b""
    while HEAD_END not in data:
        more = wire.recv(65_536)
        if not more:
            return None
        data += more
    head, _, body = data.partition(HEAD_END)
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        more = wire.recv(65_536)
        if not more:
            return None
        body += more
    return Call(first.split(" ")[1], headers, body)
