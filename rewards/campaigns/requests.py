"""What routes and pages ask alike: a document checked, a replay begun, an approval read."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from backend.kit.problems import FieldError, Invalid
from backend.kit.texts import Locale
from rewards.campaigns import judging, queries, replay
from rewards.campaigns.reasons import CHECK_NAMES
from rewards.campaigns.rules import REPLAY_DAYS_MAX, WAIVABLE, Finding
from rewards.campaigns.service.review import Approval


def checked(
    session: Session, document: object, *, campaign_id: UUID, locale: Locale
) -> dict[str, Any]:
    """Findings of a document, in the reader's words. Refuses: Invalid."""
    terms = judging.terms_of(session, document, campaign_id=campaign_id, pointer="#/document")
    found = judging.judge(session, terms)
    return {
        "findings": [told(each, locale=locale) for each in found],
        "document_hash": judging.hash_of(document) if isinstance(document, dict) else "",
    }


def told(finding: Finding, *, locale: Locale) -> dict[str, Any]:
    """One finding in the reader's words."""
    return {
        "id": str(finding.check),
        "name": CHECK_NAMES[finding.check].in_(locale),
        "reason": finding.reason.in_(locale),
        "pointer": finding.pointer,
        "may_be_waived": finding.check in WAIVABLE,
    }


def ask_replay(
    session: Session,
    *,
    campaign_id: UUID,
    number: int,
    from_day: date,
    to_day: date,
    requested_by: UUID,
    now: datetime,
) -> Row[Any]:
    """Begin a replay of one version, as it stands now. Refuses: CampaignNotFound, Invalid."""
    if to_day < from_day:
        raise Invalid(errors=[FieldError("#/to", "Must not be before the first day.")])
    if (to_day - from_day).days > REPLAY_DAYS_MAX:
        detail = f"A replay may cover at most {REPLAY_DAYS_MAX} days."
        raise Invalid(errors=[FieldError("#/to", detail)])
    version = queries.get_version(session, campaign_id=campaign_id, number=number)
    judging.terms_of(session, version.document, pointer="#/document")
    replay_id = replay.request(
        session,
        campaign_id=campaign_id,
        version=number,
        document=version.document,
        document_hash=version.document_hash,
        from_day=from_day,
        to_day=to_day,
        requested_by=requested_by,
        now=now,
    )
    return replay.get(session, campaign_id=campaign_id, replay_id=replay_id)


def approval_of(args: Mapping[str, Any]) -> Approval:
    """What an approver says that she has read."""
    return Approval(
        number=args["version"],
        document_hash=args["document_hash"],
        replay_id=args["replay_id"],
        waivers=frozenset(args["waivers"]),
    )
