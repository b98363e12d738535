"""Grants, the packs that staff compose, what of the Guard is remembered, and checked proofs."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy import (
    Text as TextType,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from backend.benefits.reasons import Reason as WaiverReason
from backend.benefits.rules import WAIVER_MONTHS_MAX, Ending, Kind, Proof, State
from backend.benefits.waiver_rules import State as WaiverState
from backend.kit.db import Base


def _listed(names: type[Any]) -> str:
    return ", ".join(f"'{name}'" for name in names)


class BenefitGrant(Base):
    """One benefit granted to one borrower. `terms`: what the core system needs to carry it out.

    `occasion` says what it was granted for, so that the same occasion never grants it twice.
    A proof is used by one grant, and only while it lasts: the expiry stands here as well, where
    the constraint can see it.
    """

    __tablename__ = "benefit_grant"
    __table_args__ = (
        ForeignKeyConstraint(
            ["pack_code", "pack_version"],
            ["benefit_pack_version.pack_code", "benefit_pack_version.version"],
            name="fk_benefit_grant_pack_code_pack_version_benefit_pack_version",
        ),
        ForeignKeyConstraint(
            ["borrower_id", "proof_id", "proof_expires_on"],
            [
                "benefit_proof.borrower_id",
                "benefit_proof.id",
                "benefit_proof.expires_on",
            ],
            name="fk_benefit_grant_proof",
        ),
        UniqueConstraint("borrower_id", "occasion"),
        UniqueConstraint("borrower_id", "proof_id"),
        CheckConstraint(f"kind IN ({_listed(Kind)})", name="kind_is_known"),
        CheckConstraint(f"state IN ({_listed(State)})", name="state_is_known"),
        CheckConstraint(f"ending IN ({_listed(Ending)})", name="ending_is_known"),
        CheckConstraint(
            "(state IN ('declined', 'expired', 'revoked')) = (ended_at IS NOT NULL)",
            name="ended_when",
        ),
        CheckConstraint("(ending IS NULL) = (ended_at IS NULL)", name="ended_why"),
        CheckConstraint(
            "proof_id IS NULL OR proof_expires_on >= activated_on", name="proof_still_good"
        ),
        CheckConstraint(
            "needs_proof IS NULL OR state NOT IN ('activated', 'fulfilled')"
            " OR proof_id IS NOT NULL",
            name="proof_where_needed",
        ),
        Index("ix_benefit_grant_changed_at_id", "changed_at", "id"),
        Index(
            "ix_benefit_grant_open_until",
            "expires_on",
            postgresql_where=text("state IN ('offered', 'activated')"),
        ),
        Index("ix_benefit_grant_pack", "pack_code", "pack_version", "state"),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    terms: Mapped[dict[str, Any]]
    cause: Mapped[str]
    occasion: Mapped[str | None]
    pack_code: Mapped[str | None]
    pack_version: Mapped[int | None]
    needs_proof: Mapped[str | None]
    proof_id: Mapped[UUID | None]
    proof_expires_on: Mapped[date | None]
    state: Mapped[str]
    granted_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    expires_on: Mapped[date | None]
    activated_on: Mapped[date | None]
    acknowledged_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ending: Mapped[str | None]


class BenefitGrantLookup(Base):
    """Whose grant an id is: the core system acknowledges by the id alone."""

    __tablename__ = "benefit_grant_lookup"
    __table_args__ = (
        ForeignKeyConstraint(
            ["borrower_id", "grant_id"], ["benefit_grant.borrower_id", "benefit_grant.id"]
        ),
    )

    grant_id: Mapped[UUID] = mapped_column(primary_key=True)
    borrower_id: Mapped[UUID]


class BenefitProof(Base):
    """A proof that somebody checked. The document stays where it is; here is its SHA-256."""

    __tablename__ = "benefit_proof"
    __table_args__ = (
        UniqueConstraint("borrower_id", "id", "expires_on"),
        UniqueConstraint("borrower_id", "document_hash"),
        CheckConstraint(f"kind IN ({_listed(Proof)})", name="kind_is_known"),
        CheckConstraint("octet_length(document_hash) = 32", name="hash_is_sha256"),
        CheckConstraint("expires_on >= checked_on", name="not_expired_when_checked"),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    document_hash: Mapped[bytes] = mapped_column(LargeBinary)
    issuer: Mapped[str]
    checked_by: Mapped[UUID] = mapped_column(ForeignKey("staff_account.id"))
    checked_on: Mapped[date]
    checked_at: Mapped[datetime]
    expires_on: Mapped[date]


class BenefitProofLookup(Base):
    """One document proves one person's case: its hash is looked up across borrowers."""

    __tablename__ = "benefit_proof_lookup"

    document_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    borrower_id: Mapped[UUID]


