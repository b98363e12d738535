"""Fields and schema parents for what goes over the wire."""

import re
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from babel.numbers import list_currencies
from marshmallow import RAISE, Schema, ValidationError, fields, pre_load, validate

from backend.kit.clock import all_zones
from backend.kit.texts import LOCALES
from backend.kit.wording import Finding, find_unkind

MINOR_MAX = 10**15  # ten trillion in a currency with cents: beyond any loan, within a bigint
EXTERNAL_ID_LENGTH_MAX = 200
TEXT_LENGTH_MAX = 5_000
RATE_PATTERN = r"^(0|[1-9][0-9]{0,2})(\.[0-9]{1,8})?$"
CURRENCY_PATTERN = r"^[A-Z]{3}$"
# Without control characters, the first of which PostgreSQL refuses. Unpaired surrogates never come
# this far: neither strict JSON nor a decoded address holds any.
PRINTABLE_PATTERN = r"^[^\x00-\x1f\x7f]*$"
TEXT_PATTERN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"


# What a loan may speak of. Beyond lies a slip of the keyboard, and arithmetic that overflows.
DAY_FIRST, DAY_LAST = date(1900, 1, 1), date(2199, 12, 31)
DAY_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Pattern(validate.Regexp):
    """A pattern for the whole text, written as clients read it: `$` alone lets a line end pass."""

    def __call__(self, value: Any) -> Any:
        """Refuses: ValidationError."""
        if self.regex.fullmatch(value) is None:
            raise ValidationError(self._format_error(value))
        return value


class StrictSchema(Schema):
    """Parent of inputs: unknown fields are refused, so a misspelt one never passes silently."""

    class Meta:
        unknown = RAISE

    @pre_load
    def refuse_other_shapes(self, data: Any, **_: Any) -> Any:
        """A list or a number is no object, and says so."""
        if not hasattr(data, "keys"):
            raise ValidationError(["Must be an object."])
        return data


class OutSchema(Schema):
    """Parent of answers."""


def Minor(**kwargs: Any) -> fields.Integer:  # noqa: N802 - reads as the field it is
    """An amount in minor units, either sign."""
    return fields.Integer(strict=True, validate=validate.Range(-MINOR_MAX, MINOR_MAX), **kwargs)


def MinorNotNegative(**kwargs: Any) -> fields.Integer:  # noqa: N802
    """An amount in minor units, zero or more."""
    return fields.Integer(strict=True, validate=validate.Range(0, MINOR_MAX), **kwargs)


def MinorPositive(**kwargs: Any) -> fields.Integer:  # noqa: N802
    """An amount in minor units, at least one."""
    return fields.Integer(strict=True, validate=validate.Range(1, MINOR_MAX), **kwargs)


def WholeNumber(low: int, high: int, **kwargs: Any) -> fields.Integer:  # noqa: N802
    """An integer within bounds."""
    return fields.Integer(strict=True, validate=validate.Range(low, high), **kwargs)


class AsTyped(fields.String):
    """Text of which every space counts, such as a password: no form trims it."""


class Truth(fields.Boolean):
    """true or false, and nothing that Python takes for them."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


def RateString(**kwargs: Any) -> fields.String:  # noqa: N802
    """A yearly rate as a decimal string, such as "0.1200"."""
    return fields.String(
        validate=Pattern(RATE_PATTERN, error='Must be a decimal string such as "0.1200".'),
        metadata={"example": "0.1200"},
        **kwargs,
    )


@cache
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


def is_currency(value: str) -> bool:
    """Whether it is a currency's code; raises ValidationError where it is not."""
    if value not in _currencies():
        raise ValidationError("Must be an ISO 4217 code.")
    return True


def Currency(**kwargs: Any) -> fields.String:  # noqa: N802
    """ISO 4217 code of a currency that there is, or was."""
    return fields.String(
        validate=[Pattern(CURRENCY_PATTERN, error="Must be an ISO 4217 code."), is_currency],
        metadata={"example": "CNY"},
        **kwargs,
    )


def ExternalId(**kwargs: Any) -> fields.String:  # noqa: N802
    """The lender's own id of a thing."""
    return fields.String(
        validate=[validate.Length(1, EXTERNAL_ID_LENGTH_MAX), is_external_id], **kwargs
    )


