"""What changes points. One verb for each use case; each locks the account first, none commits."""

from rewards.points.service.adjustments import (
    ask_adjustment,
    confirm_adjustment,
    reject_adjustment,
)
from rewards.points.service.awards import (
    News,
    award_event,
    settle_borrowers,
    settle_loans,
    undo_event,
)
from rewards.points.service.earn_rules import publish_rules, write_draft
from rewards.points.service.expiry import (
    FIRST,
    announce_expiring,
    days_to_tell,
    expire_chunk,
    next_due_day,
)
from rewards.points.service.ledger import Cause, Source, lock_accounts
from rewards.points.service.reversals import claw_back, reverse
from rewards.points.service.verbs import (
    capture,
    earn,
    hold,
    make_available,
    release,
    release_overdue,
    spend,
)

__all__ = [
    "FIRST",
    "Cause",
    "News",
    "Source",
    "announce_expiring",
    "ask_adjustment",
    "award_event",
    "capture",
    "claw_back",
    "confirm_adjustment",
    "days_to_tell",
    "earn",
    "expire_chunk",
    "hold",
    "lock_accounts",
    "make_available",
    "next_due_day",
    "publish_rules",
    "reject_adjustment",
    "release",
    "release_overdue",
    "reverse",
    "settle_borrowers",
    "settle_loans",
    "spend",
    "undo_event",
    "write_draft",
]
