"""Staff write campaigns, check and replay them, review each other's, and run them."""

from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, permits
from backend.kit.db import reading, transaction
from backend.kit.etags import edits_version, headers_of, version_edited
from backend.kit.http import locale, refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page
from backend.staff.errors import SecondPersonNeeded
from rewards.campaigns import queries, replay, requests, service
from rewards.campaigns.errors import (
    BudgetBelowSpent,
    CampaignBlocked,
    CampaignMoveRefused,
    CampaignNotDraft,
    CampaignNotFound,
    CampaignOver,
    CampaignStale,
    ReplayMissing,
)
from rewards.campaigns.schemas import (
    CampaignApproveSchema,
    CampaignCheckInSchema,
    CampaignCheckSchema,
    CampaignDetailSchema,
    CampaignDocumentSchema,
    CampaignNextSchema,
    CampaignPageArgs,
    CampaignPageSchema,
    CampaignReadSchema,
    CampaignRejectSchema,
    CampaignReplayInSchema,
    CampaignReplaySchema,
    CampaignReplaysSchema,
    CampaignSubmitSchema,
    CampaignVersionSchema,
    CampaignVersionsSchema,
)

blp = blueprint(
    "campaigns",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1",
    description="Campaigns: written, checked, replayed, approved by a second person, and run.",
    permission="campaigns.read",
)

Answer = tuple[Any, int, dict[str, str]]
ONE = "/campaigns/<uuid:campaign_id>"


def _detail(session: Session, campaign_id: UUID) -> dict[str, Any]:
    row = queries.get_campaign(session, campaign_id=campaign_id)
    newest = queries.get_version(session, campaign_id=row.id, number=row.newest_version)
    live = (
        None
        if row.live_version is None
        else queries.get_version(session, campaign_id=row.id, number=row.live_version)
    )
    return {**row._mapping, "newest": newest, "live": live}


def _answer(session: Session, campaign_id: UUID, *, status: int = 200) -> Answer:
    detail = _detail(session, campaign_id)
    return detail, status, headers_of(detail["revision"])


