"""Requests to waive penalty interest: granted at once inside the limits, else a case for staff."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from backend.benefits import ports, queries, waiver_queries
from backend.benefits import waiver_rules as rules
from backend.benefits.errors import (
    AlreadyNegotiated,
    NothingToWaive,
    WaiverRequestMoveRefused,
    WaiverRequestOpen,
)
from backend.benefits.models import WaiverRequest
from backend.benefits.queries import Waivable
from backend.benefits.reasons import Reason
from backend.benefits.service.negotiations import waive_periods
from backend.benefits.waiver_rules import WAIVER_CAUSE, Facts, Ground, State
from backend.events.benefits import WaiverRequestStateChanged
from backend.kit import crypto
from backend.kit.db import AnyRow
from backend.kit.ids import new_id
from backend.kit.outbox import announce
from backend.kit.programme_zone import programme_day
from backend.kit.workdays import add_working_days
from backend.loans import service as loans
from backend.loans.service import Waived
from backend.programme import queries as programme
from backend.tiers import queries as tiers

SEALED = waiver_queries.SEALED


def request_waiver(
    session: Session,
    *,
    borrower_id: UUID,
    loan_id: UUID,
    reason: Reason,
    periods: int | None,
    now: datetime,
) -> UUID:
    """She asks for months of penalty interest: waived now, or a person answers in three days.

    Refuses: NotFound (the loan), WaiverRequestOpen, AlreadyNegotiated, NothingToWaive.
    """
    # Of two at once, the second waits here and then finds the first.
    loans.get_record_for_update(session, borrower_id=borrower_id, loan_id=loan_id)
    before = waiver_queries.list_states(session, borrower_id=borrower_id, loan_id=loan_id)
    standing = next((each for each, state in before.items() if state is State.OPEN), None)
    if standing is not None:
        raise WaiverRequestOpen.beside(standing)
    found = _find_waivable(session, borrower_id=borrower_id, loan_id=loan_id, now=now)
    placed = tiers.find_state(session, borrower_id=borrower_id)
    tier = None if placed is None else placed.tier
    count = rules.count_months(periods, tier=tier, there_are=len(found.months))
    why = rules.why_a_person(
        Facts(
            tier=tier,
            reason=reason,
            months=count,
            is_enrolled=programme.is_enrolled(session, borrower_id=borrower_id),
            was_rejected=State.REJECTED in before.values(),
            had_plan=_had_plan(session, borrower_id=borrower_id, loan_id=loan_id, now=now),
        )
    )
    lines = []
    if not why:
        lines = _waive(session, found, borrower_id=borrower_id, loan_id=loan_id, count=count,
                       now=now)  # fmt: skip
    request_id = new_id()
    state = State.OPEN if why else State.APPROVED
    session.execute(
        insert(WaiverRequest).values(
            borrower_id=borrower_id,
            id=request_id,
            loan_id=loan_id,
            reason=reason,
            months=count,
            state=state,
            is_automatic=not why,
            why_a_person=[str(each) for each in why],
            months_at_once=rules.months_at_once(tier),
            currency=found.currency,
            lines=_as_json(lines),
            waived_minor=sum(line.amount_minor for line in lines),
            asked_at=now,
            changed_at=now,
            due_on=add_working_days(programme_day(now), rules.ANSWER_WORKING_DAYS),
        )
    )
    row = waiver_queries.get_request(session, borrower_id=borrower_id, request_id=request_id)
    _tell(session, row, before=None, now=now)
    return request_id


def _had_plan(session: Session, *, borrower_id: UUID, loan_id: UUID, now: datetime) -> bool:
    asked = ports.plans_so_far()
    if asked is None:
        return False
    return asked(session, borrower_id=borrower_id, loan_id=loan_id, now=now).is_negotiated


def _find_waivable(
    session: Session, *, borrower_id: UUID, loan_id: UUID, now: datetime
) -> Waivable:
    found = queries.waivable(session, borrower_id=borrower_id, loan_id=loan_id, now=now)
    if found.is_negotiated:
        raise AlreadyNegotiated.on(loan_id)
    if not found.months:
        raise NothingToWaive.on(loan_id)
    return found


def _waive(
    session: Session,
    found: Waivable,
    *,
    borrower_id: UUID,
    loan_id: UUID,
    count: int,
    now: datetime,
) -> list[Waived]:
    return waive_periods(
        session,
        borrower_id=borrower_id,
        loan_id=loan_id,
        periods=rules.choose_months(found.months, count=count),
        cause=WAIVER_CAUSE,
        now=now,
    )


def _as_json(lines: Sequence[Waived]) -> list[Any]:
    return [
        {"period": f"{line.period or line.on:%Y-%m}", "amount_minor": line.amount_minor}
        for line in lines
    ]


def withdraw_request(
    session: Session, *, borrower_id: UUID, request_id: UUID, now: datetime
) -> None:
    """She takes it back. Refuses: WaiverRequestUnknown, WaiverRequestMoveRefused."""
    row = _lock(session, borrower_id=borrower_id, request_id=request_id, to=State.WITHDRAWN)
    _move(session, row, after=State.WITHDRAWN, now=now)


def decide_request(
    session: Session,
    *,
    borrower_id: UUID,
    request_id: UUID,
    outcome: State,
    periods: int | None,
    grounds: Sequence[Ground],
    answer: str,
    staff_id: UUID,
    now: datetime,
) -> None:
    """A person answers, once: of two, the second is told the state that won.

    Approving waives what is open then. Refuses: WaiverRequestUnknown, WaiverRequestMoveRefused,
    AlreadyNegotiated, NothingToWaive.
    """
    found = waiver_queries.get_request(session, borrower_id=borrower_id, request_id=request_id)
    # The loan first, as everybody who locks both.
    loans.get_record_for_update(session, borrower_id=borrower_id, loan_id=found.loan_id)
    row = _lock(session, borrower_id=borrower_id, request_id=request_id, to=outcome)
    lines: list[Waived] = []
    if outcome is State.APPROVED:
        there_is = _find_waivable(session, borrower_id=borrower_id, loan_id=row.loan_id, now=now)
        lines = _waive(
            session,
            there_is,
            borrower_id=borrower_id,
            loan_id=row.loan_id,
            count=periods or row.months,
            now=now,
        )
    _move(
        session,
        row,
        after=outcome,
        now=now,
        decided_by=staff_id,
        grounds=[str(each) for each in dict.fromkeys(grounds)],
        answer_cipher=crypto.encrypt(answer, context=waiver_queries.CONTEXT),
        lines=_as_json(lines),
        waived_minor=sum(line.amount_minor for line in lines),
    )


def _lock(session: Session, *, borrower_id: UUID, request_id: UUID, to: State) -> AnyRow:
    row = waiver_queries.get_request_for_update(
        session, borrower_id=borrower_id, request_id=request_id
    )
    if not rules.may_move(State(row.state), to):
        raise WaiverRequestMoveRefused(state=row.state)
    return row


def _move(session: Session, row: AnyRow, *, after: State, now: datetime, **values: Any) -> None:
    session.execute(
        update(WaiverRequest)
        .where(WaiverRequest.borrower_id == row.borrower_id, WaiverRequest.id == row.id)
        .values(state=after, changed_at=now, **values)
    )
    moved = waiver_queries.get_request(session, borrower_id=row.borrower_id, request_id=row.id)
    _tell(session, moved, before=State(row.state), now=now)


def _tell(session: Session, row: AnyRow, *, before: State | None, now: datetime) -> None:
    announce(
        session,
        WaiverRequestStateChanged(
            borrower_id=row.borrower_id,
            occurred_at=now,
            request_id=row.id,
            loan_id=row.loan_id,
            before=before,
            after=row.state,
            is_automatic=row.is_automatic,
            waived_minor=row.waived_minor,
            currency=row.currency,
        ),
    )
