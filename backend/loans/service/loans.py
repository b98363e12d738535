"""Storing loans and their schedules as the core system describes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.events.loans import LoanChanged
from backend.kit.bulk import Outcome, without_repeats
from backend.kit.ids import new_id
from backend.kit.outbox import announce_all
from backend.kit.problems import FieldError, Invalid
from backend.loans.errors import BorrowerUnknown, LoanDiffers
from backend.loans.queries import LoanKey
from backend.loans.rules import InstallmentRow, find_schedule_error
from backend.loans.service.inputs import LoanInput
from backend.loans.service.references import Calendar, lock_loans, mark_touched
from backend.loans.service.schedules import (
    StoredSchedule,
    list_schedules,
    rows_of,
    store_schedules,
)
from backend.loans.service.settle import noon, settle

# What a core system may change of a loan that is there already.
_MUTABLE = (
    "product_code", "principal_minor", "credit_limit_minor", "annual_rate", "opened_on", "status",
    "dpd_source", "plan_id",
)  # fmt: skip

_FIND = text(
    """
    SELECT wanted.external_id, wanted.borrower_external_id,
           owner.object_id AS owner_id, loan.borrower_id, loan.id, loan.kind, loan.currency,
           loan.product_code, loan.principal_minor, loan.credit_limit_minor, loan.annual_rate,
           loan.opened_on, loan.status, loan.dpd_source, loan.plan_id, borrower.timezone
      FROM unnest(CAST(:external_ids AS text[]), CAST(:borrower_external_ids AS text[]))
           AS wanted(external_id, borrower_external_id)
      LEFT JOIN external_ref AS owner
             ON owner.kind = 'borrower' AND owner.external_id = wanted.borrower_external_id
      LEFT JOIN borrower ON borrower.id = owner.object_id
      LEFT JOIN external_ref AS ref
             ON ref.kind = 'loan' AND ref.external_id = wanted.external_id
      LEFT JOIN loan ON loan.borrower_id = ref.borrower_id AND loan.id = ref.object_id
    """
)
_STORE_PRODUCTS = text(
    """
    INSERT INTO loan_product (code) SELECT unnest(CAST(:codes AS text[])) ON CONFLICT DO NOTHING
    """
)
_COLUMNS = """
    borrower_id uuid, id uuid, external_id text, kind text, product_code text, currency text,
    principal_minor bigint, credit_limit_minor bigint, annual_rate numeric, opened_on date,
    status text, dpd_source text, plan_id uuid"""
_STORE_NEW = text(
    f"""
    WITH input AS (
        SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS i({_COLUMNS})
    ), fresh AS (
        INSERT INTO external_ref (kind, external_id, borrower_id, object_id)
        SELECT 'loan', external_id, borrower_id, id FROM input ORDER BY external_id
        ON CONFLICT DO NOTHING
        RETURNING object_id
    ), stored AS (
        INSERT INTO loan (borrower_id, id, external_id, kind, product_code, currency,
                          principal_minor, credit_limit_minor, annual_rate, opened_on, status,
                          dpd_source, plan_id)
        SELECT input.* FROM input JOIN fresh ON fresh.object_id = input.id
    )
    SELECT object_id FROM fresh
    """  # noqa: S608 - the only part put in is the constant above
)
_STORE_CHANGED = text(
    f"""
    UPDATE loan SET
        product_code = i.product_code, principal_minor = i.principal_minor,
        credit_limit_minor = i.credit_limit_minor, annual_rate = i.annual_rate,
        opened_on = i.opened_on, status = i.status, dpd_source = i.dpd_source,
        plan_id = i.plan_id, updated_at = now()
    FROM json_to_recordset(CAST(:rows AS json)) AS i({_COLUMNS})
    WHERE loan.borrower_id = i.borrower_id AND loan.id = i.id
    """  # noqa: S608 - see above
)


@dataclass(slots=True)
class _Candidate:
    """A loan on its way in, beside what is stored of it."""

    place: int
    row: LoanInput
    borrower_id: UUID
    loan_id: UUID
    is_new: bool
    content_changed: bool = True

    @property
    def key(self) -> LoanKey:
        return LoanKey(self.borrower_id, self.loan_id)


def put_loans(
    session: Session,
    rows: Sequence[LoanInput],
    *,
    now: datetime,
    settled: bool,
    backfill: bool = False,
) -> list[Outcome]:
    """Store loans; other instalments than the stored ones are a new schedule and replay the loan.

    Kind, borrower and currency stay; payments are never lost. See `add_payments`.
    """
    outcomes: list[Outcome] = [Outcome("refused")] * len(rows)
    for places in without_repeats(rows, key=lambda row: row["external_id"]):
        stored = _put(session, rows, places, outcomes, now=now)
        # An id that somebody else took meanwhile has its loan now: a second look compares them.
        raced = [i for i in places if outcomes[i].status == "refused" and not outcomes[i].problem]
        if raced:
            stored += _put(session, rows, raced, outcomes, now=now)
        _follow_up(session, stored, now=now, settled=settled, backfill=backfill)
    return outcomes


def _put(
    session: Session,
    rows: Sequence[LoanInput],
    places: Sequence[int],
    outcomes: list[Outcome],
    *,
    now: datetime,
) -> list[_Candidate]:
    # Locked before anything is read of them: what is absent from a row is filled from the loan.
    lock_loans(session, external_ids=[rows[i]["external_id"] for i in places])
    candidates = _classify(session, rows, places, outcomes, now=now)
    schedules = list_schedules(session, keys=[c.key for c in candidates if not c.is_new])
    changed = _leave_out_unchanged(candidates, schedules, outcomes)
    stored = _store(session, changed, outcomes)
    store_schedules(
        session,
        [(c.key, c.row["installments"]) for c in stored if "installments" in c.row],
        stored=schedules,
    )
    return stored


def _classify(
    session: Session,
    rows: Sequence[LoanInput],
    places: Sequence[int],
    outcomes: list[Outcome],
    *,
    now: datetime,
) -> list[_Candidate]:
    found = session.execute(
        _FIND,
        {
            "external_ids": [rows[i]["external_id"] for i in places],
            "borrower_external_ids": [rows[i]["borrower_external_id"] for i in places],
        },
    )
    known = {record.external_id: record for record in found}
    calendar = Calendar(now)
    candidates = []
    for place in places:
        row = rows[place]
        result = _candidate(place, row, known[row["external_id"]], calendar=calendar)
        if isinstance(result, Outcome):
            outcomes[place] = result
        else:
            candidates.append(result)
    return candidates


def _candidate(
    place: int, row: LoanInput, known: Any, *, calendar: Calendar
) -> _Candidate | Outcome:
    if known.owner_id is None:
        return Outcome.refused(BorrowerUnknown())
    future = calendar.find_future(row["opened_on"], zone=known.timezone, field="opened_on")
    if future is not None:
        return Outcome.refused(future)
    wrong = find_schedule_error(
        [InstallmentRow(**i) for i in row.get("installments", ())],
        principal_minor=row["principal_minor"],
    )
    if wrong is not None:
        pointer, detail = wrong
        error = FieldError(f"#/installments{pointer}", detail)
        return Outcome.refused(Invalid(errors=[error]))
    if row["principal_minor"] is None:
        installments = row.get("installments")
        total = sum(i["principal_minor"] for i in installments) if installments else None
        row = row | {"principal_minor": known.principal_minor if total is None else total}
    if known.id is None:
        return _Candidate(place, row, known.owner_id, new_id(), is_new=True)
    kept = (known.borrower_id, known.kind, known.currency)
    if kept != (known.owner_id, row["kind"], row["currency"]):
        return Outcome.refused(LoanDiffers())
    changed = any(getattr(known, name) != row[name] for name in _MUTABLE)  # type: ignore[literal-required]
    return _Candidate(
        place, row, known.borrower_id, known.id, is_new=False, content_changed=changed
    )


def _leave_out_unchanged(
    candidates: Sequence[_Candidate],
    schedules: dict[LoanKey, StoredSchedule],
    outcomes: list[Outcome],
) -> list[_Candidate]:
    changed = []
    for candidate in candidates:
        installments = candidate.row.get("installments")
        same_schedule = installments is None or (
            not candidate.is_new and schedules.get(candidate.key, {}) == rows_of(installments)
        )
        if candidate.content_changed or not same_schedule:
            changed.append(candidate)
        else:
            outcomes[candidate.place] = Outcome("unchanged", candidate.loan_id)
    return changed


def _store(
    session: Session, changed: Sequence[_Candidate], outcomes: list[Outcome]
) -> list[_Candidate]:
    """Those that were stored; one whose id is taken since we looked keeps an empty refusal."""
    if not changed:
        return []
    codes = sorted({candidate.row["product_code"] for candidate in changed})
    session.execute(_STORE_PRODUCTS, {"codes": codes})
    new = [candidate for candidate in changed if candidate.is_new]
    old = [candidate for candidate in changed if not candidate.is_new]
    fresh: set[UUID] = set()
    if new:
        fresh = set(session.execute(_STORE_NEW, {"rows": _as_json(new)}).scalars())
    if old:
        session.execute(_STORE_CHANGED, {"rows": _as_json(old)})
    stored = []
    for candidate in changed:
        if candidate.is_new and candidate.loan_id not in fresh:
            continue
        outcomes[candidate.place] = Outcome("stored", candidate.loan_id, created=candidate.is_new)
        stored.append(candidate)
    return stored


def _as_json(candidates: Sequence[_Candidate]) -> str:
    rows = []
    for candidate in candidates:
        row: dict[str, Any] = {k: v for k, v in candidate.row.items() if k != "installments"}
        rate = candidate.row["annual_rate"]
        row["annual_rate"] = None if rate is None else str(rate)
        rows.append(row | {"borrower_id": candidate.borrower_id, "id": candidate.loan_id})
    return orjson.dumps(rows).decode()


def _follow_up(
    session: Session,
    stored: Sequence[_Candidate],
    *,
    now: datetime,
    settled: bool,
    backfill: bool,
) -> None:
    if not stored:
        return
    keys = [candidate.key for candidate in stored]
    changed = [
        LoanChanged(
            borrower_id=candidate.borrower_id,
            occurred_at=noon(candidate.row["opened_on"]) if backfill else now,
            loan_id=candidate.loan_id,
            what="loan",
            backfill=backfill,
        )
        for candidate in stored
    ]
    if settled:
        paid = settle(session, keys=keys, now=now, history=backfill)
        announce_all(session, [*changed, *paid])
    else:
        announce_all(session, changed)
        mark_touched(session, keys=keys, now=now, history=backfill)
