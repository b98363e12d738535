"""What a campaign may consist of: closed lists, bounds, and the states of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from backend.kit.predicates import FactType
from backend.kit.texts import Text


class Trigger(StrEnum):
    """What can be answered by a reward, and what a check refuses by its name."""

    INSTALLMENT_PAID = "installment_paid"
    PLAN_INSTALLMENT_KEPT = "plan_installment_kept"
    PLAN_COMPLETED = "plan_completed"
    BADGE_AWARDED = "badge_awarded"
    TIER_RAISED = "tier_raised"
    LOAN_OPENED = "loan_opened"
    LIMIT_RAISED = "limit_raised"
    AMOUNT_DRAWN = "amount_drawn"
    PAID_ABOVE_AGREED = "paid_above_agreed"
    COMPLAINT_WITHDRAWN = "complaint_withdrawn"
    DISPUTE_WITHDRAWN = "dispute_withdrawn"
    MESSAGES_OPTED_IN = "messages_opted_in"
    POST_PUBLISHED = "post_published"
    REFERRAL_CONFIRMED = "referral_confirmed"


class EffectKind(StrEnum):
    """What an award can bring."""

    POINTS = "points"
    POINTS_MULTIPLIED = "points_multiplied"
    BADGE = "badge"
    BENEFIT = "benefit"
    MESSAGE = "message"
    REFUSED = "refused"


class Every(StrEnum):
    """How long a period of a budget is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Mode(StrEnum):
    """What becomes of several campaigns of one stacking group that answer one event."""

    ALL = "all"
    BEST = "best"
    FIRST = "first"


class Measure(StrEnum):
    """What the treated are compared by with those held out."""

    ON_TIME_RATE = "on_time_rate"
    CURE_RATE = "cure_rate"
    SECOND_OVERDUE = "second_overdue"
    COMPLAINTS = "complaints"


class Check(StrEnum):
    """The checks of every version. Only the last two can be waived, by name and with a reason."""

    CASH_LIKE = "P1"
    BORROWING = "P2"
    ABOVE_AGREED = "P3"
    GIVING_UP_RIGHTS = "P4"
    PROTECTED = "P5"
    MESSAGE_RULES = "P6"
    RANKING = "P7"
    NO_BUDGET = "P8"
    SMALL_HOLDOUT = "P9"
    TOO_LONG = "P10"


WAIVABLE = frozenset({Check.SMALL_HOLDOUT, Check.TOO_LONG})

OFFERED_TRIGGERS = (
    Trigger.INSTALLMENT_PAID,
    Trigger.PLAN_INSTALLMENT_KEPT,
    Trigger.PLAN_COMPLETED,
    Trigger.BADGE_AWARDED,
    Trigger.TIER_RAISED,
)
REFUSED_TRIGGERS: Mapping[Trigger, Check] = {
    Trigger.LOAN_OPENED: Check.BORROWING,
    Trigger.LIMIT_RAISED: Check.BORROWING,
    Trigger.AMOUNT_DRAWN: Check.BORROWING,
    Trigger.REFERRAL_CONFIRMED: Check.BORROWING,
    Trigger.PAID_ABOVE_AGREED: Check.ABOVE_AGREED,
    Trigger.COMPLAINT_WITHDRAWN: Check.GIVING_UP_RIGHTS,
    Trigger.DISPUTE_WITHDRAWN: Check.GIVING_UP_RIGHTS,
    Trigger.MESSAGES_OPTED_IN: Check.GIVING_UP_RIGHTS,
    Trigger.POST_PUBLISHED: Check.GIVING_UP_RIGHTS,
}
REFUSED_EFFECTS: Mapping[str, Check] = {
    "cash": Check.CASH_LIKE,
    "voucher": Check.CASH_LIKE,
    "loan_balance": Check.CASH_LIKE,
    "rate_discount": Check.BORROWING,
    "limit_increase": Check.BORROWING,
    "referral_bonus": Check.BORROWING,
    "public_ranking": Check.RANKING,
}

# Of the closed list of benefits, those that a campaign may give. What lowers a debt or pays one
# out has its own procedures; a discount and a higher limit come from the Guard alone.
OFFERED_BENEFITS = (
    "priority_service",
    "training_referral",
    "aid_referral",
    "greeting",
    "education_pack",
    "health_consult",
)
GUARD_BENEFITS = frozenset({"rate_discount", "limit_increase"})
MESSAGE_PURPOSE = "reward"

