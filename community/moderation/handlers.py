"""That there was a decision is logged as evidence, without a word of what it was about."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from backend.events.community import AppealAnswered, MemberSanctioned
from backend.evidence import service as evidence
from backend.kit.outbox import Recorded
from backend.kit.wiring import Handler

ACTS = {
    MemberSanctioned.__name__: evidence.Act.SANCTIONED,
    AppealAnswered.__name__: evidence.Act.APPEALED,
}


def _on_decision(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    events = [cast(MemberSanctioned | AppealAnswered, each.event) for each in recorded]
    evidence.record_many(
        session,
        entries=[
            evidence.Entry(
                ACTS[type(event).__name__],
                event.borrower_id,
                {"decision_id": event.decision_id, "decided_at": event.occurred_at},
            )
            for event in events
        ],
        now=now,
    )


HANDLERS = (
    Handler(name="community.evidence", hears=(MemberSanctioned, AppealAnswered), run=_on_decision),
)
