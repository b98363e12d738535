"""What a feature has of the programme's configuration, for the bundle that moves it as a whole.

A thing is what staff edit as one: a policy, a badge, a pack. It is written as its feature writes
it, as a draft, and never published: that is for another person, thing by thing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

import marshmallow
from sqlalchemy.orm import Session

from backend.kit.parsing import invalid_from
from backend.kit.texts import Text

Thing = dict[str, Any]  # what JSON can hold, and nothing else
Things = Mapping[str, Thing]  # by their keys


@dataclass(frozen=True)
class Writing:
    """Who writes, why and when. `today` is the programme's day."""

    author_id: UUID
    note: str
    now: datetime
    today: date


class Export(Protocol):
    """Things by key, as they are in force; or with the newest of each, published or not."""

    def __call__(self, session: Session, *, with_drafts: bool) -> Things:
        """What the feature has now."""


@dataclass(frozen=True)
class ConfigSource:
    """One part of the bundle.

    `read(key, raw)`: a thing of a bundle in the shape that `export` has, defaults filled in.
    Refuses: Invalid. `write(session, key, thing, writing)`: its next
    version, as a draft. Refuses as the feature does; pointers of it begin with `root`.
    `find_by_hand(session, key)`: why an existing thing cannot be written as a draft, or None.
    """

    name: str
    title: Text
    export: Export
    read: Callable[[str, Any], Thing]
    write: Callable[[Session, str, Thing, Writing], None]
    root: str = "#"
    find_by_hand: Callable[[Session, str], Text | None] | None = None


def load_shape(schema: marshmallow.Schema, raw: Any) -> Any:
    """What a schema makes of a thing. Refuses: Invalid, every fault with its pointer."""
    try:
        return schema.load(raw)
    except marshmallow.ValidationError as error:
        raise invalid_from(error.messages_dict) from None
