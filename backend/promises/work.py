"""Promises to pay whose day is near or past, for the work list."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, literal, select

from backend.kit.ports import Urgency, WorkKind
from backend.kit.texts import Text
from backend.promises.models import Promise
from backend.promises.rules import State

KINDS = {
    "promise_due": WorkKind(
        Urgency.FOLLOW,
        Text("She named a day for a payment.", "客户约定了付款日期。"),
        Text("See whether it came, and ask how things are.", "核对是否到账并关心近况。"),
        "GET /v1/staff/borrowers/{borrower_id}",
    )
}


class OpenPromises:
    """She gave her word, and it is still open."""

    code = "promises"

    @property
    def kinds(self) -> Mapping[str, WorkKind]:
        """As the port says."""
        return KINDS

    def cases(self) -> Select[*tuple[Any, ...]]:
        """One case a promise, due on its day."""
        return select(
            Promise.borrower_id,
            Promise.id.label("case_id"),
            literal("promise_due").label("kind"),
            Promise.on_date.label("due_on"),
            Promise.made_at.label("since"),
        ).where(Promise.state == State.OPEN)


SOURCE = OpenPromises()
