"""What tests of evidence share: somebody of whom things are logged, and a log that is sealed."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.evidence import queries, sealing, service
from backend.evidence.models import EvidenceRecord
from backend.evidence.service import Act, Entry
from backend.kit import clock
from tests.factories.loans import make_borrower


@dataclass
class Log:
    """Writes, seals and reads the log of a test."""

    session: Any

    def write(self, borrower_id: UUID | None, count: int = 1, **record: Any) -> list[UUID]:
        entries = [
            Entry(Act.BENEFIT_GRANTED, borrower_id, {"n": n, **record}) for n in range(count)
        ]
        return service.record_many(self.session, entries=entries, now=clock.now())

    def seal(self, limit: int = sealing.BATCH) -> int:
        batch = sealing.seal_batch(self.session, after=0, now=clock.now(), limit=limit)
        assert batch is not None
        return batch.sealed

    def head(self) -> Any:
        return queries.get_head(self.session)

    def bodies(self, borrower_id: UUID) -> list[bytes | None]:
        own = EvidenceRecord.borrower_id == borrower_id
        return list(self.session.execute(select(EvidenceRecord.body).where(own)).scalars())


@pytest.fixture
def log(session):
    return Log(session)


@pytest.fixture
def her_id(session):
    borrower_id = make_borrower(session)
    session.commit()
    return borrower_id


@pytest.fixture
def me(borrower_api, her_id):
    return borrower_api(her_id)


@pytest.fixture
def consent(me):
    """She gives a consent; answers the record's id."""

    def give(purpose: str = "marketing") -> str:
        said = {"purpose": purpose, "granted": True, "version": 1}
        answer = me.put("/v1/me/consents", json={"consents": [said]})
        assert answer.status_code == 200
        return me.get("/v1/me/receipts").json["items"][0]["id"]

    return give
