"""Why somebody cannot pay as agreed: one closed list for waivers, hardship and plans.

Source: the programme's rules R10.
"""

from enum import StrEnum


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
