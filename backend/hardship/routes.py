"""A borrower says what happened, adds to it, takes it back, and answers suggestions."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.benefits.reasons import Reason
from backend.borrowers import queries as borrowers
from backend.borrowers.errors import BorrowerNotFound
from backend.documents.errors import DocumentMoveRefused, DocumentUnknown
from backend.hardship import service, view
from backend.hardship.affordability import Statement
from backend.hardship.errors import (
    ApplicationMoveRefused,
    ApplicationOpen,
    ApplicationUnknown,
    ReferralConsentNeeded,
    ReferralSettled,
    ReferralUnknown,
    WordsFull,
)
from backend.hardship.rules import Wish
from backend.hardship.schemas import (
    ApplicationInSchema,
    ApplicationPageSchema,
    ApplicationSchema,
    InformationSchema,
    statement_of,
)
from backend.hardship.service import Application
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import reading, transaction
from backend.kit.http import locale, refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page, PageArgs

blp = blueprint(
    "hardship",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me/hardship-applications",
    description="What happened, what is left of a month, and the help that comes of it.",
)


def _own(session: Session, application_id: UUID) -> dict[str, Any]:
    return view.get_application(
        session, borrower_id=caller().id, application_id=application_id, locale=locale()
    )


@blp.route("")
class OwnApplications(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, ApplicationPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """Your applications, newest first, each with what your figures say."""
        with reading() as session:
            return view.page_applications(
                session, borrower_id=caller().id, args=args, locale=locale()
            )

    @idempotent
    @refuses(BorrowerNotFound, ApplicationOpen, DocumentUnknown, DocumentMoveRefused)
    @blp.arguments(ApplicationInSchema)
    @blp.response(201, ApplicationSchema)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """Say what happened and how your month looks.

        For illness, a death, caring, a separation, violence, a disaster or fraud, first relief
        begins at once and needs no document: no reminders, and no worse tier. A person answers
        within three working days.
        """
        now = clock.now()
        with transaction() as session:
            me = caller().id
            application_id = service.apply(
                session,
                borrower_id=me,
                application=Application(
                    reason=Reason(args["reason"]),
                    statement=Statement(**args["affordability"]),
                    words=args["text"],
                    wishes=[Wish(each) for each in dict.fromkeys(args["wishes"])],
                    document_ids=args["document_ids"],
                ),
                today=borrowers.get_day(session, borrower_id=me, now=now),
                now=now,
            )
            return _own(session, application_id)


@blp.route("/<uuid:application_id>")
class OwnApplication(MethodView):
    @refuses(ApplicationUnknown)
    @blp.response(200, ApplicationSchema)
    def get(self, application_id: UUID) -> dict[str, Any]:
        """One of yours."""
        with reading() as session:
            return _own(session, application_id)


@blp.route("/<uuid:application_id>/information")
class Information(MethodView):
    @idempotent
    @refuses(ApplicationUnknown, ApplicationMoveRefused, DocumentUnknown, DocumentMoveRefused)
    @refuses(WordsFull)
    @blp.arguments(InformationSchema)
    @blp.response(200, ApplicationSchema)
    def post(self, args: dict[str, Any], application_id: UUID) -> dict[str, Any]:
        """Add words, documents or new figures, while nobody has decided."""
        now = clock.now()
        with transaction() as session:
            me = caller().id
            service.add_information(
                session,
                borrower_id=me,
                application_id=application_id,
                words=args["text"],
                statement=statement_of(args["affordability"]),
                document_ids=args["document_ids"],
                today=_today(session, now),
                now=now,
            )
            return _own(session, application_id)


def _today(session: Session, now: Any) -> Any:
    # One who is nobody is told no more than that the application is not there.
    try:
        return borrowers.get_day(session, borrower_id=caller().id, now=now)
    except BorrowerNotFound:
        raise ApplicationUnknown from None


@blp.route("/<uuid:application_id>/withdraw")
class Withdrawal(MethodView):
    @idempotent
    @refuses(ApplicationUnknown, ApplicationMoveRefused)
    @blp.response(200, ApplicationSchema)
    def post(self, application_id: UUID) -> dict[str, Any]:
        """Take it back. Relief that came with it ends; you may apply again at any time."""
        now = clock.now()
        with transaction() as session:
            service.withdraw(
                session,
                borrower_id=caller().id,
                application_id=application_id,
                today=_today(session, now),
                now=now,
            )
            return _own(session, application_id)


def _answer(act: Callable[..., None], application_id: UUID, referral_id: UUID) -> dict[str, Any]:
    with transaction() as session:
        act(
            session,
            borrower_id=caller().id,
            application_id=application_id,
            referral_id=referral_id,
            now=clock.now(),
        )
        return _own(session, application_id)


@blp.route("/<uuid:application_id>/referrals/<uuid:referral_id>/agree")
class Agreement(MethodView):
    @idempotent
    @refuses(ReferralUnknown, ReferralSettled, ReferralConsentNeeded)
    @blp.response(200, ApplicationSchema)
    def post(self, application_id: UUID, referral_id: UUID) -> dict[str, Any]:
        """Say yes to this partner. It needs your consent to the purpose as well."""
        return _answer(service.agree, application_id, referral_id)


@blp.route("/<uuid:application_id>/referrals/<uuid:referral_id>/decline")
class Refusal(MethodView):
    @idempotent
    @refuses(ReferralUnknown, ReferralSettled)
    @blp.response(200, ApplicationSchema)
    def post(self, application_id: UUID, referral_id: UUID) -> dict[str, Any]:
        """Say no. Nothing else changes for you."""
        return _answer(service.decline, application_id, referral_id)
