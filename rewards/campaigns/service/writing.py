"""Drafts: written, written over, and written anew once a version was submitted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from backend.kit.ids import new_id
from backend.kit.problems import PreconditionFailed
from rewards.campaigns import judging
from rewards.campaigns.errors import CampaignMoveRefused, CampaignNotDraft
from rewards.campaigns.models import Campaign, CampaignVersion
from rewards.campaigns.rules import RUNNING, State, VersionState
from rewards.campaigns.service.moves import lock, move, move_version, newest_of

FIRST = 1


def create(
    session: Session, *, document: Mapping[str, Any], author_id: UUID, now: datetime
) -> UUID:
    """A new campaign with its first draft. Refuses: Invalid, every fault with its pointer."""
    campaign_id = new_id()
    judging.terms_of(session, document, campaign_id=campaign_id, pointer="#/document")
    session.execute(
        insert(Campaign).values(
            id=campaign_id,
            revision=FIRST,
            state=State.DRAFT,
            newest_version=FIRST,
            created_by=author_id,
            created_at=now,
            changed_at=now,
        )
    )
    _insert(
        session,
        campaign_id=campaign_id,
        number=FIRST,
        document=document,
        author_id=author_id,
        editors=[str(author_id)],
        now=now,
    )
    return campaign_id


def edit_draft(
    session: Session,
    *,
    campaign_id: UUID,
    revision: int,
    document: Mapping[str, Any],
    editor_id: UUID,
    now: datetime,
) -> None:
    """Write the draft over. Who does is one of its editors for good.

    Refuses: CampaignNotFound, PreconditionFailed, CampaignNotDraft, Invalid.
    """
    campaign = lock(session, campaign_id=campaign_id)
    if campaign.revision != revision:
        raise PreconditionFailed
    draft = newest_of(session, campaign)
    if draft.state != VersionState.DRAFT:
        raise CampaignNotDraft
    judging.terms_of(
        session, document, campaign_id=campaign_id, version=draft.number, pointer="#/document"
    )
    session.execute(
        update(CampaignVersion)
        .where(CampaignVersion.campaign_id == campaign_id, CampaignVersion.number == draft.number)
        .values(
            document=dict(document),
            document_hash=judging.hash_of(document),
            editors=_with(draft.editors, editor_id),
            edited_at=now,
        )
    )
    move(session, campaign, now=now)


def write_version(
    session: Session,
    *,
    campaign_id: UUID,
    document: Mapping[str, Any] | None,
    author_id: UUID,
    now: datetime,
) -> int:
    """The next version, by this document or as a copy of the newest; answers its number.

    What was approved and never launched makes way for it; what is live goes on.
    Refuses: CampaignNotFound, CampaignNotDraft (one is in review), CampaignMoveRefused (there is
    a draft already, or it is over), Invalid.
    """
    campaign = lock(session, campaign_id=campaign_id)
    newest = newest_of(session, campaign)
    if newest.state == VersionState.IN_REVIEW:
        raise CampaignNotDraft
    if newest.state == VersionState.DRAFT or campaign.state == State.ENDED:
        raise CampaignMoveRefused
    told = newest.document if document is None else document
    number = int(newest.number) + 1
    judging.terms_of(session, told, campaign_id=campaign_id, version=number, pointer="#/document")
    if newest.state == VersionState.APPROVED:
        move_version(session, newest, to=VersionState.SUPERSEDED)
    # Who wrote what is copied has a hand in the copy, whether it is copied here or by hand.
    editors = _writers_of(session, told, campaign_id=campaign_id)
    _insert(
        session,
        campaign_id=campaign_id,
        number=number,
        document=told,
        author_id=author_id,
        editors=_with(editors, author_id),
        now=now,
    )
    _to(session, campaign, number=number, now=now)
    return number


def discard(session: Session, *, campaign_id: UUID, revision: int, now: datetime) -> None:
    """Give up a campaign that never ran. It is kept, and over.

    Refuses: CampaignNotFound, PreconditionFailed, CampaignMoveRefused.
    """
    campaign = lock(session, campaign_id=campaign_id)
    if campaign.revision != revision:
        raise PreconditionFailed
    if campaign.state in RUNNING:
        raise CampaignMoveRefused
    newest = newest_of(session, campaign)
    if newest.state not in (VersionState.REJECTED, VersionState.SUPERSEDED):
        move_version(session, newest, to=VersionState.SUPERSEDED)
    move(session, campaign, to=State.ENDED, now=now, ended_at=now)


def _to(session: Session, campaign: Row[Any], *, number: int, now: datetime) -> None:
    state = None if campaign.state in RUNNING else State.DRAFT
    move(session, campaign, to=state, now=now, newest_version=number)


def _writers_of(session: Session, document: Mapping[str, Any], *, campaign_id: UUID) -> list[str]:
    rows = session.execute(
        select(CampaignVersion.editors).where(
            CampaignVersion.campaign_id == campaign_id,
            CampaignVersion.document_hash == judging.hash_of(document),
        )
    ).scalars()
    return [editor for editors in rows for editor in editors]


def _with(editors: list[Any], editor_id: UUID) -> list[str]:
    return sorted({*editors, str(editor_id)})


def _insert(
    session: Session,
    *,
    campaign_id: UUID,
    number: int,
    document: Mapping[str, Any],
    author_id: UUID,
    editors: list[str],
    now: datetime,
) -> None:
    session.execute(
        insert(CampaignVersion).values(
            campaign_id=campaign_id,
            number=number,
            state=VersionState.DRAFT,
            document=dict(document),
            document_hash=judging.hash_of(document),
            author_id=author_id,
            editors=editors,
            created_at=now,
            edited_at=now,
            waivers=[],
        )
    )
