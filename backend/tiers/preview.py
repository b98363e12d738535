"""A policy tried on everybody before anybody approves it: nothing is stored.

Outcomes are raw, before grace, freeze and override, on both sides of the comparison.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, Text, cast, func, literal, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from backend.kit.predicates import Predicate
from backend.kit.predicates_sql import to_sql
from backend.kit.programme_zone import moment
from backend.kit.texts import Locale
from backend.profile import queries as profile
from backend.profile.models import Profile, ProtectedAttributes
from backend.tiers import fairness
from backend.tiers.own_tier import read_facts, reasons_in_words
from backend.tiers.policies import Loaded
from backend.tiers.policy import Policy
from backend.tiers.policy_sql import judge_all
from backend.tiers.ways import Reader

SAMPLES_MAX = 10
DRAFT_VERSION = 0


@dataclass(frozen=True)
class Trial:
    """A draft beside the live policy, among some borrowers, each on her own day."""

    draft: Loaded
    live: Loaded
    among: Predicate | None
    today: date
    now: datetime

    @property
    def days(self) -> dict[str, object]:
        """The days that facts are counted to."""
        return moment(self.now, today=self.today).parameters

    @property
    def where(self) -> list[ColumnElement[bool]]:
        """Whom it is about."""
        return [] if self.among is None else [to_sql(self.among, self.draft.catalogue.columns())]

    def judged(self, *, only: Sequence[UUID] | None = None) -> Select[Any]:
        """Each borrower with her place in both policies; of `only` these with her facts, too."""
        with_facts = only is not None
        chosen = [] if only is None else [Profile.borrower_id.in_(only)]
        where = [*self.where, *chosen]
        ours = judge_all(
            self.draft.policy, catalogue=self.draft.catalogue, where=where, with_facts=with_facts
        ).subquery("ours")
        # Its own catalogue: the live policy may read a fact that was retired since.
        theirs = judge_all(self.live.policy, catalogue=self.live.catalogue, where=where).subquery(
            "theirs"
        )
        facts = [ours.c.facts] if with_facts else []
        return select(
            ours.c.borrower_id, ours.c.place, theirs.c.place.label("place_live"), *facts
        ).join(theirs, theirs.c.borrower_id == ours.c.borrower_id)


def as_draft(policy: Policy, catalogue: profile.Catalogue) -> Loaded:
    """A policy that has no version yet, ready for a trial."""
    return Loaded(DRAFT_VERSION, policy, catalogue)


def run(session: Session, *, trial: Trial, locale: Locale) -> dict[str, Any]:
    """Counts, moves against the live policy, the fairness report, ten samples in one language."""
    found = run_in(session, trial=trial, locales=(locale,))
    [samples] = found.pop("samples_in")
    return found | {"samples": samples}


def run_in(session: Session, *, trial: Trial, locales: Sequence[Locale]) -> dict[str, Any]:
    """The same with its samples in each of these languages, and what the live policy gives."""
    pairs = _count_pairs(session, trial)
    codes = [tier.code for tier in trial.draft.policy.tiers]
    live_codes = [tier.code for tier in trial.live.policy.tiers]
    counts = dict.fromkeys(codes, 0)
    live = dict.fromkeys(live_codes, 0)
    moves: Counter[tuple[str, str]] = Counter()
    for place, place_live, borrowers in pairs:
        live[live_codes[place_live]] += borrowers
        counts[codes[place]] += borrowers
        moves[live_codes[place_live], codes[place]] += borrowers
    return {
        "counts": counts,
        "moves": [
            {"from": before, "to": after, "borrowers": borrowers}
            for (before, after), borrowers in sorted(moves.items())
            if before != after
        ],
        "fairness": _fairness(session, trial),
        "live": live,
        "samples_in": _samples(session, trial, locales=locales),
    }


def _count_pairs(session: Session, trial: Trial) -> list[tuple[int, int, int]]:
    judged = trial.judged().subquery("judged")
    rows = session.execute(
        select(judged.c.place, judged.c.place_live, func.count()).group_by(
            judged.c.place, judged.c.place_live
        ),
        trial.days,
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _fairness(session: Session, trial: Trial) -> list[dict[str, Any]]:
    codes = [tier.code for tier in trial.draft.policy.tiers]
    return [
        {
            "attribute": attribute,
            "groups": fairness.report(_cells(session, trial, column, codes), tiers=codes),
        }
        for attribute, column in profile.protected_columns().items()
    ]


def _cells(
    session: Session, trial: Trial, column: ColumnElement[Any], codes: list[str]
) -> dict[str, dict[str, int]]:
    judged = judge_all(
        trial.draft.policy, catalogue=trial.draft.catalogue, where=trial.where
    ).subquery("judged")
    rows = session.execute(
        select(column, judged.c.place, func.count())
        .join(judged, judged.c.borrower_id == ProtectedAttributes.borrower_id)
        .where(column.is_not(None))
        .group_by(column, judged.c.place),
        trial.days,
    )
    cells: dict[str, dict[str, int]] = {}
    for value, place, borrowers in rows:
        cells.setdefault(value, {})[codes[place]] = borrowers
    return cells


def _samples(
    session: Session, trial: Trial, *, locales: Sequence[Locale]
) -> list[list[dict[str, Any]]]:
    # The facts of these few only: put together for everybody they would take most of the time.
    chosen = _choose(session, trial)
    judged = trial.judged(only=chosen).subquery("judged")
    rows = session.execute(
        select(judged, Profile.currency, Profile.timezone).join(
            Profile, Profile.borrower_id == judged.c.borrower_id
        ),
        trial.days,
    ).all()
    rows_in_order = sorted(rows, key=lambda row: chosen.index(row.borrower_id))
    return [[_sample(trial, row, locale=each) for row in rows_in_order] for each in locales]


def _choose(session: Session, trial: Trial) -> list[UUID]:
    judged = trial.judged().subquery("judged")
    # Movers first. The order is that of a hash, so that it is the same at every look and tells
    # nothing about who came when.
    rows = session.execute(
        select(judged.c.borrower_id)
        .order_by(
            _is_same(trial, judged),
            func.md5(cast(judged.c.borrower_id, Text)),
            judged.c.borrower_id,
        )
        .limit(SAMPLES_MAX),
        trial.days,
    )
    return list(rows.scalars())


def _is_same(trial: Trial, judged: Any) -> ColumnElement[Any]:
    pairs = [
        (ours, theirs)
        for ours, tier in enumerate(trial.draft.policy.tiers)
        for theirs, other in enumerate(trial.live.policy.tiers)
        if tier.code == other.code
    ]
    same = literal(value=False)
    for ours, theirs in pairs:
        same = same | ((judged.c.place == ours) & (judged.c.place_live == theirs))
    return same


def _sample(trial: Trial, row: Row[Any], *, locale: Locale) -> dict[str, Any]:
    draft = trial.draft
    facts = read_facts(row.facts, draft.policy.kinds)
    verdict = draft.judge.verdict(facts)
    her_day = moment(trial.now, today=trial.today).today(row.timezone)
    reader = Reader(locale, row.currency, her_day)
    borrower_id: UUID = row.borrower_id
    return {
        "borrower_id": borrower_id,
        "from": trial.live.policy.tiers[row.place_live].code,
        "to": verdict.tier,
        "scores": dict(verdict.scores),
        "reasons": reasons_in_words(draft, facts, reader=reader),
    }