@blp.route("/campaigns")
class Campaigns(MethodView):
    @blp.arguments(CampaignPageArgs, location="query")
    @blp.response(200, CampaignPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """All campaigns, the newest first, with what was spent of each."""
        with reading() as session:
            return queries.page_campaigns(session, args=args)

    @permits("campaigns.author")
    @blp.arguments(CampaignDocumentSchema)
    @blp.response(201, CampaignDetailSchema)
    def post(self, args: dict[str, Any]) -> Answer:
        """Begin a campaign with its first draft. Every fault is named with a pointer to it."""
        with transaction() as session:
            campaign_id = service.create(
                session, document=args["document"], author_id=caller().id, now=clock.now()
            )
            return _answer(session, campaign_id, status=201)


@blp.route(ONE)
class CampaignView(MethodView):
    @refuses(CampaignNotFound)
    @blp.response(200, CampaignDetailSchema)
    def get(self, campaign_id: UUID) -> Answer:
        """One campaign: its newest version and the one that is live."""
        with reading() as session:
            return _answer(session, campaign_id)

    @edits_version
    @permits("campaigns.author")
    @refuses(CampaignNotFound, CampaignNotDraft)
    @blp.arguments(CampaignDocumentSchema)
    @blp.response(200, CampaignDetailSchema)
    def put(self, args: dict[str, Any], campaign_id: UUID) -> Answer:
        """Write the draft over. Whoever does may not approve this version."""
        revision = version_edited()
        with transaction() as session:
            service.edit_draft(
                session,
                campaign_id=campaign_id,
                revision=revision,
                document=args["document"],
                editor_id=caller().id,
                now=clock.now(),
            )
            return _answer(session, campaign_id)

    @edits_version
    @permits("campaigns.author")
    @refuses(CampaignNotFound, CampaignMoveRefused)
    @blp.response(204)
    def delete(self, campaign_id: UUID) -> None:
        """Give up a campaign that never ran. It is kept, and over."""
        revision = version_edited()
        with transaction() as session:
            service.discard(session, campaign_id=campaign_id, revision=revision, now=clock.now())


@blp.route(f"{ONE}/versions")
class Versions(MethodView):
    @refuses(CampaignNotFound)
    @blp.response(200, CampaignVersionsSchema)
    def get(self, campaign_id: UUID) -> dict[str, Any]:
        """Its versions, the newest first."""
        with reading() as session:
            queries.get_campaign(session, campaign_id=campaign_id)
            items = queries.list_versions(session, campaign_id=campaign_id)
            return {"items": items, "next_cursor": None}

    @permits("campaigns.author")
    @refuses(CampaignNotFound, CampaignNotDraft, CampaignMoveRefused)
    @blp.arguments(CampaignNextSchema)
    @blp.response(201, CampaignDetailSchema)
    def post(self, args: dict[str, Any], campaign_id: UUID) -> Answer:
        """Begin the next version: by a document, or as a copy. What is live runs on."""
        with transaction() as session:
            service.write_version(
                session,
                campaign_id=campaign_id,
                document=args["document"],
                author_id=caller().id,
                now=clock.now(),
            )
            return _answer(session, campaign_id, status=201)


@blp.route(f"{ONE}/versions/<int(max=2147483647):number>")
class VersionView(MethodView):
    @refuses(CampaignNotFound)
    @blp.response(200, CampaignVersionSchema)
    def get(self, campaign_id: UUID, number: int) -> Any:
        """One version. From its submission on it never changes."""
        with reading() as session:
            return queries.get_version(session, campaign_id=campaign_id, number=number)


@blp.route(f"{ONE}/check")
class CheckView(MethodView):
    @refuses(CampaignNotFound)
    @blp.arguments(CampaignCheckInSchema)
    @blp.response(200, CampaignCheckSchema)
    def post(self, args: dict[str, Any], campaign_id: UUID) -> dict[str, Any]:
        """What the checks P1 to P10 find in a document, or in the newest version."""
        with transaction() as session:
            row = queries.get_campaign(session, campaign_id=campaign_id)
            document = args["document"]
            if document is None:
                document = queries.get_version(
                    session, campaign_id=row.id, number=row.newest_version
                ).document
            return requests.checked(session, document, campaign_id=campaign_id, locale=locale())


@blp.route(f"{ONE}/replay")
class ReplayRequest(MethodView):
    @permits("campaigns.author")
    @refuses(CampaignNotFound)
    @blp.arguments(CampaignReplayInSchema)
    @blp.response(202, CampaignReplaySchema)
    def post(self, args: dict[str, Any], campaign_id: UUID) -> Any:
        """Run the newest version over the past, from one day to another; poll it by its id."""
        with transaction() as session:
            row = queries.get_campaign(session, campaign_id=campaign_id)
            return requests.ask_replay(
                session,
                campaign_id=campaign_id,
                number=row.newest_version,
                from_day=args["from_"],
                to_day=args["to"],
                requested_by=caller().id,
                now=clock.now(),
            )


@blp.route(f"{ONE}/replays")
class Replays(MethodView):
    @refuses(CampaignNotFound)
    @blp.response(200, CampaignReplaysSchema)
    def get(self, campaign_id: UUID) -> dict[str, Any]:
        """The last replays, the newest first."""
        with reading() as session:
            queries.get_campaign(session, campaign_id=campaign_id)
            items = replay.list_of(session, campaign_id=campaign_id)
            return {"items": items, "next_cursor": None}


@blp.route(f"{ONE}/replays/<uuid:replay_id>")
class ReplayView(MethodView):
    @refuses(CampaignNotFound)
    @blp.response(200, CampaignReplaySchema)
    def get(self, campaign_id: UUID, replay_id: UUID) -> Any:
        """One replay: how far it is, and its report once it is done."""
        with reading() as session:
            return replay.get(session, campaign_id=campaign_id, replay_id=replay_id)


@blp.route(f"{ONE}/submit")
class Submission(MethodView):
    @idempotent
    @permits("campaigns.author")
    @refuses(CampaignNotFound, CampaignNotDraft, CampaignStale, CampaignBlocked)
    @blp.arguments(CampaignSubmitSchema)
    @blp.response(200, CampaignDetailSchema)
    def post(self, args: dict[str, Any], campaign_id: UUID) -> Answer:
        """Send the draft for review. P9 and P10 can be waived by name, with a reason."""
        with transaction() as session:
            service.submit(
                session,
                campaign_id=campaign_id,
                number=args["version"],
                document_hash=args["document_hash"],
                waivers=args["waivers"],
                submitter_id=caller().id,
                now=clock.now(),
            )
            return _answer(session, campaign_id)


@blp.route(f"{ONE}/approve")
class Approval(MethodView):
    @idempotent
    @permits("campaigns.publish", is_four_eyes=True)
    @refuses(
        CampaignNotFound,
        CampaignMoveRefused,
        CampaignStale,
        CampaignBlocked,
        ReplayMissing,
        SecondPersonNeeded,
    )
    @blp.arguments(CampaignApproveSchema)
    @blp.response(200, CampaignDetailSchema)
    def post(self, args: dict[str, Any], campaign_id: UUID) -> Answer:
        """Let another's version be launched, by the replay of exactly this version."""
        with transaction() as session:
            service.approve(
                session,
                campaign_id=campaign_id,
                approval=requests.approval_of(args),
                approver_id=caller().id,
                now=clock.now(),
            )
            return _answer(session, campaign_id)


@blp.route(f"{ONE}/reject")
class Rejection(MethodView):
    @idempotent
    @permits("campaigns.publish", is_four_eyes=True)
    @refuses(CampaignNotFound, CampaignMoveRefused, CampaignStale, SecondPersonNeeded)
    @blp.arguments(CampaignRejectSchema)
    @blp.response(200, CampaignDetailSchema)
    def post(self, args: dict[str, Any], campaign_id: UUID) -> Answer:
        """Send another's version back, and say what should be otherwise."""
        with transaction() as session:
            service.reject(
                session,
                campaign_id=campaign_id,
                number=args["version"],
                note=args["note"],
                approver_id=caller().id,
                now=clock.now(),
            )
            return _answer(session, campaign_id)


@blp.route(f"{ONE}/launch")
class Launch(MethodView):
    @idempotent
    @permits("campaigns.publish")
    @refuses(
        CampaignNotFound,
        CampaignMoveRefused,
        CampaignStale,
        CampaignBlocked,
        CampaignOver,
        BudgetBelowSpent,
    )
    @blp.arguments(CampaignReadSchema)
    @blp.response(200, CampaignDetailSchema)
    def post(self, args: dict[str, Any], campaign_id: UUID) -> Answer:
        """Let the approved version run, in place of the one that ran."""
        with transaction() as session:
            service.launch(
                session,
                campaign_id=campaign_id,
                number=args["version"],
                document_hash=args["document_hash"],
                launcher_id=caller().id,
                now=clock.now(),
            )
            return _answer(session, campaign_id)


@blp.route(f"{ONE}/pause")
class Pause(MethodView):
    @idempotent
    @permits("campaigns.stop")
    @refuses(CampaignNotFound, CampaignMoveRefused)
    @blp.response(200, CampaignDetailSchema)
    def post(self, campaign_id: UUID) -> Answer:
        """Give nothing until it is resumed."""
        with transaction() as session:
            service.pause(session, campaign_id=campaign_id, now=clock.now())
            return _answer(session, campaign_id)


@blp.route(f"{ONE}/resume")
class Resumption(MethodView):
    @idempotent
    @permits("campaigns.publish")
    @refuses(CampaignNotFound, CampaignMoveRefused)
    @blp.response(200, CampaignDetailSchema)
    def post(self, campaign_id: UUID) -> Answer:
        """Go on after a pause."""
        with transaction() as session:
            service.resume(session, campaign_id=campaign_id, now=clock.now())
            return _answer(session, campaign_id)


@blp.route(f"{ONE}/end")
class Ending(MethodView):
    @idempotent
    @permits("campaigns.stop")
    @refuses(CampaignNotFound, CampaignMoveRefused)
    @blp.response(200, CampaignDetailSchema)
    def post(self, campaign_id: UUID) -> Answer:
        """End it for good. What was given stays given."""
        with transaction() as session:
            service.end(session, campaign_id=campaign_id, now=clock.now())
            return _answer(session, campaign_id)