class BenefitGuard(Base):
    """When a borrower last had the Guard, and whether her streak broke since. The row is the lock.

    `number` counts the grants, so that each occasion has a name of its own.
    """

    __tablename__ = "benefit_guard"

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    number: Mapped[int]
    granted_on: Mapped[date]
    is_armed: Mapped[bool]


class BenefitNegotiation(Base):
    """That penalty interest of a loan was waived by agreement: the key says that it was once.

    A plan or a request counts; the Guard, a dispute and a freeze are no negotiation.
    """

    __tablename__ = "benefit_negotiation"
    __table_args__ = (
        ForeignKeyConstraint(["borrower_id", "loan_id"], ["loan.borrower_id", "loan.id"]),
        CheckConstraint(f"months BETWEEN 1 AND {WAIVER_MONTHS_MAX}", name="months_within_limit"),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    loan_id: Mapped[UUID] = mapped_column(primary_key=True)
    cause: Mapped[str]
    months: Mapped[int] = mapped_column(SmallInteger)
    waived_at: Mapped[datetime]


class WaiverRequest(Base):
    """She asks for months of penalty interest. `lines`: what was waived, month by month.

    `why_a_person` holds the codes of what the rule may not decide, `months_at_once` its limit.
    """

    __tablename__ = "waiver_request"
    __table_args__ = (
        ForeignKeyConstraint(["borrower_id", "loan_id"], ["loan.borrower_id", "loan.id"]),
        CheckConstraint(f"reason IN ({_listed(WaiverReason)})", name="reason_is_known"),
        CheckConstraint(f"state IN ({_listed(WaiverState)})", name="state_is_known"),
        CheckConstraint(f"months BETWEEN 1 AND {WAIVER_MONTHS_MAX}", name="months_within_limit"),
        CheckConstraint(
            "(state IN ('approved', 'rejected') AND NOT is_automatic) = (decided_by IS NOT NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint("NOT is_automatic OR state = 'approved'", name="rule_only_approves"),
        CheckConstraint(
            "(state = 'rejected') = (cardinality(grounds) > 0)", name="rejected_on_grounds"
        ),
        CheckConstraint("(state = 'approved') = (waived_minor > 0)", name="approved_is_waived"),
        Index(
            "uq_waiver_request_open",
            "borrower_id",
            "loan_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "uq_waiver_request_approved",
            "borrower_id",
            "loan_id",
            unique=True,
            postgresql_where=text("state = 'approved'"),
        ),
        Index("ix_waiver_request_queue", "due_on", "id", postgresql_where=text("state = 'open'")),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    loan_id: Mapped[UUID]
    reason: Mapped[str]
    months: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str]
    is_automatic: Mapped[bool]
    why_a_person: Mapped[list[str]] = mapped_column(ARRAY(TextType))
    months_at_once: Mapped[int] = mapped_column(SmallInteger)
    currency: Mapped[str]
    lines: Mapped[list[Any]]
    waived_minor: Mapped[int]
    asked_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    due_on: Mapped[date]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    grounds: Mapped[list[str]] = mapped_column(ARRAY(TextType), server_default=text("'{}'"))
    answer_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)


class BenefitPack(Base):
    """A pack by its code; what is in it stands in its versions."""

    __tablename__ = "benefit_pack"

    code: Mapped[str] = mapped_column(primary_key=True)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    created_at: Mapped[datetime]


class BenefitPackVersion(Base):
    """What a pack holds from a month on. Never changes once it is published but for its budget.

    `budget` and `used` count grants; the CHECK is what no race gets past.
    """

    __tablename__ = "benefit_pack_version"
    __table_args__ = (
        CheckConstraint("extract(day FROM month) = 1", name="month_is_first_day"),
        CheckConstraint("state IN ('draft', 'published')", name="state_known"),
        CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL)", name="published_when"
        ),
        CheckConstraint("author_id <> publisher_id", name="four_eyes"),
        CheckConstraint("budget > 0 AND used BETWEEN 0 AND budget", name="within_budget"),
        Index(
            "uq_benefit_pack_version_month",
            "pack_code",
            "month",
            unique=True,
            postgresql_where=text("state = 'published'"),
        ),
    )

    pack_code: Mapped[str] = mapped_column(ForeignKey("benefit_pack.code"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[date]
    state: Mapped[str]
    document: Mapped[dict[str, Any]]
    budget: Mapped[int]
    used: Mapped[int] = mapped_column(server_default=text("0"))
    edits: Mapped[int] = mapped_column(server_default=text("1"))
    author_id: Mapped[UUID]
    created_at: Mapped[datetime]
    publisher_id: Mapped[UUID | None]
    published_at: Mapped[datetime | None]
