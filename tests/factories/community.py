"""Members and what they write, as the community's own code stores it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from community.cases import service as cases
from community.cases.rules import Target
from community.members import service as members
from community.members.models import Member
from community.writings import moves, service
from community.writings.models import Writing
from community.writings.rules import Kind, State
from community.writings.service import Draft
from tests.clock import NOW

BEFORE = timedelta(days=30)
# Digits that fall so could be taken for somebody's number.
LETTERS = str.maketrans("0123456789", "ghijklmnop")
FIRST_WORDS = (
    "I opened every letter today and wrote the sums on one page.",
    "A walk in the evening helps me to sleep, even when it rains.",
    "My sister lent me her kitchen scales, so we cook at home now.",
)


def make_writing(behind: Session, borrower_id: UUID, *, now: Any = NOW, **given: Any) -> UUID:
    """A writing in whatever state the ladder gives it."""
    words = {"kind": Kind.POST, "title": "A title", "body": "A body.", "topic": "budget"} | given
    draft = Draft(**words)
    return service.write(behind, borrower_id=borrower_id, draft=draft, now=now).id


def make_post(behind: Session, borrower_id: UUID, *, now: Any = NOW, **given: Any) -> UUID:
    """A published post."""
    post_id = make_writing(behind, borrower_id, now=now, **given)
    publish(behind, "post", post_id, now=now)
    return post_id


def make_comment(behind: Session, borrower_id: UUID, *, post_id: UUID, body: str = "Yes.") -> UUID:
    """A published comment."""
    made = make_writing(
        behind, borrower_id, kind=Kind.COMMENT, title=None, topic=None, body=body, post_id=post_id
    )
    publish(behind, "comment", made, now=NOW)
    return made


def publish(behind: Session, target_type: str, target_id: UUID, *, now: Any = NOW) -> None:
    """As a moderator does, where it waits; nothing is left to decide about it."""
    if moves.get(behind, target_id).state == State.HELD:
        moves.publish(behind, target_type=target_type, target_id=target_id, now=now)
    cases.close(
        behind, target=Target(target_type), target_id=target_id, why="a test's moderator", now=now
    )


def make_trusted(behind: Session, borrower_id: UUID) -> UUID:
    """A member whose first three were published a month ago; answers her member id."""
    for number, body in enumerate(FIRST_WORDS):
        title = f"First words {number} {borrower_id.hex[-6:].translate(LETTERS)}"
        make_post(behind, borrower_id, title=title, body=f"{body}", now=NOW - BEFORE)
    return members.join(behind, borrower_id=borrower_id, now=NOW)


def set_at(behind: Session, writing_id: UUID, **values: Any) -> None:
    """As if it had been so from the beginning."""
    behind.execute(update(Writing).where(Writing.id == writing_id).values(**values))


def make_thread(behind: Session, borrower_id: UUID, *, by: UUID) -> dict[str, str]:
    """A post of one that another answered: all ids that lead there, by their names in addresses."""
    post_id = make_post(behind, borrower_id, title="A thread")
    comment_id = make_comment(behind, by, post_id=post_id)
    own = select(Member.handle).where(Member.borrower_id == by)
    return {
        "post_id": str(post_id),
        "comment_id": str(comment_id),
        "handle": behind.execute(own).scalar_one(),
        "topic": "budget",
        "kind": "helpful",
    }
