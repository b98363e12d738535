"""Re-tiering: one borrower after an event, or a chunk of everybody at night. One code path."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from backend.events.tiers import TierChanged
from backend.kit.bulk import sql_ids
from backend.kit.outbox import hearers
from backend.kit.programme_zone import moment
from backend.tiers.decision_sql import LOCK
from backend.tiers.policies import Loaded

Move = tuple[str | None, str]


@dataclass(frozen=True)
class Occasion:
    """When and why tiers are decided: `today` for the policy's days, `now` for the record.

    Facts are of each borrower's own day at `now`, or of `today` if the run is of another day.
    """

    today: date
    now: datetime
    cause: str
    run_id: UUID | None = None

    @property
    def days(self) -> dict[str, object]:
        """The days that statements bind: the policy's, and those of the facts."""
        return {"today": self.today, **moment(self.now, today=self.today).parameters}


@dataclass
class Outcome:
    """What came of it: evaluations stored, and how many went from which tier to which."""

    recorded: int = 0
    moves: Counter[Move] = field(default_factory=Counter)


def retier(
    session: Session, *, borrower_ids: Sequence[UUID], loaded: Loaded, occasion: Occasion
) -> Outcome:
    """Decide the tiers of these borrowers by the policy and store what changes."""
    found = _find(
        session, loaded.statements.find_among, {"ids": sql_ids(borrower_ids)}, occasion=occasion
    )
    return _write(session, borrower_ids=found, loaded=loaded, occasion=occasion)


def retier_range(
    session: Session, *, from_id: UUID, to_id: UUID | None, loaded: Loaded, occasion: Occasion
) -> Outcome:
    """The same for everybody from one id to before another, or to the end."""
    statements = loaded.statements
    statement = statements.find_from if to_id is None else statements.find_in_range
    bounds = {"from_id": from_id} | ({} if to_id is None else {"to_id": to_id})
    found = _find(session, statement, bounds, occasion=occasion)
    return _write(session, borrower_ids=found, loaded=loaded, occasion=occasion)


def _find(
    session: Session, statement: Select[Any], parameters: dict[str, Any], *, occasion: Occasion
) -> str | None:
    found: str | None = session.execute(statement, parameters | occasion.days).scalar_one()
    return found


def _write(
    session: Session, *, borrower_ids: str | None, loaded: Loaded, occasion: Occasion
) -> Outcome:
    if borrower_ids is None:
        return Outcome()
    # Found without a lock; locked in a statement of its own, in id order; and decided again in
    # the next one, which sees whatever a freeze, an override or another worker has committed.
    session.execute(LOCK, {"ids": borrower_ids})
    row = session.execute(
        loaded.statements.write,
        {
            "ids": borrower_ids,
            **occasion.days,
            "now": occasion.now,
            "cause": occasion.cause,
            "run_id": occasion.run_id,
            "handlers": hearers(TierChanged),
        },
    ).one()
    moves = zip(row.from_tiers or (), row.tiers or (), row.numbers or (), strict=True)
    return Outcome(
        recorded=row.recorded, moves=Counter({(old, new): number for old, new, number in moves})
    )
