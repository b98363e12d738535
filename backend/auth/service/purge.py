"""Forgetting what is over."""

from datetime import datetime

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from backend.auth.models import ConsoleSession, LoginSession, OtpChallenge, OtpDay, RefreshToken
from backend.auth.rules import CHALLENGE_KEPT, DAILY_COUNT_KEPT

PURGE_BATCH = 5_000


def purge_sessions(session: Session, *, now: datetime, limit: int = PURGE_BATCH) -> int:
    """Forget sessions that have ended, and what led to them, one batch.

    One that was revoked stays until it would have ended by itself: an old token still leads to it.
    """
    ended = session.execute(
        select(LoginSession.subject_id, LoginSession.id)
        .where(LoginSession.ends_at <= now)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    keys = [tuple(row) for row in ended]
    for table, key in (
        (ConsoleSession, (ConsoleSession.subject_id, ConsoleSession.session_id)),
        (RefreshToken, (RefreshToken.subject_id, RefreshToken.session_id)),
        (LoginSession, (LoginSession.subject_id, LoginSession.id)),
    ):
        session.execute(delete(table).where(tuple_(*key).in_(keys)))
    return len(keys)


def purge_challenges(session: Session, *, now: datetime, limit: int = PURGE_BATCH) -> int:
    """Forget challenges that no limit counts any more, one batch, and the counts of old days."""
    session.execute(delete(OtpDay).where(OtpDay.day < (now - DAILY_COUNT_KEPT).date()))
    old = (
        select(OtpChallenge.id)
        .where(OtpChallenge.created_at <= now - CHALLENGE_KEPT)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    gone = session.execute(
        delete(OtpChallenge).where(OtpChallenge.id.in_(old)).returning(OtpChallenge.id)
    )
    return len(gone.all())
