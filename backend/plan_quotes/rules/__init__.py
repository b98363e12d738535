"""What may be quoted, for how much, and who decides on it. Pure."""

from backend.plan_quotes.rules.facts import LoanFacts, NotPossible, ProductTerms, Wishes
from backend.plan_quotes.rules.hashes import ROW_FIELDS, digest_of, rows_hash
from backend.plan_quotes.rules.kinds import Kind
from backend.plan_quotes.rules.limits import (
    ANSWER_WORKING_DAYS,
    BORROWERS_BOUNDS,
    DUE_DAY_MOVES_A_YEAR,
    EXTENSION_SHARE_MAX,
    STAFF_BOUNDS,
    Bounds,
    why_a_person_decides,
)
from backend.plan_quotes.rules.pricing import Priced, payoff_minor, price

__all__ = [
    "ANSWER_WORKING_DAYS",
    "BORROWERS_BOUNDS",
    "DUE_DAY_MOVES_A_YEAR",
    "EXTENSION_SHARE_MAX",
    "ROW_FIELDS",
    "STAFF_BOUNDS",
    "Bounds",
    "Kind",
    "LoanFacts",
    "NotPossible",
    "Priced",
    "ProductTerms",
    "Wishes",
    "digest_of",
    "payoff_minor",
    "price",
    "rows_hash",
    "why_a_person_decides",
]
