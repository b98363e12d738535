"""The lines of a loan while its events are replayed over them, in the order of their days."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from backend.loans.rules.history import AdjustmentRow, PaymentRow
from backend.loans.rules.state import Allocation, LineState, Parts

PENALTY, FEE, INTEREST, PRINCIPAL = range(4)
PART_OF = {"penalty": PENALTY, "fee": FEE, "interest": INTEREST, "principal": PRINCIPAL}
# A penalty alone does not make a loan late.
LATE_PARTS = (FEE, INTEREST, PRINCIPAL)


@dataclass(slots=True)
class Line:
    """One instalment or statement; the lists are indexed by part."""

    number: int | None
    month: date | None
    due_on: date | None
    charged: list[int]
    open: list[int]
    paid: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    late_from: date | None = None
    paid_on: date | None = None
    paid_precision: str | None = None

    def is_covered(self) -> bool:
        """Whether nothing is open that can make the loan late."""
        return not any(self.open[part] for part in LATE_PARTS)

    def state(self) -> LineState:
        """What stands on it now. What is neither paid nor open was waived."""
        waived = [c - p - o for c, p, o in zip(self.charged, self.paid, self.open, strict=True)]
        return LineState(
            number=self.number,
            month=self.month,
            due_on=self.due_on,
            charged=_parts(self.charged),
            paid=_parts(self.paid),
            waived=_parts(waived),
            paid_on=self.paid_on,
            paid_precision=self.paid_precision,
        )


@dataclass(slots=True)
class Credit:
    """What is left of a payment that nothing was open for."""

    payment_id: UUID
    amount_minor: int
    precision: str


class Book:
    """Lines, oldest first, and what happened to them so far."""

    def __init__(
        self,
        lines: list[Line],
        *,
        order: tuple[str, ...],
        waivable: tuple[int, ...],
        credit_minor: int = 0,
    ) -> None:
        self.lines = lines
        self.order = tuple(PART_OF[name] for name in order)
        self.waivable = waivable
        # A credit balance brought forward by a statement belongs to no single payment.
        self.brought_forward_minor = credit_minor
        self.charged_minor = sum(sum(line.charged) for line in lines) - credit_minor
        self.credits: list[Credit] = []
        self.allocations: list[Allocation] = []
        self.paid_minor = 0
        self.waived_minor = 0
        self.last_payment_on: date | None = None
        self._first_open = 0
        for line in lines:
            line.late_from = line.due_on

    def charge(self, adjustment: AdjustmentRow) -> None:
        """Put a fee or penalty on the oldest open line, or the last; then let credit meet it."""
        if not self.lines:
            return
        self._skip_paid()
        self._first_open = min(self._first_open, len(self.lines) - 1)
        line = self.lines[self._first_open]
        part = PART_OF[adjustment.kind]
        if part == FEE and line.late_from is not None and line.is_covered():
            # Nothing was owed here before, so nobody can be late for it from before its day.
            line.late_from = max(line.late_from, adjustment.on_date)
        line.charged[part] += adjustment.amount_minor
        line.open[part] += adjustment.amount_minor
        self.charged_minor += adjustment.amount_minor
        self._use_credit(adjustment.on_date)

    def waive(self, adjustment: AdjustmentRow) -> None:
        """Take a waiver off what is open, part by part, oldest line first, never below zero."""
        left = adjustment.amount_minor
        for part in self.waivable:
            for line in self.lines[self._first_open :]:
                taken = min(left, line.open[part])
                if taken:
                    line.open[part] -= taken
                    left -= taken
                    self._mark_paid(line, on=adjustment.on_date, precision="day")
            if not left:
                break
        self.waived_minor += adjustment.amount_minor - left

    def pay(self, payment: PaymentRow) -> None:
        """Take a payment in: the oldest line first, then the next, what is left as credit."""
        self.paid_minor += payment.amount_minor
        self.last_payment_on = payment.received_on
        self.credits.append(Credit(payment.id, payment.amount_minor, payment.date_precision))
        self._use_credit(payment.received_on)

    def _use_credit(self, on: date) -> None:
        self._skip_paid()
        while self._first_open < len(self.lines) and self._credit_minor() > 0:
            line = self.lines[self._first_open]
            if self.brought_forward_minor:
                self.brought_forward_minor -= sum(self.take(line, self.brought_forward_minor))
            else:
                self._allocate(line, self.credits[0], on=on)
            self._skip_paid()

    def _allocate(self, line: Line, credit: Credit, *, on: date) -> None:
        taken = self.take(line, credit.amount_minor)
        credit.amount_minor -= sum(taken)
        if not credit.amount_minor:
            self.credits.pop(0)
        self.allocations.append(
            Allocation(credit.payment_id, line.number, line.month, on, _parts(taken))
        )
        self._mark_paid(line, on=on, precision=credit.precision)

    def take(self, line: Line, amount_minor: int) -> list[int]:
        """Pay so much on a line, part by part; answers what each part took."""
        taken = [0, 0, 0, 0]
        for part in self.order:
            share = min(amount_minor, line.open[part])
            if share:
                taken[part] = share
                line.open[part] -= share
                line.paid[part] += share
                amount_minor -= share
        return taken

    @staticmethod
    def _mark_paid(line: Line, *, on: date, precision: str) -> None:
        had_something = any(line.charged[part] for part in LATE_PARTS)
        if line.paid_on is None and had_something and line.is_covered():
            line.paid_on, line.paid_precision = on, precision

    def _skip_paid(self) -> None:
        while self._first_open < len(self.lines) and not any(self.lines[self._first_open].open):
            self._first_open += 1

    def _credit_minor(self) -> int:
        return self.brought_forward_minor + sum(credit.amount_minor for credit in self.credits)

    @property
    def credit_minor(self) -> int:
        """Money that nothing is open for."""
        return self._credit_minor()

    def outstanding(self) -> Parts:
        """What is open on all lines."""
        return _parts([sum(line.open[part] for line in self.lines) for part in range(4)])

    def find_first_open(self) -> Line | None:
        """The oldest line with anything open, penalties included."""
        return next((line for line in self.lines if any(line.open)), None)

    def find_late_from(self) -> date | None:
        """From when the oldest line with principal, interest or fee open counts as late."""
        days = (line.late_from for line in self.lines if not line.is_covered())
        return min((day for day in days if day is not None), default=None)


def _parts(amounts: list[int]) -> Parts:
    return Parts(
        penalty_minor=amounts[PENALTY],
        fee_minor=amounts[FEE],
        interest_minor=amounts[INTEREST],
        principal_minor=amounts[PRINCIPAL],
    )
