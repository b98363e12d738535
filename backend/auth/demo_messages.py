"""The demo's telephone network: codes that were sent, in a file for its owner alone.

A file and no table, because no code is ever in a row. All server processes of the demo share it.
"""

import fcntl
import os
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

import orjson

from backend.auth.wording import CODE_MESSAGE
from backend.borrowers.rules import mask_phone
from backend.kit import clock
from backend.kit.texts import Locale

FILE = "messages.jsonl"
KEPT_MAX = 50
KEPT_FOR = timedelta(hours=24)
OWNER_ONLY = 0o600


@dataclass(frozen=True)
class Message:
    """As it would lie on the telephone; of the number only the end is kept."""

    at: datetime
    phone: str
    locale: Locale
    code: str
    text: str


class DemoMessages:
    """Where the demo's codes go, and where its page reads them."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def __call__(self, phone_e164: str, code: str, locale: Locale) -> None:
        """Keep the message; old ones go."""
        message = Message(
            at=clock.wall(),
            phone=mask_phone(phone_e164),
            locale=locale,
            code=code,
            text=CODE_MESSAGE.format(code=code).in_(locale),
        )
        opened = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNER_ONLY)
        with os.fdopen(opened, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            kept = [*_read(file.read(), now=message.at), message][-KEPT_MAX:]
            file.seek(0)
            file.truncate()
            file.write(b"".join(orjson.dumps(asdict(each)) + b"\n" for each in kept))

    def latest(self, *, now: datetime) -> list[Message]:
        """Newest first, of the last day."""
        try:
            with self._path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH)
                return _read(file.read(), now=now)[::-1]
        except FileNotFoundError:
            return []


def _read(content: bytes, *, now: datetime) -> list[Message]:
    messages = []
    for line in content.splitlines():
        try:
            value = orjson.loads(line)
            message = Message(**value | {"at": datetime.fromisoformat(value["at"])})
        except (ValueError, TypeError, KeyError):
            # Half a line, of a process that was killed while it wrote.
            continue
        if now - message.at < KEPT_FOR:
            messages.append(message)
    return messages
