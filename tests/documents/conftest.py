"""A borrower who may send anything, and staff who look after her."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest

from backend.consents.rules import Purpose, Source
from backend.consents.service import Said, put_consents
from backend.documents import scanning
from tests.clock import NOW
from tests.factories.loans import make_borrower
from tests.factories.viewers import make_assignment
from tests.fixtures.api import Api


@dataclass(frozen=True)
class Desk:
    """Ann, her account manager, a risk officer."""

    own: Api
    ann: UUID
    manager: Api
    officer: Api

    def path(self, rest: str) -> str:
        return f"/v1/staff/borrowers/{self.ann}/{rest}"


@pytest.fixture
def consent(session) -> Callable[[UUID], None]:
    def give(borrower_id: UUID) -> None:
        said = Said(purpose=Purpose.SENSITIVE_DOCUMENTS, version=1, granted=True)
        put_consents(session, borrower_id=borrower_id, said=[said], source=Source.APP, now=NOW)

    return give


@pytest.fixture
def desk(session, borrower_api, staff_api) -> Desk:
    ann = make_borrower(session)
    manager = staff_api("account_manager")
    make_assignment(session, staff_id=manager.id, borrower_id=ann)
    return Desk(borrower_api(ann), ann, manager, staff_api("risk_officer"))


@pytest.fixture
def scanned_by(process) -> Iterator[Callable[..., None]]:
    """`scanned_by(scanner, shown=...)`; afterwards as the installation has it."""
    before = scanning.current()

    def use(scanner, *, shown: bool = False) -> None:
        scanning.configure(scanner=scanner, unscanned_is_shown=shown)

    yield use
    scanning.configure(scanner=before.scanner, unscanned_is_shown=before.unscanned_is_shown)
