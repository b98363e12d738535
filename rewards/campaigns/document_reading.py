"""Reading values of a document. Every fault is noted with its pointer, and reading goes on."""

import re
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from backend.kit.predicates import FactType, escape, read_value
from backend.kit.problems import FieldError
from backend.kit.texts import Text

Chosen = TypeVar("Chosen", bound=StrEnum)
UNREAD = Text("", "")


class Reader:
    """Answers a value that fits in the place of one that doesn't, having noted the fault."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []

    def fault(self, pointer: str, detail: str | Text) -> None:
        """Note what is wrong."""
        self.errors.append(FieldError(pointer, detail))

    def members(self, raw: object, pointer: str, names: Sequence[str]) -> dict[str, Any]:
        """An object that has no other members."""
        if not isinstance(raw, dict):
            self.fault(pointer, "Must be an object.")
            return {}
        for strange in [name for name in raw if name not in names]:
            self.fault(f"{pointer}/{escape(str(strange))}", "Unknown field.")
        return raw

    def texts(self, raw: object, pointer: str, longest: int) -> Text:
        """A text in both languages."""
        before = len(self.errors)
        given = self.members(raw, pointer, ("en", "zh-CN"))
        for language in ("en", "zh-CN"):
            told = given.get(language)
            if not isinstance(told, str) or not 1 <= len(told.strip()) <= longest:
                detail = f"Must be a text of 1 to {longest} characters."
                self.fault(f"{pointer}/{language}", detail)
            elif any(sign == "\x00" or "\ud800" <= sign <= "\udfff" for sign in told):
                self.fault(f"{pointer}/{language}", "Has signs that cannot be stored.")
        return UNREAD if len(self.errors) > before else Text.from_json(given)

    def one_of(self, raw: object, pointer: str, kind: type[Chosen]) -> Chosen:
        """One of a closed list."""
        found = next((each for each in kind if raw == each), None)
        if found is None:
            self.fault(pointer, f"Must be one of: {', '.join(kind)}.")
            return next(iter(kind))
        return found

    def whole(self, raw: object, pointer: str, low: int, high: int) -> int:
        """A whole number within bounds."""
        if type(raw) is int and low <= raw <= high:
            return raw
        self.fault(pointer, f"Must be a whole number of {low} to {high}.")
        return low

    def decimal(self, raw: object, pointer: str, *, low: Decimal, high: Decimal) -> Decimal:
        """A decimal string within bounds."""
        value = read_value(raw, FactType.DECIMAL) if isinstance(raw, str) else None
        if isinstance(value, Decimal) and low <= value <= high:
            return value
        self.fault(pointer, f'Must be a decimal string of "{low:f}" to "{high:f}".')
        return low

    def code(self, raw: object, pointer: str, pattern: str) -> str:
        """A short name for machines."""
        if isinstance(raw, str) and re.fullmatch(pattern, raw):
            return raw
        self.fault(
            pointer, "Must be small letters, digits and underscores, 2 to 40, a letter first."
        )
        return ""

    def listed(self, raw: object, pointer: str, low: int, high: int) -> list[Any]:
        """A list of so many."""
        if isinstance(raw, list) and low <= len(raw) <= high:
            return raw
        self.fault(pointer, f"Must be a list of {low} to {high}.")
        return []
