"""Phone numbers of people. Hotlines that everybody may call are none."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType

from community.detectors.context import CASE, LINE, REACH, around, before, is_amount, words
from community.detectors.digits import RUN_MIN, Digital, Run
from community.detectors.rules import Certainty, Finding, Taken, finding

RULE = "pii.phone"
_MOBILE = re.compile(r"(?=((?:0086|86|0)?)(1[3-9][0-9]{9}))")
_MOBILE_DIGITS = 11
# How people break up eleven digits; sums and dates stand otherwise.
_MOBILE_GROUPS = frozenset(
    {(11,), (3, 4, 4), (3, 8), (7, 4), (3, 3, 5), (4, 4, 3), (4, 7), (3, 4, 2, 2), (1, 10), (5, 6)}
)
_AMERICAN = (1, 3, 3, 4)  # with the 1 before it; read as ten digits
_LIST_SEPARATORS = re.compile(r"[,;:、/\n，；：]")
_SPACED = re.compile(r"[\s_~·\-]*")
_NATIONAL = re.compile(r"(?=(0[1-9][0-9]{7,10}|[2-9][0-9]{9}))")
_INTERNATIONAL = re.compile(r"(?:\+|(?<!\d)00)[ .\-(]{0,2}([1-9](?:[ .\-()/\x00]{0,8}[0-9]){6,14})")
_NOUGHT_FIRST = ("CN", "GB", "AU", "TW", "NZ", "FR", "DE", "JP", "MY")
_TEN_DIGITS = ("US",)
_PUBLIC = frozenset(
    {
        *(PhoneNumberType.TOLL_FREE, PhoneNumberType.SHARED_COST, PhoneNumberType.UAN),
        *(PhoneNumberType.PREMIUM_RATE, PhoneNumberType.VOICEMAIL),
    }
)
_HOTLINE = re.compile(r"(?:[48]00\d{7}|9510\d{4}|1?8(?:00|88|77|66|55|44|33)\d{7})$")
_LOCAL_MAX = 10
_SPELT_MIN, _DISTINCT_MIN = 7, 3
_NOT_DATED = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d:\d")
# Letters between: 1a3b8c..., or whole groups of a number with one or two letters between them.
_UNITS = "年月日号时点分秒元块万千百十亿期天次个岁位折米斤%条人家笔套间楼层"
_MIXED = re.compile(rf"(?<![0-9])[0-9]{{1,8}}(?:[^0-9{_UNITS}\n]{{1,3}}[0-9]{{1,8}}){{2,12}}+")
_MIXED_GROUPS = _MOBILE_GROUPS - {(1, 10), (5, 6)} | {(1,) * _MOBILE_DIGITS}
# Given in parts: "starts with 138, then 0013, and 8000 at the end".
_PARTS = re.compile(r"(?<!\d)1[3-9]\d{0,8}(?:[^0-9\n]{1,12}\d{2,8}){1,3}(?!\d)")
_MEASURED = re.compile(
    rf"[{_UNITS.replace('位', '').replace('间', '')}$¥€£]|"
    + words("usd|rmb|days?|months?|years?|weeks?|per|and")
)


def find(digital: Digital) -> Iterator[Finding]:
    """Every number that may reach a person."""
    taken = Taken(len(digital.text))
    for certainty, start, end in _all(digital):
        if taken.take(start, end):
            yield finding(RULE, certainty, *digital.folded.span(start, end))


@dataclass
class _Budget:
    """How many numbers are looked up in one text. Beyond that all are suspected."""

    left: int = 60

    def is_spent(self) -> bool:
        """Whether this look-up is one too many."""
        self.left -= 1
        return self.left < 0


def _all(digital: Digital) -> Iterator[tuple[Certainty, int, int]]:
    budget = _Budget()
    yield from _international(digital, budget)
    for run in digital.runs:
        if len(run.digits) >= RUN_MIN:
            found = list(_mobiles(digital, run)) or list(_nationals(run, budget))
            yield from found or _others(digital, run)
    yield from _with_letters(digital)
    yield from _in_parts(digital)


def _international(digital: Digital, budget: _Budget) -> Iterator[tuple[Certainty, int, int]]:
    for match in _INTERNATIONAL.finditer(digital.text):
        if budget.is_spent():
            yield Certainty.SUSPECTED, match.start(), match.end()
            continue
        digits = re.sub("[^0-9]", "", match[1])
        number = _parsed(f"+{digits}", None)
        if number is None or _is_public(number):
            continue
        if phonenumbers.is_valid_number(number):
            yield Certainty.CERTAIN, match.start(), match.end()
        elif phonenumbers.is_possible_number(number) and match[0][0] == "+":
            yield Certainty.SUSPECTED, match.start(), match.end()


def _mobiles(digital: Digital, run: Run) -> Iterator[tuple[Certainty, int, int]]:
    behind = 0
    for match in _MOBILE.finditer(run.digits):
        first, last = match.start(2), match.end(2)
        start = match.start(1) if run.is_edge(match.start(1)) else first
        if start < behind or not (run.is_edge(start) and run.is_edge(last)):
            continue
        certainty = _mobile_certainty(digital, run, first, last)
        if certainty is not None:
            behind = last
            yield certainty, run.at[start], run.end(last)


def _mobile_certainty(digital: Digital, run: Run, first: int, last: int) -> Certainty | None:
    text, start, end = run.text, run.at[first], run.end(last)
    if is_amount(text, start, end):
        return None
    groups = tuple(run.groups(first, last))
    if groups == _AMERICAN:
        return None
    is_listed = _LIST_SEPARATORS.search(run.separators(first, last)) is not None
    is_single = len(groups) >= _MOBILE_DIGITS - 2
    is_usual = groups in _MOBILE_GROUPS or is_single
    if not is_usual or (is_listed and not is_single):
        is_spaced = (
            _SPACED.fullmatch(run.separators(first, last)) is not None
            and _NOT_DATED.search(text[start:end]) is None
        )
        is_meant = around(text, start, end, REACH) or digital.is_disguised(start, end)
        return Certainty.SUSPECTED if is_meant or is_spaced else None
    if before(text, start, CASE):
        return None if len(run.digits) > _MOBILE_DIGITS else Certainty.SUSPECTED
    return Certainty.CERTAIN


def _nationals(run: Run, budget: _Budget) -> Iterator[tuple[Certainty, int, int]]:
    for match in _NATIONAL.finditer(run.digits):
        first = match.start(1)
        if not run.is_edge(first):
            continue
        for last in range(match.end(1), first + 8, -1):
            certainty = _national_certainty(run, first, last, budget) if run.is_edge(last) else None
            if certainty is not None:
                yield certainty, run.at[first], run.end(last)
                return


def _national_certainty(run: Run, first: int, last: int, budget: _Budget) -> Certainty | None:
    text, start, end = run.text, run.at[first], run.end(last)
    digits, groups = run.digits[first:last], run.groups(first, last)
    if _is_other(text, start, end, digits):
        return None
    if _LIST_SEPARATORS.search(run.separators(first, last)):
        return None
    if budget.is_spent():
        return Certainty.SUSPECTED
    if not _is_somewhere(digits):
        return None
    is_broken_up = len(groups) > 1 and (digits[0] == "0" or groups == [3, 3, 4])
    if is_broken_up or around(text, start, end, REACH):
        return Certainty.CERTAIN
    return Certainty.SUSPECTED if digits[0] == "0" else None


def _is_other(text: str, start: int, end: int, digits: str) -> bool:
    """A date, a sum, the number of a case, or a hotline."""
    return (
        _NOT_DATED.search(text[start:end]) is not None
        or is_amount(text, start, end)
        or before(text, start, CASE)
        or _HOTLINE.match(digits) is not None
    )


def _is_somewhere(digits: str) -> bool:
    regions = _NOUGHT_FIRST if digits[0] == "0" else _TEN_DIGITS
    numbers = (_parsed(digits, region) for region in regions)
    return any(n is not None and phonenumbers.is_valid_number(n) for n in numbers)


def _others(digital: Digital, run: Run) -> Iterator[tuple[Certainty, int, int]]:
    """A local number that is said to be one, or a row of digits that somebody spelt out."""
    text, start, end = run.text, run.start, run.end(len(run.digits))
    if _is_other(text, start, end, run.digits):
        return
    is_local = len(run.digits) <= _LOCAL_MAX and before(text, start, LINE)
    # A decimal point or a comma makes it a sum.
    is_sum = re.search("[,.]", run.separators(0, len(run.digits))) is not None
    if (is_local and not is_sum) or _is_spelt_out(digital, run):
        yield Certainty.SUSPECTED, start, end


def _is_spelt_out(digital: Digital, run: Run) -> bool:
    spelt = sum(
        digital.folded.text[n] != character for n, character in zip(run.at, run.digits, strict=True)
    )
    return (
        spelt >= _SPELT_MIN
        and len(set(run.digits)) >= _DISTINCT_MIN
        and not any(run.digits in row or row[:_SPELT_MIN] in run.digits for row in _COUNTING)
    )


_COUNTING = ("123456789", "0123456789", "987654321")


def _with_letters(digital: Digital) -> Iterator[tuple[Certainty, int, int]]:
    for match in _MIXED.finditer(digital.text):
        pieces = [(m.start(), m.end()) for m in re.finditer("[0-9]+", match[0])]
        for first in range(len(pieces)):
            length = 0
            for last in range(first, len(pieces)):
                length += pieces[last][1] - pieces[last][0]
                if length >= _MOBILE_DIGITS:
                    break
            groups = tuple(b - a for a, b in pieces[first : last + 1])
            start, end = match.start() + pieces[first][0], match.start() + pieces[last][1]
            if groups in _MIXED_GROUPS and _is_mobile(digital.text[start:end]):
                yield Certainty.SUSPECTED, start, end
                break


def _in_parts(digital: Digital) -> Iterator[tuple[Certainty, int, int]]:
    text = digital.folded.text
    for match in _PARTS.finditer(text):
        start, end = match.span()
        if not _is_mobile(match[0]) or _MEASURED.search(text, start, min(len(text), end + 1)):
            continue
        if around(text, start, end, REACH) and not before(text, start, CASE):
            yield Certainty.SUSPECTED, start, end


def _is_mobile(piece: str) -> bool:
    return re.fullmatch(r"1[3-9]\d{9}", re.sub("[^0-9]", "", piece)) is not None


def _parsed(number: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None


def _is_public(number: PhoneNumber) -> bool:
    return phonenumbers.number_type(number) in _PUBLIC
