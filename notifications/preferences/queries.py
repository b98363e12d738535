"""Reads of preferences."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, func, literal, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.events.contacts import Channel, Purpose
from notifications.preferences.models import NotificationChoice, NotificationPreference
from notifications.preferences.rules import (
    ALWAYS,
    PERSONALISED_AT_FIRST,
    Cell,
    cells,
    is_on_at_first,
)

Owner = ColumnElement[UUID] | InstrumentedAttribute[UUID]


def get_table(session: Session, *, borrower_id: UUID) -> list[Cell]:
    """Every cell, with what she said in it."""
    rows = session.execute(
        select(
            NotificationPreference.purpose,
            NotificationPreference.channel,
            NotificationPreference.allowed,
        ).where(NotificationPreference.borrower_id == borrower_id)
    )
    return cells({(row.purpose, row.channel): row.allowed for row in rows})


def allowed(
    session: Session, *, borrower_ids: Collection[UUID], purpose: Purpose, channel: Channel
) -> frozenset[UUID]:
    """Who of these wants this purpose on this channel."""
    if purpose in ALWAYS:
        return frozenset(borrower_ids)
    rows = session.execute(
        select(NotificationPreference.borrower_id, NotificationPreference.allowed).where(
            NotificationPreference.borrower_id == any_(_ids(borrower_ids)),
            NotificationPreference.purpose == purpose,
            NotificationPreference.channel == channel,
        )
    )
    said = {row.borrower_id: row.allowed for row in rows}
    at_first = is_on_at_first(purpose, channel)
    return frozenset(each for each in borrower_ids if said.get(each, at_first))


def is_allowed(borrower_id: Owner, *, purpose: Purpose, channel: Channel) -> ColumnElement[bool]:
    """The same of each row of a set-based statement, by the column of its borrower. Never null."""
    if purpose in ALWAYS:
        return true()
    said = (
        select(NotificationPreference.allowed)
        .where(
            NotificationPreference.borrower_id == borrower_id,
            NotificationPreference.purpose == purpose,
            NotificationPreference.channel == channel,
        )
        .scalar_subquery()
    )
    return func.coalesce(said, literal(is_on_at_first(purpose, channel)))


def is_personalised(borrower_id: Owner) -> ColumnElement[bool]:
    """Whether words and hours may be chosen by what is known of her, as SQL. Never null."""
    said = (
        select(NotificationChoice.personalised)
        .where(NotificationChoice.borrower_id == borrower_id)
        .scalar_subquery()
    )
    return func.coalesce(said, literal(PERSONALISED_AT_FIRST))


def wants_personal(session: Session, *, borrower_id: UUID) -> bool:
    """Whether words and hours may be chosen by what is known of her."""
    said = session.execute(
        select(NotificationChoice.personalised).where(NotificationChoice.borrower_id == borrower_id)
    ).scalar_one_or_none()
    return PERSONALISED_AT_FIRST if said is None else said


def _ids(borrower_ids: Collection[UUID]) -> Any:
    return literal(list(borrower_ids), ARRAY(Uuid))
