"""The builder's form: a document as fields and rows, and back again.

What a field holds and the document can't take is passed on as it is: reading the document then
names it with its pointer, which is the field's name.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from backend.kit.predicates import LIST_OPS, PRESENCE_OPS, FactType

ROWS_MAX = 20
PLACES = ("audience", "conditions")
GROUPS = ("rows", "inner")
DAYPARTS = 2
EFFECT_KINDS = ("points", "points_multiplied", "badge", "benefit", "message")
LANGUAGES = ("en", "zh-CN")
_WHOLE_FIELDS = (
    "budget.points_total",
    "budget.awards_total",
    "budget.per_borrower.awards",
    "budget.per_borrower.points",
    "budget.per_period.points",
    "budget.per_period.awards",
    "stacking.priority",
    "window_days",
)
_TEXT_FIELDS = (
    "trigger.event",
    "budget.per_period.every",
    "schedule.starts_on",
    "schedule.ends_on",
    "schedule.zone",
    "stacking.group",
    "stacking.mode",
    "primary_measure",
    *(f"texts.{name}.{language}" for name in ("name", "promise") for language in LANGUAGES),
)
_EFFECT_FIELDS = (
    "effect.points.points",
    "effect.points_multiplied.factor",
    "effect.badge.code",
    "effect.benefit.benefit",
    *(f"effect.message.{name}.{language}" for name in ("title", "body") for language in LANGUAGES),
)
_DAYPART_FIELDS = tuple(
    f"schedule.dayparts.{place}.{end}" for place in range(DAYPARTS) for end in (0, 1)
)
FIELDS = (*_WHOLE_FIELDS, *_TEXT_FIELDS, *_EFFECT_FIELDS, *_DAYPART_FIELDS, "holdout")
_SEPARATORS = re.compile(r"\s*[,，、;；]\s*")
_THOUSANDS = re.compile(r"(?<=\d)[,， ](?=\d{3}\b)")
_PERCENT = Decimal(100)


Fields = Mapping[str, Sequence[str]]  # a posted form: every value of a name


@dataclass
class Row:
    """One sentence of a condition."""

    fact: str = ""
    op: str = ""
    value: str = ""


@dataclass
class Side:
    """One condition: rows joined by `mode`, and one inner group of rows joined the other way.

    `kept`: a condition that this form cannot show, which it hands on as it is.
    """

    mode: str = "all"
    rows: list[Row] = field(default_factory=list)
    inner: list[Row] = field(default_factory=list)
    kept: str = ""

    @property
    def other(self) -> str:
        """How the inner group is joined."""
        return "any" if self.mode == "all" else "all"


@dataclass
class Form:
    """The whole form."""

    values: dict[str, str] = field(default_factory=dict)
    weekdays: list[str] = field(default_factory=list)
    sides: dict[str, Side] = field(default_factory=lambda: {place: Side() for place in PLACES})
    kept_effects: str = ""


def from_document(document: Mapping[str, Any]) -> Form:
    """A document that was read without a fault, as a form."""
    form = Form()
    for name in (*_TEXT_FIELDS, *_WHOLE_FIELDS, *_DAYPART_FIELDS):
        form.values[name] = _told(_find(document, name.split(".")))
    form.values["holdout"] = _percent_told(document.get("holdout", "0.10"))
    form.weekdays = [str(day) for day in document["schedule"].get("weekdays") or ()]
    for place in PLACES:
        form.sides[place] = _side_of(document.get(place) or {"all": []})
    _effects_told(form, document.get("effects", ()))
    return form


def from_fields(fields: Fields) -> Form:
    """A form as it was posted."""
    form = Form(values={name: _one(fields, name) for name in FIELDS})
    form.weekdays = list(fields.get("schedule.weekdays", ()))
    form.kept_effects = _one(fields, "effects.kept")
    for place in PLACES:
        side = Side(
            mode="any" if _one(fields, f"{place}.mode") == "any" else "all",
            kept=_one(fields, f"{place}.kept"),
        )
        side.rows = _rows_of(fields, f"{place}.rows")
        side.inner = _rows_of(fields, f"{place}.inner")
        form.sides[place] = side
    return form


def change_rows(form: Form, act: str) -> None:
    """Add an empty row or take one away: `add.audience.rows`, `remove.audience.rows.2`."""
    verb, _, rest = act.partition(".")
    place, _, rest = rest.partition(".")
    group, _, number = rest.partition(".")
    if place not in PLACES or group not in GROUPS:
        return
    rows: list[Row] = getattr(form.sides[place], group)
    if verb == "add" and len(rows) < ROWS_MAX:
        rows.append(Row())
    elif verb == "remove" and number in map(str, range(len(rows))):
        rows.pop(int(number))


def to_document(form: Form, *, facts: Mapping[str, FactType]) -> dict[str, Any]:
    """The document that the form says, whether it is one or not."""
    value = form.values
    per_period = {
        "every": value["budget.per_period.every"],
        "points": _whole(value["budget.per_period.points"]),
        "awards": _whole(value["budget.per_period.awards"]),
    }
    return {
        "texts": {name: _texts(form, f"texts.{name}") for name in ("name", "promise")},
        "trigger": {"event": value["trigger.event"]},
        **{place: _predicate(form.sides[place], facts) for place in PLACES},
        "effects": _effects(form),
        "budget": {
            "points_total": _whole(value["budget.points_total"]),
            "awards_total": _whole(value["budget.awards_total"]),
            "per_period": per_period if per_period["every"] else None,
            "per_borrower": {
                "awards": _whole(value["budget.per_borrower.awards"]),
                "points": _whole(value["budget.per_borrower.points"]),
            },
        },
        "schedule": _schedule(form),
        "stacking": {
            "group": value["stacking.group"],
            "mode": value["stacking.mode"],
            "priority": _whole(value["stacking.priority"]),
        },
        "holdout": _share(value["holdout"]),
        "primary_measure": value["primary_measure"],
        "window_days": _whole(value["window_days"]),
    }


def field_of(pointer: str, document: Mapping[str, Any]) -> str:
    """The pointer by the name of the form's field: effects go by their kind, not their place."""
    pointer = pointer.replace("#/document/", "#/", 1)
    found = re.match(r"#/effects/(\d+)(/.*)?$", pointer)
    effects = document.get("effects") or []
    if found is None or int(found[1]) >= len(effects):
        return pointer
    effect = effects[int(found[1])]
    kind = effect.get("kind") if isinstance(effect, Mapping) else None
    return f"#/effect/{kind}{found[2] or ''}" if kind in EFFECT_KINDS else pointer


