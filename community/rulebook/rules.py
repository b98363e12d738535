"""When a rule may be put into a mode. Pure."""

from fractions import Fraction

from community.detectors.rules import Mode, Rule

PRECISION_MIN = Fraction(9, 10)
# Fewer decisions prove nothing.
REVIEWED_MIN = 20
REASON_LENGTH_MAX = 1_000
CHANGES_SHOWN_MAX = 20
# How long a process may go on with modes that were changed elsewhere.
MODES_KEPT_SECONDS = 5
STOPPING = frozenset({Mode.HOLD, Mode.BLOCK})


def precision(*, right: int, wrong: int) -> Fraction | None:
    """The share of findings that moderators agreed with; None before there are enough."""
    reviewed = right + wrong
    return Fraction(right, reviewed) if reviewed >= REVIEWED_MIN else None


def is_proven(*, right: int, wrong: int) -> bool:
    """Whether it may stop posts on the strength of its figures."""
    share = precision(right=right, wrong=wrong)
    return share is not None and share >= PRECISION_MIN


def needs_proof(rule: Rule, *, was: Mode, mode: Mode) -> bool:
    """Whether it would stop more than it does, and more than it came with."""
    order = list(Mode)
    return mode in STOPPING and order.index(mode) > max(order.index(was), order.index(rule.mode))
