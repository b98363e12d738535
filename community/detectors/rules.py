"""The rules, their modes as shipped, and the verdict over their findings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

# Raised with every change of what a rule finds, so that its precision is counted anew.
RULES_VERSION = 1
TITLE_LENGTH_MAX = 200
BODY_LENGTH_MAX = 5_000
FINDINGS_MAX = 100


class Kind(StrEnum):
    """What a finding is about, as answers name it."""

    PHONE = "phone"
    RESIDENT_ID = "resident_id"
    CARD = "card"
    EMAIL = "email"
    MESSAGING_ID = "messaging_id"
    LINK = "link"
    BANNED = "banned"
    SPAM = "spam"
    OFFENSIVE = "offensive"
    CRISIS = "crisis"


PERSONAL = frozenset({Kind.PHONE, Kind.RESIDENT_ID, Kind.CARD, Kind.EMAIL, Kind.MESSAGING_ID})


class Certainty(StrEnum):
    """Certain: a person who looks will agree. Suspected: she has to look."""

    CERTAIN = "certain"
    SUSPECTED = "suspected"


class Mode(StrEnum):
    """The life of a rule, in this order."""

    SHADOW = "shadow"  # counted, and shown to nobody
    FLAG = "flag"  # shown, and nothing is stopped
    HOLD = "hold"  # a moderator looks before it is published
    BLOCK = "block"  # what is certain is refused, what is suspected held


class Verdict(StrEnum):
    """What becomes of a text."""

    PUBLISH = "publish"
    HOLD = "hold"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Rule:
    """One rule, as it ships. `modes` are those that it may ever be in."""

    id: str
    kind: Kind
    mode: Mode
    modes: frozenset[Mode] = frozenset(Mode)


_ALL = (
    Rule("pii.phone", Kind.PHONE, Mode.BLOCK),
    Rule("pii.resident_id", Kind.RESIDENT_ID, Mode.BLOCK),
    Rule("pii.card", Kind.CARD, Mode.BLOCK),
    Rule("pii.email", Kind.EMAIL, Mode.BLOCK),
    Rule("pii.messaging_id", Kind.MESSAGING_ID, Mode.BLOCK),
    Rule("contact.link", Kind.LINK, Mode.HOLD),
    # Sellers are held, not refused: a moderator who sees them can also stop them.
    Rule("banned.debt_rescue", Kind.BANNED, Mode.HOLD),
    Rule("banned.loan", Kind.BANNED, Mode.HOLD),
    Rule("banned.gambling", Kind.BANNED, Mode.HOLD),
    Rule("banned.doxxing", Kind.BANNED, Mode.HOLD),
    Rule("spam.prize", Kind.SPAM, Mode.HOLD),
    Rule("spam.repetition", Kind.SPAM, Mode.FLAG),
    Rule("offensive.slur", Kind.OFFENSIVE, Mode.HOLD),
    Rule("offensive.insult", Kind.OFFENSIVE, Mode.HOLD),
    # Rude, and mostly not at anybody: too often wrong to stop a post.
    Rule("offensive.rude", Kind.OFFENSIVE, Mode.FLAG, frozenset({Mode.SHADOW, Mode.FLAG})),
    # Help is shown and a human told. It never stops what she writes.
    Rule("crisis.self_harm", Kind.CRISIS, Mode.FLAG, frozenset({Mode.FLAG})),
)
RULES: Mapping[str, Rule] = {rule.id: rule for rule in _ALL}
SHIPPED: Mapping[str, Mode] = {rule.id: rule.mode for rule in _ALL}


@dataclass(frozen=True)
class Finding:
    """Where a rule found something: code points `start` to `end` (after it) of the whole text."""

    kind: Kind
    rule: str
    certainty: Certainty
    start: int
    end: int


@dataclass(frozen=True)
class Examination:
    """What came of one text. `findings` are those to show; `silent` those of rules in shadow."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    is_crisis: bool
    normalised: str
    silent: tuple[Finding, ...] = ()
    rules_version: int = RULES_VERSION


def finding(rule: str, certainty: Certainty, start: int, end: int) -> Finding:
    """A finding of a rule, with the rule's kind."""
    return Finding(RULES[rule].kind, rule, certainty, start, end)


class Taken:
    """Which characters of a text a rule has found already: the first finding there stays."""

    def __init__(self, length: int) -> None:
        self._marks = bytearray(length)

    def take(self, start: int, end: int) -> bool:
        """Whether `start` to `end` was free, which it is no longer."""
        if self._marks.find(1, start, end) != -1:
            return False
        self._marks[start:end] = b"\1" * (end - start)
        return True


def consequence(found: Finding, mode: Mode) -> Verdict:
    """What one finding alone leads to."""
    if mode is Mode.HOLD:
        return Verdict.HOLD
    if mode is Mode.BLOCK:
        return Verdict.REFUSE if found.certainty is Certainty.CERTAIN else Verdict.HOLD
    return Verdict.PUBLISH


def effective(modes: Mapping[str, Mode]) -> dict[str, Mode]:
    """The mode of every rule: the one asked for where the rule may be in it, else as it ships."""
    return {
        rule.id: modes[rule.id] if modes.get(rule.id) in rule.modes else rule.mode for rule in _ALL
    }


def judge(findings: Iterable[Finding], modes: Mapping[str, Mode]) -> Verdict:
    """The hardest consequence among them."""
    order = list(Verdict)
    return max(
        (consequence(each, modes[each.rule]) for each in findings),
        key=order.index,
        default=Verdict.PUBLISH,
    )


def settle(findings: Iterable[Finding]) -> list[Finding]:
    """In the order of the text, without those of a kind that another of that kind covers."""
    kept: list[Finding] = []
    ordered = sorted(
        findings, key=lambda f: (f.start, f.certainty is not Certainty.CERTAIN, -f.end, f.rule)
    )
    last: dict[Kind, Finding] = {}
    for each in ordered:
        before = last.get(each.kind)
        if before is not None and each.start < before.end:
            if before.certainty is Certainty.CERTAIN or each.certainty is Certainty.SUSPECTED:
                continue
            kept.remove(before)
        last[each.kind] = each
        kept.append(each)
    return kept
