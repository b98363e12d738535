"""Versions of badges, read once and kept: a version never changes once it is written."""

from collections.abc import Collection, Sequence
from threading import Lock

from cachetools import LRUCache
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from backend.profile import queries as profile
from rewards.badges.definition import Definition, read_definition
from rewards.badges.models import Badge, BadgeVersion

KEPT_MAX = 500

Key = tuple[str, int]

_kept: LRUCache[Key, Definition] = LRUCache(maxsize=KEPT_MAX)
_lock = Lock()


def list_live(session: Session) -> list[Definition]:
    """The definitions that count now, in the order of their codes."""
    rows = session.execute(
        select(Badge.code, Badge.live_version)
        .where(Badge.live_version.is_not(None), Badge.retired_at.is_(None))
        .order_by(Badge.code)
    ).all()
    keys = [(code, version) for code, version in rows if version is not None]
    found = get_versions(session, keys=keys)
    return [found[key] for key in keys]


def get_versions(session: Session, *, keys: Collection[Key]) -> dict[Key, Definition]:
    """These versions, from this process's memory or the database."""
    with _lock:
        known = {key: _kept[key] for key in keys if key in _kept}
    missing = sorted(set(keys) - known.keys())
    return known | _read(session, keys=missing) if missing else known


def _read(session: Session, *, keys: Sequence[Key]) -> dict[Key, Definition]:
    # With retired facts: a version that was published goes on reading them.
    kinds = profile.get_catalogue(session, with_retired=True).types
    rows = session.execute(
        select(BadgeVersion.code, BadgeVersion.version, BadgeVersion.document).where(
            tuple_(BadgeVersion.code, BadgeVersion.version).in_(keys)
        )
    )
    found = {
        (row.code, row.version): read_definition(
            row.document, code=row.code, version=row.version, kinds=kinds
        )
        for row in rows
    }
    with _lock:
        _kept.update(found)
    return found


def forget() -> None:
    """Empty this process's memory: for tests, whose databases number their versions alike."""
    with _lock:
        _kept.clear()
