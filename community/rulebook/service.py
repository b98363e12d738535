"""Examine with the modes that hold here, count what came of it, and change a mode."""

import time
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_or_add
from sqlalchemy.orm import Session

from community.detectors import service as detectors
from community.detectors.rules import RULES, RULES_VERSION, Examination, Mode
from community.rulebook import queries, rules
from community.rulebook.errors import RuleModeRefused, RuleUnknown, RuleUnproven
from community.rulebook.models import RuleChange, RuleRecord

_CHANGING = 0x72756C65  # any number, as long as nothing else locks it


class _Kept:
    """The modes as this process last read them."""

    modes: dict[str, Mode] | None = None
    until: float = 0.0


def forget() -> None:
    """Read the modes anew the next time."""
    _Kept.modes = None


def modes(session: Session) -> dict[str, Mode]:
    """The mode of every rule, at most a few seconds old."""
    if _Kept.modes is None or time.monotonic() >= _Kept.until:
        _Kept.modes = queries.get_modes(session)
        _Kept.until = time.monotonic() + rules.MODES_KEPT_SECONDS
    return _Kept.modes


def examine(session: Session, *, title: str, body: str) -> Examination:
    """What the rules say of a text, in the modes that hold here. Stores nothing."""
    return detectors.examine(title, body, modes=modes(session))


def count_hits(session: Session, *, found: Collection[str]) -> None:
    """Count a text that was posted, for every rule that found it (`found_by`)."""
    _add(session, found, hits=1)


def note_decision(
    session: Session, *, title: str, body: str, is_violation: bool, is_taken_back: bool = False
) -> None:
    """Count what a moderator decided on a text, for every rule that finds it.

    With `is_taken_back` the same decision was undone, and counts no more.
    """
    by = -1 if is_taken_back else 1
    found = found_by(examine(session, title=title, body=body))
    _add(session, found, right=by * is_violation, wrong=by * (not is_violation))


def found_by(examination: Examination) -> tuple[str, ...]:
    """The rules that found something, in shadow or not."""
    found = (*examination.findings, *examination.silent)
    return tuple(sorted({each.rule for each in found}))


def _add(
    session: Session, found: Collection[str], *, hits: int = 0, right: int = 0, wrong: int = 0
) -> None:
    # In the order of their names, so that two at once never wait for each other.
    for rule in sorted(found):
        fresh = insert_or_add(RuleRecord).values(
            rule=rule,
            rules_version=RULES_VERSION,
            hits=max(hits, 0),
            right=max(right, 0),
            wrong=max(wrong, 0),
        )
        more = fresh.on_conflict_do_update(
            index_elements=["rule", "rules_version"],
            set_={
                "hits": RuleRecord.hits + hits,
                # A decision on an earlier version of the rule is not taken from this one's.
                "right": func.greatest(RuleRecord.right + right, 0),
                "wrong": func.greatest(RuleRecord.wrong + wrong, 0),
            },
        )
        session.execute(more)


def change_mode(
    session: Session,
    *,
    rule_id: str,
    mode: Mode,
    reason: str,
    without_proof: bool,
    staff_id: UUID,
    now: datetime,
) -> None:
    """Put a rule into a mode. Refuses: RuleUnknown, RuleModeRefused, RuleUnproven."""
    rule = RULES.get(rule_id)
    if rule is None:
        raise RuleUnknown
    session.execute(select(func.pg_advisory_xact_lock(_CHANGING)))
    was = queries.get_modes(session)[rule_id]
    if mode is was or mode not in rule.modes:
        raise RuleModeRefused
    record = queries.find_record(session, rule=rule_id)
    is_proven = record is not None and rules.is_proven(right=record.right, wrong=record.wrong)
    is_unproven = rules.needs_proof(rule, was=was, mode=mode) and not is_proven
    if is_unproven and not without_proof:
        raise RuleUnproven
    session.execute(
        insert(RuleChange).values(
            rule=rule_id,
            mode=mode,
            reason=reason,
            without_proof=is_unproven,
            staff_id=staff_id,
            at=now,
        )
    )
    forget()
