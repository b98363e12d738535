"""Tables of writings."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from community.wall import Base
from community.writings.rules import BODY_LENGTH_MAX, TITLE_LENGTH_MAX, Kind, State

KINDS = ", ".join(f"'{kind}'" for kind in Kind)
STATES = ", ".join(f"'{state}'" for state in State)
IN_FEED = text("state = 'published' AND post_id IS NULL")


class Writing(Base):
    """A post, or a comment (which has a `post_id`). Counts are kept with the rows they count."""

    __tablename__ = "writing"
    __table_args__ = (
        CheckConstraint(f"kind IN ({KINDS})", name="kind_known"),
        CheckConstraint(f"state IN ({STATES})", name="state_known"),
        CheckConstraint("(kind = 'comment') = (post_id IS NOT NULL)", name="comment_has_post"),
        CheckConstraint("(kind = 'comment') = (title IS NULL)", name="post_has_title"),
        CheckConstraint("(kind = 'comment') = (topic IS NULL)", name="post_has_topic"),
        CheckConstraint(
            f"char_length(title) BETWEEN 1 AND {TITLE_LENGTH_MAX}", name="title_length"
        ),
        CheckConstraint(f"char_length(body) BETWEEN 1 AND {BODY_LENGTH_MAX}", name="body_length"),
        CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name="published_when"),
        CheckConstraint("(state = 'removed') <= (removed_at IS NOT NULL)", name="removed_when"),
        CheckConstraint("(state = 'deleted') = (deleted_at IS NOT NULL)", name="deleted_when"),
        CheckConstraint("(state = 'held') <= (held_for <> '{}')", name="held_for_something"),
        CheckConstraint(
            "helpful >= 0 AND thanks >= 0 AND hug >= 0 AND comments >= 0",
            name="counts_not_negative",
        ),
        CheckConstraint("version >= 1", name="version_counts"),
        CheckConstraint("answer_id IS NULL OR post_id IS NULL", name="posts_have_answers"),
        CheckConstraint("(answer_id IS NULL) = (answered_at IS NULL)", name="answered_when"),
        Index("ix_writing_new", "published_at", "id", postgresql_where=IN_FEED),
        Index("ix_writing_topic", "topic", "published_at", "id", postgresql_where=IN_FEED),
        Index("ix_writing_helpful", "helpful", "id", postgresql_where=IN_FEED),
        Index("ix_writing_lexemes", "lexemes", postgresql_using="gin", postgresql_where=IN_FEED),
        Index("ix_writing_post_id", "post_id", "id", postgresql_where=text("post_id IS NOT NULL")),
        Index("ix_writing_author_id", "author_id", "created_at", "id"),
        Index("ix_writing_bands", "bands", postgresql_using="gin"),
        Index("ix_writing_answer_id", "answer_id", postgresql_where=text("answer_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("community.member.id"))
    post_id: Mapped[UUID | None] = mapped_column(ForeignKey("community.writing.id"))
    kind: Mapped[str]
    topic: Mapped[str | None]
    title: Mapped[str | None]
    body: Mapped[str]
    state: Mapped[str]
    held_for: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)
    lexemes: Mapped[Any | None] = mapped_column(TSVECTOR)
    bands: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    helpful: Mapped[int] = mapped_column(server_default=text("0"))
    thanks: Mapped[int] = mapped_column(server_default=text("0"))
    hug: Mapped[int] = mapped_column(server_default=text("0"))
    comments: Mapped[int] = mapped_column(server_default=text("0"))
    answer_id: Mapped[UUID | None] = mapped_column(ForeignKey("community.writing.id"))
    answered_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class EarlierText(Base):
    """What a writing said before an edit. Added only."""

    __tablename__ = "earlier_text"

    writing_id: Mapped[UUID] = mapped_column(ForeignKey("community.writing.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str | None]
    body: Mapped[str]
    replaced_at: Mapped[datetime]


class Reaction(Base):
    """One reaction of one member, counted in the writing."""

    __tablename__ = "reaction"
    __table_args__ = (
        CheckConstraint("kind IN ('helpful', 'thanks', 'hug')", name="kind_known"),
        Index("ix_reaction_member_id", "member_id"),
    )

    writing_id: Mapped[UUID] = mapped_column(ForeignKey("community.writing.id"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("community.member.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
