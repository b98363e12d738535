"""A receiver on this machine, an endpoint that leads there, and a sender."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session
from standardwebhooks import Webhook as Checker

from backend.core_instructions import service as instructions
from backend.core_instructions.rules import Kind
from backend.kit import clock
from backend.kit.calls_out import Caller, Guard
from backend.webhooks import sender as sending
from backend.webhooks.models import WebhookDelivery, WebhookEndpoint
from backend.webhooks.rules import Result
from backend.webhooks.sender import Sender
from tests.clock import NOW
from tests.factories.loans import make_borrower
from tests.fakes.receiver import Call, Receiver, receiving
from tests.fixtures import leaks
from tests.fixtures.api import Api

ADDRESS = "/v1/webhook-endpoints"
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
HERE = Guard(allowed=LOOPBACK, ports=None, may_use_http=True)
DEADLINE = 0.5


@dataclass(frozen=True)
class Endpoint:
    """One that was made over HTTP, with the secret that was shown."""

    id: str
    secret: str

    @property
    def path(self) -> str:
        return f"{ADDRESS}/{self.id}"


@pytest.fixture(autouse=True)
def this_machine_may_be_called() -> Iterator[None]:
    before = sending.current_guard()
    sending.configure(HERE)
    yield
    sending.configure(before)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def sender() -> Sender:
    return make_sender()


def make_sender(*, guard: Guard = HERE) -> Sender:
    """One that waits for as long as it may between tries."""
    return Sender(Caller(guard, deadline_seconds=DEADLINE), chance=lambda: 1.0)


@pytest.fixture
def add(client_api: Api, receiver: Receiver) -> Callable[..., Endpoint]:
    """`add()`: an endpoint of the core system's, for one kind of instruction."""

    def add(api: Api = client_api, **changes: Any) -> Endpoint:
        body = {"url": receiver.url(), "event_types": ["penalty.freeze"]} | changes
        answer = api.post(ADDRESS, json=body)
        assert answer.status_code == 201, answer.text
        leaks.watch(secret=answer.json["secret"])
        return Endpoint(answer.json["id"], answer.json["secret"])

    return add


@pytest.fixture
def endpoint(add: Callable[..., Endpoint]) -> Endpoint:
    return add()


@pytest.fixture
def tell(session: Session, deliver: Callable[[], int]) -> Callable[..., None]:
    """`tell(3)`: so many instructions of a borrower's, made into messages."""

    def tell(count: int = 1, *, external_id: str | None = None) -> None:
        borrower_id = make_borrower(session, external_id=external_id)
        for place in range(count):
            instruct(session, borrower_id=borrower_id, occasion=str(place))
        session.commit()
        deliver()

    return tell


@pytest.fixture
def log(client_api, endpoint):
    """The log of deliveries, the newest first."""

    def log(**args):
        return client_api.get(f"{endpoint.path}/deliveries", query_string=args).json["items"]

    return log


def instruct(
    session: Session,
    *,
    borrower_id: UUID,
    occasion: str,
    kind: Kind = Kind.PENALTY_FREEZE,
    **payload: Any,
) -> None:
    instructions.instruct(
        session,
        borrower_id=borrower_id,
        kind=kind,
        occasion=occasion,
        payload={"loan_external_id": "loan-1"} | payload,
        now=NOW,
    )


def send_all(sender: Sender) -> list[Result]:
    """All that is due, one after the other."""
    results = []
    while leases := sender.take(100):
        results += [sender.send(lease) for lease in leases]
    return results


def make_due(session: Session) -> None:
    """What waits for its next try waits no longer; nobody is asked to rest."""
    session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.state == "pending")
        .values(due_at=clock.wall(), lease_id=None, leased_until=None)
    )
    session.execute(update(WebhookEndpoint).values(paused_until=None))
    session.commit()


def checked(call: Call, secret: str) -> Any:
    """What a receiver reads once it has verified the call by the library that it would use."""
    return Checker(secret).verify(call.body, call.headers)
