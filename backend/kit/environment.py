"""Reading an environment: what was asked of it, and all that is wrong with it, told at once."""

import base64
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from backend.kit.crypto import KEY_BYTES, KeyRing

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class SettingsError(RuntimeError):
    """Settings are missing or wrong; the message names each on a line and quotes no secret."""


class Environment:
    """The environment, what was asked of it, and what was wrong: all of that is told at once."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.asked: set[str] = set()
        self.problems: list[str] = []

    def get(self, name: str, default: str = "") -> str:
        """The value, or the default where it is not set or empty; the name is noted."""
        self.asked.add(name)
        return self._values.get(name) or default

    def has(self, name: str) -> bool:
        """Whether a variable that is none of our settings is set."""
        return bool(self._values.get(name))

    def refuse(self, name: str, why: str) -> None:
        """Note that a setting cannot be used."""
        self.problems.append(f"{name}: {why}")

    def raise_problems(self) -> None:
        """Raises SettingsError where there is anything to tell."""
        if self.problems:
            raise SettingsError("\n".join(self.problems))

    def secret(self, name: str, *, is_needed: bool = False) -> str:
        """The value of NAME, or what is in the file that NAME_FILE names; empty without either."""
        value, path = self.get(name), self.get(f"{name}_FILE")
        if value and path:
            self.refuse(name, f"given twice, by {name} and by {name}_FILE")
        elif path:
            try:
                value = Path(path).read_text().strip()
            except (OSError, UnicodeDecodeError):
                self.refuse(f"{name}_FILE", "the file cannot be read")
                return ""
        if is_needed and not value:
            self.refuse(name, f"missing (or a file that holds it, in {name}_FILE)")
        return value

    def ring_of(self, name: str, value: str) -> KeyRing | None:
        """Named keys as a setting writes them; None of nothing, and of what is refused."""
        if not value:
            return None
        try:
            return KeyRing.parse(value)
        except ValueError:
            self.refuse(name, "must be NAME:BASE64_OF_32_BYTES[,NAME:...], newest first")
            return None

    def ring(self, name: str) -> KeyRing | None:
        """Named keys, if the setting is there."""
        return self.ring_of(name, self.get(name))

    def key(self, name: str) -> bytes | None:
        """One key, if the setting is there."""
        value = self.get(name)
        if not value:
            return None
        try:
            key = base64.b64decode(value, validate=True)
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            self.refuse(name, "must be the base64 of 32 bytes")
        return key

    def whole(self, name: str, *, default: int, at_least: int = 1) -> int:
        """A whole number, or the default."""
        value = self.get(name)
        if not value:
            return default
        if not value.isascii() or not value.isdigit() or int(value) < at_least:
            self.refuse(name, f"must be a whole number of at least {at_least}")
            return default
        return int(value)

    def is_whole(self, given: Mapping[str, str], *, what: str) -> bool:
        """Whether all of these are given; some without the others are refused."""
        missing = [name for name, value in given.items() if not value]
        if missing and len(missing) < len(given):
            for name in missing:
                self.refuse(name, f"missing: {what} needs it")
        return not missing


def split_address(address: str) -> SplitResult | None:
    """An address with a host and nobody's name in it, or None."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    return parts if host and parts.username is None else None


def is_trustworthy(address: str, *, is_demo: bool) -> bool:
    """Whether nobody between us and that address can put words of his own into the answer."""
    parts = split_address(address)
    if parts is None:
        return False
    is_loopback = parts.scheme == "http" and parts.hostname in LOOPBACK
    return parts.scheme == "https" or (is_demo and is_loopback)
