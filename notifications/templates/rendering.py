"""Words with values filled in. Values are written once and never read as words again."""

import re
from collections.abc import Mapping
from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal

from backend.kit.money import Money
from backend.kit.texts import Locale
from notifications.templates.rules import OPTIONAL, PLACEHOLDER, UNSEEN, VALUE_LENGTH_MAX
from notifications.templates.words import FIELDS, Kind, Rendered, Words

Values = Mapping[str, str | int]


class ValueMissingError(ValueError):
    """A message was announced without a value that its words need: a defect of ours."""


def render_words(
    words: Words, *, variables: Mapping[str, Kind], values: Values, locale: Locale, action_code: str
) -> Rendered:
    """One message in one language. Raises ValueMissingError."""
    said = {
        name: written
        for name, kind in variables.items()
        if (written := _written(name, kind, values, locale))
    }
    filled = {name: _fill(getattr(words, name).in_(locale), said) for name in FIELDS}
    return Rendered(**filled, action_code=action_code)


def find_missing(words: Words, *, variables: Mapping[str, Kind], values: Values) -> set[str]:
    """The variables without which the words cannot be said."""
    texts = [text for name in FIELDS for text in getattr(words, name).as_json().values()]
    needed = {each for text in texts for each in PLACEHOLDER.findall(OPTIONAL.sub("", text))}
    return {each for each in needed if not _written(each, variables[each], values, "en")}


def _fill(text: str, said: Mapping[str, str]) -> str:
    def optional(part: re.Match[str]) -> str:
        return part[1] if all(name in said for name in PLACEHOLDER.findall(part[1])) else ""

    def value(place: re.Match[str]) -> str:
        if place[1] not in said:
            raise ValueMissingError(place[1])
        return said[place[1]]

    return PLACEHOLDER.sub(value, OPTIONAL.sub(optional, text))


def _written(name: str, kind: Kind, values: Values, locale: Locale) -> str:
    """A value as a reader of the language writes it; empty where there is none."""
    match kind:
        case Kind.MONEY:
            amount, currency = values.get(f"{name}_minor"), values.get("currency")
            known = amount is not None and currency is not None
            return Money(int(amount), str(currency)).in_words(locale) if known else ""  # type: ignore[arg-type]
        case Kind.WORDS:
            return _plain(values.get(f"{name}_{'zh_cn' if locale == 'zh-CN' else 'en'}", ""))
        case Kind.DAY:
            day = values.get(name)
            return _day(date.fromisoformat(str(day)), locale) if day else ""
        case Kind.COUNT:
            count = values.get(name)
            tag = locale.replace("-", "_")
            return "" if count is None else format_decimal(int(count), locale=tag)
        case Kind.TEXT:
            return _plain(values.get(name, ""))


def _day(day: date, locale: Locale) -> str:
    return format_date(day, format="long", locale=locale.replace("-", "_"))


def _plain(value: str | int) -> str:
    return UNSEEN.sub("", str(value)).strip()[:VALUE_LENGTH_MAX]
