"""What changes loans. One verb for each use case; none of them commits."""

from backend.loans.service.adjustments import add_adjustments
from backend.loans.service.bulk import settle_borrowers
from backend.loans.service.installments import put_installments
from backend.loans.service.loans import put_loans
from backend.loans.service.marks import mark_disputed, unmark_disputed
from backend.loans.service.missed import announce_missed
from backend.loans.service.payment_single import add_payment
from backend.loans.service.payment_stream import stream_payments
from backend.loans.service.payments import add_payments, reverse_payment
from backend.loans.service.preview import preview_schedule
from backend.loans.service.products import put_product
from backend.loans.service.references import get_record_for_update, lock_keys, touching_together
from backend.loans.service.reports import put_delinquencies, put_statements
from backend.loans.service.waiver_lines import offset_penalties
from backend.loans.service.waivers import (
    Waived,
    waive_charge,
    waive_months,
    waive_open_months,
    waive_penalties,
)

__all__ = [
    "Waived",
    "add_adjustments",
    "add_payment",
    "add_payments",
    "announce_missed",
    "get_record_for_update",
    "lock_keys",
    "mark_disputed",
    "offset_penalties",
    "preview_schedule",
    "put_delinquencies",
    "put_installments",
    "put_loans",
    "put_product",
    "put_statements",
    "reverse_payment",
    "settle_borrowers",
    "stream_payments",
    "touching_together",
    "unmark_disputed",
    "waive_charge",
    "waive_months",
    "waive_open_months",
    "waive_penalties",
]
