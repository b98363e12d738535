"""The limits of automatic approval: written by one person, published by another."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from backend.evidence import service as evidence
from backend.kit.problems import NotFound
from backend.profile import queries as profile
from backend.repayment_plans.errors import PlanPolicyNotDraft
from backend.repayment_plans.models import PlanPolicy
from backend.repayment_plans.policy import read_policy
from backend.staff.errors import SecondPersonNeeded


def write_policy(
    session: Session,
    *,
    document: Mapping[str, Any],
    note: str,
    author_id: UUID,
    now: datetime,
) -> int:
    """Keep limits for somebody else to publish; returns their version. Refuses: Invalid."""
    types = profile.get_catalogue(session).types
    # Version 1 is always there: its row is the lock under which numbers are given out.
    session.execute(select(PlanPolicy.version).where(PlanPolicy.version == 1).with_for_update())
    version = session.execute(select(func.max(PlanPolicy.version))).scalar_one() + 1
    read_policy(document, version=version, facts=types, pointer="#/policy")
    session.execute(
        insert(PlanPolicy).values(
            version=version,
            state="draft",
            document=dict(document),
            note=note,
            author_id=author_id,
            created_at=now,
        )
    )
    return version


def publish_policy(session: Session, *, version: int, publisher_id: UUID, now: datetime) -> None:
    """Let a draft count from now on.

    Refuses: NotFound, PlanPolicyNotDraft, SecondPersonNeeded, Invalid (a fact was retired since).
    """
    row = session.execute(
        select(PlanPolicy.__table__).where(PlanPolicy.version == version).with_for_update()
    ).first()
    if row is None:
        raise NotFound
    if row.state != "draft":
        raise PlanPolicyNotDraft
    if row.author_id == publisher_id:
        raise SecondPersonNeeded
    types = profile.get_catalogue(session).types
    read_policy(row.document, version=version, facts=types, pointer="#/policy")
    session.execute(
        update(PlanPolicy)
        .where(PlanPolicy.version == version)
        .values(state="published", publisher_id=publisher_id, published_at=now)
    )
    published = {"policy": "plans", "version": version, "document": row.document, "note": row.note}
    people = {"author_id": row.author_id, "publisher_id": publisher_id}
    act = evidence.Act.POLICY_PUBLISHED
    evidence.record(session, type=act, borrower_id=None, record=published | people, now=now)
