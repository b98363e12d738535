"""Feeds: one statement each, by keyset, through an index that holds published posts alone."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, literal, select, true
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from backend.kit.paging import Page, after, page
from community.members import queries as members
from community.posts.rules import Feed
from community.topics.models import TopicFollow
from community.writings.errors import WritingUnknown
from community.writings.models import Writing
from community.writings.queries import OWN_SHOWN, is_shown_to, not_blocked, shown
from community.writings.rules import State
from community.writings.search import PAIR, Terms, wanted

NEWEST = (Writing.published_at, Writing.id)
IN_FEED = and_(Writing.state == State.PUBLISHED, Writing.post_id.is_(None))


def page_feed(session: Session, *, borrower_id: UUID, args: Mapping[str, Any]) -> Page:
    """One page of a feed. Refuses: Invalid (a cursor that is not of this feed)."""
    reader = members.id_of(borrower_id)
    keys: Any = NEWEST
    query = shown(reader)
    if args["feed"] is Feed.OWN:
        keys = (Writing.created_at, Writing.id)
        query = query.where(
            Writing.author_id == reader, Writing.post_id.is_(None), Writing.state.in_(OWN_SHOWN)
        )
    elif args["feed"] is Feed.FOLLOWED:
        query = query.where(Writing.id.in_(_followed(reader, args)))
    else:
        query = query.where(IN_FEED, not_blocked(reader))
        keys = NEWEST if args["feed"] is Feed.NEW else (Writing.helpful, Writing.id)
    if args["topic"] is not None:
        query = query.where(Writing.topic == args["topic"])
    if args["q"] is not None:
        query = query.where(_is_found(wanted(args["q"])))
    return page(session, query, keys=keys, args=args, descending=True)


def get_post(session: Session, *, borrower_id: UUID, post_id: UUID) -> AnyRow:
    """A post that she may see. Refuses: WritingUnknown."""
    reader = members.id_of(borrower_id)
    query = shown(reader).where(
        Writing.id == post_id, Writing.post_id.is_(None), is_shown_to(reader)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise WritingUnknown
    return row


def get_own(session: Session, *, borrower_id: UUID, post_id: UUID) -> AnyRow:
    """A post of hers. Refuses: WritingUnknown."""
    row = get_post(session, borrower_id=borrower_id, post_id=post_id)
    if not row.is_own:
        raise WritingUnknown
    return row


def _followed(reader: Any, args: Mapping[str, Any]) -> Select[Any]:
    """The next few of each topic that she follows: a quiet one is not looked for among the rest."""
    follow = select(TopicFollow.topic).where(TopicFollow.member_id == reader).subquery()
    newest = (
        select(Writing.id)
        .where(
            IN_FEED,
            Writing.topic == follow.c.topic,
            not_blocked(reader),
            after(args, NEWEST, descending=True),
            true() if args["q"] is None else _is_found(wanted(args["q"])),
        )
        .order_by(*(key.desc() for key in NEWEST))
        .limit(args["limit"] + 1)
        .lateral()
    )
    return select(newest.c.id).select_from(follow.join(newest, true()))


def _is_found(terms: Terms) -> ColumnElement[bool]:
    """All words and all pairs are there. Of signs alone nothing is found."""
    if terms.is_empty:
        return literal(value=False)
    parts: list[ColumnElement[Any]] = []
    if terms.words:
        parts.append(func.plainto_tsquery("english", terms.words))
    if terms.pairs:
        parts.append(cast(literal(" & ".join(map(_lexeme, terms.pairs)), String), TSQUERY))
    query = parts[0] if len(parts) == 1 else parts[0].op("&&")(parts[1])
    return Writing.lexemes.op("@@")(query)


def _lexeme(pair: str) -> str:
    # One character alone begins every pair that it is the first of. Nothing but Han is quoted here.
    sign = pair.removeprefix(PAIR)
    return f"'{pair}':*" if len(sign) == 1 else f"'{pair}'"
