"""What there is to check of a credential that somebody shows, step by step.

Only ours can be verified: for anybody else's, keys and revocations would have to be fetched from
wherever the document says. A step that fails ends the checks whose ground it was.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from backend.kit.texts import Text
from rewards.credentials.documents import REVOCATION, STATUS_ENTRY
from rewards.credentials.integrity import Signed

INDEX = re.compile(r"[0-9]{1,9}", re.ASCII)


class Step(StrEnum):
    """What is checked, in this order."""

    ISSUER = "issuer"
    PROOF = "proof"
    DATES = "dates"
    STATUS = "status"


@dataclass(frozen=True)
class Check:
    """How one step went, in words."""

    step: Step
    passed: bool
    text: Text


class Register(Protocol):
    """What the issuer knows of its own keys and lists."""

    @property
    def did(self) -> str:
        """The issuer's own name."""

    def find_public_key(self, verification_method: str) -> Ed25519PublicKey | None:
        """The key of that name whose signatures hold, former ones too."""

    def is_revoked(self, status_list: str, index: int) -> bool | None:
        """Whether the place is revoked; None where no such place was given out."""


OURS = Text("We issued it.", "由我们签发。")
NOT_OURS = Text(
    "It names another issuer. Here only what we issued is verified: nobody else is asked.",
    "其签发方不是我们。此处只验证由我们签发的凭证，不会向其他方查询。",
)
GENUINE = Text("The signature is genuine: nothing was changed.", "签名有效，内容未被更改。")
NO_PROOF = Text("It has no signature of the kind that we make.", "没有我们使用的那种签名。")
NO_KEY_OF_OURS = Text("The key it names is none of ours.", "其所指的密钥不是我们的。")
NOT_GENUINE = Text(
    "The signature does not fit what it says: it was changed, or we did not sign it.",
    "签名与内容不符：内容被更改，或并非由我们签署。",
)
IN_FORCE = Text("It is in force.", "目前有效。")
NOT_IN_FORCE = Text("It is not in force at this time.", "目前不在有效期内。")
STANDS = Text("It was not taken back.", "未被撤回。")
REVOKED = Text("It was taken back.", "已被撤回。")
NO_PLACE = Text(
    "It names no place in our lists of what was taken back.", "未指明在我们的撤回列表中的位置。"
)


def check(
    document: Mapping[str, Any], signed: Signed | None, *, register: Register, now: datetime
) -> list[Check]:
    """The steps that were taken. All four passed: it is ours, unchanged, in force and stands."""
    is_ours = _id_of(document.get("issuer")) == register.did
    issuer = Check(Step.ISSUER, is_ours, OURS if is_ours else NOT_OURS)
    if not is_ours:
        return [issuer]
    proof = _check_proof(signed, register=register)
    if not proof.passed:
        return [issuer, proof]
    return [issuer, proof, _check_dates(document, now=now), _check_status(document, register)]


def is_verified(checks: list[Check]) -> bool:
    """Whether every step was taken and passed."""
    return [each.step for each in checks if each.passed] == list(Step)


def _check_proof(signed: Signed | None, *, register: Register) -> Check:
    if signed is None:
        return Check(Step.PROOF, passed=False, text=NO_PROOF)
    key = register.find_public_key(signed.verification_method)
    if key is None:
        return Check(Step.PROOF, passed=False, text=NO_KEY_OF_OURS)
    is_genuine = signed.is_by(key)
    return Check(Step.PROOF, is_genuine, GENUINE if is_genuine else NOT_GENUINE)


def _check_dates(document: Mapping[str, Any], *, now: datetime) -> Check:
    begins, ends = (_instant(document.get(name)) for name in ("validFrom", "validUntil"))
    is_over = "validUntil" in document and (ends is None or ends <= now)
    is_in_force = begins is not None and begins <= now and not is_over
    return Check(Step.DATES, is_in_force, IN_FORCE if is_in_force else NOT_IN_FORCE)


def _check_status(document: Mapping[str, Any], register: Register) -> Check:
    place = _place(document.get("credentialStatus"))
    is_revoked = register.is_revoked(*place) if place else None
    if is_revoked is None:
        return Check(Step.STATUS, passed=False, text=NO_PLACE)
    return Check(Step.STATUS, not is_revoked, REVOKED if is_revoked else STANDS)


def _id_of(value: object) -> object:
    return value.get("id") if isinstance(value, dict) else value


def _instant(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _place(status: object) -> tuple[str, int] | None:
    """The list and place that a credential names, if it is a badge of the kind that we issue."""
    if not isinstance(status, dict):
        return None
    said = (status.get("type"), status.get("statusPurpose"))
    index, address = status.get("statusListIndex"), status.get("statusListCredential")
    if said != (STATUS_ENTRY, REVOCATION) or not isinstance(address, str):
        return None
    if not isinstance(index, str) or INDEX.fullmatch(index) is None:
        return None
    return address, int(index)
