"""What can be in the catalogue, and the states of a redemption."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

QUANTITY_MAX = 10
PRICE_MAX = 1_000_000
STOCK_MAX = 10_000_000
TERM_LENGTH_MAX = 200


class Kind(StrEnum):
    """The closed list. A voucher is bound to one merchant and named goods."""

    VOUCHER = "voucher"
    PHYSICAL_GIFT = "physical_gift"
    LESSON = "lesson"
    DONATION = "donation"


# What each kind must say of itself; nothing else may be said.
TERMS: Mapping[Kind, frozenset[str]] = {
    Kind.VOUCHER: frozenset({"merchant", "goods"}),
    Kind.PHYSICAL_GIFT: frozenset({"goods"}),
    Kind.LESSON: frozenset({"title", "url"}),
    Kind.DONATION: frozenset({"recipient", "purpose"}),
}


class State(StrEnum):
    """Where a redemption stands. Points are held in the first two and captured after them."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    ISSUED = "issued"
    SHIPPED = "shipped"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"


MOVES: dict[State, frozenset[State]] = {
    State.REQUESTED: frozenset({State.CONFIRMED, State.CANCELLED, State.FAILED}),
    State.CONFIRMED: frozenset({State.ISSUED, State.SHIPPED, State.CANCELLED, State.FAILED}),
    State.ISSUED: frozenset({State.COMPLETED}),
    State.SHIPPED: frozenset({State.COMPLETED}),
    State.COMPLETED: frozenset(),
    State.CANCELLED: frozenset(),
    State.FAILED: frozenset(),
}
HOLDING = (State.REQUESTED, State.CONFIRMED)
RETURNED = (State.CANCELLED, State.FAILED)
# What nobody claims, confirms or sends within this time goes back, and so do the points.
CLAIM_DAYS = 30
CLAIM_WITHIN = timedelta(days=CLAIM_DAYS)


class Ending(StrEnum):
    """Why a redemption came to nothing."""

    BY_BORROWER = "by_borrower"
    BY_STAFF = "by_staff"
    NOT_CLAIMED = "not_claimed"


def may_move(before: State, after: State) -> bool:
    """Whether a redemption may go from one state to the other."""
    return after in MOVES[before]


def first_state(kind: Kind) -> State:
    """A gift waits for the people who pack it; what is digital is ready at once."""
    return State.REQUESTED if kind is Kind.PHYSICAL_GIFT else State.CONFIRMED


def state_when_had(kind: Kind) -> State:
    """Where it goes when she claims it. A voucher is hers and still to be used."""
    return State.ISSUED if kind is Kind.VOUCHER else State.COMPLETED


def find_terms_error(kind: Kind, terms: Mapping[str, Any]) -> tuple[str, str] | None:
    """Where an item's terms are wrong, as (pointer below /terms, why), or None."""
    for name in sorted(TERMS[kind] - terms.keys()):
        return f"/{name}", "Is missing."
    for name in sorted(terms.keys() - TERMS[kind]):
        return f"/{name}", "Unknown field."
    for name, value in terms.items():
        is_line = isinstance(value, str) and value.isprintable() and bool(value.strip())
        if not is_line or len(value) > TERM_LENGTH_MAX:
            return f"/{name}", f"Must be a line of 1 to {TERM_LENGTH_MAX} characters."
        if name == "url" and not value.startswith("https://"):
            return f"/{name}", "Must be an https address."
    return None
