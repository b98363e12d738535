"""A member writes, changes what she wrote, and takes it away."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, literal, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from backend.kit.db import AnyRow
from backend.kit.fields import instant_text
from backend.kit.ids import new_id
from backend.kit.problems import PreconditionFailed
from community import ports
from community.members import service as members
from community.rulebook import service as rulebook
from community.writings import look_alikes, moves, queries, rules
from community.writings.errors import (
    MayNotWrite,
    NotEditable,
    TooManyVersions,
    WritingTooFast,
    WritingUnknown,
)
from community.writings.examining import Examined, examine
from community.writings.models import EarlierText, Writing
from community.writings.rules import Kind, Signs, State, Step
from community.writings.search import terms_of

CRISIS = "crisis"


@dataclass(frozen=True)
class Draft:
    """What she wants to say. A comment has no title and no topic, and names its post."""

    kind: Kind
    body: str
    title: str | None = None
    topic: str | None = None
    post_id: UUID | None = None

    @property
    def is_comment(self) -> bool:
        """Whether it answers a post."""
        return self.post_id is not None

    @property
    def text(self) -> str:
        """All of it, as it is compared."""
        return _whole(self.title, self.body)


@dataclass(frozen=True)
class Written:
    """What became of it."""

    id: UUID
    state: State
    is_crisis: bool


def write(session: Session, *, borrower_id: UUID, draft: Draft, now: datetime) -> Written:
    """Store a new writing, held or published as the ladder says.

    Refuses: NotFound (no such borrower), MayNotWrite, WritingTooFast, PersonalDataFound.
    """
    author_id = members.join(session, borrower_id=borrower_id, now=now)
    # What she writes comes one after the other: two at once are not both her third.
    author = members.get_for_update(session, member_id=author_id)
    _refuse_barred(session, member_id=author_id, now=now)
    ages = queries.list_ages(session, author_id=author_id, now=now)
    wait = rules.too_fast(ages, is_comment=draft.is_comment)
    if wait is not None:
        raise WritingTooFast(retry_after_seconds=int(wait.total_seconds()) + 1)
    examined = examine(session, title=draft.title, body=draft.body)
    step = _judge(session, author=author, text=draft.text, examined=examined, now=now)
    writing_id = new_id()
    session.execute(
        insert(Writing).values(
            id=writing_id,
            author_id=author_id,
            post_id=draft.post_id,
            kind=draft.kind,
            topic=draft.topic,
            created_at=now,
            **_text(draft.title, draft.body),
            **_standing(step, published_at=now),
        )
    )
    row = moves.get(session, writing_id)
    moves.count(session, row, was=False, is_now=step.state is State.PUBLISHED)
    _tell(session, row, step=step, examined=examined, now=now)
    # Last: whoever decides on a writing locks it before these.
    rulebook.count_hits(session, found=examined.rules)
    return Written(writing_id, step.state, examined.is_crisis)


def change(
    session: Session,
    *,
    author_id: UUID,
    row: AnyRow,
    version: int,
    title: str | None,
    body: str,
    now: datetime,
) -> Written:
    """Another text for a row that is locked and hers; it climbs the ladder again.

    Refuses: PreconditionFailed, NotEditable, TooManyVersions, MayNotWrite, PersonalDataFound.
    """
    if row.version != version:
        raise PreconditionFailed
    if not rules.is_editable(State(row.state), held_for=row.held_for):
        raise NotEditable
    if row.version >= rules.VERSIONS_MAX:
        raise TooManyVersions
    _refuse_barred(session, member_id=author_id, now=now)
    author = members.get_for_update(session, member_id=author_id)
    examined = examine(session, title=title, body=body)
    text = _whole(title, body)
    step = _judge(session, author=author, text=text, examined=examined, now=now, but=row.id)
    session.execute(
        insert(EarlierText).values(
            writing_id=row.id,
            version=row.version,
            title=row.title,
            body=row.body,
            replaced_at=now,
        )
    )
    session.execute(
        update(Writing)
        .where(Writing.id == row.id)
        .values(
            version=row.version + 1,
            edited_at=now,
            **_text(title, body),
            **_standing(step, published_at=row.published_at or now),
        )
    )
    is_now = step.state is State.PUBLISHED
    moves.count(session, row, was=row.state == State.PUBLISHED, is_now=is_now)
    _tell(session, row, step=step, examined=examined, now=now)
    # Last: whoever decides on a writing locks it before these.
    rulebook.count_hits(session, found=examined.rules)
    return Written(row.id, step.state, examined.is_crisis)


def delete(session: Session, *, row: AnyRow, now: datetime) -> None:
    """Nobody is shown it any more; what speaks against it can still be decided.

    The row is locked and hers.
    """
    moves.move(session, row, State.DELETED, now=now, deleted_at=now)
    ports.close_case(session, target_type=queries.target_of(row), target_id=row.id, now=now)


def get_own_for_update(session: Session, *, author_id: UUID | None, writing_id: UUID) -> AnyRow:
    """What she wrote and has not deleted, locked, its post first. Refuses: WritingUnknown."""
    row = moves.get_for_update(session, writing_id)
    if row.author_id != author_id or row.state == State.DELETED:
        raise WritingUnknown
    return row


def _refuse_barred(session: Session, *, member_id: UUID, now: datetime) -> None:
    until = ports.barred_until(session, member_id=member_id, now=now)
    if until is not None:
        raise MayNotWrite(until=instant_text(until))


def refuse_suspended(session: Session, *, member_id: UUID, now: datetime) -> None:
    """Refuses: MayNotWrite (who is suspended only reads)."""
    until = ports.suspended_until(session, member_id=member_id, now=now)
    if until is not None:
        raise MayNotWrite(until=instant_text(until))


def _judge(
    session: Session,
    *,
    author: AnyRow,
    text: str,
    examined: Examined,
    now: datetime,
    but: UUID | None = None,
) -> Step:
    signs = Signs(
        is_held_by_rules=examined.is_held,
        kinds=examined.kinds,
        clean_writings=queries.count_clean(session, author_id=author.id, but=but),
        is_sanctioned=queries.is_sanctioned(session, borrower_id=author.borrower_id),
        is_look_alike=look_alikes.is_there(session, author_id=author.id, text=text, now=now),
    )
    return rules.decide(signs)


def _tell(session: Session, row: AnyRow, *, step: Step, examined: Examined, now: datetime) -> None:
    """A person who is told, and one who waits for one."""
    if step.state is State.HELD:
        moves.announce_held(session, author_id=row.author_id, now=now)
        _open(session, row, reasons=step.reasons, rules=examined.shown, now=now)
    if examined.is_crisis:
        _open(session, row, reasons=[CRISIS], rules=examined.shown, now=now)


def _open(
    session: Session,
    row: AnyRow,
    *,
    reasons: Sequence[str],
    rules: Sequence[str],
    now: datetime,
) -> None:
    ports.open_case(
        session,
        target_type=queries.target_of(row),
        target_id=row.id,
        reasons=[str(reason) for reason in reasons],
        rules=rules,
        now=now,
    )


def _whole(title: str | None, body: str) -> str:
    return f"{title or ''}\n{body}"


def _text(title: str | None, body: str) -> dict[str, Any]:
    whole = _whole(title, body)
    return {
        "title": title,
        "body": body,
        "content_hash": hashlib.sha256(whole.encode()).digest(),
        "lexemes": None if title is None else _lexemes(whole),
        "bands": look_alikes.bands_of(whole),
    }


def _lexemes(text: str) -> ColumnElement[Any]:
    terms = terms_of(text)
    pairs = literal(list(terms.pairs), ARRAY(Text))
    return func.to_tsvector("english", terms.words).op("||")(func.array_to_tsvector(pairs))


def _standing(step: Step, *, published_at: datetime) -> dict[str, Any]:
    if step.state is State.HELD:
        return {"state": State.HELD, "held_for": [str(each) for each in step.reasons]}
    return {"state": State.PUBLISHED, "held_for": [], "published_at": published_at}
