"""Staff write, try and publish the words of messages."""

from typing import Any

from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, permits
from backend.kit.db import reading, transaction
from backend.kit.etags import edits_version, headers_of, version_edited
from backend.kit.http import refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page, PageArgs
from backend.staff.errors import SecondPersonNeeded
from notifications.templates import queries, service
from notifications.templates.errors import (
    TemplateCodeTaken,
    TemplateNotDraft,
    TemplateSuperseded,
    TemplateUnknown,
)
from notifications.templates.rules import CODE
from notifications.templates.schemas import (
    MessagePreviewInSchema,
    MessagePreviewSchema,
    MessageTemplateDetailSchema,
    MessageTemplateEditSchema,
    MessageTemplateInSchema,
    MessageTemplatePageSchema,
    MessageTemplateVersionSchema,
)

blp = blueprint(
    "templates",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/message-templates",
    description="The words of messages, in both languages.",
    permission="templates.read",
)

SHOWN = (
    "code", "like", "purpose", "action_code", "variables", "live_version", "newest_version",
    "revision", "is_shipped",
)  # fmt: skip

Answer = tuple[Any, int, dict[str, str]]


def _answer(session: Session, code: str, *, status: int = 200) -> Answer:
    found = queries.get_template(session, code=code)
    versions = {found.newest_version, found.live_version or found.newest_version}
    words = queries.list_words(session, code=code, versions=versions)
    detail = {
        **{name: getattr(found, name) for name in SHOWN},
        "live_words": words[found.live_version].as_json() if found.live_version else None,
        "newest_words": words[found.newest_version].as_json(),
    }
    return detail, status, headers_of(found.revision)


def _shown(preview: service.Preview) -> dict[str, Any]:
    return {
        **vars(preview.said),
        "sms_segments": preview.sms_segments,
        "push_title": preview.doorbell[0],
        "push_body": preview.doorbell[1],
    }


@blp.route("")
class Templates(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, MessageTemplatePageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """All templates by their codes, those that are shipped among them."""
        with reading() as session:
            return queries.page_templates(session, args=args)

    @permits("templates.author")
    @refuses(TemplateCodeTaken)
    @blp.arguments(MessageTemplateInSchema)
    @blp.response(201, MessageTemplateDetailSchema)
    def post(self, args: dict[str, Any]) -> Answer:
        """Write a new template; it is sent once another person has published it."""
        with transaction() as session:
            service.write_first_draft(session, **args, author_id=caller().id, now=clock.now())
            return _answer(session, args["code"], status=201)


@blp.route("/preview")
class TemplatePreview(MethodView):
    @permits("templates.author")
    @refuses(TemplateUnknown)
    @blp.arguments(MessagePreviewInSchema)
    @blp.response(200, MessagePreviewSchema)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """What a reader would get, on every channel and in both languages. Nothing is stored."""
        with reading() as session:
            shown = service.preview(session, **args)
        return {"en": _shown(shown["en"]), "zh_cn": _shown(shown["zh-CN"])}


@blp.route("/<string:code>")
class TemplateView(MethodView):
    @refuses(TemplateUnknown)
    @blp.response(200, MessageTemplateDetailSchema)
    def get(self, code: str) -> Answer:
        """One template with the words in force and the newest."""
        with reading() as session:
            return _answer(session, code)

    @edits_version
    @permits("templates.author")
    @refuses(TemplateUnknown)
    @blp.arguments(MessageTemplateEditSchema)
    @blp.response(200, MessageTemplateDetailSchema)
    def put(self, args: dict[str, Any], code: str) -> Answer:
        """Write its next version; the live one counts until another person publishes this."""
        revision = version_edited()
        with transaction() as session:
            service.write_draft(
                session, code=code, revision=revision, author_id=caller().id, now=clock.now(),
                **args,
            )  # fmt: skip
            return _answer(session, code)


@blp.route("/<string:code>/versions/<int(max=2147483647):version>")
class TemplateVersionView(MethodView):
    @refuses(TemplateUnknown)
    @blp.response(200, MessageTemplateVersionSchema)
    def get(self, code: str, version: int) -> Any:
        """One version, draft or published. A version never changes; ours have no author."""
        with reading() as session:
            if CODE.match(code) and queries.is_ours(code, version):
                words = queries.list_words(session, code=code, versions=[version])
                return {
                    **dict.fromkeys(("author_id", "created_at", "publisher_id", "published_at")),
                    "code": code,
                    "version": version,
                    "words": words[version].as_json(),
                    "note": "",
                }
            return queries.get_version(session, code=code, version=version)


@blp.route("/<string:code>/versions/<int(max=2147483647):version>/publish")
class TemplatePublication(MethodView):
    @idempotent
    @permits("templates.publish", is_four_eyes=True)
    @refuses(TemplateUnknown, TemplateNotDraft, TemplateSuperseded, SecondPersonNeeded)
    @blp.response(200, MessageTemplateDetailSchema)
    def post(self, code: str, version: int) -> Answer:
        """Let another person's version count, if it is the newest.

        From now on messages are worded by it; those in inboxes keep the version they came with.
        """
        with transaction() as session:
            service.publish(
                session, code=code, version=version, publisher_id=caller().id, now=clock.now()
            )
            return _answer(session, code)
