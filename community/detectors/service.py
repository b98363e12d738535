"""Examine one text: run every rule over it, and say what follows."""

from collections.abc import Iterator, Mapping

from community.detectors import addresses, documents, handles, phones, speech
from community.detectors.digits import digital
from community.detectors.folding import Folded, fold, normalised
from community.detectors.rules import (
    FINDINGS_MAX,
    SHIPPED,
    Examination,
    Finding,
    Kind,
    Mode,
    effective,
    judge,
    settle,
)
from community.detectors.similarity import ALIKE_MIN, fingerprint, likeness

__all__ = ["ALIKE_MIN", "examine", "fingerprint", "likeness"]


def examine(title: str, body: str, *, modes: Mapping[str, Mode] = SHIPPED) -> Examination:
    """What is in a text. Offsets are code points of title, line end and body."""
    modes = effective(modes)
    folded = fold(f"{title}\n{body}")
    found = settle(_found(folded))
    shown = [each for each in found if modes[each.rule] is not Mode.SHADOW]
    return Examination(
        verdict=judge(shown, modes),
        findings=tuple(shown[:FINDINGS_MAX]),
        is_crisis=any(each.kind is Kind.CRISIS for each in shown),
        normalised=normalised(folded),
        silent=tuple(each for each in found if modes[each.rule] is Mode.SHADOW),
    )


def _found(folded: Folded) -> Iterator[Finding]:
    numbers = digital(folded)
    numbered: list[Finding] = []
    reached: list[Finding] = []
    for each in (*documents.find(numbers), *addresses.find_emails(folded)):
        numbered.append(each)
        yield each
    for each in (*phones.find(numbers), *addresses.find_links(folded)):
        if not _is_inside(each, numbered):
            reached.append(each)
            yield each
    has_contact = bool(numbered or reached)
    for each in handles.find(folded, numbers):
        has_contact = True
        if not any(each.start < other.end and other.start < each.end for other in numbered):
            yield each
    yield from speech.find(folded, has_contact=has_contact)


def _is_inside(found: Finding, others: list[Finding]) -> bool:
    return any(other.start <= found.start and found.end <= other.end for other in others)
