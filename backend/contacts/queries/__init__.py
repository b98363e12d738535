"""Reads of contact."""

from backend.contacts.queries.known import list_known
from backend.contacts.queries.ledger import (
    NOTE,
    as_lines,
    count_holds_since,
    get_by_reference,
    get_entry,
    list_holds,
    list_latest,
    list_lines,
    page_entries,
)

__all__ = [
    "NOTE",
    "as_lines",
    "count_holds_since",
    "get_by_reference",
    "get_entry",
    "list_holds",
    "list_known",
    "list_latest",
    "list_lines",
    "page_entries",
]
