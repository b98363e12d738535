"""Numbers of identity cards, bank cards and accounts: check digits tell them from others."""

import re
from collections.abc import Callable, Iterator
from datetime import date

from community.detectors.context import CASE, around, before, words
from community.detectors.digits import Digital, Run
from community.detectors.rules import Certainty, Finding, Taken, finding

RESIDENT_ID = "pii.resident_id"
CARD = "pii.card"

# GB 11643-1999: place, date of birth, order, check digit by ISO 7064 MOD 11-2.
_PROVINCES = "1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]"
_CHECKED = re.compile(rf"(?=((?:{_PROVINCES})\d{{4}}((?:18|19|20)\d\d)(\d\d)(\d\d)\d{{3}})(\d?))")
_OLD = re.compile(rf"(?:{_PROVINCES})\d{{4}}(\d\d)(\d\d)(\d\d)\d{{3}}")
_BODY_DIGITS, _OLD_DIGITS = 17, 15
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_LAST_X = re.compile(r"[^0-9a-z\u3400-\u9fff]{0,3}x(?![a-z0-9])")
_IDENTITY = re.compile(
    "身份证|证件号|证号|护照|通行证|"
    + words("id|identity|passport|ssn|social security|national insurance")
)
_SSN = re.compile(r"(?<![\d-])(?!000|666|9)\d{3}([- ])(?!00)\d\d\1(?!0000)\d{4}(?![\d-])")
_HONG_KONG = re.compile(r"(?<![a-z0-9])([a-z]{1,2})\s?(\d{6})\s?\(\s?([0-9a])\s?\)")
_TAIWAN = re.compile(r"(?<![a-z0-9])([a-z])([1289]\d{8})(?![a-z0-9])")
_TAIWAN_PLACES = "abcdefghjklmnpqrstuvxywzio"
_PASSPORT = re.compile(r"(?<![a-z0-9])[a-z]{1,2}\d{7,8}(?![a-z0-9])|(?<!\d)\d{9}(?!\d)")
_INSURANCE = re.compile(r"(?<![a-z0-9])[a-z]{2}(?:\s?\d\d){3}\s?[a-d](?![a-z0-9])")

_CARD_DIGITS = range(13, 20)
_CARD_DIGITS_SAID_MIN = 15
_ISSUED = re.compile(r"4|5[1-5]|2(?:2[2-9]|[3-6]|7[01])|3[47]|35|62|60|65|9[0-9]|81|58|56|50|63|67")
_CARD_WORDS = re.compile(
    r"卡号|银行卡|储蓄卡|信用卡|借记卡|账号|账户|帐号|户名|收款|转账|汇款|打款|打到|开户"
    "|" + words("card|visa|mastercard|amex|account|acct|debit|iban|transfer|deposit|pay ?to|bank")
)
_IBAN = re.compile(
    r"(?<![a-z0-9])[a-z]{2}\d\d(?:\s?[a-z0-9]{4}){2,7}(?:\s?[a-z0-9]{1,3})?(?![a-z0-9])"
)
_IBAN_LENGTHS = range(15, 35)
_LISTED = re.compile(r"[,.;:、/$¥€£{}x]")
_BY_FOURS = frozenset({(4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 4, 4, 4, 2), (4, 6, 5), (4, 4, 4, 4, 1)})


def find(digital: Digital) -> Iterator[Finding]:
    """Identity documents first: what is one is no card."""
    taken = Taken(len(digital.text))
    for rule, certainty, start, end in (*_identities(digital), *_payment(digital)):
        if taken.take(start, end):
            yield finding(rule, certainty, *digital.folded.span(start, end))


Found = tuple[str, Certainty, int, int]


def _identities(digital: Digital) -> Iterator[Found]:
    for run in digital.runs:
        if len(run.digits) >= _OLD_DIGITS:
            yield from _resident(run)
    yield from _foreign(digital)


def _resident(run: Run) -> Iterator[Found]:
    behind = 0
    for match in _CHECKED.finditer(run.digits):
        first, last = match.start(1), match.end(1)
        if first < behind or not run.is_edge(first) or not _is_day(*match.group(2, 3, 4)):
            continue
        end = _end_of_resident(run, last)
        if end is None:
            continue
        right = _CHECKS[sum(w * int(d) for w, d in zip(_WEIGHTS, match[1], strict=True)) % 11]
        given = run.text[end - 1].upper() if last == len(run.digits) else run.digits[last]
        certainty = Certainty.CERTAIN if given == right else Certainty.SUSPECTED
        if certainty is Certainty.SUSPECTED and before(run.text, run.at[first], CASE):
            continue
        behind = last + 1
        yield RESIDENT_ID, certainty, run.at[first], end
    old = _OLD.fullmatch(run.digits)
    if old and _is_day(f"19{old[1]}", old[2], old[3]) and _is_identity(run.text, run.start):
        yield RESIDENT_ID, Certainty.SUSPECTED, run.start, run.end(_OLD_DIGITS)


