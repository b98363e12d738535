"""Taking payments in, one or thousands, and taking one back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from backend.borrowers.models import Borrower
from backend.borrowers.queries import find_ref
from backend.events.loans import PaymentReceived, PaymentReversed
from backend.kit.bulk import Outcome, sql_array, sql_ids, sql_texts, without_repeats
from backend.kit.clock import day_in_zone
from backend.kit.ids import new_id
from backend.kit.outbox import Event, announce_all
from backend.loans.errors import (
    LoanUnknown,
    PaymentAlreadyReversed,
    PaymentDiffers,
    PaymentUnknown,
)
from backend.loans.models import Payment
from backend.loans.queries import LoanKey
from backend.loans.service.inputs import PaymentInput
from backend.loans.service.references import (
    Calendar,
    LockedLoan,
    lock_keys,
    lock_loans,
    mark_touched,
)
from backend.loans.service.settle import noon, settle

# Answers what was not stored: ids that were taken; what they stand for is looked at afterwards.
_STORE = text(
    """
    WITH input AS (
        SELECT * FROM unnest(
            CAST(:borrower_ids AS uuid[]), CAST(:ids AS uuid[]), CAST(:loan_ids AS uuid[]),
            CAST(:external_ids AS text[]), CAST(:amounts AS bigint[]), CAST(:days AS date[]),
            CAST(:precisions AS text[])
        ) AS i(borrower_id, id, loan_id, external_id, amount_minor, received_on, date_precision)
    ), fresh AS (
        INSERT INTO external_ref (kind, external_id, borrower_id, object_id)
        SELECT 'payment', external_id, borrower_id, id FROM input ORDER BY external_id
        ON CONFLICT DO NOTHING
        RETURNING object_id
    ), stored AS (
        INSERT INTO payment (borrower_id, id, loan_id, external_id, amount_minor, received_on,
                             date_precision)
        SELECT input.* FROM input JOIN fresh ON fresh.object_id = input.id
    )
    SELECT id FROM input WHERE NOT EXISTS (SELECT FROM fresh WHERE object_id = id)
    """
)
_EXISTING = text(
    """
    SELECT ref.external_id, p.id, p.borrower_id, p.loan_id, p.amount_minor, p.received_on,
           p.date_precision
      FROM unnest(CAST(:external_ids AS text[])) AS wanted(external_id)
      JOIN external_ref AS ref ON ref.kind = 'payment' AND ref.external_id = wanted.external_id
      JOIN payment AS p ON p.borrower_id = ref.borrower_id AND p.id = ref.object_id
    """
)


def add_payments(
    session: Session,
    rows: Sequence[PaymentInput],
    *,
    now: datetime,
    settled: bool,
    backfill: bool = False,
) -> list[Outcome]:
    """Store payments. The same payment again is unchanged; another under its id is refused.

    `settled` replays the loans at once and announces what follows, for a single payment; without
    it the loans are marked stale and settled later, set-based. `backfill` marks history.
    """
    outcomes: list[Outcome] = [Outcome("refused")] * len(rows)
    for places in without_repeats(rows, key=lambda row: row["external_id"]):
        loans = lock_loans(session, external_ids=[rows[i]["loan_external_id"] for i in places])
        calendar = Calendar(now)
        accepted: list[tuple[int, PaymentInput, LockedLoan]] = []
        for place in places:
            row = rows[place]
            loan = loans.get(row["loan_external_id"])
            if loan is None:
                outcomes[place] = Outcome.refused(LoanUnknown())
                continue
            future = calendar.find_future(
                row["received_on"], zone=loan.timezone, field="received_on"
            )
            if future is not None:
                outcomes[place] = Outcome.refused(future)
                continue
            accepted.append((place, row, loan))
        stored = _store(session, accepted, outcomes)
        _follow_up(session, stored, now=now, settled=settled, backfill=backfill)
    return outcomes


_Stored = tuple[UUID, PaymentInput, LockedLoan]


def _store(
    session: Session,
    accepted: Sequence[tuple[int, PaymentInput, LockedLoan]],
    outcomes: list[Outcome],
) -> list[_Stored]:
    if not accepted:
        return []
    ids = [new_id() for _ in accepted]
    refused = set(
        session.execute(
            _STORE,
            {
                "borrower_ids": sql_ids([loan.borrower_id for _, _, loan in accepted]),
                "ids": sql_ids(ids),
                "loan_ids": sql_ids([loan.loan_id for _, _, loan in accepted]),
                "external_ids": sql_texts([row["external_id"] for _, row, _ in accepted]),
                "amounts": sql_array([row["amount_minor"] for _, row, _ in accepted]),
                "days": sql_array([row["received_on"] for _, row, _ in accepted]),
                "precisions": sql_array([row["date_precision"] for _, row, _ in accepted]),
            },
        )
        .scalars()
        .all()
    )
    stored: list[_Stored] = []
    taken: list[tuple[int, PaymentInput, LockedLoan]] = []
    for payment_id, (place, row, loan) in zip(ids, accepted, strict=True):
        if payment_id not in refused:
            outcomes[place] = Outcome("stored", payment_id, created=True)
            stored.append((payment_id, row, loan))
        else:
            taken.append((place, row, loan))
    _compare(session, taken, outcomes)
    return stored


def _compare(
    session: Session,
    taken: Sequence[tuple[int, PaymentInput, LockedLoan]],
    outcomes: list[Outcome],
) -> None:
    if not taken:
        return
    names = [row["external_id"] for _, row, _ in taken]
    rows = session.execute(_EXISTING, {"external_ids": names}).all()
    existing = {row[0]: (row[1], tuple(row[2:])) for row in rows}
    for place, row, loan in taken:
        payment_id, content = existing[row["external_id"]]
        same = content == (
            loan.borrower_id,
            loan.loan_id,
            row["amount_minor"],
            row["received_on"],
            row["date_precision"],
        )
        outcomes[place] = (
            Outcome("unchanged", payment_id) if same else Outcome.refused(PaymentDiffers())
        )


def _follow_up(
    session: Session, stored: Sequence[_Stored], *, now: datetime, settled: bool, backfill: bool
) -> None:
    if not stored:
        return
    loans = {loan.loan_id: loan for _, _, loan in stored}
    keys = [loan.key for loan in loans.values()]
    events: list[Event] = [received_event(item, now=now, history=backfill) for item in stored]
    if settled:
        events += settle(session, keys=keys, now=now, history=backfill)
    announce_all(session, events)
    if not settled:
        mark_touched(session, keys=keys, now=now, history=backfill)


def received_event(item: _Stored, *, now: datetime, history: bool) -> PaymentReceived:
    """The news of a stored payment; history is dated to its day."""
    payment_id, row, loan = item
    return PaymentReceived(
        borrower_id=loan.borrower_id,
        occurred_at=noon(row["received_on"]) if history else now,
        loan_id=loan.loan_id,
        payment_id=payment_id,
        amount_minor=row["amount_minor"],
        received_on=row["received_on"],
        date_precision=row["date_precision"],
        backfill=history,
    )


def reverse_payment(session: Session, *, external_id: str, reason: str, now: datetime) -> Outcome:
    """Take a payment back: the loan is replayed as if it had never been made.

    Again for the same reason changes nothing. Refuses: PaymentUnknown, PaymentAlreadyReversed.
    """
    ref = find_ref(session, kind="payment", external_id=external_id)
    if ref is None:
        raise PaymentUnknown
    mine = (Payment.borrower_id == ref.borrower_id, Payment.id == ref.object_id)
    loan_id, zone = session.execute(
        select(Payment.loan_id, Borrower.timezone)
        .join(Borrower, Borrower.id == Payment.borrower_id)
        .where(*mine)
    ).one()
    keys = lock_keys(session, keys=[LoanKey(ref.borrower_id, loan_id)])
    known = session.execute(select(Payment.reversal_reason).where(*mine)).scalar_one()
    if known is not None:
        if known != reason:
            raise PaymentAlreadyReversed
        return Outcome("unchanged", ref.object_id)
    session.execute(
        update(Payment)
        .where(*mine)
        .values(reversed_on=day_in_zone(now, zone), reversal_reason=reason)
    )
    paid = settle(session, keys=keys, now=now)
    reversed_event = PaymentReversed(
        borrower_id=ref.borrower_id, occurred_at=now, loan_id=loan_id, payment_id=ref.object_id
    )
    announce_all(session, [reversed_event, *paid])
    return Outcome("stored", ref.object_id)
