"""Staff write, try, publish and retire badges, and take single awards back."""

from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.borrowers import service as borrowers
from backend.borrowers.errors import BorrowerNotFound
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, permits
from backend.kit.db import reading, transaction
from backend.kit.etags import edits_version, headers_of, version_edited
from backend.kit.http import refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page, PageArgs
from backend.kit.problems import NotFound
from backend.staff.errors import SecondPersonNeeded
from rewards.badges import preview, queries, service
from rewards.badges.errors import (
    AwardRevoked,
    BadgeCodeTaken,
    BadgeNotDraft,
    BadgeRetired,
    BadgeSuperseded,
    TooManyBadges,
)
from rewards.badges.rules import Cause
from rewards.badges.schemas import (
    BadgeAwardSchema,
    BadgeDetailSchema,
    BadgeEditSchema,
    BadgeInSchema,
    BadgePageSchema,
    BadgePreviewInSchema,
    BadgePreviewSchema,
    BadgeRevocationSchema,
    BadgeVersionSchema,
)

PREVIEW_SECONDS_MAX = 120  # a million borrowers

blp = blueprint(
    "badges",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1",
    description="Badges for a word that was kept, and what they look like.",
    permission="badges.read",
)

Answer = tuple[Any, int, dict[str, str]]


def _detail(session: Session, code: str) -> dict[str, Any]:
    row = queries.get_badge(session, code=code)
    newest = queries.get_version(session, code=code, version=row.newest_version)
    live = (
        None
        if row.live_version is None
        else queries.get_version(session, code=code, version=row.live_version)
    )
    holders = queries.count_holders(session, code=code)
    return {**row._mapping, "holders": holders, "live": live, "newest": newest}


def _answer(session: Session, code: str, *, status: int = 200) -> Answer:
    detail = _detail(session, code)
    return detail, status, headers_of(detail["revision"])


@blp.route("/badge-definitions")
class Definitions(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, BadgePageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """All badges by their codes, those that are retired among them."""
        with reading() as session:
            return queries.page_badges(session, args=args)

    @permits("badges.author")
    @refuses(BadgeCodeTaken)
    @blp.arguments(BadgeInSchema)
    @blp.response(201, BadgeDetailSchema)
    def post(self, args: dict[str, Any]) -> Answer:
        """Write a new badge; it counts once another person has published it."""
        with transaction() as session:
            service.write_first_draft(session, **args, author_id=caller().id, now=clock.now())
            return _answer(session, args["code"], status=201)


@blp.route("/badge-definitions/preview")
class Preview(MethodView):
    @permits("badges.author")
    @blp.arguments(BadgePreviewInSchema)
    @blp.response(200, BadgePreviewSchema)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """How many of the enrolled would be given it now, and ten of them. Nothing is stored.

        The ten are for those who may see any borrower; that they did is noted, as any look is.
        """
        now = clock.now()
        with transaction(patience_seconds=PREVIEW_SECONDS_MAX) as session:
            shown = preview.run(session, **args, now=now)
            if not borrowers.sees_everybody(caller()):
                return shown | {"samples": []}
            borrowers.look(
                session,
                who=caller(),
                borrower_ids=[each["borrower_id"] for each in shown["samples"]],
                purpose=borrowers.AccessPurpose.RISK_REVIEW,
                what="badge preview",
                now=now,
            )
        return shown


@blp.route("/badge-definitions/<string:code>")
class DefinitionView(MethodView):
    @refuses(NotFound)
    @blp.response(200, BadgeDetailSchema)
    def get(self, code: str) -> Answer:
        """One badge: its live version, its newest, and how many hold it."""
        with reading() as session:
            return _answer(session, code)

    @edits_version
    @permits("badges.author")
    @refuses(NotFound, BadgeRetired)
    @blp.arguments(BadgeEditSchema)
    @blp.response(200, BadgeDetailSchema)
    def put(self, args: dict[str, Any], code: str) -> Answer:
        """Write its next version; the live one counts until another person publishes this."""
        revision = version_edited()
        with transaction() as session:
            service.write_draft(
                session,
                code=code,
                revision=revision,
                author_id=caller().id,
                now=clock.now(),
                **args,
            )
            return _answer(session, code)

    @edits_version
    @permits("badges.publish")
    @refuses(NotFound, BadgeRetired)
    @blp.response(204)
    def delete(self, code: str) -> None:
        """Retire it: nobody is given it any more, and who holds it keeps it."""
        revision = version_edited()
        with transaction() as session:
            service.retire(
                session, code=code, revision=revision, staff_id=caller().id, now=clock.now()
            )


@blp.route("/badge-definitions/<string:code>/versions/<int(max=2147483647):version>")
class VersionView(MethodView):
    @refuses(NotFound)
    @blp.response(200, BadgeVersionSchema)
    def get(self, code: str, version: int) -> Any:
        """One version, draft or published. A version never changes."""
        with reading() as session:
            return queries.get_version(session, code=code, version=version)


@blp.route("/badge-definitions/<string:code>/versions/<int(max=2147483647):version>/publish")
class Publication(MethodView):
    @idempotent
    @permits("badges.publish", is_four_eyes=True)
    @refuses(
        NotFound, BadgeRetired, BadgeNotDraft, BadgeSuperseded, SecondPersonNeeded, TooManyBadges
    )
    @blp.response(200, BadgeDetailSchema)
    def post(self, code: str, version: int) -> Answer:
        """Let another person's version count, if it is the newest.

        From now on it is given as facts change; over the past by the job `badges-award`.
        """
        with transaction() as session:
            service.publish(
                session, code=code, version=version, publisher_id=caller().id, now=clock.now()
            )
            return _answer(session, code)


@blp.route("/staff/borrowers/<uuid:borrower_id>/badges/<uuid:award_id>/revoke")
class Revocation(MethodView):
    @idempotent
    @permits("badges.revoke")
    @refuses(BorrowerNotFound, NotFound, AwardRevoked)
    @blp.arguments(BadgeRevocationSchema)
    @blp.response(200, BadgeAwardSchema)
    def post(self, args: dict[str, Any], borrower_id: UUID, award_id: UUID) -> Any:
        """Take one award back, for one of three causes that she reads in kind words.

        `note` is for your colleagues, on the staff trail.
        """
        now = clock.now()
        with transaction() as session:
            borrowers.look_by_act(
                session, who=caller(), borrower_ids=[borrower_id], what="badge", now=now
            )
            service.revoke(
                session,
                borrower_id=borrower_id,
                award_id=award_id,
                cause=Cause(args["cause"]),
                note=args["note"],
                staff_id=caller().id,
                now=now,
            )
            return queries.get_award(session, borrower_id=borrower_id, award_id=award_id)
