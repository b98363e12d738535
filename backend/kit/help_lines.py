"""Whom somebody in despair can reach at once. Shown wherever her words ask for it."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.kit.environment import Environment
from backend.kit.texts import Text

SHIPPED = Path(__file__).with_name("help_lines.toml")
LINES_MAX = 10
REGION_DEFAULT = "CN"


@dataclass(frozen=True)
class HelpLine:
    """One line: who answers, and what she dials."""

    name: Text
    reach: str


def read(path: Path, *, region: str) -> tuple[HelpLine, ...]:
    """The lines of a region. Raises ValueError where the file has none, or is none."""
    found = tomllib.loads(path.read_text(encoding="utf-8")).get(region)
    if not isinstance(found, list) or not 0 < len(found) <= LINES_MAX:
        message = f"has no lines for the region {region!r}"
        raise ValueError(message)
    return tuple(_read_line(line) for line in found)


def configured(env: Environment) -> tuple[HelpLine, ...]:
    """Those that HELP_REGION and HELP_LINES_FILE name; what is wrong with them is refused."""
    own = env.get("HELP_LINES_FILE")
    try:
        return read(Path(own or SHIPPED), region=env.get("HELP_REGION") or REGION_DEFAULT)
    except OSError as error:
        env.refuse("HELP_LINES_FILE", f"cannot be read: {error.strerror}")
    except ValueError as error:
        env.refuse("HELP_LINES_FILE" if own else "HELP_REGION", str(error))
    return ()


def _read_line(line: Any) -> HelpLine:
    try:
        name, reach = Text.from_json(line["name"]), line["reach"]
    except (KeyError, TypeError):
        message = "needs of each line name.en, name.zh-CN and reach"
        raise ValueError(message) from None
    if not all(isinstance(word, str) and word for word in (name.en, name.zh_cn, reach)):
        message = "has a line with an empty word"
        raise ValueError(message)
    return HelpLine(name, reach)


_lines: tuple[HelpLine, ...] = ()


def configure(lines: Sequence[HelpLine]) -> None:
    """Say which lines are shown here."""
    global _lines  # noqa: PLW0603 - set once by the assembly
    _lines = tuple(lines)


def lines() -> tuple[HelpLine, ...]:
    """Those that are shown here."""
    return _lines
