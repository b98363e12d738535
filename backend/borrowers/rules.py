"""How a borrower's particulars are normalised, and what staff may look for and at."""

import re
import unicodedata
from enum import StrEnum
from typing import Protocol
from uuid import UUID

import phonenumbers

from backend.kit.texts import Locale
from backend.staff.rules import PERMISSIONS, Role

REGIONS: dict[Locale, str] = {"zh-CN": "CN", "en": "US"}
PHONE_DIGITS_SHOWN = 4
SEARCH_RESULTS_MAX = 20
EMAIL_LENGTH_MAX = 254  # a path holds 256 with its brackets [RFC 5321, 4.5.3.1.3]
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# An address as people have them [RFC 5321, 4.1.2]: no quotes, no comments, a name with a dot.
_EMAIL = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?![0-9]+$){_LABEL}")
ASSIGNED_AT_ONCE_MAX = 500
SEES_EVERYBODY = "borrowers.read"


class AccessPurpose(StrEnum):
    """Why a staff member looks at a borrower's data. Closed: free text would say nothing."""

    ACCOUNT_CARE = "account_care"
    PLAN_REQUEST = "plan_request"
    HARDSHIP = "hardship"
    COMPLAINT = "complaint"
    DISPUTE = "dispute"
    RISK_REVIEW = "risk_review"
    FRAUD_REVIEW = "fraud_review"
    RIGHTS_REQUEST = "rights_request"
    AUDIT = "audit"


class Viewer(Protocol):
    """Who looks: a member of staff, as her token tells."""

    @property
    def id(self) -> UUID:
        """Of her account."""

    @property
    def roles(self) -> frozenset[str]:
        """The roles she holds."""

    @property
    def permissions(self) -> frozenset[str]:
        """What they open."""


def sees_everybody(who: Viewer) -> bool:
    """Whether she may look at any borrower, saying why."""
    return SEES_EVERYBODY in who.permissions


def sees_assigned(who: Viewer) -> bool:
    """Whether borrowers can be assigned to her."""
    return Role.ACCOUNT_MANAGER in who.roles


def role_of_look(who: Viewer, *, is_assigned: bool) -> Role | None:
    """In which of her roles she looks."""
    if is_assigned:
        return Role.ACCOUNT_MANAGER
    able = (role for role in Role if role in who.roles and SEES_EVERYBODY in PERMISSIONS[role])
    return next(able, None)


def find_phone(value: str, *, region: str) -> str | None:
    """The number in E.164, or None when no such number can exist.

    Only its length and country are checked: a directory of numbers in use is always out of date.
    """
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def find_email(value: str) -> str | None:
    """The address with its domain in small letters, or None when no mail can be sent there.

    Plain ASCII: a domain in other letters is written as it is in the name system (xn--...).
    """
    value = value.strip()
    if len(value) > EMAIL_LENGTH_MAX or _EMAIL.fullmatch(value) is None:
        return None
    name, _, domain = value.rpartition("@")
    return f"{name}@{domain.lower()}"


def region_of(locale: Locale) -> str:
    """Where a number without country code is taken to be from."""
    return REGIONS[locale]


def normalise_name(value: str) -> str:
    """A full name as it is compared: width, case and spacing do not count."""
    return " ".join(unicodedata.normalize("NFKC", value).casefold().split())


def mask_email(address: str) -> str:
    """Enough to recognise one's own address, too little to write to it."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}***@{domain}"


def mask_phone(e164: str) -> str:
    """Enough to recognise one's own number, too little to call it."""
    hidden = len(e164) - PHONE_DIGITS_SHOWN
    return "".join("*" if 0 < i < hidden else char for i, char in enumerate(e164))
