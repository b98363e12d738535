"""One product for all faults: real processes, a small crowd, and someone who pays."""

import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest

from backend import settings
from backend.kit import clock
from tests.commands.product import ROOT, Product
from tests.faults.books import Books
from tests.faults.traffic import Traffic, call
from tests.fixtures.api import bearer, token_for
from tests.fixtures.settings import UNLIMITED

CROWD = 59_999  # and one who pays: three chunks of a re-tier
PERSON = {"name": "Zhao Qianxun", "phone": "+86 139 1234 5678"}
START_SECONDS_MAX = 30.0
ROTATION_DELAY = 2

_marks = count(1)


class Busy(Product):
    """Lets one caller ask as often as the traffic does, and new keys take effect soon."""

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, **UNLIMITED, "ROTATION_DELAY": str(ROTATION_DELAY)}


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with Busy(tmp_path_factory.mktemp("faults") / "data") as product:
        yield product


@pytest.fixture(scope="session")
def tokens(started: Product) -> dict[str, dict[str, str]]:
    """Headers of the core system and of the one who pays, who is stored with her loan."""
    known = settings.load({**secrets_of(started), **started.instance()})
    client = bearer(
        token_for(known, audience="client", subject_id=_id(1), scopes=("ingest.write",))
    )
    _store(started, client)
    borrower_id = Books(started).one("SELECT id FROM borrower WHERE external_id = 'payer'")
    borrower = bearer(token_for(known, audience="borrower", subject_id=borrower_id))
    return {"client": client, "borrower": borrower}


@pytest.fixture(scope="session")
def crowd(started: Product, tokens: dict[str, dict[str, str]]) -> None:
    subprocess.run(
        [sys.executable, "-m", "tests.faults.fill", str(CROWD)],
        cwd=ROOT,
        env=started.environment,
        check=True,
        timeout=300,
    )


@pytest.fixture
def product(started: Product, crowd: None) -> Product:
    """Ready, whatever the test before did to it."""
    started.wait_until_ready(START_SECONDS_MAX)
    return started


@pytest.fixture
def books(product: Product) -> Books:
    return Books(product)


@pytest.fixture(scope="session")
def ever_sent() -> set[str]:
    """The names of all payments that any test sent."""
    return set()


@pytest.fixture
def traffic(product: Product, tokens: dict[str, dict[str, str]], ever_sent: set[str]) -> Traffic:
    return Traffic(
        port=product.port,
        **tokens,
        day=_today(product),
        loan="payer-loan",
        mark=f"traffic-{next(_marks)}",
        sent=ever_sent,
    )


def secrets_of(product: Product) -> dict[str, str]:
    """What its settings hold besides its instance.json."""
    content: dict[str, str] = json.loads((product.data_dir / "secrets.json").read_text())
    return content


def _id(number: int) -> UUID:
    return UUID(int=number)


def _today(product: Product) -> str:
    return str(clock.read_demo_day(Path(product.instance()["DEMO_CLOCK_FILE"])))


def _store(product: Product, client: dict[str, str]) -> None:
    borrower = {"locale": "en", "timezone": "Asia/Shanghai", **PERSON}
    loan = {
        "kind": "installment",
        "borrower_external_id": "payer",
        "product_code": "personal",
        "currency": "CNY",
        "annual_rate": "0.12",
        "opened_on": "2026-01-01",
        "status": "active",
        "dpd_source": "computed",
        "installments": [
            {"number": 1, "due_on": "2026-02-01", "principal_minor": 10**9, "interest_minor": 1}
        ],
    }
    for path, body in (("borrowers/payer", borrower), ("loans/payer-loan", loan)):
        status, _ = call(product.port, "PUT", f"/v1/ingest/{path}", headers=client, body=body)
        assert status == 201
