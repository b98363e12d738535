"""Reads of loans: whole histories for the replay, and what a borrower is shown."""

from backend.loans.queries.arrears import AmountDue, find_amount_due, find_paid_on
from backend.loans.queries.histories import (
    LoanKey,
    LoanRecord,
    Progress,
    find_record,
    kept_columns,
    list_records,
    list_stale_keys,
)
from backend.loans.queries.own import (
    get_own_loan,
    list_own_fees,
    list_own_loans,
    list_own_payments,
    list_own_schedule,
    list_own_statements,
    list_panel,
)

__all__ = [
    "AmountDue",
    "LoanKey",
    "LoanRecord",
    "Progress",
    "find_amount_due",
    "find_paid_on",
    "find_record",
    "get_own_loan",
    "kept_columns",
    "list_own_fees",
    "list_own_loans",
    "list_own_payments",
    "list_own_schedule",
    "list_own_statements",
    "list_panel",
    "list_records",
    "list_stale_keys",
]
