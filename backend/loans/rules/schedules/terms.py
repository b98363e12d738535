"""What a schedule is reckoned from: the terms of a loan, its dated changes and its payments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from backend.kit.money import Rounding

PRINCIPAL_PER_INSTALLMENT_MIN = 50  # minor units; below that, rounding would rule the schedule
INSTALLMENTS_MAX = 600
ANNUAL_RATE_MAX = 10  # 1,000 % a year; beyond it amounts would leave 64 bits
DAY_LAST = date(2199, 12, 31)  # as `kit.fields`: beyond it no date is read or written


class Method(StrEnum):
    """How principal and interest share the instalments."""

    EQUAL_INSTALLMENT = "equal_installment"
    EQUAL_PRINCIPAL = "equal_principal"
    FLAT = "flat"


class Unit(StrEnum):
    """What a frequency counts."""

    MONTH = "month"
    WEEK = "week"
    DAY = "day"


class DayCount(StrEnum):
    """How days become a part of a year."""

    THIRTY_360 = "30/360"
    ACT_365 = "act/365"
    ACT_ACT = "act/act"


class Recalculation(StrEnum):
    """Whether the days of payments move the interest."""

    NONE = "none"
    DAILY = "daily"


@dataclass(frozen=True, slots=True)
class Every:
    """A frequency: every `n` units."""

    n: int
    unit: Unit


MONTHLY = Every(1, Unit.MONTH)


@dataclass(frozen=True, slots=True)
class Rest:
    """What a schedule that goes on from an earlier one brings along.

    `due_on` are its first due days as they are told, the others follow on `anchor`. `idle` is
    principal that bears no interest up to and including a day, since until then it was in arrears
    or its interest stands in `carried_interest_minor`, which is asked for first. `level_minor`
    keeps the instalment as it was; `flat_base_minor` is what a flat interest is reckoned on.
    `is_evened`: interest that waits is shared by all instalments alike, in as many tries as it
    takes, rather than in the one that roundings have.
    """

    anchor: int
    due_on: tuple[date, ...] = ()
    idle: tuple[tuple[date, int], ...] = ()
    carried_interest_minor: int = 0
    level_minor: int | None = None
    flat_base_minor: int | None = None
    is_evened: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """The contract. Rates are parts of one a year; amounts are minor units of one currency."""

    method: Method
    principal_minor: int
    annual_rate: Fraction
    installments: int
    every: Every
    disbursed_on: date
    first_due_on: date | None = None
    day_count: DayCount = DayCount.THIRTY_360
    rounding: Rounding = Rounding.HALF_UP
    installment_multiple_minor: int = 1
    down_payment_rate: Fraction = Fraction(0)
    principal_grace: int = 0
    interest_grace: int = 0
    recalculate_interest: Recalculation = Recalculation.NONE
    rest: Rest | None = None

    @property
    def is_daily(self) -> bool:
        """Whether interest follows the days of payments; a flat interest never does."""
        return self.recalculate_interest is Recalculation.DAILY and self.method is not Method.FLAT


@dataclass(frozen=True, slots=True)
class MoveDueDate:
    """The instalment due on `from_on` is due on `to_on`; later ones follow the new anchor."""

    from_on: date
    to_on: date


@dataclass(frozen=True, slots=True)
class Extend:
    """`by` more instalments; from the period that holds `from_on` they are reckoned anew."""

    from_on: date
    by: int


@dataclass(frozen=True, slots=True)
class NewRate:
    """Another rate from the day `from_on`, that day included."""

    from_on: date
    annual_rate: Fraction


@dataclass(frozen=True, slots=True)
class PauseInterest:
    """No interest on these days, both included; the instalment stays."""

    from_on: date
    to_on: date


@dataclass(frozen=True, slots=True)
class Skip:
    """The next `count` instalments due on or after `from_on` are left out and made up for later."""

    from_on: date
    count: int


@dataclass(frozen=True, slots=True)
class TokenPayments:
    """Of the next `count` instalments due on or after `from_on` only `amount_minor` is asked.

    It pays interest first; what of it stays unpaid is asked for later and bears none itself. As
    many instalments are added at the end, and the rest is spread over those that follow.
    """

    from_on: date
    count: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ReAmortize:
    """What is in arrears on the day is spread over the instalments that are still to come."""

    on: date


@dataclass(frozen=True, slots=True)
class ReAge:
    """What is outstanding on the day is spread over new instalments from a new first date."""

    on: date
    first_due_on: date
    every: Every
    installments: int


@dataclass(frozen=True, slots=True)
class Payoff:
    """Everything that is owed on the day is paid."""

    on: date


@dataclass(frozen=True, slots=True)
class Charge:
    """A fee or a penalty. It never bears interest."""

    on: date
    amount_minor: int
    is_penalty: bool


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received."""

    on: date
    amount_minor: int


Change = (
    MoveDueDate
    | Extend
    | NewRate
    | PauseInterest
    | Skip
    | TokenPayments
    | ReAmortize
    | ReAge
    | Payoff
    | Charge
)


@dataclass(frozen=True, slots=True)
class Request:
    """Everything a schedule depends on. The order of changes and payments means nothing."""

    terms: Terms
    changes: Sequence[Change] = ()
    payments: Sequence[Payment] = ()
    as_of: date | None = None


class Contradiction(ValueError):
    """The request cannot be. `pointer` names the field, `code` the reason."""

    def __init__(self, pointer: str, code: str, detail: str) -> None:
        super().__init__(detail)
        self.pointer = pointer
        self.code = code
        self.detail = detail
