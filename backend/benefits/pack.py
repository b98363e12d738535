"""What a pack's version holds, in checked form: for whom, which items, in what words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.benefits.errors import CashLike, KindReserved
from backend.benefits.rules import PACK_KINDS, Kind, Proof, find_terms_error
from backend.kit.cash import find_cash_word
from backend.kit.predicates import FactType, Predicate, parse
from backend.kit.problems import FieldError, Invalid, Reason
from backend.kit.texts import Text

ITEM_DAYS_DEFAULT = 30


@dataclass(frozen=True)
class Item:
    """One thing in a pack. `days`: how long it may be taken up."""

    code: str
    kind: Kind
    terms: Mapping[str, Any]
    text: Text
    days: int
    needs_proof: Proof | None


@dataclass(frozen=True)
class Pack:
    """One version."""

    name: Text
    about: Text
    audience: Predicate
    items: tuple[Item, ...]


def audience_of(document: Mapping[str, Any], *, facts: Mapping[str, FactType]) -> Predicate:
    """For whom a stored version is."""
    return parse(document["audience"], facts=facts, pointer="#/audience")


def read_pack(document: Mapping[str, Any], *, facts: Mapping[str, FactType]) -> Pack:
    """Check a version whose shape the schema has checked.

    Refuses: CashLike, KindReserved, Invalid, each with pointers.
    """
    items = [_read_item(each, f"#/items/{i}") for i, each in enumerate(document["items"])]
    codes = [item.code for item in items]
    for place, code in enumerate(codes):
        if code in codes[:place]:
            raise Invalid(errors=[FieldError(f"#/items/{place}/code", "Is used by another item.")])
    _refuse_cash(document["name"], "#/name")
    _refuse_cash(document["about"], "#/about")
    return Pack(
        name=Text.from_json(document["name"]),
        about=Text.from_json(document["about"]),
        audience=audience_of(document, facts=facts),
        items=tuple(items),
    )


def _read_item(item: Mapping[str, Any], at: str) -> Item:
    kind = _read_kind(item["kind"], at)
    wrong = find_terms_error(kind, item["terms"])
    if wrong is not None:
        raise Invalid(errors=[FieldError(f"{at}/terms{wrong[0]}", wrong[1])])
    for name, value in item["terms"].items():
        _refuse_cash([value], f"{at}/terms/{name}")
    _refuse_cash(item["text"], f"{at}/text")
    return Item(
        code=item["code"],
        kind=kind,
        terms=item["terms"],
        text=Text.from_json(item["text"]),
        days=item["days"],
        needs_proof=Proof(item["needs_proof"]) if item["needs_proof"] else None,
    )


def _read_kind(name: str, at: str) -> Kind:
    if name not in set(Kind):
        kinds = ", ".join(sorted(PACK_KINDS))
        reason = Reason("P1", f"Only these kinds exist in a pack: {kinds}.")
        raise CashLike(
            errors=[FieldError(f"{at}/kind", "There is no such kind.")], reasons=[reason]
        )
    kind = Kind(name)
    if kind not in PACK_KINDS:
        reason = Reason("P2", f"{kind} is granted by its own rule.")
        raise KindReserved(
            errors=[FieldError(f"{at}/kind", "This kind is not for packs.")], reasons=[reason]
        )
    return kind


def _refuse_cash(words: Mapping[str, Any] | Sequence[Any], at: str) -> None:
    said = words.values() if isinstance(words, Mapping) else words
    found = find_cash_word(each for each in said if isinstance(each, str))
    if found is not None:
        reason = Reason("P1", f'"{found}" speaks of money or its like.')
        raise CashLike(errors=[FieldError(at, "Speaks of money.")], reasons=[reason])
