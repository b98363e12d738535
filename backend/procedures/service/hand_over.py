"""The file for lawful collection: money, contact, decisions.

Nothing of the community, no words of hers or of staff, no name: the core system knows who she is.
Nothing that tells of need or health either: no hardship, no income, no tier.
"""

import csv
import hashlib
import io
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Select, case, insert, null, select
from sqlalchemy.orm import Session

from backend.borrowers.models import Borrower
from backend.contacts.models import ContactEntry
from backend.contacts.rules import Maker, Outcome
from backend.kit import crypto
from backend.loans.models import Adjustment, Installment, Loan, Payment
from backend.procedures import queries
from backend.procedures.models import ProcedureHandOver
from backend.procedures.queries import FILE
from backend.profile import queries as profile

ROWS_MAX = 20_000
SOURCES = frozenset({"loans", "contacts", "streaks"})  # of facts
# What a spreadsheet would take for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_LOANS = select(
    Loan.external_id.label("loan"),
    Loan.kind,
    Loan.product_code,
    Loan.currency,
    Loan.opened_on,
    Loan.status,
    Loan.outstanding_principal_minor,
    Loan.outstanding_interest_minor,
    Loan.outstanding_fee_minor,
    Loan.outstanding_penalty_minor,
    Loan.outstanding_minor,
    Loan.oldest_unpaid_due_on,
    Loan.reported_dpd,
).order_by(Loan.opened_on, Loan.id)
_SCHEDULE = select(
    Loan.external_id.label("loan"),
    Installment.number,
    Installment.due_on,
    Installment.principal_minor,
    Installment.interest_minor,
    Installment.fee_minor,
    Installment.penalty_minor,
    Installment.paid_minor,
    Installment.open_minor,
    Installment.paid_on,
).order_by(Installment.loan_id, Installment.number)
_PAYMENTS = select(
    Loan.external_id.label("loan"),
    Payment.external_id.label("payment"),
    Payment.amount_minor,
    Loan.currency,
    Payment.received_on,
    Payment.date_precision,
    Payment.reversed_on,
).order_by(Payment.received_on, Payment.id)
_ADJUSTMENTS = select(
    Loan.external_id.label("loan"),
    Adjustment.kind,
    Adjustment.amount_minor,
    Loan.currency,
    Adjustment.on_date,
).order_by(Adjustment.on_date, Adjustment.id)
_CONTACTS = (
    select(
        ContactEntry.at,
        ContactEntry.channel,
        ContactEntry.kind,
        # That she asked for help may tell of need or health.
        case(
            (ContactEntry.outcome == Outcome.ASKED_FOR_HELP, null()), else_=ContactEntry.outcome
        ).label("outcome"),
        ContactEntry.contact,
        ContactEntry.actor,
        ContactEntry.staff_id,
    )
    .where(ContactEntry.made_by != Maker.MACHINE)
    .order_by(ContactEntry.at, ContactEntry.id)
)
# The parts that are tables, each with what reads it for one borrower.
PARTS = ("facts", "loans", "schedule", "payments", "adjustments", "contacts", "decisions")


def make_file(session: Session, *, borrower_id: UUID, procedure_id: UUID, now: datetime) -> str:
    """Write the file as of now, sealed; answers the SHA-256 of its canonical JSON in hex."""
    written = orjson.dumps(
        _contents(session, borrower_id=borrower_id, procedure_id=procedure_id, now=now),
        option=orjson.OPT_SORT_KEYS,
        default=str,
    )
    digest = hashlib.sha256(written)
    session.execute(
        insert(ProcedureHandOver).values(
            borrower_id=borrower_id,
            procedure_id=procedure_id,
            file_cipher=crypto.encrypt_bytes(written, context=FILE),
            sha256=digest.digest(),
            made_at=now,
        )
    )
    return digest.hexdigest()


def _contents(
    session: Session, *, borrower_id: UUID, procedure_id: UUID, now: datetime
) -> dict[str, Any]:
    row = queries.get_procedure(session, borrower_id=borrower_id, procedure_id=procedure_id)
    steps = queries.list_steps(session, borrower_id=borrower_id, procedure_ids=[procedure_id])
    external_id = session.execute(
        select(Borrower.external_id).where(Borrower.id == borrower_id)
    ).scalar_one()
    return {
        "borrower_external_id": external_id,
        "procedure_id": procedure_id,
        "ground": row.ground,
        "proof": row.proof,
        "opened_at": row.opened_at,
        "reply_until_on": row.reply_until_on,
        "made_at": now,
        "facts": _facts(session, borrower_id=borrower_id, now=now),
        "loans": _rows(session, _LOANS.where(Loan.borrower_id == borrower_id)),
        "schedule": _of_loans(session, _SCHEDULE, Installment, borrower_id),
        "payments": _of_loans(session, _PAYMENTS, Payment, borrower_id),
        "adjustments": _of_loans(session, _ADJUSTMENTS, Adjustment, borrower_id),
        "contacts": _rows(session, _CONTACTS.where(ContactEntry.borrower_id == borrower_id)),
        "decisions": [
            {
                "number": step.number,
                "state": step.state,
                "staff_id": step.staff_id,
                "at": step.at,
            }
            for step in steps
        ],
    }


def _facts(session: Session, *, borrower_id: UUID, now: datetime) -> list[dict[str, Any]]:
    """Of loans, contacts and streaks alone: whatever else is known may tell of need or health."""
    catalogue = profile.get_catalogue(session).facts
    facts = profile.get_facts(session, borrower_id=borrower_id, now=now)
    return [
        {"fact": name, "value": value, "unit": catalogue[name].unit, "source": known.source}
        for name, value in sorted(facts.items())
        if (known := catalogue[name]).source in SOURCES and not known.is_extra
    ]


def _of_loans(
    session: Session, query: Select[*tuple[Any, ...]], table: Any, borrower_id: UUID
) -> list[dict[str, Any]]:
    joined = query.join_from(
        table, Loan, (Loan.borrower_id == table.borrower_id) & (Loan.id == table.loan_id)
    )
    return _rows(session, joined.where(table.borrower_id == borrower_id))


def _rows(session: Session, query: Select[*tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in session.execute(query.limit(ROWS_MAX))]


def as_csv(file: dict[str, Any], part: str) -> str:
    """One part of the file as a table."""
    rows: list[dict[str, Any]] = file[part]
    out = io.StringIO()
    if rows:
        writer = csv.writer(out)
        writer.writerow(rows[0])
        writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return out.getvalue()


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
