"""Bringing the ledger up to what was earned, and back to it where something turned out untrue."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from backend.kit.programme_zone import programme_day
from backend.loans.queries import Conduct, LoanKey, list_conduct, list_conduct_of
from backend.programme.queries import list_enrolled
from rewards.points.books import get_book
from rewards.points.definitions import LOAN_KINDS, Rule, RuleBook
from rewards.points.earning import Award, Key, earned, evaluate
from rewards.points.queries import count_awards, find_award, list_awards
from rewards.points.rules import Kind, add_months
from rewards.points.service.ledger import (
    Cause,
    Opening,
    Source,
    ensure_accounts,
    lock_accounts,
    open_lots,
)
from rewards.points.service.reversals import reverse
from rewards.points.service.verbs import make_available

NOON_HOUR = 12
BORROWERS_CHUNK = 1_000


@dataclass(frozen=True)
class News:
    """What was heard of a loan: when, about which days, and the payment that was reversed."""

    occurred_at: datetime
    days: frozenset[date] = field(default_factory=frozenset)
    reversed_payment_id: UUID | None = None

    def with_(self, later: "News") -> "News":
        """Both, as of the later."""
        return News(
            max(self.occurred_at, later.occurred_at),
            self.days | later.days,
            later.reversed_payment_id or self.reversed_payment_id,
        )


class _Hearing(NamedTuple):
    """What judging a loan needs beside its conduct."""

    book: RuleBook
    joined_on: Mapping[UUID, date]
    news: Mapping[UUID, News]
    is_history: bool
    now: datetime


def settle_loans(session: Session, *, news: Mapping[LoanKey, News], now: datetime) -> None:
    """Give and take back what these loans' news changes about what they have earned."""
    keys = list(news)
    _settle(
        session,
        borrower_ids={key.borrower_id for key in keys},
        load=lambda known: list_conduct(session, keys=[k for k in keys if k.borrower_id in known]),
        news={key.loan_id: each for key, each in news.items()},
        is_history=False,
        now=now,
    )


def settle_borrowers(
    session: Session, *, borrower_ids: Sequence[UUID], is_history: bool, now: datetime
) -> None:
    """The same for all loans of many, after a bulk store.

    History counts whole for whoever is enrolled by now, dated to the days on which it happened.
    """
    everybody = sorted(set(borrower_ids))
    for start in range(0, len(everybody), BORROWERS_CHUNK):
        _settle(
            session,
            borrower_ids=set(everybody[start : start + BORROWERS_CHUNK]),
            load=lambda known: list_conduct_of(session, borrower_ids=sorted(known)),
            news={},
            is_history=is_history,
            now=now,
        )


def _settle(
    session: Session,
    *,
    borrower_ids: set[UUID],
    load: Callable[[set[UUID]], Iterable[Conduct]],
    news: Mapping[UUID, News],
    is_history: bool,
    now: datetime,
) -> None:
    enrolled = list_enrolled(session, borrower_ids=sorted(borrower_ids))
    ensure_accounts(session, borrower_ids=sorted(enrolled))
    # Held before the loans are read: whoever comes later reads what is at least as new.
    known = lock_accounts(session, borrower_ids=sorted(borrower_ids))
    if not known:
        return
    conducts = list(load(known))
    loans = [conduct.key for conduct in conducts]
    made: dict[UUID, list[Row[Any]]] = {}
    for award in list_awards(session, loans=loans, rules=LOAN_KINDS):
        made.setdefault(award.source_id, []).append(award)
    joined_on = {who: programme_day(since_at) for who, since_at in enrolled.items()}
    hearing = _Hearing(get_book(session), joined_on, news, is_history, now)
    openings: list[Opening] = []
    for conduct in conducts:
        awards = made.get(conduct.key.loan_id, [])
        for number in _untrue(conduct, awards, hearing.book):
            _take_back(session, conduct, number=number, hearing=hearing)
        openings += _due(conduct, awards, hearing)
    openings.sort(key=lambda each: (each.occurred_at, each.cause.type != "on_time"))
    open_lots(session, openings)


def _untrue(conduct: Conduct, awards: Sequence[Row[Any]], book: RuleBook) -> list[int]:
    """The numbers of awards that stand, and that the loan has not earned after all.

    Each is judged by the version that gave it: newer rules take nothing back.
    """
    standing = [each for each in awards if not each.is_taken_back]
    by_version = {
        version: evaluate(conduct, book.get(version))
        for version in {each.rule_version for each in standing}
    }
    return [each.number for each in standing if _key(each) not in by_version[each.rule_version]]


def _due(conduct: Conduct, awards: Sequence[Row[Any]], hearing: _Hearing) -> list[Opening]:
    rounds = {_key(each): each.round for each in awards}
    standing = {_key(each) for each in awards if not each.is_taken_back}
    return [
        _opening(conduct, award, round_=rounds.get(key, 0) + 1, hearing=hearing)
        for key, award in earned(conduct, hearing.book).items()
        if key not in standing and _counts(conduct, award, hearing)
    ]


