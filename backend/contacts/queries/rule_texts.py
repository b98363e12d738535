"""What a rule of contact says, for whoever shows why nothing was sent."""

from backend.contacts.rules.law import BY_ID
from backend.kit.texts import Text


def find_rule(rule_id: str) -> tuple[Text, str] | None:
    """The words of a rule and its source, in the version of now."""
    rule = BY_ID.get(rule_id)
    return None if rule is None else (rule.text, rule.citation)
