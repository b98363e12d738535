"""The configuration taken out as a bundle, compared with one, and written from one as drafts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from backend.configuration.bundle import Bundle
from backend.configuration.rules import Change, State, list_changes
from backend.kit.configuration import ConfigSource, Thing, Things, Writing
from backend.kit.predicates import escape
from backend.kit.problems import FieldError, Invalid, Problem
from backend.kit.texts import Text
from backend.staff import service as staff

PROBLEMS_MAX = 200


@dataclass(frozen=True)
class Compared:
    """One thing of a bundle beside what is here. `why` where it is left as it is."""

    part: str
    key: str
    state: State
    changes: tuple[Change, ...] = ()
    why: Text | None = None


@dataclass
class Report:
    """What an import does or would do. With a problem it does nothing at all."""

    hash: str
    things: list[Compared] = field(default_factory=list)
    only_here: list[tuple[str, str]] = field(default_factory=list)
    problems: list[FieldError] = field(default_factory=list)

    def count(self, state: State) -> int:
        """How many things are in a state."""
        return sum(1 for each in self.things if each.state is state)


def export(
    session: Session, *, sources: Sequence[ConfigSource], with_drafts: bool
) -> dict[str, dict[str, Thing]]:
    """Everything in force; or the newest words of everything, published or not."""
    return {
        source.name: dict(sorted(source.export(session, with_drafts=with_drafts).items()))
        for source in sources
    }


def check(
    session: Session, *, sources: Sequence[ConfigSource], bundle: Bundle, writing: Writing
) -> Report:
    """What an import would do, found by doing it and undoing it. Nothing stays."""
    with session.begin_nested() as dry_run:
        report = _write_all(session, sources=sources, bundle=bundle, writing=writing)
        dry_run.rollback()
    return report


def import_bundle(
    session: Session, *, sources: Sequence[ConfigSource], bundle: Bundle, writing: Writing
) -> Report:
    """Write whatever is new or changed as drafts of this author. Refuses: Invalid, all or nothing.

    Nothing is published: each draft waits for another person, in its own place.
    """
    report = _write_all(session, sources=sources, bundle=bundle, writing=writing)
    if report.problems:
        raise Invalid(errors=report.problems)
    written = {f"{each.part}/{each.key}": str(each.state) for each in report.things if each.changes}
    staff.record_action(
        session,
        staff_id=writing.author_id,
        action="configuration.import",
        subject=f"bundle:{bundle.hash}",
        reason=writing.note,
        details={"written": written},
    )
    return report


def _write_all(
    session: Session, *, sources: Sequence[ConfigSource], bundle: Bundle, writing: Writing
) -> Report:
    report = Report(bundle.hash)
    known = {source.name for source in sources}
    for name in sorted(bundle.contents.keys() - known):
        told = Text("There is no such part.", "没有这个部分。")
        report.problems.append(FieldError(f"#/contents/{escape(name)}", told))
    # In the order of the parts: words come before the plan of reminders that names them.
    for source in sources:
        here = _Here(
            live=source.export(session, with_drafts=False),
            newest=source.export(session, with_drafts=True),
        )
        given = bundle.contents.get(source.name, {})
        report.only_here += [(source.name, key) for key in sorted(here.live.keys() - given.keys())]
        for key, raw in given.items():
            try:
                found = _write_one(session, source, here, key, raw, writing)
            except Problem as problem:
                found = Compared(source.name, key, State.REFUSED)
                report.problems += _faults(problem, source, key)
            report.things.append(found)
    del report.problems[PROBLEMS_MAX:]
    return report


@dataclass(frozen=True)
class _Here:
    """Of one part: what is in force, and the newest of each."""

    live: Things
    newest: Things


def _write_one(
    session: Session, source: ConfigSource, here: _Here, key: str, raw: Any, writing: Writing
) -> Compared:
    thing = source.read(key, raw)
    if here.live.get(key) == thing:
        return Compared(source.name, key, State.SAME)
    if here.newest.get(key) == thing:
        return Compared(source.name, key, State.WAITING)
    before = here.live.get(key, here.newest.get(key))
    changes = tuple(list_changes(before if before is not None else {}, thing))
    why = source.find_by_hand(session, key) if source.find_by_hand is not None else None
    if why is not None:
        return Compared(source.name, key, State.BY_HAND, changes, why)
    with session.begin_nested():
        source.write(session, key, thing, writing)
    return Compared(source.name, key, State.NEW if before is None else State.CHANGED, changes)


def _faults(problem: Problem, source: ConfigSource, key: str) -> list[FieldError]:
    """What a feature says of a thing, with pointers into the bundle."""
    at = f"#/contents/{escape(source.name)}/{escape(key)}"
    if problem.errors:
        return [
            FieldError(_moved(each.pointer, source.root, at), each.detail, each.members)
            for each in problem.errors
        ]
    told: Text | str = problem.detail or problem.title
    return [FieldError(at, told)]


def _moved(pointer: str, root: str, at: str) -> str:
    inner = pointer.removeprefix(root) if pointer.startswith(root) else pointer.removeprefix("#")
    return at + inner
