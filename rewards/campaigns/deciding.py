"""News turned into decisions: joined, decided in its order, given, and taken back.

Locks are taken in one order: campaigns, enrolments, accounts, budgets; each by its key. What a
decision reads of facts is as of its event, so it is read before any lock.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.predicates import facts_used
from backend.profile import queries as profile
from backend.profile.queries import KnownAt
from backend.programme import service as programme
from rewards.campaigns import budgets, decisions, effects, occasions, participants, reversing
from rewards.campaigns.costs import cost_of, event_facts
from rewards.campaigns.effects import Award
from rewards.campaigns.evaluation import Candidate, Verdict, decide, period_start_of
from rewards.campaigns.occasions import News
from rewards.campaigns.outcomes import Arm
from rewards.campaigns.participants import ASKED, ENROLLED
from rewards.campaigns.rules import EVENT_FACTS
from rewards.campaigns.running import Running, hold_running, list_running
from rewards.campaigns.spending import Key, Spending, Spent, keys_of
from rewards.points.books import get_book
from rewards.points.service import lock_accounts
from rewards.points.service.ledger import ensure_accounts


def hear(session: Session, *, news: Sequence[News], now: datetime) -> None:
    """Follow news in its order. What was heard before changes nothing."""
    for segment in _segments(sorted(news)):
        _hear(session, segment, now=now)


def _segments(news: Sequence[News]) -> Iterator[list[News]]:
    """Cut after each news that may take something back, so that what comes later sees it gone."""
    segment: list[News] = []
    for each in news:
        segment.append(each)
        if each.is_undoing:
            yield segment
            segment = []
    if segment:
        yield segment


def _hear(session: Session, news: Sequence[News], *, now: datetime) -> None:
    found = occasions.record(session, news=news)
    occasions.mark_undone(session, news=news)
    ids = sorted({each.borrower_id for each in news})
    # What another worker heard before what it is about.
    reversing.take_back(session, borrower_ids=ids, before=news[0].seq, now=now)
    running = list_running(session)
    if running:
        _follow(session, news, found, running, now=now)
    if news[-1].is_undoing:
        reversing.take_back(session, borrower_ids=ids, before=news[-1].seq + 1, now=now)


def _follow(
    session: Session,
    news: Sequence[News],
    found: Sequence[Any],
    running: Sequence[Running],
    *,
    now: datetime,
) -> None:
    known = _facts(session, news, running)
    ids = {each.borrower_id for each in news}
    parts = participants.list_of(session, borrower_ids=ids)
    if participants.follow(session, news=news, running=running, known=known, parts=parts):
        parts = participants.list_of(session, borrower_ids=ids)
    facts = {each.seq: facts for each, (_, facts) in zip(news, known, strict=True)}
    asked = [
        (occasion, campaign)
        for occasion in found
        for campaign in running
        if campaign.terms.trigger == occasion.trigger
        and (occasion.borrower_id, campaign.terms.campaign_id) in parts
    ]
    if asked:
        _Deciding(session, asked, facts, now).run()


def _facts(
    session: Session, news: Sequence[News], running: Sequence[Running]
) -> list[tuple[date, dict[str, Any]]]:
    used = {
        name
        for campaign in running
        for predicate in (campaign.terms.audience, campaign.terms.conditions)
        for name in facts_used(predicate)
    }
    known = profile.list_facts_at(
        session,
        moments=[KnownAt(each.borrower_id, each.occurred_at, each.cause_seq) for each in news],
        names=(used | ASKED) - EVENT_FACTS.keys(),
    )
    # A tier's news may come here before it comes to the facts.
    return [
        (day, facts | ({"tier": each.tier} if each.tier is not None else {}))
        for each, (day, facts) in zip(news, known, strict=True)
    ]


@dataclass
class _Deciding:
    """One batch: what is asked, by which facts; and what comes of it."""

    session: Session
    asked: Sequence[tuple[Any, Running]]
    facts: Mapping[int, Mapping[str, Any]]
    now: datetime

    def run(self) -> None:
        """Lock, decide in the recorded order, spend, give, and keep it all."""
        session = self.session
        held = {
            campaign.terms.campaign_id: campaign
            for campaign in hold_running(
                session, campaign_ids={c.terms.campaign_id for _, c in self.asked}
            )
        }
        ids = sorted({occasion.borrower_id for occasion, _ in self.asked})
        self.enrolled = set(programme.lock_enrolled(session, borrower_ids=ids))
        ensure_accounts(session, borrower_ids=sorted(self.enrolled))
        lock_accounts(session, borrower_ids=sorted(self.enrolled))
        self.parts = participants.list_of(session, borrower_ids=ids)
        decided = decisions.list_decided(session, occasions=[each for each, _ in self.asked])
        self.book = get_book(session)
        turns = [
            (occasion, candidates)
            for occasion, candidates in self._turns(held)
            if (occasion.borrower_id, occasion.seq) not in decided
        ]
        spending = self._open_spending(turns)
        verdicts = [
            (occasion, verdict)
            for occasion, candidates in turns
            for verdict in decide(candidates, spending)
        ]
        self._keep(verdicts)

    def _turns(self, held: Mapping[UUID, Running]) -> Iterator[tuple[Any, list[Candidate]]]:
        by_seq: dict[int, tuple[Any, list[Candidate]]] = {}
        for occasion, asked in self.asked:
            campaign = held.get(asked.terms.campaign_id)
            if campaign is None or campaign.terms.trigger != occasion.trigger:
                continue
            part = self.parts[occasion.borrower_id, campaign.terms.campaign_id]
            turn = by_seq.setdefault(occasion.seq, (occasion, []))
            turn[1].append(self._candidate(occasion, campaign, part))
        yield from (by_seq[seq] for seq in sorted(by_seq))

    def _candidate(self, occasion: Any, campaign: Running, part: Any) -> Candidate:
        facts = self.facts[occasion.seq]
        return Candidate(
            terms=campaign.terms,
            who=occasion.borrower_id,
            occurred_at=occasion.occurred_at,
            arm=Arm(part.arm),
            is_met=campaign.terms.is_met({**facts, **event_facts(occasion.details)}),
            is_enrolled=facts["programme_status"] == ENROLLED
            and occasion.borrower_id in self.enrolled,
            points=cost_of(campaign.terms, occasion.details, self.book),
            is_paused=campaign.is_paused,
        )

    def _open_spending(self, turns: Sequence[tuple[Any, list[Candidate]]]) -> Spending:
        """The budgets that may be touched, held; and what each has been given so far."""
        spending = Spending()
        spending.shares = {
            (campaign_id, borrower_id): Spent(part.points, part.awards)
            for (borrower_id, campaign_id), part in self.parts.items()
        }
        terms = {c.terms.campaign_id: c.terms for _, some in turns for c in some}
        keys = {
            key
            for _, some in turns
            for c in some
            if c.is_met and c.is_enrolled and not c.is_paused and c.arm is Arm.TREATED
            for key in keys_of(c.terms, period_start_of(c))
        }
        spending.buckets = budgets.hold(self.session, keys=keys, terms=terms)
        return spending

    def _keep(self, verdicts: Sequence[tuple[Any, Verdict]]) -> None:
        awarded = [(occasion, verdict) for occasion, verdict in verdicts if verdict.is_awarded]
        budgets.spend(self.session, amounts=_amounts([verdict for _, verdict in awarded]))
        given = effects.give(
            self.session,
            [
                Award(occasion.borrower_id, verdict.candidate.terms, occasion)
                for occasion, verdict in awarded
            ],
            book=self.book,
            now=self.now,
        )
        shown = {
            (occasion.seq, verdict.candidate.terms.campaign_id): each
            for (occasion, verdict), each in zip(awarded, given, strict=True)
        }
        decisions.keep(self.session, verdicts=verdicts, facts=self.facts, shown=shown, now=self.now)


def _amounts(verdicts: Sequence[Verdict]) -> dict[Key, Spent]:
    amounts: dict[Key, Spent] = {}
    for verdict in verdicts:
        for key in keys_of(verdict.candidate.terms, verdict.period_start):
            amount = amounts.setdefault(key, Spent())
            amount.points += verdict.candidate.points
            amount.awards += 1
    return amounts
