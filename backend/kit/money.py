"""Money as whole minor units with a currency. No float comes near; rounding is named."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Self

from babel.numbers import format_currency, get_currency_precision


class Rounding(StrEnum):
    """What becomes of a part of a minor unit. The first two are what a product may choose."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"
    UP = "up"


def rounded(value: Fraction, *, rounding: Rounding) -> int:
    """A whole number. `half_up` and `up` go away from zero, `down` towards it."""
    # Whole numbers throughout: arithmetic on fractions would cost ten times as much.
    whole, rest = divmod(abs(value.numerator), value.denominator)
    carried = whole + _carries(whole, rest, value.denominator, rounding)
    return -carried if value.numerator < 0 else carried


def _carries(whole: int, rest: int, parts: int, rounding: Rounding) -> bool:
    """Whether `rest` of `parts` makes one more."""
    match rounding:
        case Rounding.HALF_UP:
            return 2 * rest >= parts
        case Rounding.HALF_EVEN:
            return 2 * rest > parts or (2 * rest == parts and whole % 2 == 1)
        case Rounding.UP:
            return rest > 0
        case Rounding.DOWN:
            return False


class CurrencyMismatchError(ValueError):
    """Two amounts of different currencies met; a defect of ours, never of a client."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units, such as cents."""

    amount_minor: int
    currency: str

    def __add__(self, other: Self) -> "Money":
        return Money(self.amount_minor + self._same(other), self.currency)

    def __sub__(self, other: Self) -> "Money":
        return Money(self.amount_minor - self._same(other), self.currency)

    def __lt__(self, other: Self) -> bool:
        return self.amount_minor < self._same(other)

    def __le__(self, other: Self) -> bool:
        return self.amount_minor <= self._same(other)

    def share(self, part: Fraction, *, rounding: Rounding) -> "Money":
        """A fraction of the amount, such as 15/100 of it."""
        return Money(rounded(self.amount_minor * part, rounding=rounding), self.currency)

    def allocate(self, weights: list[int]) -> "list[Money]":
        """Split by weights without losing a unit; the earliest parts get what is left over."""
        total = sum(weights)
        parts = [self.amount_minor * weight // total for weight in weights]
        for place in range(self.amount_minor - sum(parts)):
            parts[place] += 1
        return [Money(part, self.currency) for part in parts]

    def in_words(self, locale: str) -> str:
        """As a reader writes it: CN¥12.50."""
        digits = get_currency_precision(self.currency)
        amount = Decimal(self.amount_minor).scaleb(-digits)
        return format_currency(amount, self.currency, locale=locale.replace("-", "_"))

    def _same(self, other: Self) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatchError
        return other.amount_minor
