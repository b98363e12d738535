"""Whom a condition would give a badge now: how many of the enrolled, and ten of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.kit.predicates import All, Compare, facts_used, parse, value_to_json
from backend.kit.problems import Invalid
from backend.profile import queries as profile
from rewards.badges.definition import counter_errors
from rewards.badges.earned import ENROLLED
from rewards.badges.rules import SAMPLES_MAX


def run(
    session: Session,
    *,
    predicate: Any,
    counters: Sequence[Mapping[str, Any]],
    now: datetime,
) -> dict[str, Any]:
    """Counts by facts of now, each borrower's on her own day. Refuses: Invalid."""
    kinds = profile.get_catalogue(session).types
    when = parse(predicate, facts=kinds, pointer="#/predicate")
    errors = counter_errors(counters, kinds=kinds)
    if errors:
        raise Invalid(errors=errors)
    condition = All((when, *(Compare(each["fact"], "gte", each["goal"]) for each in counters)))
    names = facts_used(condition)
    eligible = All((ENROLLED, condition))
    rows = profile.sample_audience(
        session, predicate=eligible, names=names, limit=SAMPLES_MAX, now=now
    )
    return {
        "borrowers": profile.count_audience(session, predicate=eligible, now=now),
        "samples": [
            {
                "borrower_id": row.borrower_id,
                "facts": {name: value_to_json(row._mapping[name]) for name in sorted(names)},
            }
            for row in rows
        ],
    }
