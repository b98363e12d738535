"""What a template may say and hold: placeholders, lengths, lock screens. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import ceil

from backend.events.contacts import Purpose
from backend.kit.texts import LOCALES, Locale, Text
from backend.kit.wording import Finding, find_unkind
from notifications.templates.words import FIELDS, LOCK_SCREEN, Kind, Words

CODE_PATTERN = r"^[a-z][a-z0-9_]{0,29}\.[a-z][a-z0-9_]{0,39}$"
CODE = re.compile(CODE_PATTERN)
LENGTHS_MAX = {
    "title": 60, "body": 600, "action": 24, "sms": 134, "email_subject": 70, "email_body": 4_000,
}  # fmt: skip
SMS_SEGMENTS_MAX = 2
VALUE_LENGTH_MAX = 400

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}")
OPTIONAL = re.compile(r"\[\[((?:(?!\[\[|\]\]).)*)\]\]", re.DOTALL)
# What is left of these once placeholders and optional parts are taken out is a slip.
BRACES = re.compile(r"[{}]|\[\[|\]\]")
# Signs that nobody sees, or that turn the direction of what is read.
UNSEEN = re.compile(
    r"[\u0000-\u0009\u000b-\u001f\u007f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)

# What somebody who looks at the phone beside her must not learn [R12: neutral lock-screen text].
_TELLING = re.compile(
    r"\d|[¥￥$€£]|\b(?:debts?|loans?|owed?|owing|overdue|late|arrears|instal?lments?|due|pay(?:ing|"
    r"ments?|s)?|paid|repay\w*|balances?|amounts?|credit|borrow\w*|lend\w*|collect\w*|penalt\w*|"
    r"defaults?|delinquen\w*|hardship|tiers?|high.?risk|dormant|fresh start|fees?|interest|"
    r"CNY|USD|RMB)\b|[债贷欠逾款催滞罚]|账单|金额|额度|余额|利息|分期|到期|还清|信用|困难|等级|"
    r"风险|[一二两三四五六七八九十百千万]元",
    re.IGNORECASE,
)

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_LONG = frozenset("^{}\\[~]|€\f")
GSM_SINGLE, GSM_PART = 160, 153  # septets [3GPP TS 23.038]
UCS_SINGLE, UCS_PART = 70, 67  # 16-bit units

_DOORBELLS: Mapping[Purpose, tuple[Text, Text]] = {
    purpose: (Text("Goodfaith", "Goodfaith"), body)
    for purpose, body in {
        Purpose.SECURITY: Text(
            "A notice about your account. Open the app to read it.",
            "您的账户有一条通知，请打开应用查看。",
        ),
        Purpose.RECEIPT: Text(
            "A confirmation is waiting for you in the app.", "有一条确认信息，请在应用内查看。"
        ),
        Purpose.PLAN: Text(
            "There is news for you. Open the app to read it.", "有新的进展，请在应用内查看。"
        ),
        Purpose.REMINDER: Text(
            "A friendly note is waiting for you in the app.", "有一条温馨提示，请在应用内查看。"
        ),
        Purpose.REWARD: Text(
            "Good news is waiting for you in the app.", "有一个好消息，请在应用内查看。"
        ),
        Purpose.COMMUNITY: Text("There is news for you in the app.", "应用内有新动态。"),
        Purpose.GREETING: Text("A greeting is waiting for you.", "有一份祝福等您查收。"),
        Purpose.MARKETING: Text("Something new is waiting for you.", "有新内容，欢迎查看。"),
    }.items()
}


def doorbell(purpose: Purpose, locale: Locale) -> tuple[str, str]:
    """Title and body of a push: neutral, the same for every message of a purpose."""
    title, body = _DOORBELLS[purpose]
    return title.in_(locale), body.in_(locale)


def find_telling(text: str) -> str | None:
    """The first part of a text that a lock screen must not show: debt, amount, tier."""
    found = _TELLING.search(text)
    return found.group() if found else None


def placeholders_of(text: str) -> set[str]:
    """The variables that a text names."""
    return set(PLACEHOLDER.findall(text))


def find_errors(words: Words, *, variables: Mapping[str, Kind]) -> Iterator[tuple[str, str]]:
    """(pointer, what is wrong) for everything that a template must not be."""
    for field in FIELDS:
        for locale in LOCALES:
            text = getattr(words, field).in_(locale)
            for detail in _errors_of(field, text, variables):
                yield f"#/words/{field}/{locale}", detail


def _errors_of(field: str, text: str, variables: Mapping[str, Kind]) -> Iterator[str]:
    if not text.strip():
        yield "Must not be empty."
    if len(text) > LENGTHS_MAX[field]:
        yield f"Longer than maximum length {LENGTHS_MAX[field]}."
    if UNSEEN.search(text):
        yield "Must not hold control characters."
    if "\n" in text and field not in ("body", "email_body"):
        yield "Must be one line."
    yield from _placeholder_errors(text, variables)
    if field in LOCK_SCREEN:
        yield from _lock_screen_errors(field, text)


def _placeholder_errors(text: str, variables: Mapping[str, Kind]) -> Iterator[str]:
    if BRACES.search(OPTIONAL.sub(r"\1", PLACEHOLDER.sub("", text))):
        yield "Braces stand only around a variable, such as {due_on}."
    unknown = sorted(placeholders_of(text) - set(variables))
    if unknown:
        yield f"This template has no variable {{{unknown[0]}}}."
    if any(not placeholders_of(part) for part in OPTIONAL.findall(text)):
        yield "An optional part names a variable."


def _lock_screen_errors(field: str, text: str) -> Iterator[str]:
    if PLACEHOLDER.search(text):
        yield "A text that a lock screen shows holds no variable."
    telling = find_telling(text)
    if telling is not None:
        yield f'A text that a lock screen shows must not say "{telling}".'
    if field == "sms" and sms_segments(text) > SMS_SEGMENTS_MAX:
        yield f"Takes more than {SMS_SEGMENTS_MAX} text messages."


def find_unkind_words(text: str) -> list[Finding]:
    """What in a template's text must not reach her, also once parts of it are left out."""
    found = find_unkind(text)
    for shown in (OPTIONAL.sub("", text), OPTIONAL.sub(r"\1", text), PLACEHOLDER.sub("", text)):
        if not found:
            # Its place in what is shown is none in what was written: the whole text is meant.
            found = [replace(each, start=0, end=len(text)) for each in find_unkind(shown)]
    return found


def sms_segments(text: str) -> int:
    """How many text messages it takes [3GPP TS 23.038 and 23.040]."""
    if all(sign in _GSM or sign in _GSM_LONG for sign in text):
        units = sum(2 if sign in _GSM_LONG else 1 for sign in text)
        single, part = GSM_SINGLE, GSM_PART
    else:
        units = len(text.encode("utf-16-le")) // 2
        single, part = UCS_SINGLE, UCS_PART
    return 1 if units <= single else ceil(units / part)
