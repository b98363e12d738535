"""Statements and reported lateness: the newest word on a month or a day replaces the last."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.events.loans import DelinquencyReported, LoanChanged
from backend.kit.bulk import Outcome, sql_array, sql_ids, sql_texts, without_repeats
from backend.kit.outbox import Event, announce_all
from backend.loans.errors import LoanUnknown, NotRevolving
from backend.loans.service.inputs import DelinquencyInput, StatementInput
from backend.loans.service.references import Calendar, LockedLoan, lock_loans, mark_touched
from backend.loans.service.settle import noon, settle

_STORE_STATEMENTS = text(
    """
    INSERT INTO statement AS kept (borrower_id, loan_id, month, closed_on, due_on, balance_minor,
                                  minimum_due_minor, date_precision, assumed)
    SELECT borrower_id, loan_id, month, closed_on, due_on, balance_minor, minimum_due_minor,
           date_precision, string_to_array(assumed, ',')
      FROM unnest(CAST(:borrower_ids AS uuid[]), CAST(:loan_ids AS uuid[]),
                  CAST(:month AS date[]), CAST(:closed_on AS date[]), CAST(:due_on AS date[]),
                  CAST(:balance_minor AS bigint[]), CAST(:minimum_due_minor AS bigint[]),
                  CAST(:date_precision AS text[]), CAST(:assumed AS text[]))
           AS i(borrower_id, loan_id, month, closed_on, due_on, balance_minor, minimum_due_minor,
                date_precision, assumed)
    ON CONFLICT (borrower_id, loan_id, month) DO UPDATE SET
        closed_on = excluded.closed_on, due_on = excluded.due_on,
        balance_minor = excluded.balance_minor, minimum_due_minor = excluded.minimum_due_minor,
        date_precision = excluded.date_precision, assumed = excluded.assumed
    WHERE (kept.closed_on, kept.due_on, kept.balance_minor, kept.minimum_due_minor,
           kept.date_precision, kept.assumed)
          IS DISTINCT FROM
          (excluded.closed_on, excluded.due_on, excluded.balance_minor,
           excluded.minimum_due_minor, excluded.date_precision, excluded.assumed)
    RETURNING loan_id, month, kept.xmax = 0
    """
)
_STORE_DELINQUENCIES = text(
    """
    INSERT INTO delinquency AS kept (borrower_id, loan_id, as_of, days_past_due, activity)
    SELECT * FROM unnest(CAST(:borrower_ids AS uuid[]), CAST(:loan_ids AS uuid[]),
                         CAST(:as_of AS date[]), CAST(:days_past_due AS bigint[]),
                         CAST(:activity AS text[]))
    ON CONFLICT (borrower_id, loan_id, as_of) DO UPDATE SET
        days_past_due = excluded.days_past_due, activity = excluded.activity
    WHERE (kept.days_past_due, kept.activity)
          IS DISTINCT FROM (excluded.days_past_due, excluded.activity)
    RETURNING loan_id, as_of, kept.xmax = 0
    """
)

_Accepted = tuple[int, Any, LockedLoan]


def put_statements(
    session: Session,
    rows: Sequence[StatementInput],
    *,
    now: datetime,
    settled: bool,
    backfill: bool = False,
) -> list[Outcome]:
    """Store statements; one for a month that has one replaces it. See `add_payments`."""
    outcomes: list[Outcome] = [Outcome("refused")] * len(rows)
    for places in without_repeats(rows, key=lambda row: (row["loan_external_id"], row["month"])):
        accepted = _accept(session, rows, places, outcomes, now=now, day="closed_on")
        for place, _, _ in [a for a in accepted if a[2].kind != "revolving"]:
            outcomes[place] = Outcome.refused(NotRevolving())
        accepted = [a for a in accepted if a[2].kind == "revolving"]
        columns = (
            "month", "closed_on", "due_on", "balance_minor", "minimum_due_minor", "date_precision"
        )  # fmt: skip
        values = {name: sql_array([row[name] for _, row, _ in accepted]) for name in columns}
        # Its names come from a closed list without commas, so text carries them safely.
        assumed = [",".join(sorted(set(row["assumed"]))) for _, row, _ in accepted]
        values["assumed"] = sql_texts(assumed)
        stored = _store(session, _STORE_STATEMENTS, accepted, values, outcomes, key="month")
        events: list[Event] = [
            LoanChanged(
                borrower_id=loan.borrower_id,
                occurred_at=noon(row["closed_on"]) if backfill else now,
                loan_id=loan.loan_id,
                what="statement",
                backfill=backfill,
            )
            for _, row, loan in stored
        ]
        _follow_up(session, stored, events, now=now, settled=settled, backfill=backfill)
    return outcomes


def put_delinquencies(
    session: Session,
    rows: Sequence[DelinquencyInput],
    *,
    now: datetime,
    settled: bool,
    backfill: bool = False,
) -> list[Outcome]:
    """Store reported lateness; a report for a day that has one replaces it. See `add_payments`."""
    outcomes: list[Outcome] = [Outcome("refused")] * len(rows)
    for places in without_repeats(rows, key=lambda row: (row["loan_external_id"], row["as_of"])):
        accepted = _accept(session, rows, places, outcomes, now=now, day="as_of")
        values = {
            name: sql_array([row[name] for _, row, _ in accepted])
            for name in ("as_of", "days_past_due", "activity")
        }
        stored = _store(session, _STORE_DELINQUENCIES, accepted, values, outcomes, key="as_of")
        events: list[Event] = [
            DelinquencyReported(
                borrower_id=loan.borrower_id,
                occurred_at=noon(row["as_of"]) if backfill else now,
                loan_id=loan.loan_id,
                days_past_due=row["days_past_due"],
                as_of=row["as_of"],
                activity=row["activity"],
                backfill=backfill,
            )
            for _, row, loan in stored
        ]
        _follow_up(session, stored, events, now=now, settled=settled, backfill=backfill)
    return outcomes


def _accept(
    session: Session,
    rows: Sequence[Any],
    places: Sequence[int],
    outcomes: list[Outcome],
    *,
    now: datetime,
    day: str,
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
        future = calendar.find_future(row[day], zone=loan.timezone, field=day)
        if future is not None:
            outcomes[place] = Outcome.refused(future)
            continue
        accepted.append((place, row, loan))
    return accepted


def _store(
    session: Session,
    statement: Any,
    accepted: Sequence[_Accepted],
    values: dict[str, str],
    outcomes: list[Outcome],
    *,
    key: str,
) -> list[_Accepted]:
    if not accepted:
        return []
    keys = {
        "borrower_ids": sql_ids([loan.borrower_id for _, _, loan in accepted]),
        "loan_ids": sql_ids([loan.loan_id for _, _, loan in accepted]),
    }
    changed = {
        (loan_id, day): created
        for loan_id, day, created in session.execute(statement, keys | values).all()
    }
    stored = []
    for place, row, loan in accepted:
        created = changed.get((loan.loan_id, row[key]))
        if created is None:
            outcomes[place] = Outcome("unchanged", loan.loan_id)
        else:
            outcomes[place] = Outcome("stored", loan.loan_id, created=created)
            stored.append((place, row, loan))
    return stored


def _follow_up(
    session: Session,
    stored: Sequence[_Accepted],
    events: list[Event],
    *,
    now: datetime,
    settled: bool,
    backfill: bool,
) -> None:
    if not stored:
        return
    loans = {loan.loan_id: loan for _, _, loan in stored}
    keys = [loan.key for loan in loans.values()]
    if settled:
        events += settle(session, keys=keys, now=now, history=backfill)
    announce_all(session, events)
    if not settled:
        mark_touched(session, keys=keys, now=now, history=backfill)
