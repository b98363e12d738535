"""Waivers that stand against one penalty each. Only `benefits` asks for them."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, exists, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, Date, Text, Uuid

from backend.borrowers.models import Borrower
from backend.events.loans import LoanChanged
from backend.kit.db import AnyRow
from backend.kit.ids import new_id
from backend.kit.outbox import announce_all
from backend.loans.models import Adjustment, Loan
from backend.loans.queries import LoanKey, find_record
from backend.loans.rules import unwaived_penalties
from backend.loans.service.settle import settle
from backend.loans.service.waivers import Waived

# A penalty that is offset, and a month that has its waiver, are left out by their constraints.
_STORE = text(
    """
    WITH fresh AS (
        INSERT INTO adjustment (borrower_id, id, loan_id, external_id, kind, amount_minor,
                                on_date, period, offsets_id)
        SELECT :borrower_id, id, :loan_id, external_id, 'waiver', amount_minor, on_date, period,
               offsets_id
          FROM unnest(:ids, :external_ids, :amounts, :days, :periods, :offsets)
            AS w(id, external_id, amount_minor, on_date, period, offsets_id)
         ORDER BY id
        ON CONFLICT DO NOTHING
        RETURNING borrower_id, id, external_id
    ), named AS (
        INSERT INTO external_ref (kind, external_id, borrower_id, object_id)
        SELECT 'adjustment', external_id, borrower_id, id FROM fresh
    )
    SELECT external_id FROM fresh
    """
).bindparams(
    bindparam("borrower_id", type_=Uuid),
    bindparam("loan_id", type_=Uuid),
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("external_ids", type_=ARRAY(Text)),
    bindparam("amounts", type_=ARRAY(BigInteger)),
    bindparam("days", type_=ARRAY(Date)),
    bindparam("periods", type_=ARRAY(Date)),
    bindparam("offsets", type_=ARRAY(Uuid)),
)


def offset_penalties(
    session: Session,
    *,
    key: LoanKey,
    spans: Sequence[tuple[date, date | None]],
    cause: str,
    now: datetime,
) -> list[Waived]:
    """Set a waiver against every penalty dated within these days, both included, once each.

    It takes what no waiver of a month took before. The loan is locked, and settled.
    """
    loan = _lock(session, key=key)
    if not _has_penalty(session, key=key):
        return []
    record = find_record(session, borrower_id=key.borrower_id, loan_id=key.loan_id)
    if record is None:
        return []
    adjustments = record.history.adjustments
    left = unwaived_penalties(record.history, today=date.max)
    penalties = sorted(adjustments, key=lambda row: (row.on_date, row.id))
    lines = [
        (left[row.id], row.on_date, None, row.id)
        for row in penalties
        if left.get(row.id) and _is_within(row.on_date, spans)
    ]
    return _store(session, loan, lines, cause=cause, now=now)


def _has_penalty(session: Session, *, key: LoanKey) -> bool:
    """Most loans have none: their whole history is not read for it."""
    return session.execute(
        select(
            exists().where(
                Adjustment.borrower_id == key.borrower_id,
                Adjustment.loan_id == key.loan_id,
                Adjustment.kind == "penalty",
            )
        )
    ).scalar_one()


def _is_within(day: date, spans: Sequence[tuple[date, date | None]]) -> bool:
    return any(start <= day and (end is None or day <= end) for start, end in spans)


def _lock(session: Session, *, key: LoanKey) -> AnyRow:
    return session.execute(
        select(Loan.borrower_id, Loan.id, Loan.external_id, Loan.currency, Borrower.timezone)
        .join(Borrower, Borrower.id == Loan.borrower_id)
        .where(Loan.borrower_id == key.borrower_id, Loan.id == key.loan_id)
        .with_for_update(of=Loan)
    ).one()


def _store(
    session: Session,
    loan: AnyRow,
    lines: Sequence[tuple[int, date, date | None, UUID | None]],
    *,
    cause: str,
    now: datetime,
) -> list[Waived]:
    if not lines:
        return []
    meant = [
        Waived(loan.borrower_id, loan.id, loan.external_id, f"{cause}.{new_id()}", loan.currency,
               amount, on)
        for amount, on, _, _ in lines
    ]  # fmt: skip
    stored = set(
        session.execute(
            _STORE,
            {
                "borrower_id": loan.borrower_id,
                "loan_id": loan.id,
                "ids": [new_id() for _ in meant],
                "external_ids": [each.external_id for each in meant],
                "amounts": [each.amount_minor for each in meant],
                "days": [each.on for each in meant],
                "periods": [month for *_, month, _ in lines],
                "offsets": [offsets for *_, offsets in lines],
            },
        ).scalars()
    )
    if not stored:
        return []
    key = LoanKey(loan.borrower_id, loan.id)
    changed = LoanChanged(loan.borrower_id, now, loan_id=loan.id, what="adjustment")
    announce_all(session, [changed, *settle(session, keys=[key], now=now)])
    return [each for each in meant if each.external_id in stored]