def _counts(conduct: Conduct, award: Award, hearing: _Hearing) -> bool:
    """Whether she was enrolled when it came about, or when it was told."""
    joined_on = hearing.joined_on.get(conduct.key.borrower_id)
    if joined_on is None:
        return False
    told = hearing.news.get(conduct.key.loan_id)
    is_news = told is not None and award.day in told.days
    return hearing.is_history or is_news or award.day >= joined_on


def _opening(conduct: Conduct, award: Award, *, round_: int, hearing: _Hearing) -> Opening:
    rule, loan_id, part = award.key
    told = hearing.news.get(loan_id)
    if hearing.is_history:
        occurred_at = datetime.combine(award.day, time(NOON_HOUR), tzinfo=UTC)
    else:
        occurred_at = told.occurred_at if told else hearing.now
    return Opening(
        borrower_id=conduct.key.borrower_id,
        points=award.points,
        occurred_at=occurred_at,
        cause=Cause(rule, loan_id, award.details),
        source=Source(rule, loan_id, part, round_, award.version),
    )


def _take_back(session: Session, conduct: Conduct, *, number: int, hearing: _Hearing) -> None:
    told = hearing.news.get(conduct.key.loan_id)
    payment_id = told.reversed_payment_id if told else None
    cause = (
        Cause("payment_reversed", payment_id)
        if payment_id is not None
        else Cause("record_changed", conduct.key.loan_id)
    )
    reverse(
        session,
        borrower_id=conduct.key.borrower_id,
        number=number,
        cause=cause,
        now=told.occurred_at if told else hearing.now,
    )


def _key(award: Row[Any]) -> Key:
    return Key(award.rule, award.source_id, award.source_part)


def award_event(
    session: Session,
    *,
    borrower_id: UUID,
    rule: str,
    source_id: UUID,
    period: str,
    now: datetime,
    is_promise: bool = False,
    plan_id: UUID | None = None,
) -> int | None:
    """Give what one event earns, once, if she is enrolled and her period has room for it.

    A promise gives it as pending; pending points of the same source become available instead.
    What was taken back may be earned again. `plan_id`: the plan that earned it. Answers the
    entry's number.
    """
    if not list_enrolled(session, borrower_ids=[borrower_id]):
        return None
    ensure_accounts(session, borrower_ids=[borrower_id])
    lock_accounts(session, borrower_ids=[borrower_id])
    rules = get_book(session).in_force(programme_day(now))
    found = rules.find(rule) if rules is not None else None
    if rules is None or found is None:
        return None
    named = f"{rule}_promised" if is_promise else rule
    by_plan = {} if plan_id is None else {"plan_id": str(plan_id)}
    cause = Cause(named, source_id, {"period": period, **by_plan})
    known = find_award(session, borrower_id=borrower_id, rule=rule, source_id=source_id)
    if known is not None and not known.is_reversed and not _is_long_ago(known, found, now=now):
        if is_promise or known.kind != Kind.PENDING or known.pending == 0:
            return None
        return make_available(
            session, borrower_id=borrower_id, number=known.number, cause=cause, now=now
        )
    if not _has_room(session, found, borrower_id=borrower_id, period=period):
        return None
    round_ = 1 if known is None else known.round + 1
    source = Source(rule, source_id, round=round_, version=rules.version)
    kind = Kind.PENDING if is_promise else Kind.EARNED
    opening = Opening(borrower_id, found.points, now, cause, kind, source)
    return open_lots(session, [opening])[0]


def _is_long_ago(known: Row[Any], rule: Rule, *, now: datetime) -> bool:
    """Whether the same may earn anew, where a rule says after how many months."""
    months = rule.parameters.get("months_between")
    if months is None:
        return False
    return add_months(programme_day(known.occurred_at), months) <= programme_day(now)


def _has_room(session: Session, rule: Rule, *, borrower_id: UUID, period: str) -> bool:
    times, points = count_awards(session, borrower_id=borrower_id, rule=rule.kind, period=period)
    times_max = rule.parameters.get("per_month")
    points_max = rule.parameters.get("points_per_week")
    if times_max is not None and times >= times_max:
        return False
    return points_max is None or points + rule.points <= points_max


def undo_event(
    session: Session,
    *,
    borrower_id: UUID,
    rule: str,
    source_id: UUID,
    now: datetime,
    plan_id: UUID | None = None,
) -> int | None:
    """Take back what an event earned, or was promised; None where nothing stands.

    With a `plan_id`, only what that plan earned: what another one did before stays.
    """
    lock_accounts(session, borrower_ids=[borrower_id])
    known = find_award(session, borrower_id=borrower_id, rule=rule, source_id=source_id)
    if known is None or known.is_reversed:
        return None
    if plan_id is not None and known.details.get("plan_id") != str(plan_id):
        return None
    cause = Cause(f"{rule}_undone", source_id)
    return reverse(session, borrower_id=borrower_id, number=known.number, cause=cause, now=now)
