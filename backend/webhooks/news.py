"""Events in the words of the interface: the lender's ids, public codes, no particulars.

What an event does not carry is read for all of them at once.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from backend.benefits.models import BenefitGrant
from backend.borrowers.models import Borrower
from backend.core_instructions.models import CoreInstruction
from backend.events.badges import BadgeAwarded
from backend.events.benefits import BenefitChanged, BenefitGranted
from backend.events.core_instructions import CoreInstructionWritten
from backend.events.points import PointsExpiringSoon
from backend.events.programme import EnrolmentChanged
from backend.events.tiers import TierChanged
from backend.kit.outbox import Event, Recorded
from backend.tiers.policies import get_policy
from backend.webhooks.rules import MessageType
from backend.webhooks.service import News


@dataclass(frozen=True)
class Context:
    """What the events of a batch refer to."""

    borrowers: Mapping[UUID, str]  # the lender's own ids
    instructions: Mapping[UUID, Mapping[str, Any]]  # payloads
    terms: Mapping[UUID, Mapping[str, Any]]  # of grants
    tiers: Mapping[int, Mapping[str, str | None]]  # public codes, by policy version


def type_of(event: Event) -> str:
    """The type of message that an event is told as."""
    if isinstance(event, CoreInstructionWritten):
        return event.kind
    return str(_TYPES[type(event)])


def gather(
    session: Session, *, recorded: Sequence[Recorded], wanted: Collection[str]
) -> list[News]:
    """What there is to tell of these events, to those who want it. History is told to nobody."""
    events = [
        each.event
        for each in recorded
        if not each.event.is_backfill
        and each.event.borrower_id is not None
        and type_of(each.event) in wanted
    ]
    if not events:
        return []
    context = _read_context(session, events)
    told = []
    for event in events:
        borrower_id = event.borrower_id
        external_id = context.borrowers.get(borrower_id) if borrower_id else None
        if borrower_id is None or external_id is None:
            continue
        data = {"borrower_external_id": external_id, **_DATA[type(event)](event, context)}
        told.append(News(type_of(event), borrower_id, event.occurred_at, data))
    return told


def _read_context(session: Session, events: Sequence[Event]) -> Context:
    ids = sorted({event.borrower_id for event in events if event.borrower_id is not None})
    hers = any_(literal(ids, ARRAY(Uuid)))
    borrowers = session.execute(
        select(Borrower.id, Borrower.external_id).where(Borrower.id == hers)
    )
    instructions = [e.instruction_id for e in events if isinstance(e, CoreInstructionWritten)]
    grants = [e.grant_id for e in events if isinstance(e, BenefitGranted | BenefitChanged)]
    versions = {e.policy_version for e in events if isinstance(e, TierChanged)}
    return Context(
        borrowers={row.id: row.external_id for row in borrowers},
        instructions=_read(session, CoreInstruction, CoreInstruction.payload, hers, instructions),
        terms=_read(session, BenefitGrant, BenefitGrant.terms, hers, grants),
        tiers={version: _public_codes(session, version=version) for version in sorted(versions)},
    )


def _read(
    session: Session, table: Any, column: Any, hers: Any, ids: Sequence[UUID]
) -> Mapping[UUID, Mapping[str, Any]]:
    if not ids:
        return {}
    rows = session.execute(
        select(table.id, column.label("value")).where(
            table.borrower_id == hers, table.id == any_(literal(sorted(ids), ARRAY(Uuid)))
        )
    )
    return {row.id: row.value for row in rows}


def _public_codes(session: Session, *, version: int) -> Mapping[str, str | None]:
    loaded = get_policy(session, version=version)
    return {tier.code: tier.public_code for tier in loaded.policy.tiers}


def _of_tier(event: Any, context: Context) -> dict[str, Any]:
    names = context.tiers[event.policy_version]
    # A tier of an older policy may have no name in this one.
    before = names.get(event.from_tier) if event.from_tier is not None else None
    return {
        "tier": names.get(event.to_tier),
        "previous_tier": before,
        "policy_version": event.policy_version,
    }


def _of_instruction(event: Any, context: Context) -> dict[str, Any]:
    return {
        "instruction_id": event.instruction_id,
        "payload": context.instructions.get(event.instruction_id, {}),
    }


def _of_grant(event: Any, context: Context) -> dict[str, Any]:
    return {
        "grant_id": event.grant_id,
        "kind": event.kind,
        "state": event.state,
        "terms": context.terms.get(event.grant_id, {}),
    }


def _of_badge(event: Any, _: Context) -> dict[str, Any]:
    return {
        "award_id": event.award_id,
        "code": event.code,
        "version": event.version,
        "earned_on": event.earned_on,
    }


def _of_enrolment(event: Any, _: Context) -> dict[str, Any]:
    return {"status": event.status}


def _of_points(event: Any, _: Context) -> dict[str, Any]:
    return {"points": event.points, "expires_on": event.expires_on}


_TYPES: Mapping[type[Event], MessageType] = {
    TierChanged: MessageType.TIER_CHANGED,
    BenefitGranted: MessageType.BENEFIT_GRANTED,
    BenefitChanged: MessageType.BENEFIT_CHANGED,
    BadgeAwarded: MessageType.BADGE_AWARDED,
    EnrolmentChanged: MessageType.ENROLMENT_CHANGED,
    PointsExpiringSoon: MessageType.POINTS_EXPIRING,
}
_DATA: Mapping[type[Event], Callable[[Any, Context], dict[str, Any]]] = {
    TierChanged: _of_tier,
    BenefitGranted: _of_grant,
    BenefitChanged: _of_grant,
    BadgeAwarded: _of_badge,
    EnrolmentChanged: _of_enrolment,
    PointsExpiringSoon: _of_points,
    CoreInstructionWritten: _of_instruction,
}
HEARD: tuple[type[Event], ...] = tuple(_DATA)
