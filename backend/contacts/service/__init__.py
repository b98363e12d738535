"""May she be reached, what is written down of it, and what leaves her in peace."""

from backend.contacts.queries import NOTE
from backend.contacts.rules import Effect, EntryKind, Errand, Judgement, Outcome, RuleHit, Window
from backend.contacts.service.checking import Question, answer, answer_each
from backend.contacts.service.holds import hold, hold_protectively, release
from backend.contacts.service.ledger import Contact, log_contact, say_word
from backend.contacts.service.reserving import (
    Attempt,
    Case,
    judge_many,
    reserve_many,
    settle,
)
from backend.contacts.service.reserving import judge_one as judge
from backend.contacts.service.times import set_candidate_zones, set_windows
from backend.kit.wiring import SealedColumn

SEALED = (SealedColumn("contact_entry", "note_cipher", context=NOTE),)

__all__ = [
    "SEALED",
    "Attempt",
    "Case",
    "Contact",
    "Effect",
    "EntryKind",
    "Errand",
    "Judgement",
    "Outcome",
    "Question",
    "RuleHit",
    "Window",
    "answer",
    "answer_each",
    "hold",
    "hold_protectively",
    "judge",
    "judge_many",
    "log_contact",
    "release",
    "reserve_many",
    "say_word",
    "set_candidate_zones",
    "set_windows",
    "settle",
]