I, B, T = FactType.INTEGER, FactType.BOOLEAN, FactType.TEXT  # noqa: E741
# What conditions may ask of the event itself, beside the facts as of it.
EVENT_FACTS: Mapping[str, FactType] = {
    "event_on_time": B,
    "event_days_early": I,
    "event_loan_kind": T,
    "event_product": T,
}
# No facts: a document may name them only so that a check can say why not.
REFUSED_FACTS: Mapping[str, tuple[FactType, Check]] = {
    "event_amount_drawn": (I, Check.BORROWING),
    "event_limit_raised": (B, Check.BORROWING),
    "loans_opened": (I, Check.BORROWING),
    "event_paid_above_agreed": (B, Check.ABOVE_AGREED),
    "complaints_open": (I, Check.GIVING_UP_RIGHTS),
    "disputes_open": (I, Check.GIVING_UP_RIGHTS),
    "messages_opted_in": (B, Check.GIVING_UP_RIGHTS),
    "posts_published": (I, Check.GIVING_UP_RIGHTS),
    "sex": (T, Check.PROTECTED),
    "age": (I, Check.PROTECTED),
    "age_band": (T, Check.PROTECTED),
    "education": (T, Check.PROTECTED),
    "marital_status": (T, Check.PROTECTED),
    "religion": (T, Check.PROTECTED),
    "ethnicity": (T, Check.PROTECTED),
    "disability": (B, Check.PROTECTED),
    "rank_among_borrowers": (I, Check.RANKING),
}

HOLDOUT_DEFAULT = Decimal("0.10")
HOLDOUT_LEAST = Decimal("0.05")  # P9
HOLDOUT_MAX = Decimal("0.50")
LENGTH_MAX_MONTHS = 12  # P10
EFFECTS_MAX = 5
POINTS_PER_AWARD_MAX = 10_000
FACTOR_MAX = Decimal(10)
POINTS_TOTAL_MAX = 10**9
AWARDS_TOTAL_MAX = 10**8
AWARDS_EACH_MAX = 1_000
DAYPARTS_MAX = 5
REPLAY_DAYS_MAX = 1_100  # three years
WINDOW_DAYS = (7, 365)
PRIORITY = (0, 1_000)
NAME_LENGTH_MAX = 80
PROMISE_LENGTH_MAX = 400
TITLE_LENGTH_MAX = 60
BODY_LENGTH_MAX = 400
NAME_PATTERN = r"[a-z][a-z0-9_]{1,39}"


class State(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    LIVE = "live"
    PAUSED = "paused"
    ENDED = "ended"


class VersionState(StrEnum):
    """Where a version stands. `superseded`: another went live, or it was rejected and redrawn."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    REJECTED = "rejected"
    LIVE = "live"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class Finding:
    """What a check found, and where: a JSON pointer into the document."""

    check: Check
    reason: Text
    pointer: str


# From where to where a campaign may go. A campaign that runs keeps running while its next version
# is written and reviewed.
MOVES: Mapping[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.IN_REVIEW, State.ENDED}),
    State.IN_REVIEW: frozenset({State.APPROVED, State.DRAFT, State.ENDED}),
    State.APPROVED: frozenset({State.LIVE, State.DRAFT, State.ENDED}),
    State.LIVE: frozenset({State.PAUSED, State.ENDED}),
    State.PAUSED: frozenset({State.LIVE, State.ENDED}),
    State.ENDED: frozenset(),
}
VERSION_MOVES: Mapping[VersionState, frozenset[VersionState]] = {
    VersionState.DRAFT: frozenset({VersionState.IN_REVIEW, VersionState.SUPERSEDED}),
    VersionState.IN_REVIEW: frozenset(
        {VersionState.APPROVED, VersionState.REJECTED, VersionState.SUPERSEDED}
    ),
    VersionState.APPROVED: frozenset({VersionState.LIVE, VersionState.SUPERSEDED}),
    VersionState.REJECTED: frozenset(),
    VersionState.LIVE: frozenset({VersionState.SUPERSEDED}),
    VersionState.SUPERSEDED: frozenset(),
}
RUNNING = frozenset({State.LIVE, State.PAUSED})
# What happened on the last day may be heard of later; then the campaign ends by itself.
HEARD_WITHIN = timedelta(days=2)


def may_move(before: State, after: State) -> bool:
    """Whether a campaign may go from one state to the other."""
    return after in MOVES[before]


def may_move_version(before: VersionState, after: VersionState) -> bool:
    """Whether a version may."""
    return after in VERSION_MOVES[before]
