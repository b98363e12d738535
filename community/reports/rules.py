"""Why something may be reported, and how much one may report."""

from datetime import timedelta
from enum import StrEnum

from backend.kit.texts import Text
from community.cases.rules import Cause

NOTE_LENGTH_MAX = 500
REPORTS_MAX = 20  # of one reporter in a day: a flood is not more urgent than a word
WITHIN = timedelta(days=1)


class Reason(StrEnum):
    """The closed list."""

    PERSONAL_DATA = "personal_data"
    DEBT_SELLER = "debt_seller"
    INSULT = "insult"
    THREAT = "threat"
    SPAM = "spam"
    IN_DANGER = "in_danger"
    OTHER = "other"


CAUSES: dict[Reason, Cause] = {
    Reason.PERSONAL_DATA: Cause.PERSONAL_DATA,
    Reason.DEBT_SELLER: Cause.BANNED,
    Reason.INSULT: Cause.ABUSE,
    Reason.THREAT: Cause.THREAT,
    Reason.SPAM: Cause.SPAM,
    # Somebody worries about the author: that is no accusation.
    Reason.IN_DANGER: Cause.CRISIS,
    Reason.OTHER: Cause.OTHER,
}


class Outcome(StrEnum):
    """What came of a report, for whoever wrote it."""

    RECEIVED = "received"
    ACTED = "acted"
    KEPT = "kept"


OUTCOME_TEXTS: dict[Outcome, Text] = {
    Outcome.RECEIVED: Text("Thank you. Somebody will look at it.", "谢谢您，我们会有人查看。"),
    Outcome.ACTED: Text("Thank you. We did something about it.", "谢谢您，我们已作处理。"),
    Outcome.KEPT: Text(
        "Thank you. Somebody looked: it is within the rules, so it stays.",
        "谢谢您，经查看，内容符合规则，予以保留。",
    ),
}
