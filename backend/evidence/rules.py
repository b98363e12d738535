"""What is logged, and the bytes that are committed to. Pure."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import rfc8785

from backend.kit.texts import Text

SALT_BYTES = 32
WHOLE_MAX = 2**53 - 1  # beyond it RFC 8785 has no exact number: written as text
# Whose the acts are that concern nobody alone, such as a policy's publication.
HOUSE = UUID(int=0)


class Act(StrEnum):
    """What may be logged: one line each, with its name for the reader."""

    name_text: Text

    def __new__(cls, value: str, en: str, zh_cn: str) -> "Act":
        """From a line below."""
        act = str.__new__(cls, value)
        act._value_ = value
        act.name_text = Text(en, zh_cn)
        return act

    CONSENT_GIVEN = "consent.given", "You gave a consent", "您给予了授权"
    CONSENT_WITHDRAWN = "consent.withdrawn", "You took a consent back", "您撤回了授权"
    PLAN_QUOTED = "plan.quoted", "A plan was quoted to you", "向您提供了方案报价"
    PLAN_REQUESTED = "plan.requested", "You asked for a plan", "您申请了方案"
    PLAN_DECIDED = "plan.decided", "Your plan request was decided", "您的方案申请已有决定"
    PLAN_ACCEPTED = "plan.accepted", "You accepted a plan", "您接受了方案"
    WAIVER = "waiver.granted", "A charge was waived for you", "为您减免了费用"
    BENEFIT_GRANTED = "benefit.granted", "A benefit was granted to you", "向您发放了权益"
    POINTS_ADJUSTED = "points.adjusted", "Your points were adjusted by hand", "人工调整了您的积分"
    TIER_OVERRIDDEN = "tier.overridden", "Your tier was set by hand", "人工设定了您的等级"
    TIER_OVERRIDE_ENDED = (
        "tier.override_ended",
        "A tier set by hand ended",
        "人工设定的等级已结束",
    )
    SANCTIONED = "community.sanctioned", "A community decision about you", "关于您的社区处理决定"
    APPEALED = "appeal.decided", "Your appeal was decided", "您的申诉已有决定"
    POLICY_PUBLISHED = "policy.published", "A policy was published", "发布了规则"
    RIGHTS_REQUESTED = "rights.requested", "You used a right over your data", "您行使了个人信息权利"


_NAMES = {str(act): act.name_text for act in Act}


def name_of(act: str) -> Text:
    """What the reader calls it; an act that is logged no more keeps its code."""
    return _NAMES.get(act) or Text(act, act)


def canonical(record: Mapping[str, Any]) -> bytes:
    """The record as canonical JSON [RFC 8785]. Raises TypeError on what is no part of a record.

    Ids, days, instants and decimals are written as text, and so is an integer that no double
    holds exactly.
    """
    return rfc8785.dumps(_plain(record))


def commitment_of(record: bytes, *, salt: bytes) -> bytes:
    """SHA-256(salt || record)."""
    return hashlib.sha256(salt + record).digest()


def leaf_data(*, act: str, record_id: UUID, commitment: bytes, at: datetime) -> bytes:
    """What the log's leaf is the hash of: canonical JSON, which tells nothing of the record."""
    return rfc8785.dumps(
        {
            "commitment": commitment.hex(),
            "record_id": str(record_id),
            "time": time_text(at),
            "type": str(act),
        }
    )


def time_text(at: datetime) -> str:
    """RFC 3339 in UTC, always with six digits, so that there is one way to write it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, int):
        return value if -WHOLE_MAX <= value <= WHOLE_MAX else str(value)
    if isinstance(value, datetime):
        return time_text(value)
    if isinstance(value, (str, UUID, date, Decimal)):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    message = f"{type(value).__name__} has no place in evidence"
    raise TypeError(message)
