"""Staff open cases on proof, another person decides, and what was upheld is carried out."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from flask import Response
from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.borrowers import service as borrowers
from backend.borrowers.errors import BorrowerNotFound, PurposeMissing
from backend.borrowers.rules import AccessPurpose
from backend.borrowers.schemas import PurposeArgs
from backend.events.contacts import Channel
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, permits, rated
from backend.kit.db import transaction
from backend.kit.http import locale, refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page
from backend.kit.rate_limit import LOOK_UP
from backend.procedures import queries, service
from backend.procedures.errors import (
    ForgeryNotUpheld,
    HandOverMissing,
    ProcedureMoveRefused,
    ProcedureOpen,
    ProcedureUnknown,
    ReplyStillPossible,
    SilenceEnded,
    SilenceNotProven,
)
from backend.procedures.rules import Ground, State
from backend.procedures.schemas import (
    HandOverSchema,
    PartArgs,
    ProcedureArgs,
    ProcedureDecisionInSchema,
    ProcedureInSchema,
    ProcedurePageSchema,
    ProcedureReasonInSchema,
    WholeProcedureSchema,
)
from backend.procedures.service.hand_over import as_csv
from backend.programme.errors import EnrolmentMoveRefused
from backend.staff.errors import SecondPersonNeeded

CSV = "text/csv"
OF_HER = "/borrowers/<uuid:borrower_id>/procedures"
ONE = f"{OF_HER}/<uuid:procedure_id>"

blp = blueprint(
    "procedures",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/staff",
    description="When the programme may end for somebody: notice, reply, another's decision.",
    permission="procedures.read",
)


def _look(session: Session, borrower_ids: Sequence[UUID], what: str, *, why: str | None) -> None:
    borrowers.look(
        session,
        who=caller(),
        borrower_ids=borrower_ids,
        purpose=why,
        what=what,
        now=clock.now(),
    )


def _act(session: Session, borrower_id: UUID, *, why: str | None) -> None:
    borrowers.look(
        session,
        who=caller(),
        borrower_ids=[borrower_id],
        purpose=why,
        what="procedure",
        now=clock.now(),
        act=AccessPurpose.RISK_REVIEW,
    )


@blp.route("/procedures")
class Procedures(MethodView):
    @rated(LOOK_UP)
    @refuses(PurposeMissing)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(ProcedureArgs, location="query")
    @blp.response(200, ProcedurePageSchema)
    def get(self, purpose: dict[str, Any], args: dict[str, Any]) -> Page:
        """Cases, the oldest first; of an account manager those of her borrowers. Logged."""
        with transaction() as session:
            found = queries.page_procedures(session, who=caller(), state=args["state"], args=args)
            ids = list(dict.fromkeys(each["borrower_id"] for each in found.items))
            _look(session, ids, "procedure", why=purpose["purpose"])
        return found


@blp.route(OF_HER)
class Openings(MethodView):
    @idempotent
    @permits("procedures.open")
    @refuses(BorrowerNotFound, ProcedureOpen, SilenceNotProven, ForgeryNotUpheld)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(ProcedureInSchema)
    @blp.response(201, WholeProcedureSchema)
    def post(
        self, purpose: dict[str, Any], args: dict[str, Any], borrower_id: UUID
    ) -> dict[str, Any]:
        """Open a case on proof. She is given notice, and two weeks to reply."""
        with transaction() as session:
            _act(session, borrower_id, why=purpose["purpose"])
            procedure_id = service.open_procedure(
                session,
                borrower_id=borrower_id,
                ground=Ground(args["ground"]),
                document_id=args["document_id"],
                notice_channel=Channel(args["notice_channel"]),
                reason=args["reason"],
                staff_id=caller().id,
                locale=locale(),
                now=clock.now(),
            )
            return queries.get_shown(session, borrower_id=borrower_id, procedure_id=procedure_id)


@blp.route(ONE)
class OneProcedure(MethodView):
    @rated(LOOK_UP)
    @refuses(BorrowerNotFound, PurposeMissing, ProcedureUnknown)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.response(200, WholeProcedureSchema)
    def get(self, purpose: dict[str, Any], borrower_id: UUID, procedure_id: UUID) -> dict[str, Any]:
        """One case with every step and what she replied. The look is logged."""
        with transaction() as session:
            _look(session, [borrower_id], "procedure", why=purpose["purpose"])
            return queries.get_shown(session, borrower_id=borrower_id, procedure_id=procedure_id)


@blp.route(f"{ONE}/decide")
class Decision(MethodView):
    @idempotent
    @permits("procedures.decide", is_four_eyes=True)
    @refuses(BorrowerNotFound, ProcedureUnknown, ProcedureMoveRefused)
    @refuses(SecondPersonNeeded, ReplyStillPossible, SilenceEnded)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(ProcedureDecisionInSchema)
    @blp.response(200, WholeProcedureSchema)
    def post(
        self, purpose: dict[str, Any], args: dict[str, Any], borrower_id: UUID, procedure_id: UUID
    ) -> dict[str, Any]:
        """Decide another person's case: dismiss it at any time, uphold it after her days."""
        with transaction() as session:
            _act(session, borrower_id, why=purpose["purpose"])
            service.decide(
                session,
                borrower_id=borrower_id,
                procedure_id=procedure_id,
                outcome=State(args["outcome"]),
                reason=args["reason"],
                staff_id=caller().id,
                locale=locale(),
                now=clock.now(),
            )
            return queries.get_shown(session, borrower_id=borrower_id, procedure_id=procedure_id)


