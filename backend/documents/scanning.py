"""Asking a scanner for malware: clamd's INSTREAM over TCP fills the port `DocumentScanner`."""

import socket
import struct
from dataclasses import dataclass

from backend.kit.ports import DocumentScanner

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 60.0
CHUNK_BYTES = 64 * 1024
ANSWER_BYTES_MAX = 4_096


class ScanError(Exception):
    """The scanner could not be asked, or did not say."""


@dataclass(frozen=True)
class ClamdScanner:
    """clamd at a host and port. Its answer names the finding; we keep only whether there is one."""

    host: str
    port: int

    def __call__(self, content: bytes) -> bool:
        """Whether it is clean. Raises ScanError."""
        try:
            answer = self._ask(content)
        except OSError as error:
            raise ScanError(type(error).__name__) from None
        words = answer.rstrip(b"\0\n")
        if words.endswith(b" OK"):
            return True
        if words.endswith(b" FOUND"):
            return False
        raise ScanError("no answer that says so")

    def _ask(self, content: bytes) -> bytes:
        with socket.create_connection((self.host, self.port), CONNECT_SECONDS) as connection:
            connection.settimeout(ANSWER_SECONDS)
            connection.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), CHUNK_BYTES):
                chunk = content[start : start + CHUNK_BYTES]
                connection.sendall(struct.pack("!L", len(chunk)) + chunk)
            connection.sendall(struct.pack("!L", 0))
            answer = b""
            while not answer.endswith(b"\0") and len(answer) < ANSWER_BYTES_MAX:
                more = connection.recv(ANSWER_BYTES_MAX)
                if not more:
                    break
                answer += more
            return answer


@dataclass(frozen=True)
class Scanning:
    """How this installation scans, and what staff see of what nobody scanned."""

    scanner: DocumentScanner | None
    unscanned_is_shown: bool


_scanning = Scanning(scanner=None, unscanned_is_shown=False)


def configure(*, scanner: DocumentScanner | None, unscanned_is_shown: bool) -> None:
    """Say how."""
    global _scanning  # noqa: PLW0603 - one way per process, set once by the assembly
    _scanning = Scanning(scanner, unscanned_is_shown)


def current() -> Scanning:
    """How."""
    return _scanning
