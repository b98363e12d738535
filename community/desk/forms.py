"""The closed lists of the desk's pages, and the ruling that a form means."""

from collections.abc import Mapping
from typing import Any

from backend.kit.texts import Locale
from community.cases.rules import Queue
from community.desk.wording import ANSWERS, GROUNDS
from community.moderation.rules import PENALTIES, TIMED, Action, Ruling

FOR_GOOD = "for_good"
DAYS = ("1", "3", "7", "14", "30", "90", "365", FOR_GOOD)
DAYS_USUAL = "7"
HOLD_DAYS = ("0", "3", "7", "14")
LEAD = "lead"
WAYS = (LEAD, str(Queue.CRISIS), str(Queue.GENERAL), str(Queue.LENDER))
MOVES = ("release", "skip", "escalate")


def ruling_of(form: Mapping[str, Any], *, action: Action, locale: Locale) -> Ruling:
    """What the moderator means. Her own words come before the usual ones, in her author's language.

    What belongs to another key than the one she pressed is left out.
    """
    clause = form["clause"] if action in PENALTIES else None
    usual = ANSWERS.get(action) or (GROUNDS[clause] if clause else None)
    if usual is None and action not in PENALTIES:
        return Ruling(action, days=_hold_days(form, action=action))
    reason = form["reason"] or (usual.in_(locale) if usual else None)
    return Ruling(action, clause, reason, _days(form, action=action))


def _days(form: Mapping[str, Any], *, action: Action) -> int | None:
    days = form["days"]
    return int(days) if action in TIMED and days != FOR_GOOD else None


def _hold_days(form: Mapping[str, Any], *, action: Action) -> int | None:
    return (int(form["hold_days"]) or None) if action is Action.HELP_GIVEN else None
