"""A witness of transparency logs on this machine [c2sp.org/tlog-witness], and its odd moments."""

import base64
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.evidence import merkle
from backend.kit.witnesses import Witness
from tests.fakes.receiver import Receiver, receiving

SECONDS = 1_700_000_000


class FakeWitness:
    """Signs what grew out of what it signed; `state` is (size, root)."""

    def __init__(self, receiver: Receiver, name: str = "witness.example/w1") -> None:
        self.receiver = receiver
        self.name = name
        self.key = Ed25519PrivateKey.generate()
        self.state = (0, merkle.EMPTY_ROOT)
        self.lies = False
        receiver.respond = self._respond

    @property
    def witness(self) -> Witness:
        return Witness(self.name, self.key.public_key().public_bytes_raw(), self.url)

    @property
    def url(self) -> str:
        return self.receiver.url("127.0.0.1", path="/w1")

    def _respond(self, wire: socket.socket) -> None:
        call = self.receiver.calls[-1]
        assert call.target == "/w1/add-checkpoint"
        status, said = self._judge(call.body.decode())
        head = f"HTTP/1.1 {status} Said\r\nContent-Length: {len(said)}\r\n\r\n"
        wire.sendall(head.encode() + said)

    def _judge(self, body: str) -> tuple[int, bytes]:
        asked, _, note = body.partition("\n\n")
        old, *hashes = asked.split("\n")
        text = note.partition("\n\n")[0]
        size, root = int(text.split("\n")[1]), base64.b64decode(text.split("\n")[2])
        known, known_root = self.state
        if int(old.removeprefix("old ")) != known:
            return 409, f"{known}\n".encode()
        proof = [base64.b64decode(each) for each in hashes]
        grew = not proof if known in (0, size) else None
        if grew is None:
            grew = merkle.verify_consistency(known, size, proof, known_root, root)
        if not grew or (known == size and known_root != root):
            return 422, b"no proof\n"
        self.state = (size, root)
        return 200, self._sign(text).encode()

    def _sign(self, text: str) -> str:
        said = text.replace("\n", " \n", 1) if self.lies else text
        signature = self.key.sign(f"cosignature/v1\ntime {SECONDS}\n{said}\n".encode())
        signed = self.witness.key_id + SECONDS.to_bytes(8) + signature
        return f"\u2014 {self.name} {base64.b64encode(signed).decode()}\n"


@contextmanager
def witnessing() -> Iterator[FakeWitness]:
    """A witness that has seen nothing yet."""
    with receiving() as receiver:
        yield FakeWitness(receiver)
