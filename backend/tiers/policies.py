"""Published policies, read once and kept: a version never changes once it is published."""

from dataclasses import dataclass
from functools import cached_property
from threading import Lock

from cachetools import LRUCache
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.kit.problems import NotFound
from backend.profile import queries as profile
from backend.profile.catalogue import Fact
from backend.tiers.decision_sql import Statements
from backend.tiers.models import TierPolicy
from backend.tiers.policy import Policy, read_policy
from backend.tiers.rules import Judge

KEPT_MAX = 16


@dataclass(frozen=True)
class Loaded:
    """A policy version ready for use on one borrower, and on all."""

    version: int
    policy: Policy
    catalogue: profile.Catalogue

    @cached_property
    def judge(self) -> Judge:
        """For one."""
        return Judge(self.policy)

    @cached_property
    def statements(self) -> Statements:
        """For all."""
        return Statements(self.policy, self.version, self.catalogue)

    def fact(self, name: str) -> Fact | None:
        """The catalogue's entry of a fact; none for a score."""
        return self.catalogue.facts.get(name)


_kept: LRUCache[int, Loaded] = LRUCache(maxsize=KEPT_MAX)
_lock = Lock()


def find_kept(version: int) -> Loaded | None:
    """A version that this process has read before."""
    with _lock:
        return _kept.get(version)


def get_policy(session: Session, *, version: int) -> Loaded:
    """A published version, from this process's memory or the database. Refuses: NotFound."""
    kept = find_kept(version)
    if kept is not None:
        return kept
    document = session.execute(
        select(TierPolicy.document).where(
            TierPolicy.version == version, TierPolicy.state == "published"
        )
    ).scalar_one_or_none()
    if document is None:
        raise NotFound
    catalogue = profile.get_catalogue(session, with_retired=True)
    loaded = Loaded(version, read_policy(document, facts=catalogue.types), catalogue)
    with _lock:
        _kept[version] = loaded
    return loaded


def get_live(session: Session) -> Loaded:
    """The policy that counts now: the one published last."""
    return get_policy(session, version=get_live_version(session))


def get_live_version(session: Session) -> int:
    """Its number."""
    return session.execute(
        select(TierPolicy.version)
        .where(TierPolicy.state == "published")
        .order_by(TierPolicy.published_at.desc(), TierPolicy.version.desc())
        .limit(1)
    ).scalar_one()


def forget() -> None:
    """Empty this process's memory: for tests, whose databases number their versions alike."""
    with _lock:
        _kept.clear()
