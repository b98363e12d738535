"""What may be disputed, the states of a dispute, and what the answer may rest on."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from backend.kit.workdays import add_working_days

ANSWER_WORKING_DAYS = 5
REPLY_WORKING_DAYS = 3  # to look again once she has replied
OPEN_MAX = 10  # of one borrower at a time
TEXT_LENGTH_MAX = 4_000
REJECTED_MAX = 2  # of one matter, before it is a complaint's to look at
LOOK_BACK = timedelta(days=90)


class About(StrEnum):
    """The closed list of what a dispute may be about."""

    AMOUNT = "amount"
    FEE = "fee"
    PENALTY = "penalty"
    PAYMENT_MISSING = "payment_missing"
    NOT_MY_DEBT = "not_my_debt"
    IDENTITY = "identity"
    OTHER = "other"


# A fee or a penalty may name its line, the amount and a missing payment the payment they mean.
NAMES_A_CHARGE = frozenset({About.FEE, About.PENALTY})
NAMES_A_PAYMENT = frozenset({About.AMOUNT, About.PAYMENT_MISSING})


class State(StrEnum):
    """Where a dispute stands."""

    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    INFO_REQUESTED = "info_requested"
    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


DECIDED = frozenset({State.UPHELD, State.PARTLY_UPHELD, State.REJECTED})
_ENDS = DECIDED | {State.WITHDRAWN}
OPEN = (State.SUBMITTED, State.UNDER_REVIEW, State.INFO_REQUESTED)
MOVES: dict[State, frozenset[State]] = {
    State.SUBMITTED: _ENDS | {State.UNDER_REVIEW, State.INFO_REQUESTED},
    State.UNDER_REVIEW: _ENDS | {State.INFO_REQUESTED},
    State.INFO_REQUESTED: _ENDS | {State.UNDER_REVIEW},
    State.UPHELD: frozenset(),
    State.PARTLY_UPHELD: frozenset(),
    State.REJECTED: frozenset(),
    State.WITHDRAWN: frozenset(),
}


def may_move(before: State, after: State) -> bool:
    """Whether a dispute may go from one state to the other."""
    return after in MOVES[before]


class Ground(StrEnum):
    """What an answer rests on."""

    CHARGED_IN_ERROR = "charged_in_error"
    TERMS_UNCLEAR = "terms_unclear"
    PAYMENT_FOUND = "payment_found"
    NOT_HER_DEBT = "not_her_debt"
    RECORDS_CORRECTED = "records_corrected"
    CHARGE_IN_CONTRACT = "charge_in_contract"
    PAYMENT_COUNTED = "payment_counted"
    NO_RECORD_OF_PAYMENT = "no_record_of_payment"
    DEBT_CONFIRMED = "debt_confirmed"
    IDENTITY_CONFIRMED = "identity_confirmed"
    TOO_LITTLE_KNOWN = "too_little_known"


IN_HER_FAVOUR = frozenset(
    {
        Ground.CHARGED_IN_ERROR,
        Ground.TERMS_UNCLEAR,
        Ground.PAYMENT_FOUND,
        Ground.NOT_HER_DEBT,
        Ground.RECORDS_CORRECTED,
    }
)


def find_ground_error(outcome: State, grounds: frozenset[Ground]) -> str | None:
    """Why these grounds do not carry that outcome, or None."""
    hers, ours = grounds & IN_HER_FAVOUR, grounds - IN_HER_FAVOUR
    if outcome is not State.REJECTED and not hers:
        return "One that is upheld rests on a ground in her favour."
    if outcome is not State.PARTLY_UPHELD and hers and ours:
        return "Grounds of both kinds uphold a dispute in part."
    if outcome is State.REJECTED and hers:
        return "One that is rejected rests on no ground in her favour."
    if outcome is State.UPHELD and ours:
        return "One that is upheld rests on grounds in her favour alone."
    return None


def matter_of(about: About, *, charge_id: UUID | None, payment_id: UUID | None) -> str:
    """What one open dispute of a loan is about: its kind, and the line or payment it names."""
    named = charge_id or payment_id
    return f"{about}:{named}" if named else str(about)


def may_raise_on(rejected_on: Sequence[date], *, today: date) -> date | None:
    """From when a matter that was rejected so often may be raised again; None where at once."""
    recent = sorted((day for day in rejected_on if day > today - LOOK_BACK), reverse=True)
    return recent[REJECTED_MAX - 1] + LOOK_BACK if len(recent) >= REJECTED_MAX else None


def answer_by(today: date) -> date:
    """The day by which a new dispute is answered."""
    return add_working_days(today, ANSWER_WORKING_DAYS)


def answer_after_reply(today: date, *, due_on: date) -> date:
    """The day by which it is answered once she has replied; never before what was said first."""
    return max(due_on, add_working_days(today, REPLY_WORKING_DAYS))


def remedy_minor(
    outcome: State, *, charged_minor: int | None, named_minor: int | None
) -> int | None:
    """What is to be mended of a charge, in minor units; None where the dispute names none.

    All of it when upheld, of one that is upheld in part what the decider names.
    """
    if outcome is State.REJECTED or charged_minor is None:
        return None
    return charged_minor if outcome is State.UPHELD else named_minor


WOULD_CHANGE: Mapping[Ground, str] = {
    Ground.CHARGE_IN_CONTRACT: "contract",
    Ground.PAYMENT_COUNTED: "other_payment",
    Ground.NO_RECORD_OF_PAYMENT: "receipt",
    Ground.DEBT_CONFIRMED: "contract",
    Ground.IDENTITY_CONFIRMED: "identity_proof",
    Ground.TOO_LITTLE_KNOWN: "more",
}