def _find(document: Any, path: Sequence[str]) -> Any:
    for step in path:
        if isinstance(document, list):
            document = document[int(step)] if int(step) < len(document) else None
        elif isinstance(document, Mapping):
            document = document.get(step)
        else:
            return None
    return document


def _told(value: Any) -> str:
    return "" if value is None else str(value)


def _percent_told(share: Any) -> str:
    return f"{Decimal(str(share)) * _PERCENT:.4f}".rstrip("0").rstrip(".")


def _share(percent: str) -> str:
    try:
        share = Decimal(percent.rstrip("% ")) / _PERCENT
    except InvalidOperation:
        return percent
    if not share.is_finite():
        return percent
    whole = f"{share:.2f}"
    return whole if Decimal(whole) == share else f"{share:f}"


def _whole(told: str) -> Any:
    plain = _THOUSANDS.sub("", told.strip())
    if not plain:
        return None
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 16 else told  # noqa: PLR2004 - no number here is longer


def _texts(form: Form, name: str) -> dict[str, str]:
    return {language: form.values[f"{name}.{language}"] for language in LANGUAGES}


def _schedule(form: Form) -> dict[str, Any]:
    value = form.values
    spans = [[value[f"schedule.dayparts.{n}.{end}"] for end in (0, 1)] for n in range(DAYPARTS)]
    dayparts = [span for span in spans if any(span)]
    return {
        "starts_on": value["schedule.starts_on"],
        "ends_on": value["schedule.ends_on"],
        "zone": value["schedule.zone"],
        "weekdays": [_whole(day) for day in form.weekdays] or None,
        "dayparts": dayparts or None,
    }


