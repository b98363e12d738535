"""Machine clients, codes, log-in sessions, and what is no longer accepted."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.auth.rules import CAUSE_LENGTH_MAX, SESSION_LABEL_LENGTH_MAX, TRIES_MAX
from backend.kit.db import Base

SHA256_BYTES = 32


class ApiClient(Base):
    """The lender's core system, or another machine of the lender's."""

    __tablename__ = "api_client"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[Any]]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class LoginSession(Base):
    """One log-in of a borrower or a member of staff, from then until it ends.

    `token_hash` is that of the one refresh token that counts; `rotations` are the exchanges of the
    last seconds, with what makes their answers again. Nothing here opens anything.
    """

    __tablename__ = "login_session"
    __table_args__ = (
        CheckConstraint("audience IN ('borrower', 'staff')", name="audience_known"),
        CheckConstraint(f"length(label) <= {SESSION_LABEL_LENGTH_MAX}", name="label_short"),
        CheckConstraint(f"length(revoked_cause) <= {CAUSE_LENGTH_MAX}", name="cause_short"),
        CheckConstraint("last_used_at >= created_at", name="used_after_made"),
        CheckConstraint("ends_at > created_at", name="ends_after_made"),
        CheckConstraint(f"octet_length(token_hash) = {SHA256_BYTES}", name="token_hash_sha256"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_cause IS NULL)", name="revoked_for_cause"),
        Index("ix_login_session_ends_at", "ends_at"),
    )

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    audience: Mapped[str]
    label: Mapped[str | None]
    amr: Mapped[list[Any]]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    rotations: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    revoked_at: Mapped[datetime | None]
    revoked_cause: Mapped[str | None]


class RefreshToken(Base):
    """Narrow look-up across subjects: from the part that a session's tokens share to the session.

    That part is as secret as the rest, so whoever shows it with another rest once held a token of
    this session, however long ago.
    """

    __tablename__ = "refresh_token"
    __table_args__ = (
        ForeignKeyConstraint(
            ["subject_id", "session_id"], ["login_session.subject_id", "login_session.id"]
        ),
        CheckConstraint(f"octet_length(family_hash) = {SHA256_BYTES}", name="family_hash_sha256"),
        Index("ix_refresh_token_subject_id_session_id", "subject_id", "session_id"),
    )

    family_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    subject_id: Mapped[UUID]
    session_id: Mapped[UUID]


class ConsoleSession(Base):
    """Narrow look-up across subjects: from the secret in a browser's cookie to the session.

    The session itself is the row of the log-in, and ends with it.
    """

    __tablename__ = "console_session"
    __table_args__ = (
        ForeignKeyConstraint(
            ["subject_id", "session_id"], ["login_session.subject_id", "login_session.id"]
        ),
        CheckConstraint(f"octet_length(secret_hash) = {SHA256_BYTES}", name="secret_hash_sha256"),
        Index("ix_console_session_subject_id_session_id", "subject_id", "session_id"),
    )

    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    subject_id: Mapped[UUID]
    session_id: Mapped[UUID]


class TokenRevocation(Base):
    """Access tokens that are refused before they end: of a session, a subject, or one by itself.

    With `not_before`, only those issued earlier. `written_by` is the transaction that wrote the
    row: a reader asks for what may have become visible since it last asked, and misses nothing.
    """

    __tablename__ = "token_revocation"
    __table_args__ = (
        Index("ix_token_revocation_written_by", "written_by"),
        Index("ix_token_revocation_until", "until"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    not_before: Mapped[datetime | None]
    until: Mapped[datetime]
    written_by: Mapped[int] = mapped_column(
        server_default=text("(pg_current_xact_id()::text::bigint)")
    )


class OtpChallenge(Base):
    """A code that was asked for, whether or not the number is anybody's: the rows are alike.

    The number is sealed; it, the address and the code are keyed hashes. Looked up by number and by
    address across borrowers, of whom it names none.
    """

    __tablename__ = "otp_challenge"
    __table_args__ = (
        CheckConstraint(f"tries BETWEEN 0 AND {TRIES_MAX}", name="tries_bounded"),
        CheckConstraint("used_at IS NULL OR tries > 0", name="used_by_trying"),
        CheckConstraint("expires_at > created_at", name="expires_after_made"),
        Index("ix_otp_challenge_phone_hash_created_at", "phone_hash", "created_at"),
        Index("ix_otp_challenge_address_hash_created_at", "address_hash", "created_at"),
        Index("ix_otp_challenge_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    phone_cipher: Mapped[bytes] = mapped_column(LargeBinary)
    phone_hash: Mapped[bytes] = mapped_column(LargeBinary)
    address_hash: Mapped[bytes] = mapped_column(LargeBinary)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    used_at: Mapped[datetime | None]


class OtpDay(Base):
    """How many codes were sent on a day (UTC)."""

    __tablename__ = "otp_day"
    __table_args__ = (CheckConstraint("sent >= 0", name="sent_not_negative"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    sent: Mapped[int]
