"""What can be granted, and the states of a grant."""

from enum import StrEnum


class Kind(StrEnum):
    """The closed list of kinds; there is none that pays out cash."""

    FEE_WAIVER = "fee_waiver"
    RATE_DISCOUNT = "rate_discount"
    LIMIT_INCREASE = "limit_increase"
    PRIORITY_SERVICE = "priority_service"
    HARDSHIP_FUND = "hardship_fund"
    TRAINING_REFERRAL = "training_referral"
    AID_REFERRAL = "aid_referral"
    GREETING = "greeting"
    EDUCATION_PACK = "education_pack"
    HEALTH_CONSULT = "health_consult"


class State(StrEnum):
    """Where a grant stands."""

    OFFERED = "offered"
    ACTIVATED = "activated"
    FULFILLED = "fulfilled"
    DECLINED = "declined"
    EXPIRED = "expired"
    REVOKED = "revoked"
