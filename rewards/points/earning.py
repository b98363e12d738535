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


@dataclass(frozen=True, slots=True)
class Award:
    """What a key earns. `day`: when it came about; `rule_on`: whose version counts."""

    key: Key
    points: int
    day: date
    rule_on: date
    details: Mapping[str, Any]
    version: int


class _Found(NamedTuple):
    part: str
    day: date
    rule_on: date
    details: Mapping[str, Any]


def earned(conduct: Conduct, book: RuleBook) -> dict[Key, Award]:
    """All that this loan has earned, each by the version that was in force."""
    return {
        key: award
        for rules in book.versions
        for key, award in evaluate(conduct, rules).items()
        if book.in_force(award.rule_on) is rules
    }


def evaluate(conduct: Conduct, rules: RuleSet) -> dict[Key, Award]:
    """What one version alone would give."""
    facts = {
        "product": conduct.product_code,
        "loan_kind": conduct.kind,
        "currency": conduct.currency,
    }
    awards = {}
    for kind, find in _EVALUATIONS.items():
        rule = rules.find(kind, facts)
        for found in find(conduct, rule) if rule is not None else ():
            key = Key(kind, conduct.key.loan_id, found.part)
            points = rule.points if rule is not None else 0
            awards[key] = Award(key, points, found.day, found.rule_on, found.details, rules.version)
    return awards


def _find_on_time(conduct: Conduct, rule: Rule) -> Iterator[_Found]:
    del rule  # it has no parameters
    for month, lines in _by_due_month(conduct.installments):
        kept = [(on, line) for line in lines if (on := _on_time(line, conduct)) is not None]
        yield from _first(month, kept)
    for month, reports in _by_month(conduct.reports):
        found = list(reports)
        active = [report.as_of for report in found if report.activity != "none"]
        if active and all(report.days_past_due == 0 for report in found):
            part = month_of(month)
            yield _Found(part, min(active), month, {"month": part})


def _find_early(conduct: Conduct, rule: Rule) -> Iterator[_Found]:
    margin = timedelta(days=rule.parameters["days_early"])
    for month, lines in _by_due_month(conduct.installments):
        kept = [
            (line.paid_on, line)
            for line in lines
            if line.paid_on is not None and line.is_exact and line.paid_on <= line.due_on - margin
        ]
        yield from _first(month, kept)


def _find_cured(conduct: Conduct, rule: Rule) -> Iterator[_Found]:
    """At most one in so many months, counted from the first day of a spell to the next's."""
    kept_months = {found.part for found in _find_on_time(conduct, rule)}
    free_from = date.min
    for spell in [*_spells(conduct.installments), *_reported_spells(conduct.reports)]:
        is_deep = spell.days_past_due_max >= rule.parameters["days_past_due"]
        # A month that earned for being on time has nothing left to earn for having been late.
        is_taken = month_of(spell.due_on) in kept_months
        if spell.cured_on is None or not is_deep or is_taken or spell.due_on < free_from:
            continue
        free_from = add_months(spell.due_on, rule.parameters["months_between"])
        details = {"due_on": spell.due_on.isoformat()}
        yield _Found(spell.due_on.isoformat(), spell.cured_on, spell.due_on, details)


_EVALUATIONS: Mapping[str, Callable[[Conduct, Rule], Iterable[_Found]]] = {
    "on_time": _find_on_time,
    "early": _find_early,
    "cured": _find_cured,
}


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


def _on_time(line: KeptLine, conduct: Conduct) -> date | None:
    last_day = line.due_on + timedelta(days=conduct.grace_days)
    return line.paid_on if line.paid_on is not None and line.paid_on <= last_day else None


def _first(month: date, kept: list[tuple[date, KeptLine]]) -> Iterator[_Found]:
    if kept:
        on, line = min(kept, key=lambda pair: (pair[0], pair[1].due_on, pair[1].number))
        details = {"number": line.number, "due_on": line.due_on.isoformat()}
        yield _Found(month_of(month), on, month, details)


def _by_due_month(lines: Iterable[KeptLine]) -> Iterator[tuple[date, Iterator[KeptLine]]]:
    return groupby(lines, key=lambda line: line.due_on.replace(day=1))


def _by_month(reports: Iterable[Report]) -> Iterator[tuple[date, Iterator[Report]]]:
    return groupby(reports, key=lambda report: report.as_of.replace(day=1))
