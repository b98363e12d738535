"""What a quote was reckoned from, in one value: another one means that the loan has changed."""

from collections.abc import Collection
from datetime import date

from backend.loans.queries import LoanRecord
from backend.plan_quotes.rules import digest_of


def basis_of(record: LoanRecord, *, today: date, leaving_out: Collection[str] = ()) -> str:
    """SHA-256 of the loan's rows up to the day. Lateness is left out: it follows from them.

    `leaving_out` names adjustments that do not count, such as a penalty and what offsets it.
    """
    history = record.history
    content = {
        "loan": record.external_id,
        "kind": record.kind,
        "product": record.product_code,
        "status": record.status,
        "rate": None if record.annual_rate is None else f"{record.annual_rate.normalize():f}",
        "principal": history.terms.principal_minor,
        "order": list(history.terms.allocation_order),
        "installments": sorted(
            [i.number, str(i.due_on), i.principal_minor, i.interest_minor, i.fee_minor,
             i.penalty_minor]
            for i in history.installments
        ),
        "statements": sorted(
            [str(s.month), str(s.closed_on), str(s.due_on), s.balance_minor]
            for s in history.statements
        ),
        "payments": sorted(
            [p.external_id, str(p.received_on), p.amount_minor]
            for p in history.payments
            if p.reversed_on is None and p.received_on <= today
        ),
        "adjustments": sorted(
            [a.external_id, a.kind, str(a.on_date), a.amount_minor]
            for a in history.adjustments
            if a.on_date <= today and a.external_id not in leaving_out
        ),
    }  # fmt: skip
    return digest_of(content).hex()
