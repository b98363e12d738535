"""What happened to a repayment plan."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backend.kit.outbox import Event


@dataclass(frozen=True)
class PlanStateChanged(Event):
    """A request or plan moved. `due_on`: by when the next step is due.

    `completed` and `terminated` count her plans that ended so, this one included.
    """

    plan_id: UUID
    loan_id: UUID
    from_state: str | None
    to_state: str
    kind: str
    due_on: date
    completed: int = 0
    terminated: int = 0
    backfill: bool = False


@dataclass(frozen=True)
class PlanReliefStarted(Event):
    """The lender is late with its answer, so relief went on by itself, up to and with that day."""

    plan_id: UUID
    loan_id: UUID
    until_on: date


@dataclass(frozen=True)
class PlanCureReminded(Event):
    """The one reminder of a broken plan: what is missing can be made good until that day."""

    plan_id: UUID
    loan_id: UUID
    cure_until_on: date


@dataclass(frozen=True)
class PlanInstallmentKept(Event):
    """An instalment of a plan was paid by its day.

    `asked_before_miss`: she had asked for the plan before she missed anything of the loan.
    `kept_total` counts the instalments of all her plans that stand as kept.
    """

    plan_id: UUID
    loan_id: UUID
    number: int
    due_on: date
    paid_on: date
    is_first: bool
    asked_before_miss: bool
    kept_total: int = 0
    backfill: bool = False


@dataclass(frozen=True)
class PlanInstallmentUndone(Event):
    """What had counted as kept was not: its payment was taken back. The figures: as above."""

    plan_id: UUID
    loan_id: UUID
    number: int
    was_first: bool
    kept_total: int = 0
