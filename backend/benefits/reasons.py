"""Why somebody cannot pay as agreed: one closed list for waivers, hardship and plans.

Source: the programme's rules R10.
"""

from collections.abc import Mapping
from enum import StrEnum

from backend.kit.texts import Text


class Reason(StrEnum):
    """What made paying hard."""

    JOB_LOSS = "job_loss"
    INCOME_CUT = "income_cut"
    ILLNESS = "illness"
    BEREAVEMENT = "bereavement"
    CARING = "caring"
    SEPARATION = "separation"
    VIOLENCE = "violence"
    DISASTER = "disaster"
    FRAUD_VICTIM = "fraud_victim"
    BUSINESS_FAILURE = "business_failure"
    STUDY = "study"
    PARENTAL_LEAVE = "parental_leave"
    OTHER = "other"


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

# Nobody has to prove these before a first relief.
SENSITIVE = frozenset(
    {
        Reason.ILLNESS,
        Reason.BEREAVEMENT,
        Reason.CARING,
        Reason.SEPARATION,
        Reason.VIOLENCE,
        Reason.DISASTER,
        Reason.FRAUD_VICTIM,
    }
)
