"""Contacts that people made, and her own words about contact, written into the ledger."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.borrowers.errors import BorrowerNotFound
from backend.borrowers.models import Borrower
from backend.contacts import queries
from backend.contacts.errors import ContactReferenceTaken
from backend.contacts.models import ContactEntry
from backend.contacts.queries import NOTE
from backend.contacts.rules import (
    LOGGED_LATE_MAX,
    OUTCOMES,
    WORDS,
    Actor,
    EntryKind,
    Line,
    Maker,
    Outcome,
)
from backend.events.contacts import Channel, ContactLogged
from backend.kit import crypto
from backend.kit.clock import day_in_zone
from backend.kit.ids import new_id
from backend.kit.outbox import announce
from backend.kit.problems import FieldError, Invalid
from backend.loans.models import Loan


@dataclass(frozen=True)
class Contact:
    """What somebody says of one contact."""

    at: datetime
    channel: Channel
    kind: EntryKind
    loan_id: UUID | None = None
    contact: str | None = None
    actor: Actor = Actor.LENDER
    outcome: Outcome | None = None
    note: str | None = None
    reference: str | None = None


def log_contact(
    session: Session, *, borrower_id: UUID, contact: Contact, staff_id: UUID, now: datetime
) -> UUID:
    """Write one contact down; the same reference with the same words is the same entry.

    Refuses: BorrowerNotFound, Invalid (not possible, or a loan that is not hers),
    ContactReferenceTaken.
    """
    zone = _lock(session, borrower_id)
    _check(session, borrower_id=borrower_id, contact=contact, now=now)
    entry_id = new_id()
    sealed = None if contact.note is None else crypto.encrypt(contact.note, context=NOTE)
    made = session.execute(
        upsert(ContactEntry)
        .values(
            borrower_id=borrower_id,
            id=entry_id,
            at=contact.at,
            channel=contact.channel,
            kind=contact.kind,
            loan_id=contact.loan_id,
            contact=contact.contact,
            actor=contact.actor,
            made_by=Maker.STAFF,
            staff_id=staff_id,
            outcome=contact.outcome,
            note_cipher=sealed,
            reference=contact.reference,
            recorded_at=now,
        )
        .on_conflict_do_nothing(index_elements=["borrower_id", "reference"])
        .returning(ContactEntry.id)
    ).scalar_one_or_none()
    if made is None:
        return _same(session, borrower_id=borrower_id, contact=contact)
    announce(session, _told(borrower_id, made, contact, zone=zone, now=now))
    return made


def say_word(
    session: Session, *, borrower_id: UUID, channel: Channel, kind: EntryKind, now: datetime
) -> None:
    """Her own word: `opt_out` or `opt_in` of a channel, or `cease`. Said twice it is said once.

    Refuses: BorrowerNotFound.
    """
    zone = _lock(session, borrower_id, alone=True)
    if kind not in WORDS:
        raise AssertionError(f"{kind} is no word about contact")
    if not queries.would_change(session, borrower_id=borrower_id, channel=channel, kind=kind):
        return
    entry_id = new_id()
    session.execute(
        insert(ContactEntry).values(
            borrower_id=borrower_id,
            id=entry_id,
            at=now,
            channel=channel,
            kind=kind,
            actor=Actor.LENDER,
            made_by=Maker.BORROWER,
            recorded_at=now,
        )
    )
    contact = Contact(at=now, channel=channel, kind=kind)
    announce(session, _told(borrower_id, entry_id, contact, zone=zone, now=now))


def _lock(session: Session, borrower_id: UUID, *, alone: bool = False) -> str:
    # Shared with other contacts; whoever decides on her silence locks the row for himself, so
    # that no word of hers slips in between.
    zone = session.execute(
        select(Borrower.timezone)
        .where(Borrower.id == borrower_id)
        .with_for_update(read=not alone, key_share=alone)
    ).scalar_one_or_none()
    if zone is None:
        raise BorrowerNotFound
    return zone


def _check(session: Session, *, borrower_id: UUID, contact: Contact, now: datetime) -> None:
    if not now - LOGGED_LATE_MAX <= contact.at <= now:
        detail = f"Must lie within the last {LOGGED_LATE_MAX.days} days."
        raise Invalid(errors=[FieldError("#/at", detail)])
    if contact.outcome is not None and contact.outcome not in OUTCOMES[contact.kind]:
        fitting = ", ".join(sorted(OUTCOMES[contact.kind])) or "none"
        raise Invalid(errors=[FieldError("#/outcome", f"Of this kind: {fitting}.")])
    if contact.loan_id is None:
        return
    own = select(Loan.id).where(Loan.borrower_id == borrower_id, Loan.id == contact.loan_id)
    if session.execute(own).first() is None:
        raise Invalid(errors=[FieldError("#/loan_id", "She has no such loan.")])


def _same(session: Session, *, borrower_id: UUID, contact: Contact) -> UUID:
    found = queries.get_by_reference(
        session, borrower_id=borrower_id, reference=contact.reference or ""
    )
    stored = Contact(
        at=found["at"],
        channel=Channel(found["channel"]),
        kind=EntryKind(found["kind"]),
        loan_id=found["loan_id"],
        contact=found["contact"],
        actor=Actor(found["actor"]),
        outcome=None if found["outcome"] is None else Outcome(found["outcome"]),
        note=found["note"],
        reference=found["reference"],
    )
    if stored != contact:
        raise ContactReferenceTaken
    entry_id: UUID = found["id"]
    return entry_id


def _told(
    borrower_id: UUID, entry_id: UUID, contact: Contact, *, zone: str, now: datetime
) -> ContactLogged:
    line = Line(
        at=contact.at,
        on=day_in_zone(contact.at, zone),
        channel=contact.channel,
        kind=contact.kind,
        outcome=contact.outcome,
    )
    return ContactLogged(
        borrower_id=borrower_id,
        occurred_at=now,
        entry_id=entry_id,
        channel=contact.channel,
        kind=contact.kind,
        is_answer=line.is_answer,
    )
