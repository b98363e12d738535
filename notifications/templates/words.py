"""The shape of a template: for what, with which variables, in which words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from backend.events.contacts import Purpose
from backend.kit.texts import Text


class Kind(StrEnum):
    """What a variable is, and so how it is written in each language.

    `money` named `amount` reads `amount_minor` and `currency`; `words` named `badge` reads
    `badge_en` and `badge_zh_cn`; the others read the value of their own name (`day`: YYYY-MM-DD).
    """

    TEXT = "text"
    COUNT = "count"
    MONEY = "money"
    DAY = "day"
    WORDS = "words"


class Action(StrEnum):
    """Where the button of a message leads in the app."""

    SEE_LOAN = "see_loan"
    NEED_HELP = "need_help"  # hardship help and plans for the loan of the message
    SEE_PLAN = "see_plan"
    SEE_CASE = "see_case"
    SEE_REWARDS = "see_rewards"
    SEE_COMMUNITY = "see_community"
    SEE_ACCOUNT = "see_account"


FIELDS = ("title", "body", "action", "sms", "email_subject", "email_body")
# Phones that lie on a table show these, a mail's first lines among them.
LOCK_SCREEN = ("sms", "email_subject", "email_body")


@dataclass(frozen=True)
class Words:
    """What is said. `action` is the button's label; what a lock screen shows holds no variable."""

    title: Text
    body: Text
    action: Text
    sms: Text
    email_subject: Text
    email_body: Text

    def as_json(self) -> dict[str, dict[str, str]]:
        """As a version of it is kept."""
        return {name: getattr(self, name).as_json() for name in FIELDS}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Words":
        """The opposite."""
        return cls(**{name: Text.from_json(value[name]) for name in FIELDS})


@dataclass(frozen=True)
class Template:
    """A shipped template; its words are version 1.

    `samples` are values for previews and tests, every variable among them.
    """

    code: str
    purpose: Purpose
    words: Words
    action_code: Action
    variables: Mapping[str, Kind] = field(default_factory=dict)
    samples: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Rendered:
    """One message in one language. `action_code` says where the button `action` leads."""

    title: str
    body: str
    action: str
    action_code: str
    sms: str
    email_subject: str
    email_body: str
