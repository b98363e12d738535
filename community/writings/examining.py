"""What the detectors say of a text, as the ladder asks it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from backend.kit.problems import FieldError
from community.detectors.rules import Certainty, Examination, Finding, Verdict
from community.rulebook import service as rulebook
from community.writings.errors import PersonalDataFound


@dataclass(frozen=True)
class Examined:
    """A text that may be stored. `rules` found something; of them `shown` do not stay in shadow."""

    is_held: bool
    kinds: tuple[str, ...]
    is_crisis: bool
    rules: tuple[str, ...]
    shown: tuple[str, ...]


def examine(session: Session, *, title: str | None, body: str) -> Examined:
    """Look at a text before anything of it is stored. Refuses: PersonalDataFound."""
    found = rulebook.examine(session, title=title or "", body=body)
    if found.verdict is Verdict.REFUSE:
        raise _refusal(found, title=title)
    return Examined(
        is_held=found.verdict is Verdict.HOLD,
        kinds=tuple(dict.fromkeys(str(each.kind) for each in found.findings)),
        is_crisis=found.is_crisis,
        rules=rulebook.found_by(found),
        shown=tuple(sorted({each.rule for each in found.findings})),
    )


def _refusal(found: Examination, *, title: str | None) -> PersonalDataFound:
    """As the check before posting tells it; of a comment, which has no title, in its body."""
    back = 1 if title is None else 0
    certain = [each for each in found.findings if each.certainty is Certainty.CERTAIN]
    fields = dict.fromkeys(_field(each, title) for each in certain)
    return PersonalDataFound(
        errors=[FieldError(f"#/{field}", "Holds personal data.") for field in fields],
        findings=[_shown(each, back=back) for each in found.findings],
    )


def _field(found: Finding, title: str | None) -> str:
    return "title" if found.start < len(title or "") else "body"


def _shown(found: Finding, *, back: int) -> dict[str, Any]:
    return {
        "kind": str(found.kind),
        "certainty": str(found.certainty),
        "start": found.start - back,
        "end": found.end - back,
    }
