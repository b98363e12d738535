"""The options, a closed list."""

from enum import StrEnum


class Kind(StrEnum):
    """What may be asked for."""

    MOVE_DUE_DAY = "move_due_day"
    LONGER_TERM = "longer_term"
    LOWER_RATE = "lower_rate"
    SKIP = "skip"
    RE_AMORTIZE = "re_amortize"
    WAIVE_PENALTY = "waive_penalty"
    TOKEN_PAYMENT = "token_payment"  # noqa: S105 - a kind of payment, not a secret
    CONVERT = "convert"
