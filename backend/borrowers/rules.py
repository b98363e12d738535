"""How a borrower's particulars are normalised for looking her up, and what staff may look for."""

import unicodedata
from enum import StrEnum

import phonenumbers

from backend.kit.texts import Locale

REGIONS: dict[Locale, str] = {"zh-CN": "CN", "en": "US"}
PHONE_DIGITS_SHOWN = 4
SEARCH_RESULTS_MAX = 20


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


def region_of(locale: Locale) -> str:
    """Where a number without country code is taken to be from."""
    return REGIONS[locale]


def normalise_name(value: str) -> str:
    """A full name as it is compared: width, case and spacing do not count."""
    return " ".join(unicodedata.normalize("NFKC", value).casefold().split())


def mask_phone(e164: str) -> str:
    """Enough to recognise one's own number, too little to call it."""
    hidden = len(e164) - PHONE_DIGITS_SHOWN
    return "".join("*" if 0 < i < hidden else char for i, char in enumerate(e164))
