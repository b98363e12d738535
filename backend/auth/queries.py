"""Reads of log-in sessions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.auth.models import LoginSession
from backend.kit.paging import Page, page


def list_sessions(
    session: Session, *, subject_id: UUID, now: datetime, args: Mapping[str, Any]
) -> Page:
    """Where she is logged in, newest first."""
    query: Any = select(
        LoginSession.id, LoginSession.label, LoginSession.created_at, LoginSession.last_used_at
    ).where(
        LoginSession.subject_id == subject_id,
        LoginSession.revoked_at.is_(None),
        LoginSession.ends_at > now,
    )
    return page(session, query, keys=(LoginSession.id,), args=args, descending=True)
