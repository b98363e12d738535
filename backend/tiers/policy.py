"""A tier policy in checked form: scorecards, ordered tiers, days of grace.

Reading names every fault with its JSON pointer. What only publishing needs (ranks, public codes,
texts in both languages) may be absent from a draft and from a preview.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.kit.predicates import (
    ORDERED,
    VALUES_MAX,
    FactType,
    Predicate,
    Value,
    count_values,
    escape,
    facts_used,
    parse,
    read_value,
)
from backend.kit.problems import FieldError, Invalid
from backend.kit.texts import Text
from backend.kit.wording import find_unkind

SCORES = ("capacity", "willingness", "value")
SCORE_MAX = 100
TIERS_MAX = 20
PARTS_MAX = 20
BANDS_MAX = 20
GRACE_DAYS_DEFAULT = 7
GRACE_DAYS_MAX = 90
RANK_MAX = 100
TEXT_LENGTH_MAX = 300
CODE = re.compile(r"^[a-z][a-z0-9_]{1,39}\Z")
# A policy that read the tier it gives would chase its own tail.
FORBIDDEN_FACTS = frozenset({"tier"})


@dataclass(frozen=True)
class Band:
    """Points for values below a bound, or equal to one; the last band has neither."""

    points: int
    below: Value | None = None
    equal: Value | None = None


@dataclass(frozen=True)
class Part:
    """What one fact adds to a score. An unknown fact has its own points."""

    fact: str
    bands: tuple[Band, ...]
    unknown: int


@dataclass(frozen=True)
class Scorecard:
    """A score from 0 to 100: a base and what each fact adds, kept within those bounds."""

    base: int
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Tier:
    """One tier; the first whose condition holds wins. A higher rank is better."""

    code: str
    when: Predicate
    rank: int | None = None
    public_code: str | None = None
    name: Text | None = None
    about: Text | None = None


@dataclass(frozen=True)
class Policy:
    """A whole policy. `kinds` are the types of the facts that it reads, scores not among them."""

    tiers: tuple[Tier, ...]
    scorecards: Mapping[str, Scorecard] = field(default_factory=dict)
    grace_days: int = GRACE_DAYS_DEFAULT
    kinds: Mapping[str, FactType] = field(default_factory=dict)

    def tier(self, code: str) -> Tier | None:
        """The tier with this internal code."""
        return next((tier for tier in self.tiers if tier.code == code), None)


def read_policy(
    document: object,
    *,
    facts: Mapping[str, FactType],
    to_publish: bool = False,
    pointer: str = "#",
) -> Policy:
    """Check a policy and everything in it. Refuses: Invalid, with a pointer to every fault."""
    reader = _Reader(facts={k: v for k, v in facts.items() if k not in FORBIDDEN_FACTS})
    policy = reader.read(document, pointer, to_publish=to_publish)
    if reader.errors or policy is None:
        raise Invalid(errors=reader.errors)
    return policy


class _Reader:
    def __init__(self, *, facts: Mapping[str, FactType]) -> None:
        self.facts = facts
        self.errors: list[FieldError] = []

    def read(self, document: object, at: str, *, to_publish: bool) -> Policy | None:
        known = ("tiers", "scorecards", "demotion_grace_days")
        body = self._object(document, at, known=known, needed=("tiers",))
        if body is None:
            return None
        grace = self._whole(body, "demotion_grace_days", at, 0, GRACE_DAYS_MAX, GRACE_DAYS_DEFAULT)
        cards = self._scorecards(body.get("scorecards", {}), f"{at}/scorecards")
        kinds = {**self.facts, **dict.fromkeys(cards, FactType.INTEGER)}
        tiers = self._tiers(body["tiers"], f"{at}/tiers", kinds=kinds, to_publish=to_publish)
        if self.errors:
            return None
        used = _facts_read(tiers, cards)
        return Policy(
            tiers=tuple(tiers),
            scorecards=cards,
            grace_days=grace,
            kinds={name: self.facts[name] for name in sorted(used)},
        )

    def _scorecards(self, document: object, at: str) -> dict[str, Scorecard]:
        body = self._object(document, at, known=SCORES) or {}
        cards = {
            name: self._scorecard(body[name], f"{at}/{name}") for name in SCORES if name in body
        }
        return {name: card for name, card in cards.items() if card is not None}

    def _scorecard(self, document: object, at: str) -> Scorecard | None:
        body = self._object(document, at, known=("base", "parts"), needed=("parts",))
        if body is None:
            return None
        parts = self._list(body["parts"], f"{at}/parts", PARTS_MAX)
        read = [self._part(each, f"{at}/parts/{i}") for i, each in enumerate(parts)]
        base = self._whole(body, "base", at, -SCORE_MAX, SCORE_MAX, 0)
        return Scorecard(base=base, parts=tuple(part for part in read if part is not None))

    def _part(self, document: object, at: str) -> Part | None:
        names = ("fact", "bands", "unknown")
        body = self._object(document, at, known=names, needed=names)
        if body is None:
            return None
        fact = body["fact"]
        if not isinstance(fact, str) or fact not in self.facts:
            self._refuse(f"{at}/fact", "There is no such fact.")
            return None
        listed = self._list(body["bands"], f"{at}/bands", BANDS_MAX)
        bands = [
            self._band(each, f"{at}/bands/{i}", kind=self.facts[fact], is_last=i == len(listed) - 1)
            for i, each in enumerate(listed)
        ]
        kept = [band for band in bands if band is not None]
        bounds: list[Any] = [band.below for band in kept if band.below is not None]
        if bounds != sorted(set(bounds)):
            self._refuse(f"{at}/bands", "Bounds must rise from band to band.")
        unknown = self._points(body, "unknown", at)
        return Part(fact=fact, bands=tuple(kept), unknown=unknown)

    def _band(self, document: object, at: str, *, kind: FactType, is_last: bool) -> Band | None:
        bound = "below" if kind in ORDERED else "equal"
        known = ("points",) if is_last else (bound, "points")
        body = self._object(document, at, known=known, needed=known)
        if body is None:
            return None
        points = self._points(body, "points", at)
        if is_last:
            return Band(points=points)
        value = read_value(body[bound], kind)
        if value is None:
            self._refuse(f"{at}/{bound}", f"Must be a value of a {kind} fact.")
            return None
        return Band(points, below=value) if bound == "below" else Band(points, equal=value)

    def _tiers(
        self, document: object, at: str, *, kinds: Mapping[str, FactType], to_publish: bool
    ) -> list[Tier]:
        listed = self._list(document, at, TIERS_MAX)
        tiers = [
            self._tier(each, f"{at}/{i}", kinds=kinds, to_publish=to_publish)
            for i, each in enumerate(listed)
        ]
        last = listed[-1] if listed else None
        if isinstance(last, dict) and last.get("when") != {"all": []}:
            self._refuse(f"{at}/{len(listed) - 1}/when", 'The last tier must have {"all": []}.')
        kept = [tier for tier in tiers if tier is not None]
        self._refuse_repeats([tier.code for tier in kept], at, "code")
        self._refuse_repeats([tier.public_code for tier in kept], at, "public_code")
        if to_publish:
            self._refuse_internal_codes(kept, at)
        self._refuse_too_many_values(kept, at)
        return kept

    def _tier(
        self, document: object, at: str, *, kinds: Mapping[str, FactType], to_publish: bool
    ) -> Tier | None:
        public = ("rank", "public_code", "name", "about")
        known = ("code", "when", *public)
        needed = known if to_publish else ("code", "when")
        body = self._object(document, at, known=known, needed=needed)
        if body is None:
            return None
        return Tier(
            code=self._code(body, "code", at) or "",
            when=self._predicate(body["when"], f"{at}/when", kinds=kinds),
            rank=self._whole(body, "rank", at, 0, RANK_MAX, 0) if "rank" in body else None,
            public_code=self._code(body, "public_code", at) if "public_code" in body else None,
            name=self._text(body["name"], f"{at}/name") if "name" in body else None,
            about=self._text(body["about"], f"{at}/about") if "about" in body else None,
        )

    def _predicate(self, document: object, at: str, *, kinds: Mapping[str, FactType]) -> Predicate:
        try:
            return parse(document, facts=kinds, pointer=at)
        except Invalid as refusal:
            self.errors.extend(refusal.errors)
            return parse({"any": []}, facts={})

    def _object(
        self, document: object, at: str, *, known: tuple[str, ...], needed: tuple[str, ...] = ()
    ) -> dict[str, Any] | None:
        if not isinstance(document, dict):
            self._refuse(at, "Must be an object.")
            return None
        for key in document:
            if key not in known:
                self._refuse(f"{at}/{escape(str(key))}", "Unknown field.")
        missing = [name for name in needed if name not in document]
        for name in missing:
            self._refuse(f"{at}/{name}", "Is missing.")
        return None if missing else document

    def _list(self, document: object, at: str, length_max: int) -> list[Any]:
        if isinstance(document, list) and 1 <= len(document) <= length_max:
            return document
        self._refuse(at, f"Must be a list of 1 to {length_max} items.")
        return []

    def _whole(
        self, body: Mapping[str, Any], name: str, at: str, low: int, high: int, default: int
    ) -> int:
        value = body.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self._refuse(f"{at}/{name}", f"Must be a whole number from {low} to {high}.")
            return default
        return value

    def _points(self, body: Mapping[str, Any], name: str, at: str) -> int:
        return self._whole(body, name, at, -SCORE_MAX, SCORE_MAX, 0)

    def _code(self, body: Mapping[str, Any], name: str, at: str) -> str | None:
        value = body[name]
        if isinstance(value, str) and CODE.match(value):
            return value
        self._refuse(f"{at}/{name}", "Must be 2 to 40 of a-z, 0-9 and _, a letter first.")
        return None

    def _text(self, document: object, at: str) -> Text | None:
        body = self._object(document, at, known=("en", "zh-CN"), needed=("en", "zh-CN"))
        if body is None:
            return None
        for language, words in body.items():
            if not isinstance(words, str) or not _is_line(words):
                self._refuse(f"{at}/{language}", f"Must be 1 to {TEXT_LENGTH_MAX} characters.")
                return None
            self.errors += [
                FieldError(f"{at}/{language}", each.detail, each.members)
                for each in find_unkind(words)
            ]
        return Text.from_json(body)

    def _refuse_repeats(self, codes: list[str | None], at: str, name: str) -> None:
        for place, code in enumerate(codes):
            if code is not None and code in codes[:place]:
                self._refuse(f"{at}/{place}/{name}", "Is used by an earlier tier.")

    def _refuse_internal_codes(self, tiers: list[Tier], at: str) -> None:
        # What a borrower reads would be what staff call another tier, or her own.
        codes = {tier.code for tier in tiers}
        for place, tier in enumerate(tiers):
            if tier.public_code in codes:
                self._refuse(f"{at}/{place}/public_code", "Is the internal code of a tier.")

    def _refuse_too_many_values(self, tiers: list[Tier], at: str) -> None:
        # Each value is a parameter of the statement, which takes 65,535.
        total = 0
        for place, tier in enumerate(tiers):
            total += count_values(tier.when)
            if total > VALUES_MAX:
                detail = f"The conditions may compare with at most {VALUES_MAX} values in all."
                self._refuse(f"{at}/{place}/when", detail)
                return

    def _refuse(self, pointer: str, detail: str) -> None:
        self.errors.append(FieldError(pointer, detail))


def _is_line(words: str) -> bool:
    return 1 <= len(words.strip()) <= len(words) <= TEXT_LENGTH_MAX and words.isprintable()


def _facts_read(tiers: list[Tier], cards: Mapping[str, Scorecard]) -> set[str]:
    read = {fact for tier in tiers for fact in facts_used(tier.when)} - set(cards)
    return read | {part.fact for card in cards.values() for part in card.parts}
