"""Staff see what a borrower sent, open it, say what they found, and ask where it looks forged."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response
from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.borrowers import queries as borrower_queries
from backend.borrowers import service as borrowers
from backend.borrowers.errors import BorrowerNotFound, PurposeMissing
from backend.borrowers.rules import AccessPurpose
from backend.borrowers.schemas import PurposeArgs
from backend.documents import queries, scanning, service, staff_view
from backend.documents.errors import (
    DocumentMoveRefused,
    DocumentNotShown,
    DocumentUnknown,
    ReplyTimeRunning,
    SuspicionDecided,
    SuspicionUnknown,
)
from backend.documents.rules import Outcome, SuspicionState
from backend.documents.saving import saved
from backend.documents.schemas import (
    StaffDocumentPageSchema,
    StaffDocumentSchema,
    SuspicionDecisionSchema,
    SuspicionInSchema,
    VerificationInSchema,
)
from backend.documents.service import Found
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, permits, rated
from backend.kit.db import transaction
from backend.kit.http import locale, refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page, PageArgs
from backend.kit.problems import Invalid
from backend.kit.rate_limit import LOOK_UP
from backend.staff import service as staff
from backend.staff.errors import SecondPersonNeeded

BYTES_OUT = {"type": "string", "contentMediaType": "application/octet-stream"}

blp = blueprint(
    "documents",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/staff/borrowers",
    description="Proofs that borrowers send, and what was found when somebody checked them.",
    permission="documents.read",
)


def _look(
    session: Session, borrower_id: UUID, what: str, *, purpose: str | None, now: datetime
) -> None:
    borrowers.look(
        session,
        who=caller(),
        borrower_ids=[borrower_id],
        purpose=purpose,
        what=what,
        now=now,
    )


def _act(session: Session, borrower_id: UUID, *, purpose: str | None, now: datetime) -> None:
    borrowers.look(
        session,
        who=caller(),
        borrower_ids=[borrower_id],
        purpose=purpose,
        what="document",
        now=now,
        act=AccessPurpose.RISK_REVIEW,
    )


@blp.route("/<uuid:borrower_id>/documents")
class Documents(MethodView):
    @rated(LOOK_UP)
    @refuses(BorrowerNotFound, PurposeMissing)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, StaffDocumentPageSchema)
    def get(self, purpose: dict[str, Any], args: dict[str, Any], borrower_id: UUID) -> Page:
        """What she sent, newest first, with every check and question. The look is logged."""
        with transaction() as session:
            _look(session, borrower_id, "documents", purpose=purpose["purpose"], now=clock.now())
            return staff_view.page_documents(
                session, borrower_id=borrower_id, args=args, locale=locale()
            )


@blp.route("/<uuid:borrower_id>/documents/<uuid:document_id>/content")
class Content(MethodView):
    @rated(LOOK_UP)
    @refuses(BorrowerNotFound, PurposeMissing, DocumentUnknown, DocumentNotShown)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.response(200, BYTES_OUT, content_type="application/octet-stream")
    def get(self, purpose: dict[str, Any], borrower_id: UUID, document_id: UUID) -> Response:
        """The file, to be saved and never shown in place. The look is logged."""
        with transaction() as session:
            what = f"document {document_id}"
            _look(session, borrower_id, what, purpose=purpose["purpose"], now=clock.now())
            return saved(session, borrower_id=borrower_id, document_id=document_id)


@blp.route("/<uuid:borrower_id>/documents/<uuid:document_id>/verifications")
class Verifications(MethodView):
    @idempotent
    @permits("documents.verify")
    @refuses(BorrowerNotFound, DocumentUnknown, DocumentNotShown, DocumentMoveRefused, Invalid)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(VerificationInSchema)
    @blp.response(201, StaffDocumentSchema)
    def post(
        self, purpose: dict[str, Any], args: dict[str, Any], borrower_id: UUID, document_id: UUID
    ) -> dict[str, Any]:
        """Say what you found, and how. You will not be the one who decides on what it proves."""
        now = clock.now()
        with transaction() as session:
            _act(session, borrower_id, purpose=purpose["purpose"], now=now)
            service.verify(
                session,
                borrower_id=borrower_id,
                document_id=document_id,
                found=Found(**(args | {"outcome": Outcome(args["outcome"])})),
                unscanned_is_shown=scanning.current().unscanned_is_shown,
                checked_by=caller().id,
                today=borrower_queries.get_day(session, borrower_id=borrower_id, now=now),
                now=now,
            )
            _record("document.verify", document_id, outcome=args["outcome"], session=session)
            return staff_view.get_shown(
                session, borrower_id=borrower_id, document_id=document_id, locale=locale()
            )


@blp.route("/<uuid:borrower_id>/documents/<uuid:document_id>/suspicions")
class Suspicions(MethodView):
    @idempotent
    @permits("documents.verify")
    @refuses(BorrowerNotFound, DocumentUnknown, DocumentMoveRefused)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(SuspicionInSchema)
    @blp.response(201, StaffDocumentSchema)
    def post(
        self, purpose: dict[str, Any], args: dict[str, Any], borrower_id: UUID, document_id: UUID
    ) -> dict[str, Any]:
        """Ask her about a document that looks forged. Nothing follows before another decides."""
        now = clock.now()
        with transaction() as session:
            _act(session, borrower_id, purpose=purpose["purpose"], now=now)
            service.suspect(
                session,
                borrower_id=borrower_id,
                document_id=document_id,
                grounds=args["grounds"],
                suspected_by=caller().id,
                today=borrower_queries.get_day(session, borrower_id=borrower_id, now=now),
                now=now,
            )
            _record("document.suspect", document_id, outcome="suspected", session=session)
            return staff_view.get_shown(
                session, borrower_id=borrower_id, document_id=document_id, locale=locale()
            )


@blp.route("/<uuid:borrower_id>/document-suspicions/<uuid:suspicion_id>/decide")
class SuspicionDecision(MethodView):
    @idempotent
    @permits("documents.decide", is_four_eyes=True)
    @refuses(BorrowerNotFound, SuspicionUnknown, SuspicionDecided, SecondPersonNeeded)
    @refuses(ReplyTimeRunning)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(SuspicionDecisionSchema)
    @blp.response(200, StaffDocumentSchema)
    def post(
        self, purpose: dict[str, Any], args: dict[str, Any], borrower_id: UUID, suspicion_id: UUID
    ) -> dict[str, Any]:
        """Find another person's suspicion right or not, once she was heard."""
        now = clock.now()
        with transaction() as session:
            _act(session, borrower_id, purpose=purpose["purpose"], now=now)
            service.decide_suspicion(
                session,
                borrower_id=borrower_id,
                suspicion_id=suspicion_id,
                is_upheld=args["outcome"] == SuspicionState.UPHELD,
                reason=args["reason"],
                decided_by=caller().id,
                today=borrower_queries.get_day(session, borrower_id=borrower_id, now=now),
                now=now,
            )
            found = queries.get_suspicion(
                session, borrower_id=borrower_id, suspicion_id=suspicion_id
            )
            document_id = found.document_id
            _record("document.decide", document_id, outcome=args["outcome"], session=session)
            return staff_view.get_shown(
                session, borrower_id=borrower_id, document_id=document_id, locale=locale()
            )


def _record(action: str, document_id: UUID, *, outcome: str, session: Session) -> None:
    # What was found stays sealed with the document; the trail tells only that it was done.
    staff.record_action(
        session,
        staff_id=caller().id,
        action=action,
        subject=f"document:{document_id}",
        details={"outcome": outcome},
    )
