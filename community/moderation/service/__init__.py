"""Opening, deciding, letting count and undoing."""

from community.moderation.service.counting import confirm, let_count
from community.moderation.service.deciding import (
    Claim,
    decide,
    get_claimed,
    in_short,
    lock_writing,
    refuse_unfit,
)
from community.moderation.service.folding import fold, list_same_text
from community.moderation.service.opening import open_case, withdraw
from community.moderation.service.undoing import lapse, lock_both, take_back, undo

__all__ = [
    "Claim",
    "confirm",
    "decide",
    "fold",
    "get_claimed",
    "in_short",
    "lapse",
    "let_count",
    "list_same_text",
    "lock_both",
    "lock_writing",
    "open_case",
    "refuse_unfit",
    "take_back",
    "undo",
    "withdraw",
]
