"""The run of a replay: facts are judged by the database, chunk by chunk; then all is decided.

Occasions come in their recorded order, through the same function as what happens now. Memory
grows with the number of participants, by some dozens of bytes each, and not with occasions.
"""

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.profile import queries as profile
from rewards.campaigns.costs import cost_of, has_multiplied
from rewards.campaigns.evaluation import Candidate, Verdict, arm_of, decide
from rewards.campaigns.outcomes import Arm
from rewards.campaigns.replay_sql import (
    IN_ORDER,
    PART,
    SEGMENTS,
    Plan,
    Statements,
    add_chunk,
    begin,
    count_borrowers,
)
from rewards.campaigns.spending import PackedSpending
from rewards.campaigns.terms import CampaignTerms
from rewards.points.books import get_book
from rewards.points.definitions import RuleBook

CHUNK = 5_000
FETCHED = 5_000
STREAK = SEGMENTS.index("on_time_streak")
STREAK_BANDS = ((6, "6+"), (3, "3-5"), (1, "1-2"), (0, "0"))
JUDGED_SHARE = 70  # of the work, in percent: what the database does before anything is decided

Pulse = Callable[[int], None]


@dataclass
class Crowd:
    """Who takes part: by her number, her arm in each campaign, and her groups on joining."""

    size: int = 0
    arms: list[bytearray] = field(default_factory=list)
    groups: list["array[int]"] = field(default_factory=list)
    names: list[list[Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Turn:
    """One occasion and what was decided of it, for each campaign that she takes part in."""

    n: int
    seq: int
    on_day: date
    verdicts: Sequence[Verdict]


def judge(session: Session, plan: Plan, pulse: Pulse) -> Crowd:
    """Let the database say who takes part from when, and what holds of each occasion."""
    begin(session)
    statements = Statements(plan, profile.get_catalogue(session, with_retired=True))
    everybody = max(1, count_borrowers(session))
    after: UUID | None = None
    looked_at = size = 0
    while ids := profile.list_after(session, after=after, limit=CHUNK):
        size += add_chunk(session, statements, ids=ids, offset=size)
        looked_at, after = looked_at + len(ids), ids[-1]
        pulse(min(JUDGED_SHARE, JUDGED_SHARE * looked_at // everybody))
    return _read_crowd(session, plan, size)


def _read_crowd(session: Session, plan: Plan, size: int) -> Crowd:
    crowd = Crowd(size)
    crowd.arms = [bytearray(size) for _ in plan.terms]
    crowd.groups = [array("h", bytes(2 * size)) for _ in SEGMENTS]
    places: list[dict[Any, int]] = [{None: 0} for _ in SEGMENTS]
    columns = (PART.c.n, PART.c.borrower_id, PART.c.first_at, *(PART.c[s] for s in SEGMENTS))
    rows = session.execute(select(*columns).execution_options(yield_per=FETCHED))
    for n, borrower_id, first_at, *values in rows:
        for k, terms in enumerate(plan.terms):
            if first_at[k] is not None:
                crowd.arms[k][n] = 1 if arm_of(terms, borrower_id) is Arm.TREATED else 2
        for segment, value in enumerate(values):
            known = places[segment]
            crowd.groups[segment][n] = known.setdefault(_banded(segment, value), len(known))
    crowd.names = [list(known) for known in places]
    return crowd


def _banded(segment: int, value: Any) -> Any:
    if segment != STREAK or value is None:
        return value
    return next(name for least, name in STREAK_BANDS if value >= least)


def decide_all(
    session: Session, plan: Plan, crowd: Crowd, spending: PackedSpending
) -> Iterator[Turn]:
    """Everything in the recorded order; what never was gives her share back in its own place."""
    book = get_book(session)
    fixed = [_fixed_cost(terms, book) for terms in plan.terms]
    given: dict[tuple[int, int], list[tuple[UUID, int]]] = {}
    rows = session.execute(IN_ORDER.execution_options(yield_per=FETCHED))
    for row in rows:
        if row.is_undoing:
            for campaign_id, points in given.pop((row.n, row.seq), ()):
                spending.change_share(campaign_id, row.n, points=-points, awards=-1)
            continue
        verdicts = decide(_candidates(row, plan.terms, fixed, book, crowd), spending)
        if row.undone_seq is not None:
            given[row.n, row.seq] = [
                (v.candidate.terms.campaign_id, v.candidate.points)
                for v in verdicts
                if v.reason is None
            ]
        yield Turn(row.n, row.seq, row.on_day, verdicts)


def _fixed_cost(terms: CampaignTerms, book: RuleBook) -> int | None:
    """What every award costs, or None where it depends on the occasion."""
    return None if has_multiplied(terms) else cost_of(terms, {}, book)


def _candidates(
    row: Any,
    terms: Sequence[CampaignTerms],
    fixed: Sequence[int | None],
    book: RuleBook,
    crowd: Crowd,
) -> list[Candidate]:
    return [
        Candidate(
            terms=each,
            who=row.n,
            occurred_at=row.occurred_at,
            arm=Arm.TREATED if crowd.arms[k][row.n] == 1 else Arm.HOLDOUT,
            is_met=row.is_met[k],
            is_enrolled=row.is_enrolled,
            points=cost_of(each, _details(row), book) if (cost := fixed[k]) is None else cost,
        )
        for k, each in enumerate(terms)
        if row.is_in[k]
    ]


def _details(row: Any) -> Mapping[str, Any]:
    details: Mapping[str, Any] = row.details
    return details
