"""The parts of the console, and what its menu shows of them."""

from dataclasses import dataclass
from enum import Enum

from backend.kit.texts import Text


class Area(Enum):
    """The parts of the menu, in its order."""

    HOME = Text("Console", "工作台")
    WORK = Text("Account managers", "客户经理")
    MODERATION = Text("Moderation", "内容审核")
    MARKETING = Text("Marketing", "营销")
    RISK = Text("Risk", "风险")
    OPERATION = Text("Operation", "运维")


@dataclass(frozen=True)
class Entry:
    """One line of the menu. Without a `permission` of its own it needs its blueprint's."""

    area: Area
    label: Text
    url: str
    order: int = 50
    permission: str | None = None


@dataclass(frozen=True)
class Section:
    """One area with the entries that one person may open."""

    area: Area
    entries: tuple[Entry, ...]


def menu_for(
    entries: tuple[tuple[Entry, str], ...], *, permissions: frozenset[str]
) -> list[Section]:
    """What a person with these permissions sees, area by area."""
    mine = [entry for entry, needed in entries if needed in permissions]
    found = []
    for area in Area:
        own = sorted((e for e in mine if e.area is area), key=lambda e: (e.order, e.url))
        if own:
            found.append(Section(area, tuple(own)))
    return found


def active_of(sections: list[Section], *, path: str) -> str | None:
    """The address of the entry that a page belongs to: the longest that leads to it."""
    leading = [
        entry.url
        for section in sections
        for entry in section.entries
        if path.rstrip("/") == entry.url.rstrip("/")
        or (entry.area is not Area.HOME and path.startswith(entry.url.rstrip("/") + "/"))
    ]
    return max(leading, key=len, default=None)
