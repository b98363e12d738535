"""The published earn rules, ready for use."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from rewards.points.definitions import RuleBook, RuleSet, read_rules
from rewards.points.models import EarnRuleVersion


def get_book(session: Session) -> RuleBook:
    """All published versions, oldest first. They are few, and small."""
    rows = session.execute(
        select(EarnRuleVersion.version, EarnRuleVersion.effective_from, EarnRuleVersion.document)
        .where(EarnRuleVersion.state == "published")
        .order_by(EarnRuleVersion.effective_from)
    )
    return RuleBook(
        tuple(RuleSet(row.version, row.effective_from, read_rules(row.document)) for row in rows)
    )
