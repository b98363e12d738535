"""A policy as a form has it: fields are named by its JSON pointers, so that a fault finds its own.

A condition is shown as groups of comparisons. A part that is nested deeper is kept as JSON in a
field of its own: what the form cannot show it does not change.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import orjson

from backend.kit.predicates import LIST_OPS, PRESENCE_OPS, FactType
from backend.tiers.policy import SCORES

LANGUAGES = ("en", "zh-CN")
# A group of comparisons: all hold, one does, none does, or not all do.
MODES = ("all", "any", "none", "not_all")
RAW = "raw"  # a group that is nested deeper, as JSON
WHOLE = re.compile(r"-?[0-9]{1,15}")
YES, NO = ("true", "yes", "是"), ("false", "no", "否")
COMMA = re.compile(r"[,，;；]")
# How many rows of anything a form may claim to have.
ROWS_MAX = 40

Fields = Mapping[str, str]
Kinds = Mapping[str, FactType]


def to_form(document: Mapping[str, Any]) -> dict[str, Any]:
    """The policy in the shape that the editor draws, faults and all."""
    cards = document.get("scorecards") or {}
    return {
        "demotion_grace_days": document.get("demotion_grace_days", ""),
        "scorecards": {
            name: _card_to_form(cards[name])
            for name in SCORES
            if isinstance(cards.get(name), Mapping)
        },
        "tiers": [_tier_to_form(tier) for tier in document.get("tiers") or []],
    }


def _card_to_form(card: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "base": card.get("base", 0),
        "parts": [
            {
                "fact": part.get("fact", ""),
                "unknown": part.get("unknown", 0),
                "bands": [
                    {
                        "bound": _to_text(band.get("below", band.get("equal"))),
                        "points": band.get("points", 0),
                    }
                    for band in part.get("bands") or []
                ],
            }
            for part in card.get("parts") or []
        ],
    }


def _tier_to_form(tier: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: tier.get(name, "") for name in ("code", "rank", "public_code")}
    for name in ("name", "about"):
        words = tier.get(name) or {}
        shown[name] = {language: words.get(language, "") for language in LANGUAGES}
    return shown | {"when": when_to_form(tier.get("when", {"all": []}))}


def when_to_form(predicate: Any) -> dict[str, Any]:
    """Groups of comparisons; a part that is nested deeper is a group as JSON."""
    if predicate == {"all": []}:
        return {"mode": "any", "groups": []}
    single = _group_to_form(predicate)
    mode, parts = _only(predicate) if isinstance(predicate, Mapping) else ("", None)
    is_plain = mode in ("all", "any") and isinstance(parts, list) and len(parts) > 0
    if single is not None or not is_plain:
        return {"mode": "any", "groups": [single or _as_json(predicate)]}
    groups = [_group_to_form(part) or _as_json(part) for part in parts or ()]
    return {"mode": mode, "groups": groups}


def _as_json(predicate: Any) -> dict[str, Any]:
    written = json.dumps(predicate, ensure_ascii=False, indent=1)
    return {"mode": RAW, "conditions": [], "raw": written}


def _group_to_form(predicate: Any) -> dict[str, Any] | None:
    if not isinstance(predicate, Mapping):
        return None
    one = _row_to_form(predicate)
    if one is not None:
        return {"mode": "all", "conditions": [one]}
    mode, parts = _only(predicate)
    if mode == "not":
        return _negated(_group_to_form(parts))
    if mode not in ("all", "any") or not isinstance(parts, list) or not parts:
        return None
    rows = [_row_to_form(part) for part in parts]
    return None if None in rows else {"mode": mode, "conditions": rows}


def _row_to_form(predicate: Any) -> dict[str, str] | None:
    """One comparison, also one that an unknown fact passes; None for anything else."""
    if not isinstance(predicate, Mapping):
        return None
    if "fact" in predicate:
        return _comparison_to_form(predicate)
    mode, parts = _only(predicate)
    if mode != "any" or not isinstance(parts, list) or len(parts) != len(("it", "unknown")):
        return None
    first, second = parts
    if not isinstance(first, Mapping) or "fact" not in first or first.get("op") in PRESENCE_OPS:
        return None
    if second != {"fact": first["fact"], "op": "unknown"}:
        return None
    return _comparison_to_form(first) | {"or_unknown": "true"}


def _only(predicate: Mapping[str, Any]) -> tuple[str, Any]:
    """What a condition that is no comparison is: its one word, and what stands under it."""
    return next(iter(predicate.items()), ("", None))


def _negated(group: dict[str, Any] | None) -> dict[str, Any] | None:
    if group is None or group["mode"] not in ("all", "any"):
        return None
    is_one = len(group["conditions"]) == 1
    return group | {"mode": "none" if is_one or group["mode"] == "any" else "not_all"}


def _comparison_to_form(comparison: Mapping[str, Any]) -> dict[str, str]:
    value = comparison.get("value")
    texts = [_to_text(each) for each in value] if isinstance(value, list) else [_to_text(value)]
    return {
        "fact": str(comparison.get("fact", "")),
        "op": str(comparison.get("op", "")),
        "value": ", ".join(texts),
        "or_unknown": "",
    }


def _to_text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def to_document(fields: Fields, *, kinds: Kinds) -> dict[str, Any]:
    """What the form says as a policy; what cannot be read stays as written, to be refused there."""
    document: dict[str, Any] = {}
    if fields.get("demotion_grace_days", "").strip():
        document["demotion_grace_days"] = _whole(fields["demotion_grace_days"])
    cards = {
        name: _card_to_document(fields, f"scorecards.{name}", kinds=kinds)
        for name in SCORES
        if f"scorecards.{name}.base" in fields
    }
    if cards:
        document["scorecards"] = cards
    scored = {**kinds, **dict.fromkeys(cards, FactType.INTEGER)}
    document["tiers"] = [
        _tier_to_document(fields, at, kinds=scored) for at in _rows(fields, "tiers", "code")
    ]
    return document


def _rows(fields: Fields, at: str, name: str) -> list[str]:
    """Where the rows of a list are, in their order, as far as there are any."""
    places = [f"{at}.{n}" for n in range(ROWS_MAX)]
    return [place for place in places if f"{place}.{name}" in fields]


def _card_to_document(fields: Fields, at: str, *, kinds: Kinds) -> dict[str, Any]:
    return {
        "base": _whole(fields.get(f"{at}.base", "")),
        "parts": [
            {
                "fact": fields[f"{part}.fact"].strip(),
                "bands": _bands(fields, part, kinds=kinds),
                "unknown": _whole(fields.get(f"{part}.unknown", "")),
            }
            for part in _rows(fields, f"{at}.parts", "fact")
        ],
    }


def _bands(fields: Fields, part: str, *, kinds: Kinds) -> list[dict[str, Any]]:
    kind = kinds.get(fields[f"{part}.fact"].strip())
    name = "equal" if kind in (FactType.TEXT, FactType.BOOLEAN) else "below"
    rows = _rows(fields, f"{part}.bands", "points")
    bands: list[dict[str, Any]] = []
    for n, row in enumerate(rows):
        band: dict[str, Any] = {"points": _whole(fields[f"{row}.points"])}
        if n < len(rows) - 1:
            band = {name: _value(fields.get(f"{row}.bound", ""), kind), **band}
        bands.append(band)
    return bands


def _tier_to_document(fields: Fields, at: str, *, kinds: Kinds) -> dict[str, Any]:
    tier: dict[str, Any] = {
        "code": fields[f"{at}.code"].strip(),
        "when": _when_to_document(fields, f"{at}.when", kinds=kinds),
    }
    if fields.get(f"{at}.rank", "").strip():
        tier["rank"] = _whole(fields[f"{at}.rank"])
    if fields.get(f"{at}.public_code", "").strip():
        tier["public_code"] = fields[f"{at}.public_code"].strip()
    for name in ("name", "about"):
        words = {each: fields.get(f"{at}.{name}.{each}", "").strip() for each in LANGUAGES}
        if any(words.values()):
            tier[name] = words
    return tier


def _when_to_document(fields: Fields, at: str, *, kinds: Kinds) -> Any:
    groups = [
        _group_to_document(fields, group, kinds=kinds)
        for group in _rows(fields, f"{at}.groups", "mode")
    ]
    groups = [group for group in groups if group is not None]
    if not groups:
        return {"all": []}
    mode = "all" if fields.get(f"{at}.mode") == "all" else "any"
    return groups[0] if len(groups) == 1 else {mode: groups}


def _group_to_document(fields: Fields, at: str, *, kinds: Kinds) -> Any:
    if fields[f"{at}.mode"] == RAW:
        return _from_json(fields.get(f"{at}.raw", ""))
    found = [
        _row_to_document(fields, row, kinds=kinds)
        for row in _rows(fields, f"{at}.conditions", "fact")
        if fields[f"{row}.fact"].strip()
    ]
    if not found:
        return None
    mode = fields[f"{at}.mode"]
    one = found[0] if len(found) == 1 else None
    if mode in ("none", "not_all"):
        return {"not": one or {"any" if mode == "none" else "all": found}}
    return one or {mode if mode in MODES else "all": found}


def _from_json(raw: str) -> Any:
    try:
        return orjson.loads(raw)
    except ValueError:
        return raw


def _row_to_document(fields: Fields, at: str, *, kinds: Kinds) -> dict[str, Any]:
    found = _comparison_to_document(fields, at, kinds=kinds)
    if not fields.get(f"{at}.or_unknown") or found["op"] in PRESENCE_OPS:
        return found
    return {"any": [found, {"fact": found["fact"], "op": "unknown"}]}


def _comparison_to_document(fields: Fields, at: str, *, kinds: Kinds) -> dict[str, Any]:
    fact, op = fields[f"{at}.fact"].strip(), fields.get(f"{at}.op", "")
    if op in PRESENCE_OPS:
        return {"fact": fact, "op": op}
    text = fields.get(f"{at}.value", "").strip()
    kind = kinds.get(fact)
    if op in LIST_OPS or op == "between":
        parts = [part.strip() for part in COMMA.split(text) if part.strip()]
        return {"fact": fact, "op": op, "value": [_value(part, kind) for part in parts]}
    return {"fact": fact, "op": op, "value": _value(text, kind)}


def _whole(text: str) -> int | str:
    return int(text) if WHOLE.fullmatch(text.strip()) else text.strip()


def _value(text: str, kind: FactType | None) -> Any:
    text = text.strip()
    if kind is FactType.INTEGER:
        return _whole(text)
    if kind is FactType.BOOLEAN and text.lower() in (*YES, *NO):
        return text.lower() in YES
    return text


def at_field(pointer: str) -> str:
    """The field that a fault of the policy is shown at: conditions are one field each."""
    place = pointer.removeprefix("#/policy").removeprefix("#").strip("/")
    place = re.sub(r"/when/.*$", "/when", place)
    place = re.sub(r"/(below|equal)$", "/bound", place)
    return f"#/{place}"
