"""A borrower in need, her account manager, and two risk officers."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from tests.factories.loans import make_borrower
from tests.factories.viewers import make_assignment
from tests.fixtures.api import Api


@dataclass(frozen=True)
class Office:
    """Ann and those who may help her."""

    own: Api
    ann: UUID
    manager: Api
    officer: Api
    second: Api

    def path(self, application_id: object, rest: str = "") -> str:
        return f"/v1/staff/borrowers/{self.ann}/hardship-applications/{application_id}{rest}"

    def grant_path(self, fund_grant_id: object, rest: str) -> str:
        return f"/v1/staff/borrowers/{self.ann}/fund-grants/{fund_grant_id}/{rest}"


@pytest.fixture
def office(session, borrower_api, staff_api) -> Office:
    ann = make_borrower(session, external_id="ann")
    manager = staff_api("account_manager")
    make_assignment(session, staff_id=manager.id, borrower_id=ann)
    return Office(
        borrower_api(ann), ann, manager, staff_api("risk_officer"), staff_api("risk_officer")
    )