@blp.route(f"{ONE}/withdraw")
class Withdrawal(MethodView):
    @idempotent
    @permits("procedures.open")
    @refuses(BorrowerNotFound, ProcedureUnknown, ProcedureMoveRefused)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(ProcedureReasonInSchema)
    @blp.response(200, WholeProcedureSchema)
    def post(
        self, purpose: dict[str, Any], args: dict[str, Any], borrower_id: UUID, procedure_id: UUID
    ) -> dict[str, Any]:
        """Take a case back that is not carried out yet."""
        with transaction() as session:
            _act(session, borrower_id, why=purpose["purpose"])
            service.withdraw(
                session,
                borrower_id=borrower_id,
                procedure_id=procedure_id,
                reason=args["reason"],
                staff_id=caller().id,
                now=clock.now(),
            )
            return queries.get_shown(session, borrower_id=borrower_id, procedure_id=procedure_id)


@blp.route(f"{ONE}/terminate")
class Termination(MethodView):
    @idempotent
    @permits("procedures.decide", is_four_eyes=True)
    @refuses(BorrowerNotFound, ProcedureUnknown, ProcedureMoveRefused)
    @refuses(SecondPersonNeeded, SilenceEnded)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(ProcedureReasonInSchema)
    @blp.response(200, WholeProcedureSchema)
    def post(
        self, purpose: dict[str, Any], args: dict[str, Any], borrower_id: UUID, procedure_id: UUID
    ) -> dict[str, Any]:
        """Carry out what was upheld: the programme ends for her, and the core system is told."""
        with transaction() as session:
            _act(session, borrower_id, why=purpose["purpose"])
            service.terminate(
                session,
                borrower_id=borrower_id,
                procedure_id=procedure_id,
                reason=args["reason"],
                staff_id=caller().id,
                locale=locale(),
                now=clock.now(),
            )
            return queries.get_shown(session, borrower_id=borrower_id, procedure_id=procedure_id)


@blp.route(f"{ONE}/lift")
class Lifting(MethodView):
    @idempotent
    @permits("procedures.decide", is_four_eyes=True)
    @refuses(BorrowerNotFound, ProcedureUnknown, ProcedureMoveRefused)
    @refuses(SecondPersonNeeded, EnrolmentMoveRefused)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(ProcedureReasonInSchema)
    @blp.response(200, WholeProcedureSchema)
    def post(
        self, purpose: dict[str, Any], args: dict[str, Any], borrower_id: UUID, procedure_id: UUID
    ) -> dict[str, Any]:
        """Undo a termination on appeal: she is enrolled again, and the core system is told."""
        with transaction() as session:
            _act(session, borrower_id, why=purpose["purpose"])
            service.lift(
                session,
                borrower_id=borrower_id,
                procedure_id=procedure_id,
                reason=args["reason"],
                staff_id=caller().id,
                now=clock.now(),
            )
            return queries.get_shown(session, borrower_id=borrower_id, procedure_id=procedure_id)


@blp.route(f"{ONE}/hand-over")
class HandOver(MethodView):
    @rated(LOOK_UP)
    @permits("procedures.hand_over")
    @refuses(BorrowerNotFound, PurposeMissing, ProcedureUnknown, HandOverMissing)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.response(200, HandOverSchema)
    def get(self, purpose: dict[str, Any], borrower_id: UUID, procedure_id: UUID) -> dict[str, Any]:
        """The file for lawful collection, as it was made. The look is logged."""
        with transaction() as session:
            _look(session, [borrower_id], "hand-over", why=purpose["purpose"])
            written, digest = queries.get_hand_over(
                session, borrower_id=borrower_id, procedure_id=procedure_id
            )
        return {"sha256": digest, "file": orjson.loads(written)}


@blp.route(f"{ONE}/hand-over.csv")
class HandOverTable(MethodView):
    @rated(LOOK_UP)
    @permits("procedures.hand_over")
    @refuses(BorrowerNotFound, PurposeMissing, ProcedureUnknown, HandOverMissing)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(PartArgs, location="query")
    @blp.response(200, {"type": "string"}, content_type=CSV)
    def get(
        self, purpose: dict[str, Any], args: dict[str, Any], borrower_id: UUID, procedure_id: UUID
    ) -> Response:
        """One part of that file as a table. The look is logged."""
        with transaction() as session:
            _look(session, [borrower_id], "hand-over", why=purpose["purpose"])
            written, _ = queries.get_hand_over(
                session, borrower_id=borrower_id, procedure_id=procedure_id
            )
        return Response(as_csv(orjson.loads(written), args["part"]), mimetype=CSV)
