"""May she be reached, what is written down of it, and what leaves her in peace."""

from backend.contacts.queries import NOTE
from backend.contacts.rules import Effect, Errand, Judgement, Outcome, RuleHit
from backend.contacts.service.holds import hold, release
from backend.contacts.service.ledger import Contact, log_contact
from backend.contacts.service.reserving import (
    Attempt,
    Case,
    judge_many,
    reserve_many,
    settle,
)
from backend.contacts.service.reserving import judge_one as judge
from backend.kit.wiring import SealedColumn

SEALED = (SealedColumn("contact_entry", "note_cipher", context=NOTE),)

__all__ = [
    "SEALED",
    "Attempt",
    "Case",
    "Contact",
    "Effect",
    "Errand",
    "Judgement",
    "Outcome",
    "RuleHit",
    "hold",
    "judge",
    "judge_many",
    "log_contact",
    "release",
    "reserve_many",
    "settle",
]
