"""What would bring a borrower to a tier, in her words: her own acts, else time, else a person."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.predicates import Facts, Value
from backend.kit.texts import Locale
from backend.loans import queries as loans
from backend.profile import queries as profile
from backend.profile.catalogue import DAYS, MINOR
from backend.tiers.explain import Change, sets_that_reach
from backend.tiers.policies import Loaded
from backend.tiers.policy import Tier
from backend.tiers.wording import A_PERSON_HELPS, AND_ALSO, TIME_HELPS, action_text, value_text

MONTHS_AHEAD_MAX = 12
DAYS_A_STEP = 30
NO_MONEY: dict[str, Any] = {"amount_minor": None, "currency": None, "on": None}


@dataclass(frozen=True)
class Reader:
    """For whom it is written: her currency, her language, her day."""

    locale: Locale
    currency: str | None
    today: date


class Ways:
    """Ways of one borrower to better tiers.

    `is_her_own`: something was looked up for her alone. `is_lasting`: no change of that can
    escape her facts, so that the words may be kept as long as these.
    """

    def __init__(
        self, session: Session, loaded: Loaded, *, borrower_id: UUID, reader: Reader
    ) -> None:
        self.loaded = loaded
        self.reader = reader
        self.is_her_own = False
        self.is_lasting = True
        self._session = session
        self._borrower_id = borrower_id
        self._due: dict[int, loans.AmountDue | None] = {}

    def to(
        self,
        goal: Tier,
        facts: Facts,
        *,
        before: date | None = None,
        override_until: date | None = None,
    ) -> list[dict[str, Any]]:
        """The smallest sets of acts that reach it; else one way that is none of hers.

        `before`: it must be reached by then for time to be of help.
        """
        rank = goal.rank or 0
        if self.loaded.judge.verdict(facts).rank >= rank and override_until is not None:
            # Her facts are there already: only the hand that set her tier holds her.
            return [self._time(override_until + timedelta(days=1))]
        found = sets_that_reach(self.loaded, facts, rank=rank)
        if found:
            return [self._way(changes) for changes in found]
        self.is_her_own = True
        return [self._time_or_a_person(rank, before=before)]

    def _way(self, changes: tuple[Change, ...]) -> dict[str, Any]:
        steps = [self._step(change) for change in changes]
        words = AND_ALSO.in_(self.reader.locale).join(step["text"] for step in steps)
        return {"kind": "action", "text": words, "changes": steps, "on": None}

    def _step(self, change: Change) -> dict[str, Any]:
        fact, reader = change.fact, self.reader
        goal = value_text(change.after, fact=fact, currency=reader.currency, locale=reader.locale)
        # The action's own words carry the unit of days.
        bare = str(change.after) if fact.unit == DAYS else goal
        return {
            "fact": fact.name,
            "label": fact.label.in_(reader.locale),
            "from": _as_json(change.before),
            "to": _as_json(change.after),
            "text": action_text(fact, bare, is_zero=change.after == 0).in_(reader.locale),
            **self._money(change),
        }

    def _money(self, change: Change) -> dict[str, Any]:
        """Amount and day, where the change is one of money."""
        before, after = change.before, change.after
        if not isinstance(before, int) or not isinstance(after, int):
            return NO_MONEY
        if change.fact.name == "days_past_due":
            return self._amount_due(after)
        if change.fact.unit != MINOR:
            return NO_MONEY
        return {
            "amount_minor": abs(after - before),
            "currency": self.reader.currency,
            "on": self.reader.today.isoformat(),
        }

    def _amount_due(self, days_past_due: int) -> dict[str, Any]:
        self.is_her_own = True
        if days_past_due not in self._due:
            self._due[days_past_due] = loans.find_amount_due(
                self._session,
                borrower_id=self._borrower_id,
                days_past_due=days_past_due,
                today=self.reader.today,
            )
        due = self._due[days_past_due]
        # Facts are amounts of her main currency: what is paid in another may not show in them.
        self.is_lasting &= due is not None and due.currency == self.reader.currency
        if due is None:
            return NO_MONEY
        on = due.due_on or self.reader.today
        return {
            "amount_minor": due.amount_minor,
            "currency": due.currency,
            "on": on.isoformat(),
        }

    def _time_or_a_person(self, rank: int, *, before: date | None) -> dict[str, Any]:
        today = self.reader.today
        for month in range(1, MONTHS_AHEAD_MAX + 1):
            on = today + timedelta(days=DAYS_A_STEP * month)
            if before is not None and on >= before:
                break
            facts = profile.get_facts_expected(
                self._session, borrower_id=self._borrower_id, on=on, today=today
            )
            if self.loaded.judge.verdict(facts).rank >= rank:
                return self._time(on)
        words = A_PERSON_HELPS.in_(self.reader.locale)
        return {"kind": "person", "text": words, "changes": [], "on": None}

    def _time(self, on: date) -> dict[str, Any]:
        words = TIME_HELPS.format(day=on.isoformat()).in_(self.reader.locale)
        return {"kind": "time", "text": words, "changes": [], "on": on.isoformat()}


def _as_json(value: Value) -> Any:
    return str(value) if isinstance(value, Decimal | date) else value
