"""The effects of a document."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from rewards.campaigns.document_reading import Reader
from rewards.campaigns.rules import (
    BODY_LENGTH_MAX,
    EFFECTS_MAX,
    FACTOR_MAX,
    NAME_PATTERN,
    POINTS_PER_AWARD_MAX,
    REFUSED_EFFECTS,
    TITLE_LENGTH_MAX,
)
from rewards.campaigns.terms import (
    BadgeGiven,
    BenefitGiven,
    Effect,
    Message,
    Multiplied,
    Points,
    Refused,
)

FACTOR_LEAST = Decimal("1.01")


def read_effects(raw: object, pointer: str, reader: Reader) -> tuple[Effect, ...]:
    """One to five effects."""
    listed = reader.listed(raw, pointer, 1, EFFECTS_MAX)
    read = [_read_effect(each, f"{pointer}/{place}", reader) for place, each in enumerate(listed)]
    kinds = [each.kind for each in read if isinstance(each, Points | Multiplied | Message)]
    for kind in sorted({kind for kind in kinds if kinds.count(kind) > 1}):
        reader.fault(pointer, f"There may be one effect of the kind {kind}.")
    return tuple(each for each in read if each is not None)


def _read_effect(raw: object, pointer: str, reader: Reader) -> Effect | None:
    kind = raw.get("kind") if isinstance(raw, dict) else None
    if not isinstance(kind, str) or not isinstance(raw, dict):
        reader.fault(f"{pointer}/kind", f"Must be one of: {', '.join(READERS)}.")
        return None
    if kind in REFUSED_EFFECTS:
        return Refused(kind)
    if kind not in READERS:
        reader.fault(f"{pointer}/kind", f"Must be one of: {', '.join(READERS)}.")
        return None
    return READERS[kind](raw, pointer, reader)


def _points(raw: Mapping[str, Any], pointer: str, reader: Reader) -> Effect:
    reader.members(raw, pointer, ("kind", "points"))
    return Points(reader.whole(raw.get("points"), f"{pointer}/points", 1, POINTS_PER_AWARD_MAX))


def _multiplied(raw: Mapping[str, Any], pointer: str, reader: Reader) -> Effect:
    reader.members(raw, pointer, ("kind", "factor"))
    factor = reader.decimal(
        raw.get("factor"), f"{pointer}/factor", low=FACTOR_LEAST, high=FACTOR_MAX
    )
    return Multiplied(factor)


def _badge(raw: Mapping[str, Any], pointer: str, reader: Reader) -> Effect:
    reader.members(raw, pointer, ("kind", "code"))
    return BadgeGiven(reader.code(raw.get("code"), f"{pointer}/code", NAME_PATTERN))


def _benefit(raw: Mapping[str, Any], pointer: str, reader: Reader) -> Effect:
    reader.members(raw, pointer, ("kind", "benefit"))
    return BenefitGiven(reader.code(raw.get("benefit"), f"{pointer}/benefit", NAME_PATTERN))


def _message(raw: Mapping[str, Any], pointer: str, reader: Reader) -> Effect:
    reader.members(raw, pointer, ("kind", "purpose", "title", "body"))
    return Message(
        purpose=reader.code(raw.get("purpose"), f"{pointer}/purpose", NAME_PATTERN),
        title=reader.texts(raw.get("title"), f"{pointer}/title", TITLE_LENGTH_MAX),
        body=reader.texts(raw.get("body"), f"{pointer}/body", BODY_LENGTH_MAX),
    )


READERS: Mapping[str, Callable[[Mapping[str, Any], str, Reader], Effect]] = {
    "points": _points,
    "points_multiplied": _multiplied,
    "badge": _badge,
    "benefit": _benefit,
    "message": _message,
}
