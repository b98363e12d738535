"""Reads of contact."""

from backend.contacts.queries.known import list_known
from backend.contacts.queries.ledger import (
    NOTE,
    as_lines,
    count_holds_since,
    get_by_reference,
    get_entry,
    list_entries,
    list_holds,
    list_latest,
    list_lines,
    page_entries,
    would_change,
)
from backend.contacts.queries.standing import has_talked_with, is_held
from backend.contacts.queries.times import get_times

__all__ = [
    "NOTE",
    "as_lines",
    "count_holds_since",
    "get_by_reference",
    "get_entry",
    "get_times",
    "has_talked_with",
    "is_held",
    "list_entries",
    "list_holds",
    "list_known",
    "list_latest",
    "list_lines",
    "page_entries",
    "would_change",
]
