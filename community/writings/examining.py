"""What the detectors say of a text, as the ladder asks it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.kit.problems import FieldError
from community.detectors import service as detectors
from community.writings.errors import PersonalDataFound

REFUSED = "refuse"
HELD = "hold"
CERTAIN = "certain"


@dataclass(frozen=True)
class Examined:
    """A text that may be stored."""

    is_held: bool
    kinds: tuple[str, ...]
    is_crisis: bool


def examine(*, title: str | None, body: str) -> Examined:
    """Look at a text before anything of it is stored. Refuses: PersonalDataFound."""
    found = detectors.examine(title or "", body)
    if found.verdict == REFUSED:
        raise _refusal(found.findings, title=title)
    return Examined(
        is_held=found.verdict == HELD,
        kinds=tuple(dict.fromkeys(str(each.kind) for each in found.findings)),
        is_crisis=found.is_crisis,
    )


def _refusal(findings: Sequence[Any], *, title: str | None) -> PersonalDataFound:
    """Each finding with its field, and where it begins and ends in it, in code points."""
    shift = len(title or "") + 1
    shown, errors = [], []
    for each in findings:
        is_in_title = each.start < shift - 1
        field, back = ("title", 0) if is_in_title else ("body", shift)
        shown.append(
            {
                "kind": str(each.kind),
                "certainty": str(each.certainty),
                "field": field,
                "start": max(each.start - back, 0),
                "end": each.end - back,
            }
        )
        if each.certainty == CERTAIN:
            errors.append(FieldError(f"#/{field}", "Holds personal data."))
    return PersonalDataFound(errors=errors, findings=shown)
