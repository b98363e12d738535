"""One grant: given, taken up, declined, taken back, taken over by the core system."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, insert, null, select, update
from sqlalchemy.orm import Session

from backend.benefits import queries
from backend.benefits.errors import GrantExpired, GrantMoveRefused, GrantUnknown, ProofNeeded
from backend.benefits.models import BenefitGrant, BenefitGrantLookup, BenefitProof
from backend.benefits.rules import Ending, Kind, State, may_move
from backend.events.benefits import BenefitChanged, BenefitGranted
from backend.evidence import service as evidence
from backend.kit.db import AnyRow
from backend.kit.ids import new_id
from backend.kit.outbox import announce, announce_all


def grant_benefit(
    session: Session,
    *,
    borrower_id: UUID,
    kind: Kind,
    terms: Mapping[str, Any],
    cause: str,
    now: datetime,
    expires_on: date | None = None,
    state: State = State.OFFERED,
    occasion: str | None = None,
) -> UUID:
    """Give a benefit. `terms`: the kind's own; amounts in minor units beside a currency.

    One that asks nothing of her is given as activated. The same `occasion` never gives it twice:
    the caller has made sure, the constraint proves it.
    """
    grant_id = new_id()
    session.execute(
        insert(BenefitGrant).values(
            borrower_id=borrower_id,
            id=grant_id,
            kind=kind,
            terms=dict(terms),
            cause=cause,
            occasion=occasion,
            state=state,
            granted_at=now,
            changed_at=now,
            expires_on=expires_on,
        )
    )
    session.execute(insert(BenefitGrantLookup).values(grant_id=grant_id, borrower_id=borrower_id))
    given = Given(borrower_id, grant_id, kind, terms, cause, expires_on, state)
    tell_given(session, [given], now=now)
    return grant_id


@dataclass(frozen=True)
class Given:
    """A grant that was just written, as evidence and hearers need it."""

    borrower_id: UUID
    grant_id: UUID
    kind: Kind
    terms: Mapping[str, Any]
    cause: str
    expires_on: date | None
    state: State


def tell_given(session: Session, given: Sequence[Given], *, now: datetime) -> None:
    """Log what was given as evidence, and announce it: whoever writes grants says so here."""
    evidence.record_many(session, entries=[_logged(each) for each in given], now=now)
    announce_all(
        session,
        [
            BenefitGranted(
                each.borrower_id,
                now,
                grant_id=each.grant_id,
                kind=each.kind,
                state=each.state,
                cause=each.cause,
            )
            for each in given
        ],
    )


def _logged(given: Given) -> evidence.Entry:
    # A waiver of a charge is an act of its own name.
    is_waiver = given.kind == Kind.FEE_WAIVER
    record = {
        "grant_id": given.grant_id,
        "kind": given.kind,
        "terms": dict(given.terms),
        "cause": given.cause,
        "expires_on": given.expires_on,
    }
    act = evidence.Act.WAIVER if is_waiver else evidence.Act.BENEFIT_GRANTED
    return evidence.Entry(act, given.borrower_id, record)


def activate(
    session: Session, *, borrower_id: UUID, grant_id: UUID, today: date, now: datetime
) -> None:
    """She takes it up; one that needs a proof takes her newest good one that no other grant has.

    Refuses: GrantUnknown, GrantMoveRefused, GrantExpired, ProofNeeded.
    """
    grant = _lock(session, borrower_id=borrower_id, grant_id=grant_id)
    if not may_move(State(grant.state), State.ACTIVATED):
        raise GrantMoveRefused
    if grant.expires_on is not None and grant.expires_on < today:
        raise GrantExpired
    proof = None
    if grant.needs_proof is not None:
        proof = queries.find_free_proof(
            session, borrower_id=borrower_id, kind=grant.needs_proof, today=today
        )
        if proof is None:
            raise ProofNeeded
    _write(
        session,
        grant,
        now=now,
        state=State.ACTIVATED,
        activated_on=today,
        # What the core system took over so far was an offer.
        acknowledged_at=null(),
        proof_id=proof.id if proof else None,
        proof_expires_on=proof.expires_on if proof else None,
    )


def decline(session: Session, *, borrower_id: UUID, grant_id: UUID, now: datetime) -> None:
    """She does not want it. Refuses: GrantUnknown, GrantMoveRefused."""
    grant = _lock(session, borrower_id=borrower_id, grant_id=grant_id)
    _end(session, grant, state=State.DECLINED, ending=Ending.DECLINED, now=now)


def revoke(session: Session, *, borrower_id: UUID, grant_id: UUID, now: datetime) -> None:
    """Staff take back what is not fulfilled yet. Refuses: GrantUnknown, GrantMoveRefused."""
    grant = _lock(session, borrower_id=borrower_id, grant_id=grant_id)
    _end(session, grant, state=State.REVOKED, ending=Ending.BY_STAFF, now=now)


def acknowledge(session: Session, *, grant_id: UUID, now: datetime) -> datetime:
    """Note once that the core system has it, which fulfils what was activated.

    Again changes nothing. Refuses: GrantUnknown.
    """
    owner = queries.get_owner(session, grant_id=grant_id)
    return session.execute(
        update(BenefitGrant)
        .where(BenefitGrant.borrower_id == owner, BenefitGrant.id == grant_id)
        .values(
            acknowledged_at=func.coalesce(BenefitGrant.acknowledged_at, now),
            state=case(
                (BenefitGrant.state == State.ACTIVATED, State.FULFILLED),
                else_=BenefitGrant.state,
            ),
        )
        .returning(BenefitGrant.acknowledged_at)
    ).scalar_one()  # type: ignore[return-value]  # just set


def _lock(session: Session, *, borrower_id: UUID, grant_id: UUID) -> AnyRow:
    # Her proofs are taken under the lock of her own row of proofs as well: see `_write`.
    row = session.execute(
        select(BenefitGrant.__table__)
        .where(BenefitGrant.borrower_id == borrower_id, BenefitGrant.id == grant_id)
        .with_for_update()
    ).first()
    if row is None:
        raise GrantUnknown
    if row.needs_proof is not None:
        session.execute(
            select(BenefitProof.id)
            .where(BenefitProof.borrower_id == borrower_id, BenefitProof.kind == row.needs_proof)
            .order_by(BenefitProof.id)
            .with_for_update()
        )
    return row


def _end(session: Session, grant: AnyRow, *, state: State, ending: Ending, now: datetime) -> None:
    if not may_move(State(grant.state), state):
        raise GrantMoveRefused
    _write(session, grant, now=now, state=state, ended_at=now, ending=ending)


def _write(session: Session, grant: AnyRow, *, state: State, now: datetime, **values: Any) -> None:
    session.execute(
        update(BenefitGrant)
        .where(BenefitGrant.borrower_id == grant.borrower_id, BenefitGrant.id == grant.id)
        .values(state=state, changed_at=now, **values)
    )
    announce(
        session,
        BenefitChanged(grant.borrower_id, now, grant_id=grant.id, kind=grant.kind, state=state),
    )
