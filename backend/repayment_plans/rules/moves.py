"""The states of a request and the one table of moves between them, with who may make each."""

from collections.abc import Mapping
from enum import StrEnum


class Actor(StrEnum):
    """Who makes a move. `clock`: the product by itself, by a rule or by a day that came."""

    BORROWER = "borrower"
    STAFF = "staff"
    CORE = "core"
    CLOCK = "clock"


class State(StrEnum):
    """Where a request, and later its plan, stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    INFO_REQUESTED = "info_requested"
    UNDER_REVIEW = "under_review"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    COOLING_OFF = "cooling_off"
    AWAITING_CORE = "awaiting_core"
    ACTIVE = "active"
    COMPLETED = "completed"
    BREACHED = "breached"
    CURED = "cured"
    TERMINATED = "terminated"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    APPEALED = "appealed"
    CORE_DIFFERS = "core_differs"


_BORROWER = frozenset({Actor.BORROWER})
_STAFF = frozenset({Actor.STAFF})
_CORE = frozenset({Actor.CORE})
_CLOCK = frozenset({Actor.CLOCK})

# An active plan may be withdrawn from during its days of cooling off alone, what follows a
# broken plan not at all, and of what waits for the core system a waiver alone.
MOVES: Mapping[tuple[State, State], frozenset[Actor]] = {
    (State.DRAFT, State.SUBMITTED): _BORROWER,
    (State.DRAFT, State.WITHDRAWN): _BORROWER,
    (State.DRAFT, State.EXPIRED): _CLOCK,
    (State.SUBMITTED, State.OFFERED): _CLOCK,
    (State.SUBMITTED, State.UNDER_REVIEW): _CLOCK,
    (State.SUBMITTED, State.WITHDRAWN): _BORROWER,
    (State.UNDER_REVIEW, State.OFFERED): _STAFF,
    (State.UNDER_REVIEW, State.REJECTED): _STAFF,
    (State.UNDER_REVIEW, State.INFO_REQUESTED): _STAFF,
    (State.UNDER_REVIEW, State.TERMINATED): _STAFF,
    (State.UNDER_REVIEW, State.WITHDRAWN): _BORROWER,
    (State.INFO_REQUESTED, State.UNDER_REVIEW): _BORROWER | _CLOCK,
    (State.INFO_REQUESTED, State.WITHDRAWN): _BORROWER,
    (State.INFO_REQUESTED, State.EXPIRED): _CLOCK,
    (State.OFFERED, State.ACCEPTED): _BORROWER,
    (State.OFFERED, State.WITHDRAWN): _BORROWER,
    (State.OFFERED, State.EXPIRED): _CLOCK,
    (State.OFFERED, State.UNDER_REVIEW): _CLOCK,
    (State.ACCEPTED, State.COOLING_OFF): _CLOCK,
    (State.ACCEPTED, State.AWAITING_CORE): _CLOCK,
    (State.COOLING_OFF, State.ACTIVE): _CORE,
    (State.COOLING_OFF, State.CORE_DIFFERS): _CORE,
    (State.COOLING_OFF, State.AWAITING_CORE): _CLOCK,
    (State.COOLING_OFF, State.WITHDRAWN): _BORROWER,
    (State.AWAITING_CORE, State.ACTIVE): _CORE,
    (State.AWAITING_CORE, State.COMPLETED): _CORE,
    (State.AWAITING_CORE, State.CORE_DIFFERS): _CORE,
    (State.AWAITING_CORE, State.WITHDRAWN): _BORROWER,
    (State.CORE_DIFFERS, State.ACTIVE): _CORE,
    (State.CORE_DIFFERS, State.WITHDRAWN): _BORROWER,
    (State.ACTIVE, State.COMPLETED): _CORE,
    (State.ACTIVE, State.BREACHED): _CLOCK,
    (State.ACTIVE, State.CORE_DIFFERS): _CORE,
    (State.ACTIVE, State.WITHDRAWN): _BORROWER,
    (State.BREACHED, State.CURED): _CORE,
    (State.BREACHED, State.COMPLETED): _CORE,
    (State.BREACHED, State.OFFERED): _CLOCK,
    (State.BREACHED, State.UNDER_REVIEW): _CLOCK,
    (State.CURED, State.BREACHED): _CLOCK,
    (State.CURED, State.COMPLETED): _CORE,
    (State.REJECTED, State.APPEALED): _BORROWER,
    (State.APPEALED, State.OFFERED): _STAFF,
    (State.APPEALED, State.REJECTED): _STAFF,
    (State.APPEALED, State.WITHDRAWN): _BORROWER,
}

# What only a plan that was agreed on before, and broken, can do while it is talked about anew.
_MENDED: Mapping[tuple[State, State], frozenset[Actor]] = {
    (state, to): _CORE
    for state in (State.OFFERED, State.UNDER_REVIEW, State.INFO_REQUESTED)
    for to in (State.CURED, State.COMPLETED)
}

# From a rejection alone there is a way on: the appeal.
FINAL = frozenset(
    {State.COMPLETED, State.TERMINATED, State.REJECTED, State.WITHDRAWN, State.EXPIRED}
)
OPEN = frozenset(State) - FINAL
# Booked, and being kept or mended.
RUNNING = frozenset({State.ACTIVE, State.BREACHED, State.CURED})
# While these last she hears no reminder, her tier does not fall, and penalties are disputed.
FREEZING = OPEN - RUNNING - {State.DRAFT}


def may_move(state: State, to: State, *, by: Actor, is_agreed: bool = False) -> bool:
    """Whether `by` may take a request from one state to another; `is_agreed`: accepted before."""
    if is_agreed and by in _MENDED.get((state, to), frozenset()):
        return True
    return by in MOVES.get((state, to), frozenset())
