"""Fees, penalties and waivers after opening."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.events.loans import LoanChanged
from backend.kit.bulk import Outcome, without_repeats
from backend.kit.ids import new_id
from backend.kit.outbox import Event, announce_all
from backend.loans.errors import AdjustmentDiffers, LoanUnknown, WaiverPeriodTaken
from backend.loans.rules import waiver_period
from backend.loans.service.inputs import AdjustmentInput
from backend.loans.service.references import Calendar, LockedLoan, lock_loans, mark_touched
from backend.loans.service.settle import noon, settle

_EXISTING = text(
    """
    SELECT ref.external_id, a.id, a.borrower_id, a.loan_id, a.kind, a.amount_minor, a.on_date
      FROM unnest(CAST(:external_ids AS text[])) AS wanted(external_id)
      JOIN external_ref AS ref ON ref.kind = 'adjustment' AND ref.external_id = wanted.external_id
      JOIN adjustment AS a ON a.borrower_id = ref.borrower_id AND a.id = ref.object_id
    """
)
_TAKEN_PERIODS = text(
    """
    SELECT a.loan_id, a.period
      FROM unnest(CAST(:borrower_ids AS uuid[]), CAST(:loan_ids AS uuid[]),
                  CAST(:periods AS date[])) AS wanted(borrower_id, loan_id, period)
      JOIN adjustment AS a ON a.borrower_id = wanted.borrower_id AND a.loan_id = wanted.loan_id
                          AND a.period = wanted.period AND a.kind = 'waiver'
    """
)
_STORE = text(
    """
    WITH input AS (
        SELECT * FROM unnest(
            CAST(:borrower_ids AS uuid[]), CAST(:ids AS uuid[]), CAST(:loan_ids AS uuid[]),
            CAST(:external_ids AS text[]), CAST(:kinds AS text[]), CAST(:amounts AS bigint[]),
            CAST(:days AS date[]), CAST(:periods AS date[])
        ) AS i(borrower_id, id, loan_id, external_id, kind, amount_minor, on_date, period)
    ), fresh AS (
        INSERT INTO external_ref (kind, external_id, borrower_id, object_id)
        SELECT 'adjustment', external_id, borrower_id, id FROM input ORDER BY external_id
        ON CONFLICT DO NOTHING
        RETURNING object_id
    ), stored AS (
        INSERT INTO adjustment (borrower_id, id, loan_id, external_id, kind, amount_minor,
                                on_date, period)
        SELECT input.* FROM input JOIN fresh ON fresh.object_id = input.id
    )
    SELECT object_id FROM fresh
    """
)

_Accepted = tuple[int, AdjustmentInput, LockedLoan]


def add_adjustments(
    session: Session,
    rows: Sequence[AdjustmentInput],
    *,
    now: datetime,
    settled: bool,
    backfill: bool = False,
) -> list[Outcome]:
    """Store fees, penalties and waivers; a loan has one waiver a month. See `add_payments`."""
    outcomes: list[Outcome] = [Outcome("refused")] * len(rows)
    for places in without_repeats(rows, key=lambda row: row["external_id"]):
        accepted = _accept(session, rows, places, outcomes, now=now)
        accepted = _leave_out_existing(session, accepted, outcomes)
        accepted = _leave_out_taken_periods(session, accepted, outcomes)
        stored = _store(session, accepted, outcomes)
        _follow_up(session, stored, now=now, settled=settled, backfill=backfill)
    return outcomes


def _accept(
    session: Session,
    rows: Sequence[AdjustmentInput],
    places: Sequence[int],
    outcomes: list[Outcome],
    *,
    now: datetime,
) -> list[_Accepted]:
    loans = lock_loans(session, external_ids=[rows[i]["loan_external_id"] for i in places])
    calendar = Calendar(now)
    accepted = []
    for place in places:
        row = rows[place]
        loan = loans.get(row["loan_external_id"])
        if loan is None:
            outcomes[place] = Outcome.refused(LoanUnknown())
            continue
        future = calendar.find_future(row["on"], zone=loan.timezone, field="on")
        if future is not None:
            outcomes[place] = Outcome.refused(future)
            continue
        accepted.append((place, row, loan))
    return accepted


def _leave_out_existing(
    session: Session, accepted: Sequence[_Accepted], outcomes: list[Outcome]
) -> list[_Accepted]:
    names = [row["external_id"] for _, row, _ in accepted]
    found = session.execute(_EXISTING, {"external_ids": names}) if names else ()
    existing = {row[0]: (row[1], tuple(row[2:])) for row in found}
    new = []
    for place, row, loan in accepted:
        known = existing.get(row["external_id"])
        content = (loan.borrower_id, loan.loan_id, row["kind"], row["amount_minor"], row["on"])
        if known is None:
            new.append((place, row, loan))
        elif known[1] == content:
            outcomes[place] = Outcome("unchanged", known[0])
        else:
            outcomes[place] = Outcome.refused(AdjustmentDiffers())
    return new


def _period(row: AdjustmentInput) -> date | None:
    if row["kind"] != "waiver":
        return None
    return row.get("period") or waiver_period(row["on"])


def _leave_out_taken_periods(
    session: Session, accepted: Sequence[_Accepted], outcomes: list[Outcome]
) -> list[_Accepted]:
    waivers = [(row, loan) for _, row, loan in accepted if row["kind"] == "waiver"]
    if not waivers:
        return list(accepted)
    # The loans are locked: nobody else can take a period meanwhile.
    taken = {
        (loan_id, period)
        for loan_id, period in session.execute(
            _TAKEN_PERIODS,
            {
                "borrower_ids": [loan.borrower_id for _, loan in waivers],
                "loan_ids": [loan.loan_id for _, loan in waivers],
                "periods": [_period(row) for row, _ in waivers],
            },
        )
    }
    free = []
    for place, row, loan in accepted:
        period = _period(row)
        if period is not None and (loan.loan_id, period) in taken:
            outcomes[place] = Outcome.refused(WaiverPeriodTaken())
            continue
        taken.add((loan.loan_id, period))
        free.append((place, row, loan))
    return free


def _store(
    session: Session, accepted: Sequence[_Accepted], outcomes: list[Outcome]
) -> list[_Accepted]:
    if not accepted:
        return []
    ids: list[UUID] = [new_id() for _ in accepted]
    fresh = set(
        session.execute(
            _STORE,
            {
                "borrower_ids": [loan.borrower_id for _, _, loan in accepted],
                "ids": ids,
                "loan_ids": [loan.loan_id for _, _, loan in accepted],
                "external_ids": [row["external_id"] for _, row, _ in accepted],
                "kinds": [row["kind"] for _, row, _ in accepted],
                "amounts": [row["amount_minor"] for _, row, _ in accepted],
                "days": [row["on"] for _, row, _ in accepted],
                "periods": [_period(row) for _, row, _ in accepted],
            },
        ).scalars()
    )
    stored = []
    for adjustment_id, (place, row, loan) in zip(ids, accepted, strict=True):
        if adjustment_id in fresh:
            outcomes[place] = Outcome("stored", adjustment_id, created=True)
            stored.append((place, row, loan))
        else:
            # Somebody stored this id, for another loan, since we looked.
            outcomes[place] = Outcome.refused(AdjustmentDiffers())
    return stored


def _follow_up(
    session: Session, stored: Sequence[_Accepted], *, now: datetime, settled: bool, backfill: bool
) -> None:
    if not stored:
        return
    events: list[Event] = [
        LoanChanged(
            borrower_id=loan.borrower_id,
            occurred_at=noon(row["on"]) if backfill else now,
            loan_id=loan.loan_id,
            what="adjustment",
            backfill=backfill,
        )
        for _, row, loan in stored
    ]
    keys = list(dict.fromkeys(loan.key for _, _, loan in stored))
    if settled:
        events += settle(session, keys=keys, now=now, history=backfill)
    announce_all(session, events)
    if not settled:
        mark_touched(session, keys=keys, now=now, history=backfill)
