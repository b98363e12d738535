"""Posts: feeds, one thread, and what its author does with it."""

from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.etags import edits_version, headers_of, version_edited
from backend.kit.http import locale, refuses
from backend.kit.paging import Page
from backend.kit.problems import NotFound, PreconditionFailed
from community import wall
from community.posts import queries, service
from community.posts.schemas import (
    FeedArgs,
    PostChangeSchema,
    PostInSchema,
    PostPageSchema,
    PostSchema,
    WrittenPostSchema,
)
from community.writings import queries as writings
from community.writings.errors import (
    MayNotWrite,
    NotEditable,
    PersonalDataFound,
    TooManyVersions,
    WritingTooFast,
    WritingUnknown,
)
from community.writings.schemas import HistorySchema
from community.writings.service import Written
from community.writings.wording import help_for

blp = blueprint(
    "posts",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/community/posts",
    description="What people write to each other. Nothing of it reaches tier, price or collection.",
)


def _shown(session: Session, post_id: UUID) -> dict[str, Any]:
    row = queries.get_post(session, borrower_id=caller().id, post_id=post_id)
    return writings.in_words(row, locale=locale())


def _written(session: Session, written: Written) -> dict[str, Any]:
    shown = _shown(session, written.id)
    return shown | {"help": help_for(is_crisis=written.is_crisis, locale=locale())}


@blp.route("")
class Posts(MethodView):
    @blp.arguments(FeedArgs, location="query")
    @blp.response(200, PostPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """New, helpful, followed or your own posts; of a topic; with words in them."""
        with wall.reading() as session:
            found = queries.page_feed(session, borrower_id=caller().id, args=args)
        return Page(
            [writings.in_words(row, locale=locale()) for row in found.items], found.next_cursor
        )

    @wall.idempotent
    @refuses(NotFound, MayNotWrite, WritingTooFast, PersonalDataFound)
    @blp.arguments(PostInSchema)
    @blp.response(201, WrittenPostSchema)
    def post(self, args: dict[str, Any]) -> Any:
        """Begin a thread. `held`: a person reads it first, and `reasons` say why."""
        with wall.transaction() as session:
            written = service.begin(session, borrower_id=caller().id, now=clock.now(), **args)
            return _written(session, written), 201, headers_of(1)


@blp.route("/<uuid:post_id>")
class Post(MethodView):
    @refuses(WritingUnknown)
    @blp.response(200, PostSchema)
    def get(self, post_id: UUID) -> Any:
        """One post. What is held or taken down, its author alone is shown."""
        with wall.reading() as session:
            shown = _shown(session, post_id)
        return shown, 200, headers_of(shown["version"])

    @edits_version
    @refuses(
        WritingUnknown,
        PreconditionFailed,
        NotEditable,
        TooManyVersions,
        MayNotWrite,
        PersonalDataFound,
    )
    @blp.arguments(PostChangeSchema)
    @blp.response(200, WrittenPostSchema)
    def patch(self, args: dict[str, Any], post_id: UUID) -> Any:
        """Change your own. What it said before is kept, and it may be held again."""
        version = version_edited()
        with wall.transaction() as session:
            written = service.change(
                session,
                borrower_id=caller().id,
                post_id=post_id,
                version=version,
                changes=args,
                now=clock.now(),
            )
            return _written(session, written), 200, headers_of(version + 1)

    @refuses(WritingUnknown)
    @blp.response(204)
    def delete(self, post_id: UUID) -> None:
        """Take your own away, with its thread."""
        with wall.transaction() as session:
            service.delete(session, borrower_id=caller().id, post_id=post_id, now=clock.now())


@blp.route("/<uuid:post_id>/history")
class History(MethodView):
    @refuses(WritingUnknown)
    @blp.response(200, HistorySchema)
    def get(self, post_id: UUID) -> dict[str, Any]:
        """What your own post said before each edit."""
        with wall.reading() as session:
            queries.get_own(session, borrower_id=caller().id, post_id=post_id)
            return {"items": writings.list_earlier(session, writing_id=post_id)}
