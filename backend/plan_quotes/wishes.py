"""What staff choose for an option, in the shape in which a quote keeps its terms."""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from backend.benefits.rules import WAIVER_MONTHS_MAX
from backend.kit.fields import MINOR_MAX, RATE_PATTERN
from backend.kit.problems import FieldError, Invalid
from backend.loans.rules.schedules.terms import ANNUAL_RATE_MAX
from backend.plan_quotes.rules import Kind, Wishes
from backend.plan_quotes.rules.options import DAY_OF_MONTH_MAX

NUMBER_MAX = 600


def _whole(high: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= high:
            message = f"Must be a whole number from 1 to {high}."
            raise ValueError(message)
        return value

    return read


def _rate(value: Any) -> Fraction:
    if not isinstance(value, str) or re.fullmatch(RATE_PATTERN, value) is None:
        message = 'Must be a decimal string such as "0.1200".'
        raise ValueError(message)
    rate = Fraction(value)
    if rate > ANNUAL_RATE_MAX:
        message = f"Must be at most {ANNUAL_RATE_MAX}."
        raise ValueError(message)
    return rate


_READERS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "due_day": ("due_day", _whole(DAY_OF_MONTH_MAX)),
    "months": ("months", _whole(NUMBER_MAX)),
    "installments": ("months", _whole(NUMBER_MAX)),
    "annual_rate": ("annual_rate", _rate),
    "amount_minor": ("amount_minor", _whole(MINOR_MAX)),
    "periods": ("periods", _whole(WAIVER_MONTHS_MAX)),
}
CHOSEN: Mapping[Kind, frozenset[str]] = {
    Kind.MOVE_DUE_DAY: frozenset({"due_day"}),
    Kind.LONGER_TERM: frozenset({"months"}),
    Kind.LOWER_RATE: frozenset({"months", "annual_rate"}),
    Kind.SKIP: frozenset({"installments"}),
    Kind.RE_AMORTIZE: frozenset(),
    Kind.WAIVE_PENALTY: frozenset({"periods"}),
    Kind.TOKEN_PAYMENT: frozenset({"months", "amount_minor"}),
    Kind.CONVERT: frozenset({"months", "annual_rate"}),
}
# What a quote says beside what was chosen: a later quote on the same terms reckons it anew.
RECKONED = frozenset(
    {
        "first_due_on",
        "remaining_installments",
        "extra_installments",
        "arrears_minor",
        "balance_minor",
    }
)


def read_terms(kind: Kind, terms: Mapping[str, Any]) -> Wishes:
    """Checked choices; what is absent is chosen for her. Refuses: Invalid, with pointers."""
    chosen: dict[str, Any] = {}
    errors = []
    for name, value in terms.items():
        if name in RECKONED:
            continue
        if name not in CHOSEN[kind]:
            errors.append(FieldError(f"#/terms/{name}", "Unknown field."))
            continue
        target, read = _READERS[name]
        try:
            chosen[target] = read(value)
        except ValueError as error:
            errors.append(FieldError(f"#/terms/{name}", str(error)))
    if errors:
        raise Invalid(errors=errors)
    return Wishes(**chosen)
