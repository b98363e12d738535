"""Versions of the earn rules: one person writes, another publishes, for months to come."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from backend.evidence import service as evidence
from backend.kit.problems import FieldError, Invalid, NotFound
from backend.staff.errors import SecondPersonNeeded
from rewards.points.definitions import read_rules
from rewards.points.errors import EarnRulesNotDraft, EarnRulesTooLate
from rewards.points.models import EarnRuleVersion
from rewards.points.rules import RULES_AHEAD_MONTHS_MAX, add_months


def write_draft(
    session: Session,
    *,
    document: Mapping[str, Any],
    effective_from: date,
    note: str,
    author_id: UUID,
    today: date,
    now: datetime,
) -> int:
    """Keep a draft; answers its version. Refuses: Invalid, every fault with its JSON pointer."""
    read_rules(document, pointer="#/rules")
    if effective_from.day != 1:
        # A month is the unit of earning: it has one set of rules.
        detail = "Must be the first day of a month."
        raise Invalid(errors=[FieldError("#/effective_from", detail)])
    if effective_from > add_months(today, RULES_AHEAD_MONTHS_MAX):
        # A slip of the year would keep out every version until then.
        detail = f"Must be within {RULES_AHEAD_MONTHS_MAX} months."
        raise Invalid(errors=[FieldError("#/effective_from", detail)])
    _lock(session)
    version = session.execute(select(func.max(EarnRuleVersion.version))).scalar_one() + 1
    session.execute(
        insert(EarnRuleVersion).values(
            version=version,
            state="draft",
            document=document,
            effective_from=effective_from,
            note=note,
            author_id=author_id,
            created_at=now,
        )
    )
    return int(version)


def publish_rules(
    session: Session, *, version: int, publisher_id: UUID, today: date, now: datetime
) -> None:
    """Let another person's draft be in force from its day.

    Refuses: NotFound, EarnRulesNotDraft, SecondPersonNeeded, EarnRulesTooLate.
    """
    _lock(session)
    row = session.execute(
        select(EarnRuleVersion.__table__).where(EarnRuleVersion.version == version)
    ).first()
    if row is None:
        raise NotFound
    if row.state != "draft":
        raise EarnRulesNotDraft
    if row.author_id == publisher_id:
        raise SecondPersonNeeded
    last = session.execute(
        select(func.max(EarnRuleVersion.effective_from)).where(EarnRuleVersion.state == "published")
    ).scalar_one()
    # What was promised for a month stays promised.
    if row.effective_from <= max(today, last):
        raise EarnRulesTooLate
    session.execute(
        update(EarnRuleVersion)
        .where(EarnRuleVersion.version == version)
        .values(state="published", publisher_id=publisher_id, published_at=now)
    )
    names = ("version", "document", "effective_from", "note", "author_id")
    published = {name: getattr(row, name) for name in names} | {"publisher_id": publisher_id}
    act, record = evidence.Act.POLICY_PUBLISHED, {"policy": "points", **published}
    evidence.record(session, type=act, borrower_id=None, record=record, now=now)


def _lock(session: Session) -> None:
    # Two at once would take the same number, or publish past each other. Reads go on.
    session.execute(text("LOCK TABLE earn_rule_version IN SHARE ROW EXCLUSIVE MODE"))
