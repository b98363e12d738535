"""Storing many rows at once, with an outcome for each."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.kit.db import prepare_nothing
from backend.kit.problems import Problem

Status = Literal["stored", "unchanged", "refused"]
Row = TypeVar("Row")


class Outcome(NamedTuple):
    """What became of one row. A refused one carries its problem; `created`: it was not there.

    A named tuple, because there are millions: a frozen dataclass takes five times as long to make.
    """

    status: Status
    id: UUID | None = None
    problem: Problem | None = None
    created: bool = False

    @classmethod
    def refused(cls, problem: Problem) -> "Outcome":
        """Not stored, for this reason."""
        return cls("refused", problem=problem)

    def unwrap(self) -> "Outcome":
        """Itself, or its problem raised: for a caller that stores a single row."""
        if self.problem is not None:
            raise self.problem
        return self


_FORGET_PLANS = text("DISCARD PLANS")


def plan_for_many(session: Session) -> None:
    """Plan each statement of this transaction for the arrays that it is given.

    A kept plan is made for an array of ten: with a thousand it would compare each with each. Only
    ours are planned each time. What `plan_cache_mode` says would hold for the checks of foreign
    keys as well, and planning one takes twice as long as making it; those are planned once more,
    since the tables that they were planned for may have been empty.
    """
    session.execute(_FORGET_PLANS)
    prepare_nothing(session)


_LOOK_UP_EACH = text(
    "SELECT set_config(name, 'off', true)"
    " FROM unnest(ARRAY['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin']) AS name"
)


def look_up_each(session: Session) -> None:
    """Find the rows of this transaction by their keys alone, one look into an index for each.

    For a chunk of a few thousand that is right however large a table is, and the estimates of
    conditions that no statistics cover would now and then choose to read the whole of it each time.
    """
    session.execute(_LOOK_UP_EACH)


def count_anew(session: Session, tables: Sequence[str]) -> None:
    """Tell the planner what these tables hold now; one that is being counted is left out.

    The database does so by itself within minutes. After a bulk store that is too late: what is
    to be settled would be planned for tables that are empty.
    """
    session.execute(text(f"ANALYZE (SKIP_LOCKED) {', '.join(tables)}"))


def sql_array(values: Iterable[Any]) -> str:
    """An array of numbers, days, ids or None as PostgreSQL reads it: `CAST(:x AS uuid[])`.

    Built here, because the driver takes a microsecond for each element of a list.
    """
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def sql_ids(values: Iterable[UUID]) -> str:
    """An array of ids, as `sql_array` has it, and quicker."""
    return "{" + ",".join([value.hex for value in values]) + "}"


def sql_texts(values: Iterable[str]) -> str:
    """An array of texts, as `sql_array` has it."""
    quoted = [value.replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return '{"' + '","'.join(quoted) + '"}' if quoted else "{}"


def without_repeats(rows: Sequence[Row], *, key: Callable[[Row], Hashable]) -> Iterator[list[int]]:
    """Positions in passes: no key twice within one pass, and equal keys in their order.

    One statement cannot store a key twice; nearly always there is a single pass.
    """
    waiting = list(range(len(rows)))
    while waiting:
        seen: set[Hashable] = set()
        now: list[int] = []
        later: list[int] = []
        for place in waiting:
            name = key(rows[place])
            (later if name in seen else now).append(place)
            seen.add(name)
        yield now
        waiting = later
