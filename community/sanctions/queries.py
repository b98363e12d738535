"""Reads of sanctions."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from community.sanctions.models import Sanction

SHOWN_MAX = 50


def list_of(session: Session, *, member_id: UUID) -> Sequence[AnyRow]:
    """Her sanctions, newest first: rows of kind, from_at, until_at, ended_at, decision_id."""
    return session.execute(
        select(Sanction.__table__)
        .where(Sanction.member_id == member_id)
        .order_by(Sanction.from_at.desc(), Sanction.id)
        .limit(SHOWN_MAX)
    ).all()


def list_in_force(session: Session, *, member_id: UUID, at: datetime) -> Sequence[AnyRow]:
    """Those that count at an instant."""
    return session.execute(
        select(Sanction.kind, Sanction.until_at).where(
            Sanction.member_id == member_id,
            Sanction.from_at <= at,
            Sanction.until_at.is_(None) | (Sanction.until_at > at),
            Sanction.ended_at.is_(None),
        )
    ).all()
