"""Which event is told in which words, and for how long it is worth telling. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

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
from notifications.notices.wording import BENEFITS

# News is old after a while: what could not be planned for so long is told no more.
NEWS = timedelta(days=3)
ALARM = timedelta(days=1)
# A right of reply hangs on it: it is told however late.
FORMAL = timedelta(days=30)
# Core systems book a day or two later, over a weekend too; older payments are history.
RECEIPT_AGE_MAX = timedelta(days=7)
# Each has a notice of its own, which says more.
TOLD_OTHERWISE = frozenset({"waiver_request", "dispute", "plan"})


@dataclass(frozen=True)
class Notice:
    """One thing to tell. `rings`: on her channels, and not in the inbox alone."""

    template: str
    subject: str
    occasion: str
    variables: Mapping[str, str | int] = field(default_factory=dict)
    purpose: Purpose = Purpose.PLAN
    lasts: timedelta = NEWS
    rings: bool = True


# What plans say by where they came from and where they are; `None`: from wherever.
_PLANS: Mapping[tuple[str | None, str], str | None] = {
    ("submitted", "under_review"): "plan_requested",
    ("offered", "under_review"): "plan_person_looks",
    ("breached", "under_review"): "plan_person_looks",
    (None, "info_requested"): "plan_question",
    ("breached", "offered"): "plan_new_offer",
    (None, "offered"): "plan_offered",
    (None, "rejected"): "plan_rejected",
    ("accepted", "cooling_off"): "plan_agreed_cooling",
    ("accepted", "awaiting_core"): "plan_agreed",
    (None, "active"): "plan_active",
    (None, "cured"): "plan_cured",
    (None, "completed"): "plan_completed",
    (None, "terminated"): "plan_ended",
    ("draft", "expired"): None,
    (None, "expired"): "plan_expired",
    (None, "appealed"): "plan_appealed",
    (None, "core_differs"): "plan_checking",
}
_WAIVERS = {"approved": "waiver_granted", "rejected": "waiver_declined"}
_DISPUTES = {
    "submitted": "dispute_received",
    "info_requested": "dispute_question",
    "upheld": "dispute_upheld",
    "partly_upheld": "dispute_partly",
    "rejected": "dispute_rejected",
}
_PROCEDURES = {
    "notice_sent": "procedure_opened",
    "upheld": "procedure_decided",
    "dismissed": "procedure_ended",
    "withdrawn": "procedure_ended",
    "terminated": "programme_left",
}
_REDEMPTIONS = {"shipped": "redemption_sent", "failed": "redemption_returned"}
_PROMISES = {"kept": "promise_kept", "partly_kept": "promise_partly", "broken": "promise_broken"}


def notice_of(event: Event, *, seq: int, names: Mapping[str, Text]) -> Notice | None:
    """What to tell of an event, if anything. `names`: of the tiers of its policy.

    `seq` is the event's place in the order of all: what may come again is told again.
    """
    if event.is_backfill or event.borrower_id is None:
        return None
    if isinstance(event, TierChanged):
        return _of_tier(event, seq, names)
    return _OF[type(event)](event, seq)


def receipt_of(event: PaymentReceived, *, currency: str, today: date) -> Notice | None:
    """That money of hers came in, unless that was long ago or on no certain day.

    Its subject is the payment and so is its occasion: one receipt, however often it is told.
    """
    is_news = today - event.received_on <= RECEIPT_AGE_MAX and event.date_precision == "day"
    if event.is_backfill or not is_news:
        return None
    told = _told(
        "payment_received",
        f"payment:{event.payment_id}",
        0,
        day=event.received_on,
        amount=(event.amount_minor, currency),
        purpose=Purpose.RECEIPT,
        lasts=ALARM,
        loan_id=event.loan_id,
        payment_id=event.payment_id,
    )
    return told if currency else None


def subject_that_moved(event: Event) -> str | None:
    """What went on, so that its earlier news, if it still waits for its hour, is old."""
    if isinstance(event, PlanStateChanged):
        return f"plan:{event.plan_id}"
    if isinstance(event, DisputeStateChanged):
        return f"dispute:{event.dispute_id}"
    if isinstance(event, PromiseStateChanged):
        return f"promise:{event.promise_id}"
    if isinstance(event, ProcedureMoved):
        return f"procedure:{event.procedure_id}"
    if isinstance(event, AppealAnswered):
        return f"decision:{event.decision_id}"
    return None


def _of_plan(event: PlanStateChanged, seq: int) -> Notice | None:
    known = (event.from_state, event.to_state)
    name = _PLANS[known] if known in _PLANS else _PLANS.get((None, event.to_state))
    return _told(
        name,
        f"plan:{event.plan_id}",
        seq,
        day=event.due_on,
        plan_id=event.plan_id,
        loan_id=event.loan_id,
    )


def _of_relief(event: PlanReliefStarted, seq: int) -> Notice | None:
    return _told(
        "plan_relief",
        f"plan:{event.plan_id}",
        seq,
        day=event.until_on,
        plan_id=event.plan_id,
        loan_id=event.loan_id,
    )


def _of_cure(event: PlanCureReminded, seq: int) -> Notice | None:
    return _told(
        "plan_cure",
        f"plan:{event.plan_id}",
        seq,
        day=event.cure_until_on,
        plan_id=event.plan_id,
        loan_id=event.loan_id,
    )


def _of_waiver(event: WaiverRequestStateChanged, seq: int) -> Notice | None:
    return _told(
        _WAIVERS.get(event.after),
        f"waiver_request:{event.request_id}",
        seq,
        amount=(event.waived_minor, event.currency),
        loan_id=event.loan_id,
        waiver_request_id=event.request_id,
    )


def _of_dispute(event: DisputeStateChanged, seq: int) -> Notice | None:
    return _told(
        _DISPUTES.get(event.after),
        f"dispute:{event.dispute_id}",
        seq,
        amount=(event.waived_minor, event.currency),
        loan_id=event.loan_id,
        dispute_id=event.dispute_id,
    )


def _of_promise(event: PromiseStateChanged, seq: int) -> Notice | None:
    is_new = event.before is None
    name = "promise_made" if is_new else _PROMISES.get(event.after)
    minor = event.paid_minor if event.after in ("kept", "partly_kept") else event.amount_minor
    return _told(
        name,
        f"promise:{event.promise_id}",
        seq,
        amount=(minor, event.currency),
        day=event.on,
        purpose=Purpose.RECEIPT if event.after == "kept" else Purpose.PLAN,
        loan_id=event.loan_id,
        promise_id=event.promise_id,
    )


def _of_hardship(event: HardshipChanged, seq: int) -> Notice | None:
    name = "relief_begun" if event.is_active else "relief_ended"
    return _told(name, f"borrower:{event.borrower_id}", seq)


def _of_benefit(event: BenefitGranted, seq: int) -> Notice | None:
    words = BENEFITS.get(event.kind)
    if words is None or event.cause in TOLD_OTHERWISE:
        return None
    return _told(
        "benefit_granted" if event.state == "offered" else "benefit_given",
        f"benefit:{event.grant_id}",
        seq,
        words=("benefit", words),
        purpose=Purpose.REWARD,
        benefit_id=event.grant_id,
    )


def _of_badge(event: BadgeAwarded, seq: int) -> Notice | None:
    return _told(
        "badge_awarded",
        f"badge:{event.award_id}",
        seq,
        words=("badge", Text(event.name_en, event.name_zh_cn)),
        purpose=Purpose.REWARD,
        award_id=event.award_id,
    )


def _of_campaign(event: CampaignMessage, _: int) -> Notice | None:
    return _told(
        "campaign_message",
        f"campaign:{event.campaign_id}",
        event.decision_seq,  # one for each award, whatever is heard again
        words=("title", Text(event.title_en, event.title_zh_cn)),
        purpose=Purpose.REWARD,
        body_en=event.body_en,
        body_zh_cn=event.body_zh_cn,
    )


def _of_points(event: PointsExpiringSoon, seq: int) -> Notice | None:
    return _told(
        "points_expiring",
        f"borrower:{event.borrower_id}",
        seq,
        day=event.expires_on,
        purpose=Purpose.REWARD,
        points=event.points,
    )


def _of_redemption(event: RedemptionMoved, seq: int) -> Notice | None:
    return _told(
        _REDEMPTIONS.get(event.after),
        f"redemption:{event.redemption_id}",
        seq,
        purpose=Purpose.REWARD,
        redemption_id=event.redemption_id,
    )


def _of_document(event: ForgerySuspected, seq: int) -> Notice | None:
    return _told(
        "document_question",
        f"document:{event.document_id}",
        seq,
        day=event.reply_until_on,
        lasts=FORMAL,
        document_id=event.document_id,
    )


def _of_procedure(event: ProcedureMoved, seq: int) -> Notice | None:
    return _told(
        _PROCEDURES.get(event.state),
        f"procedure:{event.procedure_id}",
        seq,
        lasts=FORMAL,
        procedure_id=event.procedure_id,
    )


def _of_log_in(event: LoggedInElsewhere, seq: int) -> Notice | None:
    return _told(
        "new_log_in",
        f"session:{event.session_id}",
        seq,
        purpose=Purpose.SECURITY,
        lasts=ALARM,
        session_id=event.session_id,
        device=event.device or "",
    )


def _of_own_text(event: PostHeld | ReportAnswered, seq: int) -> Notice | None:
    name = "community_held" if isinstance(event, PostHeld) else "community_report"
    # No telephone rings for it, and nobody beside her sees that she writes there.
    return _told(name, f"borrower:{event.borrower_id}", seq, purpose=Purpose.COMMUNITY, rings=False)


def _of_decision(event: MemberSanctioned | AppealAnswered, seq: int) -> Notice | None:
    is_first = isinstance(event, MemberSanctioned)
    return _told(
        "community_decision" if is_first else "community_appeal",
        f"decision:{event.decision_id}",
        seq,
        purpose=Purpose.COMMUNITY,
        lasts=FORMAL,
        decision_id=event.decision_id,
    )


def _of_tier(event: TierChanged, seq: int, names: Mapping[str, Text]) -> Notice | None:
    name = names.get(event.to_tier)
    if event.from_rank is None or name is None or event.to_rank == event.from_rank:
        return None
    is_better = event.to_rank > event.from_rank
    return _told(
        "tier_better" if is_better else "tier_other",
        f"borrower:{event.borrower_id}",
        seq,
        words=("tier", name),
        purpose=Purpose.REWARD,
        rings=is_better,
    )


def _told(
    name: str | None,
    subject: str,
    seq: int,
    *,
    day: date | None = None,
    amount: tuple[int, str] | None = None,
    words: tuple[str, Text] | None = None,
    purpose: Purpose = Purpose.PLAN,
    lasts: timedelta = NEWS,
    rings: bool = True,
    **more: UUID | str | int,
) -> Notice | None:
    if name is None:
        return None
    variables: dict[str, str | int] = {
        key: value if isinstance(value, int) else str(value) for key, value in more.items()
    }
    if day is not None:
        variables["day"] = day.isoformat()
    if amount is not None and amount[0] > 0 and amount[1]:
        variables |= {"amount_minor": amount[0], "currency": amount[1]}
    if words is not None:
        variables |= {f"{words[0]}_en": words[1].en, f"{words[0]}_zh_cn": words[1].zh_cn}
    return Notice(
        template=f"notice.{name}",
        subject=subject,
        occasion=f"{name}:{seq}",
        variables=variables,
        purpose=purpose,
        lasts=lasts,
        rings=rings,
    )


_OF: Mapping[type[Event], Callable[[Any, int], Notice | None]] = {
    PlanStateChanged: _of_plan,
    PlanReliefStarted: _of_relief,
    PlanCureReminded: _of_cure,
    WaiverRequestStateChanged: _of_waiver,
    DisputeStateChanged: _of_dispute,
    PromiseStateChanged: _of_promise,
    HardshipChanged: _of_hardship,
    BenefitGranted: _of_benefit,
    BadgeAwarded: _of_badge,
    CampaignMessage: _of_campaign,
    PointsExpiringSoon: _of_points,
    RedemptionMoved: _of_redemption,
    ForgerySuspected: _of_document,
    ProcedureMoved: _of_procedure,
    LoggedInElsewhere: _of_log_in,
    PostHeld: _of_own_text,
    ReportAnswered: _of_own_text,
    MemberSanctioned: _of_decision,
    AppealAnswered: _of_decision,
}
HEARD = (*_OF, TierChanged)
