"""Log-in sessions: opened, refreshed, revoked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, true, update
from sqlalchemy.orm import Session

from backend.auth import revocations
from backend.auth.models import LoginSession, RefreshToken
from backend.auth.rules import (
    ACCESS_LIFE,
    REVOKED_MARGIN,
    SESSION_LABEL_LENGTH_MAX,
    Rotation,
    ends_at,
    kept_rotations,
    to_milliseconds,
)
from backend.auth.service.refresh_tokens import Refresh
from backend.auth.service.tokens import TokenKeys, issue_token
from backend.events.auth import LoggedInElsewhere
from backend.kit.ids import new_id
from backend.kit.outbox import announce
from backend.staff import queries as staff

REUSED = "token_reused"
ACCOUNT_CLOSED = "account_closed"
BORROWER = "borrower"


@dataclass(frozen=True, repr=False)
class TokenAnswer:
    """What a log-in or a refresh gives. A machine client is given no refresh token."""

    access_token: str
    expires_in: int  # seconds
    refresh_token: str | None

    @property
    def token_type(self) -> str:
        """How to show the access token."""
        return "Bearer"


def open_session(
    session: Session,
    keys: TokenKeys,
    *,
    audience: str,
    subject_id: UUID,
    roles: Collection[str] = (),
    amr: Sequence[str],
    label: str | None,
    now: datetime,
) -> TokenAnswer:
    """Begin a session of a borrower or a member of staff who has just proved who she is.

    `now` is technical time, as everywhere in log-in.
    """
    at = to_milliseconds(now)
    refresh_token = Refresh.fresh()
    is_elsewhere = audience == BORROWER and _is_logged_in(session, subject_id, now=now)
    row = add_row(
        session,
        audience=audience,
        life=audience,
        subject_id=subject_id,
        amr=amr,
        label=label,
        token_hash=refresh_token.hash(),
        at=at,
    )
    session.execute(
        insert(RefreshToken).values(
            family_hash=refresh_token.family_hash(), subject_id=subject_id, session_id=row.id
        )
    )
    if is_elsewhere:
        announce(session, LoggedInElsewhere(subject_id, now, session_id=row.id, device=row.label))
    made = Rotation(refresh_token.hash(), at=at, access_id=new_id(), roles=tuple(sorted(roles)))
    return _answer(keys, row, made, refresh_token=refresh_token)


def add_row(
    session: Session,
    *,
    audience: str,
    life: str,
    subject_id: UUID,
    amr: Sequence[str],
    label: str | None,
    token_hash: bytes,
    at: datetime,
) -> LoginSession:
    """The row of a session that begins; `life` names how long it may last and rest."""
    row = LoginSession(
        subject_id=subject_id,
        id=new_id(),
        audience=audience,
        label=label[:SESSION_LABEL_LENGTH_MAX] if label else None,
        amr=list(amr),
        created_at=at,
        last_used_at=at,
        ends_at=ends_at(life, created_at=at, used_at=at),
        token_hash=token_hash,
        rotations=[],
    )
    session.add(row)
    session.flush()
    return row


def _is_logged_in(session: Session, subject_id: UUID, *, now: datetime) -> bool:
    going_on = select(LoginSession.id).where(
        LoginSession.subject_id == subject_id,
        LoginSession.revoked_at.is_(None),
        LoginSession.ends_at > now,
    )
    return session.execute(going_on.limit(1)).first() is not None


def refresh(
    session: Session, keys: TokenKeys, *, refresh_token: str, now: datetime
) -> TokenAnswer | None:
    """Exchange a refresh token for its successor and a new access token; None when it is refused.

    A repeat within 30 seconds is given the same answer; a later one revokes the session, which is
    why a refusal is returned and not raised: it must be stored.
    """
    shown = Refresh.parse(refresh_token)
    row = None if shown is None else _find_for_update(session, shown)
    if shown is None or row is None or row.revoked_at is not None or row.ends_at <= now:
        return None
    rotations = [_restored(each) for each in row.rotations]
    if compare_digest(shown.hash(), row.token_hash):
        return _rotate(session, keys, row, shown, rotations, now=now)
    recent = kept_rotations(rotations, now=now)
    for each in recent:
        if compare_digest(each.token_hash, shown.hash()):
            return _repeat(
                keys, row, each, shown, {row.token_hash, *(r.token_hash for r in recent)}
            )
    revoke_session(session, subject_id=row.subject_id, session_id=row.id, cause=REUSED, now=now)
    return None


def revoke_session(
    session: Session, *, subject_id: UUID, session_id: UUID, cause: str, now: datetime
) -> bool:
    """End one session of hers and refuse its access tokens; False when there is none to end."""
    return _revoke(session, LoginSession.id == session_id, subject_id, cause=cause, now=now) > 0


def revoke_all(session: Session, *, subject_id: UUID, cause: str, now: datetime) -> int:
    """End all sessions of hers, and refuse every token issued before; answers how many ended."""
    revocations.revoke(
        session, ids=[subject_id], until=now + ACCESS_LIFE + REVOKED_MARGIN, not_before=now
    )
    return _revoke(session, true(), subject_id, cause=cause, now=now)


def revoke_others(
    session: Session, *, subject_id: UUID, but: UUID | None, cause: str, now: datetime
) -> int:
    """End all sessions of hers `but` the one that she speaks in; answers how many."""
    return _revoke(session, LoginSession.id.is_distinct_from(but), subject_id, cause=cause, now=now)


def revoke_token(session: Session, *, token_id: UUID, now: datetime) -> None:
    """Refuse one access token, such as one that no session stands behind."""
    revocations.revoke(session, ids=[token_id], until=now + ACCESS_LIFE + REVOKED_MARGIN)


def _revoke(session: Session, which: Any, subject_id: UUID, *, cause: str, now: datetime) -> int:
    ended = session.execute(
        update(LoginSession)
        .where(
            LoginSession.subject_id == subject_id,
            which,
            LoginSession.revoked_at.is_(None),
            LoginSession.ends_at > now,
        )
        .values(revoked_at=now, revoked_cause=cause)
        .returning(LoginSession.id)
        .execution_options(synchronize_session=False)
    ).scalars()
    ids = ended.all()
    revocations.revoke(session, ids=ids, until=now + ACCESS_LIFE + REVOKED_MARGIN)
    return len(ids)


def _find_for_update(session: Session, shown: Refresh) -> Any:
    found = session.execute(
        select(RefreshToken.subject_id, RefreshToken.session_id).where(
            RefreshToken.family_hash == shown.family_hash()
        )
    ).one_or_none()
    if found is None:
        return None
    # Two exchanges of one token, or an exchange and a log-out, come one after the other.
    return session.execute(
        select(*LoginSession.__table__.columns)
        .where(LoginSession.subject_id == found.subject_id, LoginSession.id == found.session_id)
        .with_for_update()
    ).one_or_none()


def _rotate(
    session: Session,
    keys: TokenKeys,
    row: Any,
    shown: Refresh,
    rotations: Sequence[Rotation],
    *,
    now: datetime,
) -> TokenAnswer | None:
    roles = _roles_now(session, row)
    if roles is None:
        revoke_session(
            session,
            subject_id=row.subject_id,
            session_id=row.id,
            cause=ACCOUNT_CLOSED,
            now=now,
        )
        return None
    # Another host's clock may be ahead of ours.
    at = max(to_milliseconds(now), row.last_used_at)
    made = Rotation(shown.hash(), at=at, access_id=new_id(), roles=roles)
    successor = shown.successor()
    session.execute(
        update(LoginSession)
        .where(LoginSession.subject_id == row.subject_id, LoginSession.id == row.id)
        .values(
            token_hash=successor.hash(),
            last_used_at=at,
            ends_at=ends_at(row.audience, created_at=row.created_at, used_at=at),
            rotations=[_stored(each) for each in kept_rotations([*rotations, made], now=now)],
        )
        .execution_options(synchronize_session=False)
    )
    return _answer(keys, row, made, refresh_token=successor)


def _repeat(
    keys: TokenKeys, row: Any, made: Rotation, shown: Refresh, known: set[bytes]
) -> TokenAnswer | None:
    """The answer of that exchange again."""
    for successor in shown.successors():
        if successor.hash() in known:
            return _answer(keys, row, made, refresh_token=successor)
    # The server's key is retired: what another gives is no token of this session, and giving it
    # out would look like a theft when it is used.
    return None


def _roles_now(session: Session, row: Any) -> tuple[str, ...] | None:
    """A member of staff's roles as they are now; None when her account is closed."""
    if row.audience != "staff":
        return ()
    roles = staff.find_roles(session, staff_id=row.subject_id)
    return None if roles is None else tuple(sorted(roles))


def _answer(keys: TokenKeys, row: Any, made: Rotation, *, refresh_token: Refresh) -> TokenAnswer:
    return TokenAnswer(
        access_token=issue_token(
            keys,
            audience=row.audience,
            subject_id=row.subject_id,
            life=ACCESS_LIFE,
            now=made.at,
            roles=made.roles,
            amr=tuple(row.amr),
            session_id=row.id,
            token_id=made.access_id,
        ),
        expires_in=int(ACCESS_LIFE.total_seconds()),
        refresh_token=refresh_token.text(),
    )


def _stored(made: Rotation) -> dict[str, Any]:
    return {
        "token_hash": made.token_hash.hex(),
        "at": made.at.isoformat(),
        "access_id": str(made.access_id),
        "roles": list(made.roles),
    }


def _restored(value: dict[str, Any]) -> Rotation:
    return Rotation(
        token_hash=bytes.fromhex(value["token_hash"]),
        at=datetime.fromisoformat(value["at"]),
        access_id=UUID(value["access_id"]),
        roles=tuple(value["roles"]),
    )
