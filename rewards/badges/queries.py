"""Reads of definitions and awards."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from backend.kit.paging import Page, page
from backend.kit.problems import NotFound
from rewards.badges.models import Badge, BadgeAward, BadgeVersion
from rewards.badges.rules import CODE, State

PANEL_AWARDS_MAX = 50

_A = BadgeAward.__table__.c


def _of(borrower_ids: Sequence[UUID]) -> Any:
    return BadgeAward.borrower_id == any_(literal(list(borrower_ids), ARRAY(Uuid)))


def list_held(session: Session, *, borrower_ids: Sequence[UUID]) -> set[tuple[UUID, str, str]]:
    """(borrower, code, period) of every award of theirs that stands."""
    rows = session.execute(
        select(BadgeAward.borrower_id, BadgeAward.code, BadgeAward.period).where(
            _of(borrower_ids), BadgeAward.state == State.STANDING
        )
    )
    return {(row.borrower_id, row.code, row.period) for row in rows}


def list_standing(session: Session, *, borrower_ids: Sequence[UUID]) -> list[Any]:
    """Every award of theirs that stands, locked."""
    return list(
        session.execute(
            select(BadgeAward.__table__)
            .where(_of(borrower_ids), BadgeAward.state == State.STANDING)
            .order_by(BadgeAward.borrower_id, BadgeAward.id)
            .with_for_update()
        )
    )


def list_taken_back(
    session: Session, *, borrower_ids: Sequence[UUID]
) -> dict[UUID, dict[str, dict[str, datetime]]]:
    """What a person took back: borrower to code to period to the last instant of it."""
    rows = session.execute(
        select(
            BadgeAward.borrower_id,
            BadgeAward.code,
            BadgeAward.period,
            func.max(BadgeAward.revoked_at),
        )
        .where(_of(borrower_ids), BadgeAward.revoked_by.is_not(None))
        .group_by(BadgeAward.borrower_id, BadgeAward.code, BadgeAward.period)
    )
    found: dict[UUID, dict[str, dict[str, datetime]]] = {}
    for who, code, period, at in rows:
        if at is not None:
            found.setdefault(who, {}).setdefault(code, {})[period] = at
    return found


def find_award_for_update(
    session: Session, *, borrower_id: UUID, award_id: UUID
) -> Row[Any] | None:
    return session.execute(
        select(BadgeAward.__table__)
        .where(BadgeAward.borrower_id == borrower_id, BadgeAward.id == award_id)
        .with_for_update()
    ).first()


def get_award(session: Session, *, borrower_id: UUID, award_id: UUID) -> Row[Any]:
    """One award of hers. Refuses: NotFound."""
    row = session.execute(
        select(BadgeAward.__table__).where(
            BadgeAward.borrower_id == borrower_id, BadgeAward.id == award_id
        )
    ).first()
    if row is None:
        raise NotFound
    return row


def _with_document() -> Any:
    return select(*_A, BadgeVersion.document).join(
        BadgeVersion,
        (BadgeVersion.code == BadgeAward.code) & (BadgeVersion.version == BadgeAward.version),
    )


def page_awards(session: Session, *, borrower_id: UUID, args: Mapping[str, Any]) -> Page:
    """Her awards, those taken back among them, the newest first, each with its definition."""
    own = _with_document().where(BadgeAward.borrower_id == borrower_id)
    keys = (BadgeAward.earned_at, BadgeAward.id)
    return page(session, own, keys=keys, args=args, descending=True)


def list_recent(session: Session, *, borrower_id: UUID) -> list[Any]:
    """Her awards for staff, the newest first, at most 50."""
    newest = (BadgeAward.earned_at.desc(), BadgeAward.id.desc())
    return list(
        session.execute(
            _with_document()
            .where(BadgeAward.borrower_id == borrower_id)
            .order_by(*newest)
            .limit(PANEL_AWARDS_MAX)
        )
    )


def get_badge(session: Session, *, code: str) -> Row[Any]:
    """A badge with its live and its newest version. Refuses: NotFound."""
    # What is no code the database need not be asked about, nor could it always.
    row = None if CODE.match(code) is None else session.execute(_badges(code)).first()
    if row is None:
        raise NotFound
    return row


def _badges(code: str | None = None) -> Any:
    newest = (
        select(func.max(BadgeVersion.version))
        .where(BadgeVersion.code == Badge.code)
        .correlate(Badge)
        .scalar_subquery()
    )
    badges = select(
        Badge.code,
        Badge.revision,
        Badge.live_version,
        newest.label("newest_version"),
        Badge.created_at,
        Badge.retired_at,
    )
    return badges if code is None else badges.where(Badge.code == code)


def page_badges(session: Session, *, args: Mapping[str, Any]) -> Page:
    """All badges, the retired among them, by code."""
    return page(session, _badges(), keys=(Badge.code,), args=args)


def get_version(session: Session, *, code: str, version: int) -> Row[Any]:
    """One version, draft or published. Refuses: NotFound."""
    row = None
    if CODE.match(code) is not None:
        row = session.execute(
            select(BadgeVersion.__table__).where(
                BadgeVersion.code == code, BadgeVersion.version == version
            )
        ).first()
    if row is None:
        raise NotFound
    return row


def count_holders(session: Session, *, code: str) -> int:
    """How many awards of a badge stand."""
    return session.execute(
        select(func.count()).where(BadgeAward.code == code, BadgeAward.state == State.STANDING)
    ).scalar_one()


def find_shown(session: Session, *, code: str) -> Row[Any] | None:
    """The definition that a picture is drawn for: the live one, retired or not."""
    if CODE.match(code) is None:
        return None
    return session.execute(
        select(Badge.code, Badge.live_version.label("version"), BadgeVersion.document)
        .join(
            BadgeVersion,
            (BadgeVersion.code == Badge.code) & (BadgeVersion.version == Badge.live_version),
        )
        .where(Badge.code == code)
    ).first()
