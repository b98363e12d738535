"""Review: submitted by its author, decided by somebody who had no hand in it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from backend.evidence import service as evidence
from backend.kit.problems import FieldError, Invalid, NotFound, Reason
from backend.staff.errors import SecondPersonNeeded
from rewards.campaigns import checks, judging, replay
from rewards.campaigns.errors import (
    CampaignBlocked,
    CampaignMoveRefused,
    CampaignNotDraft,
    ReplayMissing,
)
from rewards.campaigns.rules import RUNNING, WAIVABLE, Finding, State, VersionState
from rewards.campaigns.service.moves import lock, move, move_version, must_be, newest_of


@dataclass(frozen=True)
class Approval:
    """What the approver has read: the version, the report, and each waiver by its check."""

    number: int
    document_hash: str
    replay_id: UUID
    waivers: frozenset[str]


def submit(
    session: Session,
    *,
    campaign_id: UUID,
    number: int,
    document_hash: str,
    waivers: Sequence[Mapping[str, str]],
    submitter_id: UUID,
    now: datetime,
) -> None:
    """Send a draft for review, if no check stands in its way; from now on it never changes.

    Refuses: CampaignNotFound, CampaignStale, CampaignNotDraft, Invalid, CampaignBlocked.
    """
    campaign = lock(session, campaign_id=campaign_id)
    draft = newest_of(session, campaign)
    if draft.state != VersionState.DRAFT:
        raise CampaignNotDraft
    must_be(draft, number=number, document_hash=document_hash)
    kept = _read_waivers(waivers, by=submitter_id)
    must_pass(session, draft, waived={each["check"] for each in kept})
    move_version(
        session,
        draft,
        to=VersionState.IN_REVIEW,
        submitter_id=submitter_id,
        submitted_at=now,
        waivers=kept,
        editors=sorted({*draft.editors, str(submitter_id)}),
    )
    move(session, campaign, to=_unless_running(campaign, State.IN_REVIEW), now=now)


def approve(
    session: Session,
    *,
    campaign_id: UUID,
    approval: Approval,
    approver_id: UUID,
    now: datetime,
) -> None:
    """Let another's version be launched. What was read is what is approved, to the letter.

    Refuses: CampaignNotFound, CampaignMoveRefused, CampaignStale, SecondPersonNeeded, Invalid (a
    waiver was not confirmed), CampaignBlocked, ReplayMissing.
    """
    campaign, version = _in_review(session, campaign_id=campaign_id)
    must_be(version, number=approval.number, document_hash=approval.document_hash)
    if str(approver_id) in version.editors:
        raise SecondPersonNeeded
    waived = {each["check"] for each in version.waivers}
    if approval.waivers != waived:
        detail = "Every waiver must be confirmed by its check, and no other."
        raise Invalid(errors=[FieldError("#/waivers", detail)])
    must_pass(session, version, waived=waived)
    report = _finished_replay(session, version, replay_id=approval.replay_id)
    move_version(
        session,
        version,
        to=VersionState.APPROVED,
        approver_id=approver_id,
        approved_at=now,
        replay_id=report.id,
        replay_hash=report.report_hash,
    )
    move(session, campaign, to=_unless_running(campaign, State.APPROVED), now=now)
    _prove(session, version, report=report, approver_id=approver_id, now=now)


def reject(
    session: Session,
    *,
    campaign_id: UUID,
    number: int,
    note: str,
    approver_id: UUID,
    now: datetime,
) -> None:
    """Send another's version back with a reason. It stays as it is; the next one is new.

    Refuses: CampaignNotFound, CampaignMoveRefused, CampaignStale, SecondPersonNeeded.
    """
    campaign, version = _in_review(session, campaign_id=campaign_id)
    must_be(version, number=number, document_hash=version.document_hash)
    if str(approver_id) in version.editors:
        raise SecondPersonNeeded
    move_version(
        session,
        version,
        to=VersionState.REJECTED,
        rejected_by=approver_id,
        rejected_at=now,
        rejection_note=note,
    )
    move(session, campaign, to=_unless_running(campaign, State.DRAFT), now=now)


def must_pass(session: Session, version: Row[Any], *, waived: Collection[str]) -> None:
    """No check stands in the way, by what is live now. Refuses: Invalid, CampaignBlocked."""
    terms = judging.terms_of(
        session,
        version.document,
        campaign_id=version.campaign_id,
        version=version.number,
        pointer="#/document",
    )
    found = checks.blocking(judging.judge(session, terms), waived=frozenset(waived))
    if found:
        raise blocked_by(found)


def blocked_by(found: Sequence[Finding]) -> CampaignBlocked:
    """The refusal that names each finding and where in the document it is."""
    return CampaignBlocked(
        reasons=[Reason(each.check, each.reason) for each in found],
        errors=[
            FieldError(each.pointer, each.reason, {"check": str(each.check)}) for each in found
        ],
    )


def _read_waivers(waivers: Sequence[Mapping[str, str]], *, by: UUID) -> list[dict[str, str]]:
    names = [each["check"] for each in waivers]
    errors = [
        FieldError(f"#/waivers/{place}/check", "Only P9 and P10 can be waived, each once.")
        for place, name in enumerate(names)
        if name not in WAIVABLE or name in names[:place]
    ]
    if errors:
        raise Invalid(errors=errors)
    return [{"check": e["check"], "reason": e["reason"], "by": str(by)} for e in waivers]


def _in_review(session: Session, *, campaign_id: UUID) -> tuple[Row[Any], Row[Any]]:
    campaign = lock(session, campaign_id=campaign_id)
    version = newest_of(session, campaign)
    if version.state != VersionState.IN_REVIEW:
        raise CampaignMoveRefused
    return campaign, version


def _finished_replay(session: Session, version: Row[Any], *, replay_id: UUID) -> Row[Any]:
    try:
        found = replay.get(session, campaign_id=version.campaign_id, replay_id=replay_id)
    except NotFound:
        raise ReplayMissing from None
    if not replay.is_report_on(found, version):
        raise ReplayMissing
    return found


def _unless_running(campaign: Row[Any], state: State) -> State | None:
    """A campaign that runs stays in its state while its next version is reviewed."""
    return None if campaign.state in RUNNING else state


def _prove(
    session: Session, version: Row[Any], *, report: Row[Any], approver_id: UUID, now: datetime
) -> None:
    evidence.record(
        session,
        type=evidence.Act.POLICY_PUBLISHED,
        borrower_id=None,
        record={
            "policy": "campaign",
            "campaign_id": version.campaign_id,
            "version": version.number,
            "document": version.document,
            "document_hash": version.document_hash,
            "waivers": version.waivers,
            "author_id": version.author_id,
            "editors": version.editors,
            "approver_id": approver_id,
            "replay_id": report.id,
            "replay_hash": report.report_hash,
        },
        now=now,
    )
