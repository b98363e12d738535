"""The job `reencrypt`: what an older key sealed or hashed gets the current one, wherever it is.

Each package names its columns and tables in its wiring. A chunk is one transaction; a run that
was cut off leaves nothing half done, and the next one finds only what is left.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    LargeBinary,
    RowMapping,
    Table,
    and_,
    bindparam,
    column,
    func,
    literal,
    or_,
    select,
    table,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from backend.kit import crypto
from backend.kit.db import PRODUCT, AnyRow, transaction
from backend.kit.keyring import Kind
from backend.kit.logs import get_logger
from backend.kit.wiring import HashedTable, JobContext, SealedColumn

CHUNK = 1_000
# A row that somebody else holds is passed over; the next pass finds it, or what became of it.
PASSES_MAX = 5
COUNT_SECONDS_MAX = 600  # of counting everything that is sealed

log = get_logger(__name__)


@dataclass(frozen=True)
class Use:
    """How many values of one column need a key."""

    kind: Kind
    key: str
    where: str
    count: int


@dataclass(frozen=True)
class _Registry:
    sealed: tuple[SealedColumn, ...] = ()
    hashed: tuple[HashedTable, ...] = ()


_registry = _Registry()


def configure(*, sealed: Iterable[SealedColumn], hashed: Iterable[HashedTable]) -> None:
    """Say what is sealed and what is hashed, in all packages."""
    global _registry  # noqa: PLW0603 - set once by the assembly
    by_table = sorted(sealed, key=attrgetter("table"))
    _registry = _Registry(sealed=tuple(by_table), hashed=tuple(hashed))


def run(context: JobContext) -> dict[str, Any]:
    """Walk every registered column until a whole pass finds nothing to change."""
    totals = {"resealed": 0, "rehashed": 0, "unreadable": 0}
    for name, columns in groupby(_registry.sealed, key=attrgetter("table")):
        some = list(columns)
        _reseal(some[0].access.metadata.tables[name], some, totals, context)
    for each in _registry.hashed:
        _rehash(each, totals, context)
    return totals


def _reseal(
    owner: Table, columns: Sequence[SealedColumn], totals: dict[str, int], context: JobContext
) -> None:
    unreadable = 0
    for _ in range(PASSES_MAX):
        after: Sequence[Any] | None = ()
        changed = unreadable = 0
        while after is not None:
            with columns[0].access.transaction() as session:
                after, resealed, broken = reseal_chunk(session, owner, columns, after=after)
            changed += resealed
            unreadable += broken
            context.heartbeat()
        totals["resealed"] += changed
        if changed == 0:
            break
    totals["unreadable"] += unreadable
    if unreadable:
        log.error("sealed_values_unreadable", table=owner.name, count=unreadable)


def _rehash(each: HashedTable, totals: dict[str, int], context: JobContext) -> None:
    for _ in range(PASSES_MAX):
        after: Any = None
        changed = 0
        while True:
            with transaction() as session:
                after, rehashed = each.rehash(session, after, CHUNK)
            changed += rehashed
            context.heartbeat()
            if after is None:
                break
        totals["rehashed"] += changed
        if changed == 0:
            break


def reseal_chunk(
    session: Session,
    owner: Table,
    columns: Sequence[SealedColumn],
    *,
    after: Sequence[Any],
    limit: int = CHUNK,
) -> tuple[Sequence[Any] | None, int, int]:
    """Seal the next rows anew: where it came to (None at the end), rows changed, values unreadable.

    Nothing is locked while values are opened and sealed. What somebody else changed since, or
    holds, keeps what it has.
    """
    keys = list(owner.primary_key.columns)
    sealed = [owner.c[each.column] for each in columns]
    query = select(*keys, *sealed).where(or_(*map(_is_old, sealed))).order_by(*keys).limit(limit)
    if after:
        here = [literal(value, key.type) for value, key in zip(after, keys, strict=True)]
        query = query.where(tuple_(*keys) > tuple_(*here))
    rows = session.execute(query).mappings().all()
    if not rows:
        return None, 0, 0
    fresh = [_sealed_anew(row, columns) for row in rows]
    unreadable = sum(each.pop("unreadable") for each in fresh)
    changed = _write(session, owner, columns, rows, fresh)
    return [rows[-1][key.name] for key in keys], changed, unreadable


def _is_old(sealed: ColumnElement[Any]) -> ColumnElement[bool]:
    prefix = crypto.current_prefix()
    start = func.substring(sealed, 1, len(prefix))
    return and_(sealed.is_not(None), start != literal(prefix, LargeBinary))


def _sealed_anew(row: RowMapping, columns: Sequence[SealedColumn]) -> dict[str, Any]:
    fresh: dict[str, Any] = {"unreadable": 0}
    for each in columns:
        value = fresh[each.column] = row[each.column]
        if value is None:
            continue
        try:
            if crypto.needs_rewrap(value):
                plain = crypto.decrypt_bytes(value, context=each.context)
                fresh[each.column] = crypto.encrypt_bytes(plain, context=each.context)
        except crypto.UnreadableError:
            # Kept as it is: its key can be given back, and the job tells how many there are.
            fresh["unreadable"] += 1
    return fresh


def _write(
    session: Session,
    owner: Table,
    columns: Sequence[SealedColumn],
    rows: Sequence[RowMapping],
    fresh: Sequence[dict[str, Any]],
) -> int:
    keys = list(owner.primary_key.columns)
    names = [each.column for each in columns]
    lists = {f"key_{key.name}": (key.type, [row[key.name] for row in rows]) for key in keys}
    lists |= {f"old_{name}": (LargeBinary(), [row[name] for row in rows]) for name in names}
    lists |= {f"new_{name}": (LargeBinary(), [row[name] for row in fresh]) for name in names}
    given = (
        func.unnest(*(bindparam(name, type_=ARRAY(kind)) for name, (kind, _) in lists.items()))
        .table_valued(*(column(name, kind) for name, (kind, _) in lists.items()))
        .render_derived(name="given")
    )
    is_same_row = and_(*(key == given.c[f"key_{key.name}"] for key in keys))
    is_unchanged = and_(
        *(owner.c[name].is_not_distinct_from(given.c[f"old_{name}"]) for name in names)
    )
    is_new = or_(
        *(given.c[f"old_{name}"].is_distinct_from(given.c[f"new_{name}"]) for name in names)
    )
    # In one order and without waiting: never in each other's way with those who lock many.
    held = (
        select(*given.c)
        .join(owner, is_same_row)
        .where(is_unchanged, is_new)
        .order_by(*keys)
        .with_for_update(of=owner, key_share=True, skip_locked=True)
        .cte("held")
    )
    done = session.execute(
        update(owner)
        .where(*(key == held.c[f"key_{key.name}"] for key in keys))
        .values({name: held.c[f"new_{name}"] for name in names})
        .returning(keys[0]),
        {name: values for name, (_, values) in lists.items()},
    )
    return len(done.all())


def list_uses(session: Session) -> list[Use]:
    """How many values need each key, by column; counted whole, so it takes its time."""
    found: list[Use] = []
    for each in _registry.sealed:
        if each.access is PRODUCT:
            rows = _count_sealed(session, each)
        else:
            with each.access.transaction(patience_seconds=COUNT_SECONDS_MAX) as behind:
                rows = _count_sealed(behind, each)
        found += [Use(Kind.FIELD, row[0], f"{each.table}.{each.column}", row[1]) for row in rows]
    for hashed in _registry.hashed:
        name: ColumnElement[str] = column("key_name")
        rows = _count(session, name, table(hashed.table), where=name)
        found += [Use(Kind.LOOKUP, row[0], hashed.table, row[1]) for row in rows]
    return found


def _count_sealed(session: Session, each: SealedColumn) -> Sequence[AnyRow]:
    owner = each.access.metadata.tables[each.table]
    sealed = owner.c[each.column]
    return _count(session, crypto.key_id_in_sql(sealed), owner, where=sealed)


def _count(
    session: Session, name: ColumnElement[str], owner: FromClause, *, where: ColumnElement[Any]
) -> Sequence[AnyRow]:
    return session.execute(
        select(name, func.count())
        .select_from(owner)
        .where(where.is_not(None))
        .group_by(name)
        .order_by(name)
    ).all()