def is_external_id(value: str) -> bool:
    """Whether an id can stand in a body and in an address alike; else raises ValidationError.

    A slash and the dots that mean a folder do not survive an address, and bytes of an address that
    are no text arrive as U+FFFD: two ids must not become one. Nor may two look the same by signs
    that nobody sees.
    """
    if not value.isprintable() or "/" in value or "\ufffd" in value or value in (".", ".."):
        raise ValidationError("Must be printable, without a slash.")
    return True


def ShortText(low: int = 1, high: int = 200, **kwargs: Any) -> fields.String:  # noqa: N802
    """One line."""
    return fields.String(validate=[*_printable(low, high)], **kwargs)


def LongText(low: int = 1, high: int = TEXT_LENGTH_MAX, **kwargs: Any) -> fields.String:  # noqa: N802
    """Several lines."""
    return fields.String(validate=[*_lines(low, high)], **kwargs)


class UnkindWords(str):
    """The message of a field whose words must not reach a borrower, with what was found."""

    __slots__ = ("finding",)
    finding: Finding

    @classmethod
    def of(cls, finding: Finding) -> "UnkindWords":
        """One message of one finding."""
        message = cls(finding.detail.en)
        message.finding = finding
        return message


def is_kind(value: str) -> bool:
    """Whether words may reach a borrower [rule R14]; raises ValidationError where not."""
    found = find_unkind(value)
    if found:
        raise ValidationError([UnkindWords.of(each) for each in found])
    return True


def LineToHer(low: int = 1, high: int = 200, **kwargs: Any) -> fields.String:  # noqa: N802
    """One line that a borrower reads."""
    return fields.String(validate=[*_printable(low, high), is_kind], **kwargs)


def WordsToHer(low: int = 1, high: int = TEXT_LENGTH_MAX, **kwargs: Any) -> fields.String:  # noqa: N802
    """Several lines that a borrower reads: staff's own words to her."""
    return fields.String(validate=[*_lines(low, high), is_kind], **kwargs)


def _lines(low: int, high: int) -> list[Any]:
    return [
        validate.Length(low, high),
        Pattern(TEXT_PATTERN, error="Must not hold control characters."),
    ]


def _printable(low: int, high: int) -> list[Any]:
    return [
        validate.Length(low, high),
        Pattern(PRINTABLE_PATTERN, error="Must not hold control characters."),
    ]


def LocaleField(**kwargs: Any) -> fields.String:  # noqa: N802
    """One of our languages."""
    return fields.String(validate=validate.OneOf(LOCALES), **kwargs)


def is_zone(value: str) -> bool:
    """Whether it names a zone; raises ValidationError where it does not."""
    if value not in all_zones():
        raise ValidationError("Must be an IANA time zone, such as Asia/Shanghai.")
    return True


def Zone(**kwargs: Any) -> fields.String:  # noqa: N802
    """An IANA time zone."""
    return fields.String(validate=is_zone, metadata={"example": "Asia/Shanghai"}, **kwargs)


class Day(fields.Date):
    """A day, YYYY-MM-DD."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        # The standard library also reads 20260131 and 2026-W05-6; the interface promises one form.
        if not isinstance(value, str) or DAY_FORM.fullmatch(value) is None:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        day = super()._deserialize(value, attr, data, **kwargs)
        if not DAY_FIRST <= day <= DAY_LAST:
            raise ValidationError(f"Must lie between {DAY_FIRST} and {DAY_LAST}.")
        return day


class Instant(fields.AwareDateTime):
    """An instant, RFC 3339, answered in UTC with a Z."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return None if value is None else instant_text(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return super()._deserialize(value, attr, data, **kwargs).astimezone(UTC)


def instant_text(at: datetime) -> str:
    """RFC 3339 in UTC, such as 2026-11-23T06:00:00Z; microseconds only where there are some."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


class TextsSchema(StrictSchema):
    """A text in both languages, for borrowers to read."""

    en = fields.String(required=True, validate=[*_printable(1, 500), is_kind])
    zh_cn = fields.String(required=True, data_key="zh-CN", validate=[*_printable(1, 500), is_kind])
