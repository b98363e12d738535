"""How sure we are of a difference between two groups: shares by Newcombe, means by Welch, 95 %."""

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959964  # of the normal distribution


@dataclass(frozen=True)
class Share:
    """`count` of `size`, with its 95 % interval [Wilson 1927]."""

    count: int
    size: int

    @property
    def value(self) -> float | None:
        """The share itself; None of nobody."""
        return self.count / self.size if self.size else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Bounds that hold 95 times of 100."""
        if not self.size:
            return None
        p, n, z2 = self.count / self.size, self.size, Z_95 * Z_95
        middle = (p + z2 / (2 * n)) / (1 + z2 / n)
        half = Z_95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
        return max(0.0, middle - half), min(1.0, middle + half)


def difference(a: Share, b: Share) -> tuple[float, float, float] | None:
    """A - b with its 95 % interval [Newcombe 1998, method 10]; None where one is of nobody."""
    if a.interval is None or b.interval is None or a.value is None or b.value is None:
        return None
    found = a.value - b.value
    (a_low, a_high), (b_low, b_high) = a.interval, b.interval
    low = found - sqrt((a.value - a_low) ** 2 + (b_high - b.value) ** 2)
    high = found + sqrt((a_high - a.value) ** 2 + (b.value - b_low) ** 2)
    return found, low, high


@dataclass(frozen=True)
class Mean:
    """Of `size` values their mean and their variance, as of a sample (over size - 1)."""

    value: float
    variance: float
    size: int


def difference_of_means(a: Mean, b: Mean) -> tuple[float, float, float] | None:
    """A - b with its 95 % interval [Welch 1947]; None where one is of fewer than two."""
    if min(a.size, b.size) < 2:  # noqa: PLR2004 - one value has no spread
        return None
    found = a.value - b.value
    of_a, of_b = a.variance / a.size, b.variance / b.size
    if of_a + of_b <= 0:
        return found, found, found
    degrees = (of_a + of_b) ** 2 / (of_a**2 / (a.size - 1) + of_b**2 / (b.size - 1))
    half = t_95(degrees) * sqrt(of_a + of_b)
    return found, found - half, found + half


def t_95(degrees: float) -> float:
    """Student's t that holds 95 times of 100, on both sides.

    By the expansion of Fisher and Cornish [Abramowitz and Stegun 26.7.5]: exact to 0.001 from six
    degrees on, to 0.000001 from thirty on.
    """
    z, n = Z_95, degrees
    return (
        z
        + (z**3 + z) / (4 * n)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * n**4)
    )
