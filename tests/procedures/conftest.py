"""A borrower who is late and silent, who opens cases, and who decides them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.kit import clock
from tests.clock import NOW, TODAY
from tests.factories.contacts import make_silence
from tests.factories.loans import make_borrower, make_installments, make_loan
from tests.factories.programme import enrol
from tests.factories.viewers import make_assignment
from tests.fixtures.api import Api, new_key

BODY = {"ground": "silence", "notice_channel": "email", "reason": "No word for weeks."}
WHY = {"X-Access-Purpose": "risk_review"}
AFTER = NOW + timedelta(days=15)


@dataclass
class Case:
    """Everybody that a case needs, and short ways to speak."""

    borrower_id: UUID
    loan: str
    manager: Api
    officer: Api
    other: Api
    own: Api
    procedure_id: str = ""

    def open(self, **changes: Any) -> Any:
        answer = self.manager.post(self.path, json=BODY | changes, headers=new_key())
        if answer.status_code == 201:
            self.procedure_id = answer.json["id"]
        return answer

    @property
    def path(self) -> str:
        return f"/v1/staff/borrowers/{self.borrower_id}/procedures"

    def act(self, what: str, *, by: Api | None = None, **body: Any) -> Any:
        return (by or self.officer).post(
            f"{self.path}/{self.procedure_id}/{what}",
            json={"reason": "Looked at it."} | body,
            headers=new_key() | WHY,
        )

    def reply(self, text: str = "I was in hospital.", **more: Any) -> Any:
        return self.own.post(
            f"/v1/me/procedures/{self.procedure_id}/reply",
            json={"text": text} | more,
            headers=new_key(),
        )

    def state(self) -> str:
        shown = self.own.get("/v1/me/procedures").json["items"]
        return next(each["state"] for each in shown if each["id"] == self.procedure_id)

    def terminate(self) -> Any:
        """Open, wait, uphold, carry out; answers the last."""
        assert self.open().status_code == 201
        with clock.fixed(AFTER):
            upheld = self.act("decide", outcome="upheld")
            assert upheld.status_code == 200, upheld.json
            return self.act("terminate")


@pytest.fixture
def case(session, staff_api, borrower_api) -> Case:
    borrower_id = make_borrower(session, external_id="silent")
    loan, _ = make_loan(
        session,
        borrower="silent",
        installments=make_installments(first_due_on=TODAY - timedelta(days=60)),
    )
    manager = staff_api("account_manager")
    make_assignment(session, staff_id=manager.id, borrower_id=borrower_id)
    make_silence(session, borrower_id, staff_id=manager.id)
    enrol(session, borrower_id)
    session.commit()
    return Case(
        borrower_id=borrower_id,
        loan=loan,
        manager=manager,
        officer=staff_api("risk_officer"),
        other=staff_api("risk_officer"),
        own=borrower_api(borrower_id),
    )
