"""What changes borrowers. One verb for each use case; none of them commits."""

from backend.borrowers.rules import AccessPurpose, sees_everybody
from backend.borrowers.service.addresses import refuse_emails
from backend.borrowers.service.assignments import assign, assign_many, list_to_hand_on, unassign
from backend.borrowers.service.keys import HASHED, SEALED
from backend.borrowers.service.looks import log_delivery, look, look_by_act, purpose_missing
from backend.borrowers.service.particulars import BorrowerInput, put_borrowers
from backend.borrowers.service.preferences import change_own

__all__ = [
    "HASHED",
    "SEALED",
    "AccessPurpose",
    "BorrowerInput",
    "assign",
    "assign_many",
    "change_own",
    "list_to_hand_on",
    "log_delivery",
    "look",
    "look_by_act",
    "purpose_missing",
    "put_borrowers",
    "refuse_emails",
    "sees_everybody",
    "unassign",
]
