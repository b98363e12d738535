"""Who calls, as the desk knows her."""

from backend.kit import clock
from backend.kit.audience import caller
from backend.kit.http import locale
from community.cases.service import Moderator
from community.desk.acts import Hand

LEAD = "moderation.lead"


def who() -> Moderator:
    """The moderator, and whether she leads."""
    return Moderator(caller().id, is_lead=LEAD in caller().permissions)


def hand() -> Hand:
    """The same, with her language and the instant."""
    return Hand(who(), locale(), clock.now())
