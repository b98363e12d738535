"""The schemas' happy path, compiled: a well-formed line is checked in a tenth of the time.

`compiled(schema)` answers a function that gives for an object exactly what `schema.load` gives,
or None where anything is out of the ordinary; then `schema.load` itself decides and words the
refusal. A property test holds the two equal. Only what can be compiled faithfully is: a schema
with any other field, validator or hook is refused when the process starts.
"""

from collections.abc import Callable
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, cast

from marshmallow import Schema, ValidationError, fields, missing, validate

from backend.kit.fields import (
    DAY_FIRST,
    DAY_FORM,
    DAY_LAST,
    Day,
    Pattern,
    StrictSchema,
    is_currency,
    is_external_id,
    is_zone,
)

Check = Callable[[Any], Any]
Quick = Callable[[Any], dict[str, Any] | None]


class Odd(Exception):
    """Not the ordinary case; whether it is wrong is the schema's to say."""


class NotCompilable(TypeError):
    """The schema has a part that this module does not know."""


@lru_cache(maxsize=4_096)
def _day(value: str) -> date:
    if not DAY_FORM.fullmatch(value):
        raise Odd
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise Odd from None
    if not DAY_FIRST <= day <= DAY_LAST:
        raise Odd
    return day


def _check_day(value: Any) -> date:
    if type(value) is not str:
        raise Odd
    return _day(value)


def _check_bool(value: Any) -> bool:
    if type(value) is not bool:
        raise Odd
    return value


def _integer(validators: list[Any]) -> Check:
    ranges = [v for v in validators if isinstance(v, validate.Range)]
    if len(ranges) != len(validators):
        raise NotCompilable(str(validators))
    low = max((r.min for r in ranges if r.min is not None), default=-(10**18))
    high = min((r.max for r in ranges if r.max is not None), default=10**18)

    def check(value: Any) -> int:
        # bool is no int here: an amount of `true` is odd.
        if type(value) is not int or not low <= value <= high:
            raise Odd
        return value

    return check


def _string(validators: list[Any]) -> Check:
    tests = [_string_test(validator) for validator in validators]

    def check(value: Any) -> str:
        if type(value) is not str:
            raise Odd
        for test in tests:
            if not test(value):
                raise Odd
        return value

    return check


def _string_test(validator: Any) -> Callable[[str], Any]:
    if isinstance(validator, validate.OneOf):
        return frozenset(validator.choices).__contains__
    if type(validator) is Pattern:
        return cast("Callable[[str], Any]", validator.regex.fullmatch)
    if isinstance(validator, validate.Length) and validator.equal is None:
        low, high = validator.min or 0, validator.max or 10**9
        return lambda value: low <= len(value) <= high
    if validator is is_zone or validator is is_currency:
        return _remembered(validator)
    if validator is is_external_id:
        return _is_external_id
    raise NotCompilable(str(validator))


def _is_external_id(value: str) -> bool:
    try:
        return is_external_id(value)
    except ValidationError:
        return False


def _remembered(validator: Callable[[str], bool]) -> Callable[[str], bool]:
    @lru_cache(maxsize=1_024)
    def test(value: str) -> bool:
        try:
            return validator(value)
        except ValidationError:
            return False

    return test


def _check_of(field: fields.Field[Any]) -> Check:
    validators: list[Any] = list(field.validators)
    plain = {Day: _check_day, fields.Boolean: _check_bool}
    if type(field) in plain and not validators:
        return plain[type(field)]
    if type(field) is fields.Integer and field.strict:
        return _integer(validators)
    if type(field) is fields.String:
        return _string(validators)
    if isinstance(field, fields.List):
        return _list(_check_of(field.inner), validators)
    if isinstance(field, fields.Nested):
        return _nested(compiled(field.schema))
    # Rare in a stream, so it is left to the schema whenever it is there.
    return _always_odd


def _always_odd(_: Any) -> Any:
    raise Odd


def _list(inner: Check, validators: list[Any]) -> Check:
    lengths = [v for v in validators if isinstance(v, validate.Length) and v.equal is None]
    if len(lengths) != len(validators):
        return _always_odd
    low = max((v.min or 0 for v in lengths), default=0)
    high = min((v.max or 10**9 for v in lengths), default=10**9)

    def check(value: Any) -> list[Any]:
        if type(value) is not list or not low <= len(value) <= high:
            raise Odd
        return [inner(item) for item in value]

    return check


def _nested(load: Quick) -> Check:
    def check(value: Any) -> dict[str, Any]:
        loaded = load(value)
        if loaded is None:
            raise Odd
        return loaded

    return check


def _or_none(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


def compiled(schema: Schema, *, after: Callable[[dict[str, Any]], Any] | None = None) -> Quick:
    """The happy path of a schema.

    `after` stands for the schema's hooks: it may raise Odd, and returns the loaded object.
    """
    checks: dict[str, Check] = {}
    required: list[str] = []
    defaults: dict[str, Any] = {}
    for name, field in schema.load_fields.items():
        check = _check_of(field)
        checks[field.data_key or name] = _or_none(check) if field.allow_none else check
        if field.required:
            required.append(field.data_key or name)
        elif field.load_default is not missing:
            defaults[name] = field.load_default
    return _loader(checks, required=frozenset(required), defaults=defaults, after=after)


def _loader(
    checks: dict[str, Check],
    *,
    required: frozenset[str],
    defaults: dict[str, Any],
    after: Callable[[dict[str, Any]], Any] | None,
) -> Quick:
    fresh = {name: value for name, value in defaults.items() if callable(value)}
    plain = {name: value for name, value in defaults.items() if not callable(value)}

    def load(data: Any) -> dict[str, Any] | None:
        if type(data) is not dict or not required <= data.keys():
            return None
        loaded = plain.copy()
        for name, make in fresh.items():
            loaded[name] = make()
        try:
            for name, value in data.items():
                loaded[name] = checks[name](value)
            return loaded if after is None else after(loaded)
        except (Odd, KeyError):
            return None

    return load


class QuickSchema(StrictSchema):
    """Parent of inputs that come by the thousand: their ordinary case is compiled."""

    @cached_property
    def _quick(self) -> Quick:
        return compiled(self)

    def load(self, data: Any, **kwargs: Any) -> Any:
        """As the parent's, which is asked where anything is out of the ordinary."""
        row = None if kwargs.get("many") else self._quick(data)
        return super().load(data, **kwargs) if row is None else row
