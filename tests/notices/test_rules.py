"""Each event is told in words that there are, or for a reason not at all."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.benefits.rules import Kind
from backend.benefits.waiver_rules import State as WaiverState
from backend.disputes.rules import State as DisputeState
from backend.events.auth import LoggedInElsewhere
from backend.events.badges import BadgeAwarded
from backend.events.benefits import BenefitGranted, WaiverRequestStateChanged
from backend.events.campaigns import CampaignMessage
from backend.events.community import AppealAnswered, MemberSanctioned, PostHeld, ReportAnswered
from backend.events.contacts import Purpose
from backend.events.disputes import DisputeStateChanged
from backend.events.documents import ForgerySuspected
from backend.events.hardship import HardshipChanged
from backend.events.loans import PaymentReceived
from backend.events.plans import PlanCureReminded, PlanReliefStarted, PlanStateChanged
from backend.events.points import PointsExpiringSoon
from backend.events.procedures import ProcedureMoved
from backend.events.promises import PromiseStateChanged
from backend.events.redemptions import RedemptionMoved
from backend.events.tiers import TierChanged
from backend.kit.outbox import Event
from backend.kit.texts import Text
from backend.procedures.rules import State as ProcedureState
from backend.promises.rules import State as PromiseState
from backend.repayment_plans.rules import MOVES
from notifications.notices.rules import HEARD, notice_of, receipt_of
from notifications.templates.rendering import find_missing, render_words
from notifications.templates.shipped import SHIPPED
from tests.clock import NOW

SHE, ONE, LOAN = UUID(int=1), UUID(int=2), UUID(int=3)
DAY = date(2026, 12, 7)
NAMES = {"current": Text("In good standing", "信用良好")}
# What she did herself a moment ago, and what is told by another notice.
SILENT = {
    *{
        ("draft", "submitted"),
        ("draft", "withdrawn"),
        ("draft", "expired"),
        ("offered", "accepted"),
    },
    *{(before, "withdrawn") for before, _ in MOVES},
    ("info_requested", "under_review"),
    ("cooling_off", "awaiting_core"),
    # `PlanCureReminded` is the one reminder of a broken plan.
    ("active", "breached"),
    ("cured", "breached"),
}


def plan(before: str | None, after: str, **more: Any) -> PlanStateChanged:
    return PlanStateChanged(SHE, NOW, ONE, LOAN, before, after, "longer_term", DAY, **more)


def tier(from_rank: int | None, to_rank: int, **more: Any) -> TierChanged:
    return TierChanged(SHE, NOW, None, "current", from_rank, to_rank, 1, **more)


def promise(before: str | None, after: str, **more: Any) -> PromiseStateChanged:
    return PromiseStateChanged(SHE, NOW, ONE, LOAN, before, after, 100, 50, DAY, **more)


def samples() -> Iterator[Event]:
    yield from (plan(*move) for move in MOVES)
    for state in DisputeState:
        for currency in ("CNY", ""):
            yield DisputeStateChanged(SHE, NOW, ONE, LOAN, "fee", None, state, 100, 0, currency)
    for waiver in WaiverState:
        for minor, currency in ((100, "CNY"), (0, "")):
            yield WaiverRequestStateChanged(
                SHE, NOW, ONE, LOAN, None, waiver, is_automatic=False,
                waived_minor=minor, currency=currency,
            )  # fmt: skip
    for kept in PromiseState:
        yield promise("open", kept, currency="CNY")
        yield promise("open", kept)
    yield from (promise(None, "open", currency=currency) for currency in ("CNY", ""))
    yield from (ProcedureMoved(SHE, NOW, ONE, "silence", each) for each in ProcedureState)
    for kind in Kind:
        yield BenefitGranted(SHE, NOW, ONE, kind, "offered")
        yield BenefitGranted(SHE, NOW, ONE, kind, "activated", "six-in-a-row")
    yield from (HardshipChanged(SHE, NOW, is_active) for is_active in (True, False))
    yield BadgeAwarded(SHE, NOW, ONE, "six", 1, DAY)
    yield BadgeAwarded(SHE, NOW, ONE, "six", 1, DAY, name_en="Six", name_zh_cn="六次")
    yield CampaignMessage(SHE, NOW, ONE, 7, "Well done", "做得好", "Ten are yours.", "十积分。")
    yield PointsExpiringSoon(SHE, NOW, 100, DAY)
    for state in ("confirmed", "shipped", "completed", "cancelled", "failed"):
        yield RedemptionMoved(SHE, NOW, ONE, "physical_gift", "requested", state)
    yield ForgerySuspected(SHE, NOW, ONE, DAY)
    yield PlanReliefStarted(SHE, NOW, ONE, LOAN, DAY)
    yield PlanCureReminded(SHE, NOW, ONE, LOAN, DAY)
    yield LoggedInElsewhere(SHE, NOW, ONE)
    yield LoggedInElsewhere(SHE, NOW, ONE, "Firefox")
    yield from (PostHeld(SHE, NOW), ReportAnswered(SHE, NOW))
    yield from (MemberSanctioned(SHE, NOW, ONE), AppealAnswered(SHE, NOW, ONE))
    yield from (tier(1, 2), tier(2, 1))


SAMPLES = list(samples())


def test_every_event_that_is_heard_has_a_sample():
    assert {type(each) for each in SAMPLES} == set(HEARD)


@pytest.mark.parametrize("number", range(len(SAMPLES)))
def test_what_an_event_tells_fills_every_place_of_its_words(number):
    notice = notice_of(SAMPLES[number], seq=7, names=NAMES)
    if notice is None:
        return
    template = SHIPPED[notice.template]
    assert template.purpose == notice.purpose
    missing = find_missing(template.words, variables=template.variables, values=notice.variables)
    assert missing == set()
    for locale in ("en", "zh-CN"):
        said = render_words(
            template.words,
            variables=template.variables,
            values=notice.variables,
            locale=locale,
            action_code=template.action_code,
        )
        assert said.title
        assert "  " not in said.body


def test_every_notice_that_is_worded_is_told_of_something():
    told = {notice.template for each in SAMPLES if (notice := notice_of(each, seq=7, names=NAMES))}
    told.add("notice.payment_received")  # by `receipt_of`
    assert told == {code for code in SHIPPED if code.startswith("notice.")}


@pytest.mark.parametrize("move", MOVES, ids="-".join)
def test_a_plan_is_silent_where_she_moved_it_herself(move):
    assert (notice_of(plan(*move), seq=7, names={}) is None) == (move in SILENT)


@pytest.mark.parametrize(
    ("ranks", "rings"), [((1, 2), True), ((2, 1), False), ((2, 2), None), ((None, 2), None)]
)
def test_a_better_tier_rings_and_a_worse_one_waits_in_the_inbox(ranks, rings):
    notice = notice_of(tier(*ranks), seq=7, names=NAMES)
    assert (notice.rings if notice else None) == rings
    assert notice_of(tier(*ranks), seq=7, names={}) is None


@pytest.mark.parametrize(
    "event", [each for each in SAMPLES if "community" in type(each).__module__]
)
def test_news_of_the_community_names_a_decision_and_nothing_else(event):
    notice = notice_of(event, seq=7, names={})
    assert notice.purpose == Purpose.COMMUNITY
    assert set(notice.variables) == ({"decision_id"} if hasattr(event, "decision_id") else set())
    assert SHIPPED[notice.template].variables == {}
    # A right to ask again hangs on a decision: that alone is worth a telephone's ringing.
    assert notice.rings == hasattr(event, "decision_id")


@pytest.mark.parametrize("event", [plan("submitted", "offered", backfill=True),
                                   tier(1, 2, backfill=True)])  # fmt: skip
def test_history_is_told_to_nobody(event):
    assert notice_of(event, seq=7, names=NAMES) is None


@pytest.mark.parametrize(
    ("days_ago", "changes", "is_told"),
    [
        (0, {}, True),
        (7, {}, True),
        (8, {}, False),
        (0, {"date_precision": "month"}, False),
        (0, {"backfill": True}, False),
    ],
)
def test_a_receipt_is_for_what_came_in_lately(days_ago, changes, is_told):
    received_on = DAY - timedelta(days=days_ago)
    paid = PaymentReceived(SHE, NOW, LOAN, ONE, 8_605, received_on, **changes)
    notice = receipt_of(paid, currency="CNY", today=DAY)
    assert (notice is not None) == is_told
    if notice is not None:
        template = SHIPPED[notice.template]
        assert not find_missing(
            template.words, variables=template.variables, values=notice.variables
        )


@pytest.mark.parametrize("cause", ["dispute", "waiver_request", "plan"])
def test_a_benefit_with_a_notice_of_its_own_is_told_once(cause):
    given = BenefitGranted(SHE, NOW, ONE, "fee_waiver", "activated", cause)
    assert notice_of(given, seq=7, names={}) is None
