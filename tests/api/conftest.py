"""A small town: two borrowers who must never see each other, with a row of every kind."""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.app import Process
from backend.auth import service as auth
from backend.kit import clock
from backend.kit.db import Base
from backend.staff.rules import Role
from backend.tiers import own_tier, policies
from tests.clock import TODAY
from tests.factories.policies import make_dpd_policy, publish_policy
from tests.fixtures.api import Api

ALL_ROLES = tuple(str(role) for role in Role)


@dataclass(frozen=True)
class Person:
    """A borrower with all that is hers: ids, and words that only she may read."""

    id: UUID
    external_id: str
    loan_id: str
    loan_external_id: str
    card_id: str
    card_external_id: str
    payment_external_id: str
    words: tuple[str, ...]

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no other borrower's answer may contain."""
        return (str(self.id), self.loan_id, self.card_id, *self.words)


@dataclass(frozen=True)
class World:
    ann: Person
    bea: Person


@pytest.fixture(autouse=True)
def nothing_is_remembered_of_other_tests():
    """Each test's database gives the same version numbers to other policies."""
    policies.forget()
    own_tier.forget()
    yield
    policies.forget()
    own_tier.forget()


@pytest.fixture
def world(client_api: Api, session: Session, deliver: Callable[[], int]) -> World:
    """Ann and Bea, through the lender's own door, settled and tiered."""
    return make_world(client_api, session, deliver)


def make_world(client_api: Api, session: Session, deliver: Callable[[], int]) -> World:
    """As the fixture, for tests that build on it."""
    publish_policy(session, make_dpd_policy())
    session.commit()  # which is for good in tests that commit, a savepoint in others
    ann = make_person(client_api, name="Ann Qianxun", phone="+86 139 0000 4711", mark=7)
    bea = make_person(client_api, name="Bea Yuanfang", phone="+86 139 0000 4712", mark=9)
    deliver()
    return World(ann=ann, bea=bea)


def make_person(client_api: Api, *, name: str, phone: str, mark: int) -> Person:
    """Amounts end in the person's mark, so that they are nobody else's."""
    key = name.split()[0].lower()
    stored = _put(
        client_api,
        f"borrowers/{key}",
        {"locale": "en", "timezone": "Asia/Shanghai", "name": name, "phone": phone},
    )
    loan = _loan(client_api, key=key, mark=mark)
    card = _card(client_api, key=key, mark=mark)
    return Person(
        id=UUID(stored["id"]),
        external_id=key,
        loan_id=loan,
        loan_external_id=f"{key}-loan",
        card_id=card,
        card_external_id=f"{key}-card",
        payment_external_id=f"{key}-payment-1",
        words=(name, amount_of(mark)),
    )


def amount_of(mark: int) -> str:
    return f"43{mark}2{mark}17"


def _loan(client_api: Api, *, key: str, mark: int) -> str:
    installments = [
        {
            "number": number,
            "due_on": str(TODAY + timedelta(days=30 * (number - 3) - 5)),
            "principal_minor": int(amount_of(mark)),
            "interest_minor": 1_000 + mark,
        }
        for number in (1, 2, 3, 4)
    ]
    loan = _put(
        client_api,
        f"loans/{key}-loan",
        {
            "kind": "installment",
            "borrower_external_id": key,
            "product_code": "personal",
            "currency": "CNY",
            "principal_minor": 4 * int(amount_of(mark)),
            "annual_rate": "0.12",
            "opened_on": str(TODAY - timedelta(days=100)),
            "status": "active",
            "dpd_source": "computed",
            "installments": installments,
        },
    )
    for number in (1, 2):
        _post(
            client_api,
            "payments",
            {
                "external_id": f"{key}-payment-{number}",
                "loan_external_id": f"{key}-loan",
                "amount_minor": int(amount_of(mark)),
                "received_on": str(TODAY - timedelta(days=40 * (3 - number))),
            },
        )
    for number, kind in enumerate(("fee", "penalty", "waiver")):
        _post(
            client_api,
            "adjustments",
            {
                "external_id": f"{key}-adjustment-{number}",
                "loan_external_id": f"{key}-loan",
                "kind": kind,
                "amount_minor": 100,
                "on": str(TODAY - timedelta(days=10 - number)),
            },
        )
    return str(loan["id"])


def _card(client_api: Api, *, key: str, mark: int) -> str:
    card = _put(
        client_api,
        f"loans/{key}-card",
        {
            "kind": "revolving",
            "borrower_external_id": key,
            "product_code": "uci-card",
            "currency": "CNY",
            "credit_limit_minor": 5_000_000,
            "opened_on": "2026-01-01",
            "status": "active",
            "dpd_source": "reported",
        },
    )
    for month in ("2026-09", "2026-10"):
        _put(
            client_api,
            f"loans/{key}-card/statements/{month}",
            {
                "closed_on": f"{month}-28",
                "due_on": f"{month}-30",
                "balance_minor": int(amount_of(mark)),
                "assumed": ["due_on"],
            },
        )
    _put(
        client_api,
        f"loans/{key}-card/delinquency",
        {"days_past_due": 3, "as_of": str(TODAY), "activity": "carried"},
    )
    return str(card["id"])


def _put(client_api: Api, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = client_api.put(f"/v1/ingest/{path}", json=body)
    assert answer.status_code in (200, 201), answer.text
    stored: dict[str, Any] = answer.json
    return stored


def _post(client_api: Api, path: str, body: dict[str, Any]) -> None:
    answer = client_api.post(f"/v1/ingest/{path}", json=body)
    assert answer.status_code in (200, 201), answer.text


@pytest.fixture
def open_session(process: Process, session: Session) -> Callable[[UUID], str]:
    """`open_session(borrower_id)`: the id of a session in which she is logged in."""

    def open_one(borrower_id: UUID) -> str:
        answer = auth.open_session(
            session,
            process.token_keys,
            audience="borrower",
            subject_id=borrower_id,
            amr=["sms"],
            label="a phone",
            now=clock.wall(),
        )
        return str(auth.read_token(process.token_keys, answer.access_token).session_id)

    return open_one


@pytest.fixture
def count_rows(session: Session) -> Callable[[], dict[str, int]]:
    """How many rows each table holds."""
    parts = " UNION ALL ".join(
        f"SELECT '{name}' AS name, count(*) AS rows FROM \"{name}\""  # noqa: S608 - our own names
        for name in sorted(Base.metadata.tables)
    )
    statement = text(parts)

    def count() -> dict[str, int]:
        session.flush()
        return {row.name: row.rows for row in session.execute(statement)}

    return count


@pytest.fixture
def unchanged_by(count_rows):
    """`with unchanged_by(): ...` leaves no row anywhere."""

    @contextmanager
    def watch():
        before = count_rows()
        yield
        after = count_rows()
        assert {name: n for name, n in after.items() if n != before[name]} == {}

    return watch


@pytest.fixture
def unchanged(unchanged_by):
    """The whole test leaves no row anywhere."""
    with unchanged_by():
        yield
