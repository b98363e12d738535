"""Pictures of credentials: a badge's drawing with public words, plain or baked."""

from collections.abc import Mapping
from typing import Any

from backend.kit.texts import Locale, Text
from rewards.badges.pictures import draw
from rewards.credentials import baking
from rewards.credentials.rules import DESCRIPTION, public_name

TYPE = "image/svg+xml"
# Opened by itself it may load and run nothing, and is of no origin.
POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


def plain(badge: Mapping[str, Any], *, locale: Locale) -> str:
    """The drawing of a badge's definition."""
    title = public_name(Text.from_json(badge["name"]))
    return draw(badge["picture"], title=title.in_(locale), description=DESCRIPTION.in_(locale))


def bake(badge: Mapping[str, Any], *, document: str, locale: Locale) -> str:
    """The same with a credential in it."""
    return baking.bake(plain(badge, locale=locale), document=document)
