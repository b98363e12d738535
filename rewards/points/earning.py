"""What the conduct of a loan has earned: a function of how it was paid, and of nothing else.

The unit of `on_time` and `early` is the calendar month in which instalments fall due (or the
reported month), which is the cap of 100 a loan and month; the unit of `cured` is the spell of
lateness, by its first day. All three hang on days that the schedule fixes: paying later can
make an award vanish and never moves it to a better place. The one step up is a cure's, at its
days past due, and it is less than what being on time brings.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from backend.loans.queries import Conduct, KeptLine, Report
from rewards.points.definitions import Rule, RuleBook, RuleSet
from rewards.points.rules import add_months, month_of


class Key(NamedTuple):
    """What can be earned once: a rule, a loan (or another source), and which part of it."""

    rule: str
    source_id: UUID
    source_part: str


class Found(NamedTuple):
    """Something that was kept. `on`: the due day, month or first day that it is about."""

    part: str
    day: date
    rule_on: date
    on: date
    number: int | None = None


class Award(NamedTuple):
    """What a key earns, by which version, and for what."""

    key: Key
    points: int
    version: int
    found: Found

    @property
    def day(self) -> date:
        """When it came about."""
        return self.found.day

    @property
    def details(self) -> dict[str, Any]:
        """What its text needs to say."""
        if self.found.number is not None:
            return {"number": self.found.number, "due_on": self.found.on.isoformat()}
        return {"month": month_of(self.found.on)}


def earned(conduct: Conduct, book: RuleBook) -> dict[Key, Award]:
    """All that this loan has earned, each by the version that was in force."""
    return {
        key: award
        for rules in book.versions
        for key, award in evaluate(conduct, rules).items()
        if book.in_force(award.found.rule_on) is rules
    }


def evaluate(conduct: Conduct, rules: RuleSet) -> dict[Key, Award]:
    """What one version alone would give."""
    facts = {
        "product": conduct.product_code,
        "loan_kind": conduct.kind,
        "currency": conduct.currency,
    }
    loan_id = conduct.key.loan_id
    return {
        (key := Key(kind, loan_id, found.part)): Award(key, rule.points, rules.version, found)
        for kind, find in _EVALUATIONS.items()
        if (rule := rules.find(kind, facts)) is not None
        for found in find(conduct, rule)
    }


def _find_on_time(conduct: Conduct, rule: Rule) -> Iterator[Found]:
    del rule  # it has no parameters
    grace = timedelta(days=conduct.grace_days)
    for month, lines in groupby(conduct.installments, key=_due_month):
        yield from _first(month, (line for line in lines if _is_on_time(line, grace)))
    for month, reports in groupby(conduct.reports, key=_month):
        found = list(reports)
        active = [report.as_of for report in found if report.activity != "none"]
        if active and all(report.days_past_due == 0 for report in found):
            yield Found(month_of(month), min(active), month, month)


def _find_early(conduct: Conduct, rule: Rule) -> Iterator[Found]:
    margin = timedelta(days=-rule.parameters["days_early"])
    for month, lines in groupby(conduct.installments, key=_due_month):
        yield from _first(
            month, (line for line in lines if line.is_exact and _is_on_time(line, margin))
        )


def _find_cured(conduct: Conduct, rule: Rule) -> Iterator[Found]:
    """At most one in so many months, counted from the first day of a spell to the next's."""
    free_from = date.min
    for spell in [*_spells(conduct.installments), *_reported_spells(conduct.reports)]:
        is_deep = spell.days_past_due_max >= rule.parameters["days_past_due"]
        if spell.cured_on is None or not is_deep or spell.due_on < free_from:
            continue
        # A month that earned for being on time has nothing left to earn for having been late.
        if month_of(spell.due_on) in {found.part for found in _find_on_time(conduct, rule)}:
            continue
        free_from = add_months(spell.due_on, rule.parameters["months_between"])
        yield Found(spell.due_on.isoformat(), spell.cured_on, spell.due_on, spell.due_on)


_EVALUATIONS: Mapping[str, Callable[[Conduct, Rule], Iterable[Found]]] = {
    "on_time": _find_on_time,
    "early": _find_early,
    "cured": _find_cured,
}


def _is_on_time(line: KeptLine, margin: timedelta) -> bool:
    return line.paid_on is not None and line.paid_on <= line.due_on + margin


def _first(month: date, kept: Iterable[KeptLine]) -> Iterator[Found]:
    """Of what was kept in a month, the one that was paid first stands for it."""
    paid = [(line.paid_on, line.due_on, line.number) for line in kept if line.paid_on is not None]
    if paid:
        on, due_on, number = min(paid)
        yield Found(month_of(month), on, month, due_on, number)


def _due_month(line: KeptLine) -> date:
    return line.due_on.replace(day=1)


def _month(report: Report) -> date:
    return report.as_of.replace(day=1)


@dataclass(slots=True)
class _Spell:
    """Days in a row on which something was overdue. Cured when nothing was any more."""

    due_on: date
    cured_on: date | None
    days_past_due_max: int


def _spells(lines: Iterable[KeptLine]) -> Iterator[_Spell]:
    current: _Spell | None = None
    for line in lines:  # in the order of their due days
        if line.paid_on is not None and line.paid_on <= line.due_on:
            continue
        late_days = (line.paid_on - line.due_on).days if line.paid_on is not None else 0
        is_overlapping = current is not None and (
            current.cured_on is None or line.due_on < current.cured_on
        )
        if current is None or not is_overlapping:
            if current is not None:
                yield current
            current = _Spell(line.due_on, line.paid_on, late_days)
            continue
        ends = (current.cured_on, line.paid_on)
        current.cured_on = None if None in ends else max(end for end in ends if end is not None)
        current.days_past_due_max = max(current.days_past_due_max, late_days)
    if current is not None:
        yield current


def _reported_spells(reports: Iterable[Report]) -> Iterator[_Spell]:
    current: _Spell | None = None
    for report in reports:
        if report.days_past_due > 0:
            current = current or _Spell(report.as_of, None, 0)
            current.days_past_due_max = max(current.days_past_due_max, report.days_past_due)
        elif current is not None:
            current.cured_on = report.as_of
            yield current
            current = None
