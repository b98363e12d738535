"""Cases that run or might, for the work list: a notice, a reply, a document found forged."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Date, Select, case, cast, exists, literal, null, select

from backend.kit.ports import Urgency, WorkKind
from backend.kit.texts import Text
from backend.procedures.models import Procedure, ProcedureOccasion
from backend.procedures.rules import UNDECIDED, State

_SHOWN_AT = "GET /v1/staff/borrowers/{borrower_id}/procedures/{case_id}"


KINDS = {
    "procedure_replied": WorkKind(
        Urgency.ANSWER,
        Text("She replied to a notice.", "客户已答复通知。"),
        Text("Read her reply and see that it is decided.", "阅读答复并推动作出决定。"),
        _SHOWN_AT,
    ),
    "procedure_notice": WorkKind(
        Urgency.FOLLOW,
        Text("She was given notice and may reply.", "客户已收到通知，可以答复。"),
        Text("Help her to reply in time.", "协助客户按时答复。"),
        _SHOWN_AT,
    ),
}

FORGERY_KINDS = {
    "forgery_upheld": WorkKind(
        Urgency.FOLLOW,
        Text("A document of hers was found forged.", "客户的一份材料被认定为伪造。"),
        Text(
            "Talk with her, and judge whether a case is to be opened.",
            "与其沟通并判断是否开启程序。",
        ),
        "POST /v1/staff/borrowers/{borrower_id}/procedures",
    )
}


class RunningProcedures:
    """Nobody has decided yet."""

    code = "procedures"

    @property
    def kinds(self) -> Mapping[str, WorkKind]:
        """As the port says."""
        return KINDS

    def cases(self) -> Select[*tuple[Any, ...]]:
        """One case a procedure, until her last day to reply."""
        kind = case(
            (Procedure.state == State.REPLIED, "procedure_replied"), else_="procedure_notice"
        )
        return select(
            Procedure.borrower_id,
            Procedure.id.label("case_id"),
            kind.label("kind"),
            Procedure.reply_until_on.label("due_on"),
            Procedure.opened_at.label("since"),
        ).where(Procedure.state.in_(UNDECIDED))


class UpheldForgeries:
    """A document was found forged, and nobody has opened a case on it."""

    code = "forgeries"

    @property
    def kinds(self) -> Mapping[str, WorkKind]:
        """As the port says."""
        return FORGERY_KINDS

    def cases(self) -> Select[*tuple[Any, ...]]:
        """One case a document."""
        is_taken = exists().where(
            Procedure.borrower_id == ProcedureOccasion.borrower_id,
            Procedure.document_id == ProcedureOccasion.document_id,
        )
        return select(
            ProcedureOccasion.borrower_id,
            ProcedureOccasion.document_id.label("case_id"),
            literal("forgery_upheld").label("kind"),
            cast(null(), Date).label("due_on"),
            ProcedureOccasion.noted_at.label("since"),
        ).where(~is_taken)


SOURCES = (RunningProcedures(), UpheldForgeries())
