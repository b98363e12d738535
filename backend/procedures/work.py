"""Cases that run, for the work list: a notice to follow, a reply to answer."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, case, select

from backend.kit.ports import Urgency, WorkKind
from backend.kit.texts import Text
from backend.procedures.models import Procedure
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


SOURCE = RunningProcedures()