def _effects(form: Form) -> list[Any]:
    value, effects = form.values, []
    if value["effect.points.points"]:
        effects.append({"kind": "points", "points": _whole(value["effect.points.points"])})
    if value["effect.points_multiplied.factor"]:
        effects.append(
            {"kind": "points_multiplied", "factor": value["effect.points_multiplied.factor"]}
        )
    if value["effect.badge.code"]:
        effects.append({"kind": "badge", "code": value["effect.badge.code"]})
    if value["effect.benefit.benefit"]:
        effects.append({"kind": "benefit", "benefit": value["effect.benefit.benefit"]})
    title, body = _texts(form, "effect.message.title"), _texts(form, "effect.message.body")
    if any((*title.values(), *body.values())):
        effects.append({"kind": "message", "purpose": "reward", "title": title, "body": body})
    return [*effects, *_kept(form.kept_effects, [])]


def _effects_told(form: Form, effects: Iterable[Mapping[str, Any]]) -> None:
    kept = []
    seen = set()
    for effect in effects:
        kind = effect.get("kind")
        is_odd = (
            kind not in EFFECT_KINDS or kind in seen or effect.get("purpose", "reward") != "reward"
        )
        if is_odd:
            kept.append(effect)
            continue
        seen.add(kind)
        for name in _EFFECT_FIELDS:
            _, of, *path = name.split(".")
            if of == kind:
                form.values[name] = _told(_find(effect, path))
    for name in _EFFECT_FIELDS:
        form.values.setdefault(name, "")
    form.kept_effects = json.dumps(kept, ensure_ascii=False) if kept else ""


def _kept(told: str, otherwise: Any) -> Any:
    try:
        return orjson.loads(told) if told else otherwise
    except ValueError:
        return otherwise


def _one(fields: Fields, name: str) -> str:
    given = fields.get(name)
    return given[-1].replace("\r\n", "\n").strip() if given else ""


def _rows_of(fields: Fields, name: str) -> list[Row]:
    rows = []
    for place in range(ROWS_MAX):
        if f"{name}.{place}.fact" not in fields:
            break
        said = (_one(fields, f"{name}.{place}.{part}") for part in ("fact", "op", "value"))
        rows.append(Row(*said))
    return rows


def _side_of(predicate: Mapping[str, Any]) -> Side:
    if "fact" in predicate:
        predicate = {"all": [predicate]}
    mode = next(iter(predicate))
    side = Side(mode=mode if mode in ("all", "any") else "all")
    parts = predicate.get(side.mode)
    simple = isinstance(parts, list) and all("fact" in part for part in parts[:-1])
    if not simple or not parts:
        side.kept = "" if parts == [] else json.dumps(predicate, ensure_ascii=False)
        return side
    last = parts[-1]
    inner = last.get(side.other)
    if "fact" not in last and not (inner and all("fact" in part for part in inner)):
        side.kept = json.dumps(predicate, ensure_ascii=False)
        return side
    side.inner = [_row_of(part) for part in inner or ()]
    side.rows = [_row_of(part) for part in (parts[:-1] if inner else parts)]
    return side


def _row_of(comparison: Mapping[str, Any]) -> Row:
    operation, value = comparison["op"], comparison.get("value")
    if isinstance(value, bool):
        return Row(comparison["fact"], "yes" if value == (operation == "eq") else "no")
    told = ", ".join(str(each) for each in value) if isinstance(value, list) else _told(value)
    return Row(comparison["fact"], operation, told)


def _predicate(side: Side, facts: Mapping[str, FactType]) -> Any:
    kept = _kept(side.kept, None)
    if kept is not None:
        return kept
    parts: list[Any] = [_comparison(row, facts) for row in side.rows if row.fact]
    inner = [_comparison(row, facts) for row in side.inner if row.fact]
    if inner:
        parts.append({side.other: inner})
    return {side.mode: parts} if parts else {"all": []}


def _comparison(row: Row, facts: Mapping[str, FactType]) -> dict[str, Any]:
    if row.op in ("yes", "no"):
        return {"fact": row.fact, "op": "eq", "value": row.op == "yes"}
    if row.op in PRESENCE_OPS:
        return {"fact": row.fact, "op": row.op}
    kind = facts.get(row.fact, FactType.TEXT)
    if row.op in LIST_OPS or row.op == "between":
        value: Any = [_operand(each, kind) for each in _SEPARATORS.split(row.value) if each]
    else:
        value = _operand(row.value, kind)
    return {"fact": row.fact, "op": row.op, "value": value}


def _operand(told: str, kind: FactType) -> Any:
    if kind is FactType.INTEGER:
        negative = told.startswith("-")
        value = _whole(told[1:] if negative else told)
        return -value if negative and isinstance(value, int) else value
    return told
