"""Who is drawn for the pilot, and what may become of an enrolment."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

PILOT_SHARE = Fraction(1, 5)

Tier = TypeVar("Tier")
Borrower = TypeVar("Borrower")


class Status(StrEnum):
    """Of an enrolment."""

    ENROLLED = "enrolled"
    PAUSED = "paused"
    TERMINATED = "terminated"


class Assignment(StrEnum):
    """Drawn for the pilot or against it; or given by a roll-out to everyone. It then stays."""

    TREATED = "treated"
    CONTROL = "control"
    ROLL_OUT = "roll_out"


# From no status a borrower of the control group is enrolled by a later phase.
MOVES: dict[Status | None, frozenset[Status]] = {
    None: frozenset({Status.ENROLLED}),
    Status.ENROLLED: frozenset({Status.PAUSED, Status.TERMINATED}),
    Status.PAUSED: frozenset({Status.ENROLLED, Status.TERMINATED}),
    Status.TERMINATED: frozenset(),
}


def may_move(before: Status | None, after: Status) -> bool:
    """Whether an enrolment may go from one status to the other."""
    return after in MOVES[before]


def draw(
    candidates: Mapping[Tier, Sequence[tuple[Borrower, bytes]]],
) -> dict[Borrower, Assignment]:
    """The pilot's draw: of each tier's n, the first round(0.2 n) by hash are treated.

    `candidates` maps a tier to its borrowers, each with her keyed hash. Halves round up.
    """
    assigned: dict[Borrower, Assignment] = {}
    for members in candidates.values():
        treated = int(len(members) * PILOT_SHARE + Fraction(1, 2))
        for place, (borrower, _) in enumerate(sorted(members, key=lambda pair: pair[1])):
            assigned[borrower] = Assignment.TREATED if place < treated else Assignment.CONTROL
    return assigned