def _end_of_resident(run: Run, last: int) -> int | None:
    """Behind its check digit, or None where the number does not end there."""
    if last < len(run.digits):
        return run.end(last + 1) if run.is_edge(last + 1) else None
    match = _LAST_X.match(run.text, run.end(last))
    return match.end() if match else None


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _is_identity(text: str, start: int) -> bool:
    return before(text, start, _IDENTITY, reach=40)


def _foreign(digital: Digital) -> Iterator[Found]:
    text = digital.text
    for match in _HONG_KONG.finditer(text):
        certainty = Certainty.CERTAIN if _is_hong_kong(match) else Certainty.SUSPECTED
        yield RESIDENT_ID, certainty, match.start(), match.end()
    # What looks like one of these is certain only where it is said to be one.
    for pattern, is_telling in _SHAPES:
        for match in pattern.finditer(text):
            is_said = _is_identity(text, match.start())
            if is_said or (is_telling(match) and not before(text, match.start(), CASE)):
                certainty = Certainty.CERTAIN if is_said else Certainty.SUSPECTED
                yield RESIDENT_ID, certainty, match.start(), match.end()


def _is_hyphened(match: re.Match[str]) -> bool:
    return match[1] == "-"


def _never(match: re.Match[str]) -> bool:  # noqa: ARG001 - as its like are called
    return False


def _is_hong_kong(match: re.Match[str]) -> bool:
    letters = [ord(letter) - ord("a") + 10 for letter in match[1]]
    values = [36] * (2 - len(letters)) + letters + [int(d) for d in match[2]]
    last = 10 if match[3] == "a" else int(match[3])
    return (sum((9 - n) * v for n, v in enumerate(values)) + last) % 11 == 0


def _is_taiwan(match: re.Match[str]) -> bool:
    place = _TAIWAN_PLACES.index(match[1]) + 10
    digits = [place // 10, place % 10, *(int(d) for d in match[2])]
    return (
        sum(w * d for w, d in zip((1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), digits, strict=True)) % 10 == 0
    )


_SHAPES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], bool]], ...] = (
    (_SSN, _is_hyphened),
    (_TAIWAN, _is_taiwan),
    (_PASSPORT, _never),
    (_INSURANCE, _never),
)


def _payment(digital: Digital) -> Iterator[Found]:
    for run in digital.runs:
        if len(run.digits) in _CARD_DIGITS or len(run.digits) > _CARD_DIGITS.stop:
            yield from _cards(run)
    for match in _IBAN.finditer(digital.folded.text):
        if _is_iban(re.sub(r"\s", "", match[0])):
            yield CARD, Certainty.CERTAIN, match.start(), match.end()


def _cards(run: Run) -> Iterator[Found]:
    edges = [k for k in range(len(run.digits) + 1) if run.is_edge(k)]
    behind = 0
    for first in edges:
        if first < behind or not _ISSUED.match(run.digits, first):
            continue
        for length in reversed(_CARD_DIGITS):
            last = first + length
            if last > len(run.digits) or not run.is_edge(last):
                continue
            certainty = _card_certainty(run, first, last)
            if certainty is not None:
                behind = last
                yield CARD, certainty, run.at[first], run.end(last)
                break


def _card_certainty(run: Run, first: int, last: int) -> Certainty | None:
    text, start, end = run.text, run.at[first], run.end(last)
    groups = tuple(run.groups(first, last))
    is_said = around(text, start, end, _CARD_WORDS, reach=24)
    if before(text, start, CASE) and not before(text, start, _CARD_WORDS):
        return None
    is_shaped = groups in _BY_FOURS or len(groups) == 1
    if not is_shaped and _LISTED.search(run.separators(first, last)):
        return None
    if _is_luhn(run.digits[first:last]):
        is_certain = is_said or groups in _BY_FOURS
        return Certainty.CERTAIN if is_certain else Certainty.SUSPECTED
    return (
        Certainty.SUSPECTED
        if is_said and is_shaped and last - first >= _CARD_DIGITS_SAID_MIN
        else None
    )


def _is_luhn(digits: str) -> bool:
    total = 0
    for n, character in enumerate(reversed(digits)):
        total += sum(divmod(int(character) * (n % 2 + 1), 10))
    return total % 10 == 0 and len(set(digits)) > 1


def _is_iban(text: str) -> bool:
    if len(text) not in _IBAN_LENGTHS:
        return False
    return int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1
