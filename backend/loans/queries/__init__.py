"""Reads of loans: whole histories for the replay, and what a borrower is shown."""

from backend.loans.queries.arrears import (
    AmountDue,
    find_amount_due,
    find_days_past_due_elsewhere,
    find_paid_on,
)
from backend.loans.queries.conduct import (
    Conduct,
    KeptLine,
    Report,
    list_conduct,
    list_conduct_of,
)
from backend.loans.queries.currencies import list_currencies
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
    check_is_own,
    get_own_loan,
    list_own_fees,
    list_own_loans,
    list_own_payments,
    list_own_schedule,
    list_own_statements,
    list_panel,
)
from backend.loans.queries.paid import Owed, is_paid, list_paid
from backend.loans.queries.products import get_product
from backend.loans.queries.reversals import list_with_reversals
from backend.loans.queries.spans import select_conduct_in
from backend.loans.queries.units import UNIT_UNDONE, UNITS_PAID
from backend.loans.queries.upcoming import (
    find_share,
    select_first_dues,
    select_next_dues,
    sum_due,
)

__all__ = [
    "UNITS_PAID",
    "UNIT_UNDONE",
    "AmountDue",
    "Conduct",
    "KeptLine",
    "LoanKey",
    "LoanRecord",
    "Owed",
    "Progress",
    "Report",
    "check_is_own",
    "find_amount_due",
    "find_days_past_due_elsewhere",
    "find_paid_on",
    "find_record",
    "find_share",
    "get_own_loan",
    "get_product",
    "is_paid",
    "kept_columns",
    "list_conduct",
    "list_conduct_of",
    "list_currencies",
    "list_own_fees",
    "list_own_loans",
    "list_own_payments",
    "list_own_schedule",
    "list_own_statements",
    "list_paid",
    "list_panel",
    "list_records",
    "list_stale_keys",
    "list_with_reversals",
    "select_conduct_in",
    "select_first_dues",
    "select_next_dues",
    "sum_due",
]
