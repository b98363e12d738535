"""Why a plan is asked for: a closed list, in kind words."""

from collections.abc import Mapping

from backend.benefits.reasons import SENSITIVE, Reason
from backend.kit.texts import Text

# `other` names nothing that a document could show.
NEEDS_DOCUMENT = frozenset(Reason) - {Reason.OTHER}

REASON_TEXTS: Mapping[Reason, Text] = {
    Reason.JOB_LOSS: Text("I lost my job", "失业"),
    Reason.INCOME_CUT: Text("My income became less", "收入减少"),
    Reason.ILLNESS: Text("Illness", "患病"),
    Reason.BEREAVEMENT: Text("The loss of somebody close", "亲人离世"),
    Reason.CARING: Text("I care for somebody", "照顾家人"),
    Reason.SEPARATION: Text("A separation", "分居或离异"),
    Reason.VIOLENCE: Text("Violence", "遭受暴力"),
    Reason.DISASTER: Text("A disaster", "遭遇灾害"),
    Reason.FRAUD_VICTIM: Text("I was defrauded", "遭遇诈骗"),
    Reason.BUSINESS_FAILURE: Text("My business is in difficulty", "经营困难"),
    Reason.STUDY: Text("Study", "求学"),
    Reason.PARENTAL_LEAVE: Text("Parental leave", "育儿假"),
    Reason.OTHER: Text("Something else", "其他"),
}


def needs_document(reason: Reason, *, is_first_relief: bool) -> bool:
    """Whether a verified document is needed before the product may agree by itself."""
    if reason in SENSITIVE:
        return not is_first_relief
    return reason in NEEDS_DOCUMENT
