"""What the buttons of the editor do to the form: rows come, go and move."""

from typing import Any

from backend.tiers.policy import SCORES

NEW_CONDITION = {"fact": "", "op": "gt", "value": "", "or_unknown": ""}
NEW_BANDS = ({"bound": "", "points": 0}, {"bound": "", "points": 0})


def press(form: dict[str, Any], button: str) -> None:
    """Do what a button says: `verb:place`. What names nothing in the form does nothing."""
    verb, _, place = button.partition(":")
    act = _ACTS.get(verb)
    if act is None:
        return
    try:
        act(form, place)
    except (LookupError, ValueError):
        return


def _find(form: dict[str, Any], place: str) -> Any:
    found: Any = form
    for step in place.split("."):
        found = found[int(step)] if isinstance(found, list) else found[step]
    return found


def _row(form: dict[str, Any], place: str) -> tuple[list[Any], int]:
    at, _, number = place.rpartition(".")
    rows = _find(form, at)
    rows[int(number)]  # LookupError beyond the end
    return rows, int(number)


def _remove(form: dict[str, Any], place: str) -> None:
    rows, number = _row(form, place)
    del rows[number]


def _raise(form: dict[str, Any], place: str) -> None:
    rows, number = _row(form, place)
    if number > 0:
        rows[number - 1], rows[number] = rows[number], rows[number - 1]


def _add_tier(form: dict[str, Any], _: str) -> None:
    words = {"en": "", "zh-CN": ""}
    tier = {"code": "", "rank": "", "public_code": "", "name": dict(words), "about": dict(words)}
    when = {"mode": "any", "groups": [_group()]}
    # Before the last one, which takes all that is left.
    form["tiers"].insert(max(0, len(form["tiers"]) - 1), tier | {"when": when})


def _group() -> dict[str, Any]:
    return {"mode": "all", "conditions": [dict(NEW_CONDITION)]}


def _add_group(form: dict[str, Any], place: str) -> None:
    _find(form, place)["groups"].append(_group())


def _add_condition(form: dict[str, Any], place: str) -> None:
    _find(form, place)["conditions"].append(dict(NEW_CONDITION))


def _add_score(form: dict[str, Any], name: str) -> None:
    if name in SCORES:
        form["scorecards"].setdefault(name, {"base": 0, "parts": [_part()]})


def _remove_score(form: dict[str, Any], name: str) -> None:
    del form["scorecards"][name]


def _part() -> dict[str, Any]:
    return {"fact": "", "unknown": 0, "bands": [dict(band) for band in NEW_BANDS]}


def _add_part(form: dict[str, Any], place: str) -> None:
    _find(form, place)["parts"].append(_part())


def _add_band(form: dict[str, Any], place: str) -> None:
    bands = _find(form, place)["bands"]
    # Before the last one, which takes all that is left.
    bands.insert(max(0, len(bands) - 1), {"bound": "", "points": 0})


_ACTS = {
    "remove": _remove,
    "raise": _raise,
    "add-tier": _add_tier,
    "add-group": _add_group,
    "add-condition": _add_condition,
    "add-score": _add_score,
    "remove-score": _remove_score,
    "add-part": _add_part,
    "add-band": _add_band,
}
