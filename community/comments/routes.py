"""Comments of a thread, and the one that helped."""

from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.etags import edits_version, headers_of, version_edited
from backend.kit.http import locale, refuses
from backend.kit.paging import Page, PageArgs
from backend.kit.problems import NotFound, PreconditionFailed
from community import wall
from community.comments import queries, service
from community.comments.errors import NoAnswer, NotYourThread
from community.comments.schemas import (
    AnswerInSchema,
    CommentInSchema,
    CommentPageSchema,
    CommentSchema,
    WrittenCommentSchema,
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
from community.writings.service import Written
from community.writings.wording import help_for

blp = blueprint(
    "comments",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/community/posts/<uuid:post_id>",
    description="Answers to a post.",
)


def _shown(session: Session, post_id: UUID, comment_id: UUID) -> dict[str, Any]:
    row = queries.get_comment(
        session, borrower_id=caller().id, post_id=post_id, comment_id=comment_id
    )
    return writings.in_words(row, locale=locale())


def _written(session: Session, post_id: UUID, written: Written) -> dict[str, Any]:
    shown = _shown(session, post_id, written.id)
    return shown | {"help": help_for(is_crisis=written.is_crisis, locale=locale())}


@blp.route("/comments")
class Comments(MethodView):
    @refuses(WritingUnknown)
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, CommentPageSchema)
    def get(self, args: dict[str, Any], post_id: UUID) -> Page:
        """What was answered, the oldest first."""
        with wall.reading() as session:
            found = queries.page_thread(
                session, borrower_id=caller().id, post_id=post_id, args=args
            )
        return Page(
            [writings.in_words(row, locale=locale()) for row in found.items], found.next_cursor
        )

    @wall.idempotent
    @refuses(NotFound, WritingUnknown, MayNotWrite, WritingTooFast, PersonalDataFound)
    @blp.arguments(CommentInSchema)
    @blp.response(201, WrittenCommentSchema)
    def post(self, args: dict[str, Any], post_id: UUID) -> Any:
        """Answer. `held`: a person reads it first, and `reasons` say why."""
        with wall.transaction() as session:
            written = service.answer(
                session, borrower_id=caller().id, post_id=post_id, now=clock.now(), **args
            )
            return _written(session, post_id, written), 201, headers_of(1)


@blp.route("/comments/<uuid:comment_id>")
class Comment(MethodView):
    @refuses(WritingUnknown)
    @blp.response(200, CommentSchema)
    def get(self, post_id: UUID, comment_id: UUID) -> Any:
        """One comment."""
        with wall.reading() as session:
            shown = _shown(session, post_id, comment_id)
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
    @blp.arguments(CommentInSchema)
    @blp.response(200, WrittenCommentSchema)
    def patch(self, args: dict[str, Any], post_id: UUID, comment_id: UUID) -> Any:
        """Change your own. What it said before is kept, and it may be held again."""
        version = version_edited()
        with wall.transaction() as session:
            written = service.change(
                session,
                borrower_id=caller().id,
                post_id=post_id,
                comment_id=comment_id,
                version=version,
                now=clock.now(),
                **args,
            )
            return _written(session, post_id, written), 200, headers_of(version + 1)

    @refuses(WritingUnknown)
    @blp.response(204)
    def delete(self, post_id: UUID, comment_id: UUID) -> None:
        """Take your own away."""
        with wall.transaction() as session:
            service.delete(
                session,
                borrower_id=caller().id,
                post_id=post_id,
                comment_id=comment_id,
                now=clock.now(),
            )


@blp.route("/answer")
class Answer(MethodView):
    @refuses(WritingUnknown, NotYourThread, NoAnswer)
    @blp.arguments(AnswerInSchema)
    @blp.response(204)
    def put(self, args: dict[str, Any], post_id: UUID) -> None:
        """Say which comment helped you, in a thread of yours."""
        with wall.transaction() as session:
            service.accept(
                session, borrower_id=caller().id, post_id=post_id, now=clock.now(), **args
            )

    @refuses(WritingUnknown, NotYourThread)
    @blp.response(204)
    def delete(self, post_id: UUID) -> None:
        """None did, after all."""
        with wall.transaction() as session:
            service.take_back(session, borrower_id=caller().id, post_id=post_id)
