"""The level instalment: exact arithmetic, rounded once at the end."""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from backend.kit.money import Rounding, rounded


def level_installment(balance_minor: int, factors: Sequence[Fraction]) -> Fraction:
    """A = B x prod(1 + f_i) / fn, with fn_1 = 1 and fn_i = 1 + fn_(i-1) x (1 + f_i).

    With every f = 0 that is B / n. Apache Fineract's progressive loans use the same recursion. Kept
    as whole numbers over one common denominator: reducing a fraction of sixty factors at each step
    would cost more than all the rest.
    """
    common = lcm(*(factor.denominator for factor in factors))
    growths = [common + factor.numerator * (common // factor.denominator) for factor in factors]
    product, weight, scale = growths[0], 1, 1
    for growth in growths[1:]:
        product *= growth
        scale *= common
        weight = scale + weight * growth
    return Fraction(balance_minor * product, common * weight)


def to_multiple(amount_minor: int, multiple_minor: int, *, rounding: Rounding) -> int:
    """The nearest multiple; an amount that would become nothing stays as it is."""
    if multiple_minor <= 1:
        return amount_minor
    nearest = multiple_minor * rounded(Fraction(amount_minor, multiple_minor), rounding=rounding)
    return nearest or amount_minor
