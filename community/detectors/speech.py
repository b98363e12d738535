"""What a text sells, spreads or cries for: rules over the phrases that are in it."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from community.detectors.context import words
from community.detectors.folding import Folded
from community.detectors.phrases import Phrase
from community.detectors.phrases import find as find_phrases
from community.detectors.rules import Certainty, Finding, finding

# How far apart words may stand that belong together, in characters.
_NEAR = 60
_OFFERS_CERTAIN = 2
_CONTACT_WEIGHT, _WARN_WEIGHT = 2, 3
_LOOKED_AT_MAX = 20
_SELLERS = {
    "banned.debt_rescue": ("debt.topic", "debt.ad", 1),
    "banned.loan": ("loan.topic", "loan.ad", 4),
    "banned.gambling": ("gamble.topic", "gamble.ad", 2),
}
_PRIZE_MIN, _PRIZE_CERTAIN = 4, 6
_LENDER_REACH, _YOU_REACH = 16, 8
_YOU = re.compile("你|楼主|楼上|" + words("you|your|u|ur"))
_REPEATS_MIN, _LINE_LENGTH_MIN = 4, 4
_RUN = re.compile(r"(.)\1{19,}", re.DOTALL)
_LIVES = re.compile(
    r"(?:他|她|这人|此人|催收员|那个(?:人|经理))[^。\n\d]{0,12}(?:家住|住在|住址|家在)[^。\n]{1,24}?"
    r"(?:\d+号|\d+室|\d+栋|\d+单元|小区|街道?\d|村\d)"
    rf"|{words('he|she|his|her')}[^.\n\d]{{0,24}}{words('lives? (?:at|on)|address')}"
    r"[^.\n\d]{0,16}\d{1,5}"
)


class Speech:
    """The phrases of one text, by tag."""

    def __init__(self, folded: Folded) -> None:
        self.folded = folded
        self.by_tag: dict[str, list[Phrase]] = {}
        for phrase in find_phrases(folded):
            self.by_tag.setdefault(phrase.tag, []).append(phrase)

    def get(self, tag: str) -> Sequence[Phrase]:
        """Those of one tag."""
        return self.by_tag.get(tag, ())

    def near(self, tag: str, phrase: Phrase, *, reach: int = _NEAR) -> set[str]:
        """The different phrases of a tag around another, and not inside it."""
        return {
            other.text
            for other in self.get(tag)
            if other.end > phrase.start - reach
            and other.start < phrase.end + reach
            and not (phrase.start <= other.start and other.end <= phrase.end)
        }

    def report(self, rule: str, certainty: Certainty, phrase: Phrase) -> Finding:
        """A finding where the phrase stands."""
        return finding(rule, certainty, *self.folded.span(phrase.start, phrase.end))


def find(folded: Folded, *, has_contact: bool) -> Iterator[Finding]:
    """Banned matter, spam, abuse and despair."""
    speech = Speech(folded)
    for rule, (topic, ad, offers_min) in _SELLERS.items():
        yield from _sellers(
            speech, rule, topic=topic, ad=ad, offers_min=offers_min, has_contact=has_contact
        )
    yield from _doxxing(speech)
    yield from _spam(speech, has_contact=has_contact)
    yield from _offence(speech)
    yield from _crisis(speech)


def _sellers(
    speech: Speech, rule: str, *, topic: str, ad: str, offers_min: int, has_contact: bool
) -> Iterator[Finding]:
    for tag, needed in ((ad, 1), (topic, offers_min)):
        for phrase in speech.get(tag)[:_LOOKED_AT_MAX]:
            weight = len(speech.near("offer", phrase)) + _CONTACT_WEIGHT * has_contact
            # Whoever asks or warns speaks of sellers, and is none.
            if speech.near("warn", phrase):
                weight -= _WARN_WEIGHT
            else:
                weight += len(speech.near(ad, phrase))
            if weight >= needed:
                is_certain = weight >= needed + _OFFERS_CERTAIN
                certainty = Certainty.CERTAIN if is_certain else Certainty.SUSPECTED
                yield speech.report(rule, certainty, phrase)


def _doxxing(speech: Speech) -> Iterator[Finding]:
    for phrase in speech.get("dox.ad")[:_LOOKED_AT_MAX]:
        if not speech.near("warn", phrase, reach=12):
            yield speech.report("banned.doxxing", Certainty.SUSPECTED, phrase)
    for match in _LIVES.finditer(speech.folded.text):
        span = speech.folded.span(match.start(), match.end())
        yield finding("banned.doxxing", Certainty.SUSPECTED, *span)


def _spam(speech: Speech, *, has_contact: bool) -> Iterator[Finding]:
    prizes = speech.get("prize")
    signals = len({phrase.text for phrase in prizes}) + has_contact
    if prizes and signals >= _PRIZE_MIN and not speech.get("warn"):
        certainty = Certainty.CERTAIN if signals >= _PRIZE_CERTAIN else Certainty.SUSPECTED
        yield speech.report("spam.prize", certainty, prizes[0])
    text = speech.folded.text
    for match in _RUN.finditer(text):
        span = speech.folded.span(match.start(), match.end())
        yield finding("spam.repetition", Certainty.SUSPECTED, *span)
    lines = Counter(line.strip() for line in text.split("\n"))
    for line, count in lines.items():
        if count >= _REPEATS_MIN and len(line) >= _LINE_LENGTH_MIN:
            start = text.index(line)
            span = speech.folded.span(start, start + len(line))
            yield finding("spam.repetition", Certainty.SUSPECTED, *span)


def _offence(speech: Speech) -> Iterator[Finding]:
    for phrase in speech.get("slur"):
        yield speech.report("offensive.slur", Certainty.CERTAIN, phrase)
    for tag, rule, certainty in (
        ("insult", "offensive.insult", Certainty.CERTAIN),
        ("rude", "offensive.rude", Certainty.SUSPECTED),
    ):
        for phrase in speech.get(tag):
            if not _is_complaint(speech, phrase):
                yield speech.report(rule, certainty, phrase)


def _is_complaint(speech: Speech, phrase: Phrase) -> bool:
    """Anger at the lender and those who collect is a complaint, however it is put."""
    if not speech.near("lender", phrase, reach=_LENDER_REACH):
        return False
    before = speech.folded.text[max(0, phrase.start - _YOU_REACH) : phrase.start]
    return _YOU.search(before) is None


def _crisis(speech: Speech) -> Iterator[Finding]:
    for tag, certainty in (
        ("crisis.certain", Certainty.CERTAIN),
        ("crisis.suspected", Certainty.SUSPECTED),
    ):
        for phrase in speech.get(tag):
            yield speech.report("crisis.self_harm", certainty, phrase)
