"""All keys rotate while the product works: nobody notices, and nothing old becomes unreadable.

After the other faults, by its name: those count on the size of the crowd.
"""

import json
import subprocess
import sys
import threading
import time
import urllib.request
from itertools import count
from urllib.parse import quote

import psycopg
import pytest

from backend import settings
from backend.auth import service as auth
from backend.auth.rules import COMMAND_LINE_LIFE
from backend.kit import clock
from backend.kit.ids import new_id
from tests.commands.product import ROOT, Product
from tests.faults.books import Books
from tests.faults.conftest import ROTATION_DELAY, secrets_of
from tests.faults.traffic import call
from tests.fixtures.api import bearer, token_keys_of

PEOPLE = 10_000  # ten chunks
ROTATED_SECONDS_MAX = 30.0
FINE = {200, 201}
OLD_NAMES = "SELECT count(*) FROM borrower WHERE position(%s::bytea in name_cipher) = 3"
OLD_HASHES = "SELECT count(*) FROM borrower_lookup WHERE key_name = %s"
CURRENT = (
    "SELECT name FROM crypto_key WHERE kind = %s AND active_from <= now()"
    " ORDER BY active_from DESC LIMIT 1"
)


def token(product: Product, **claims: object) -> dict[str, str]:
    """Signed with what is the installation's current token key now."""
    known = settings.load({**secrets_of(product), **product.instance()})
    keys = token_keys_of(known)
    return bearer(
        auth.issue_token(
            keys, subject_id=new_id(), life=COMMAND_LINE_LIFE, now=clock.wall(), **claims
        )
    )


@pytest.fixture(scope="module")
def people(started: Product, tokens: object) -> int:
    """How many were stored and sealed with the first keys, by the product itself."""
    folder = started.data_dir.parent / "people"
    folder.mkdir()
    with (folder / "borrowers.ndjson").open("w") as file:
        for n in range(PEOPLE):
            person = {"external_id": f"p-{n}", "locale": "en", "timezone": "UTC"}
            file.write(json.dumps(person | {"name": f"Person Number {n}"}) + "\n")
    report = str(folder / "report")
    stored = started.command("import", str(folder), "--report", report)
    assert stored.returncode == 0, stored.stderr
    return PEOPLE


class Desk:
    """Stores a person and finds her again by her name, over and over, until the block ends."""

    def __init__(self, product: Product, tokens: dict[str, dict[str, str]]) -> None:
        self.port = product.port
        self.client = tokens["client"]
        self.officer = token(product, audience="staff", roles=["risk_officer"])
        self.statuses: set[int] = set()
        self.found: list[int] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def __enter__(self) -> "Desk":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def find(self, name: str) -> list[str]:
        """The names of those who are found by it."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/v1/staff/borrowers?q={quote(name)}",
            headers={**self.officer, "X-Access-Purpose": "account_care"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
            return [each["name"] for each in json.loads(answer.read())["items"]]

    def _work(self) -> None:
        for n in count():
            if self._stop.is_set():
                return
            # Everybody is written twice, so that what a look-up holds is replaced as well.
            who, name = f"desk-{n // 2}", f"Desk Person {n}"
            body = {"locale": "en", "timezone": "UTC", "name": name}
            path = f"/v1/ingest/borrowers/{who}"
            self.statuses.add(call(self.port, "PUT", path, headers=self.client, body=body)[0])
            self.found.append(len(self.find(name)))


def rotate(product: Product, books: Books) -> dict[str, str]:
    """Rotate all keys, and wait until every process works with the new ones; the old names."""
    old = {kind: books.one(CURRENT, kind) for kind in ("field", "lookup", "token")}
    rotated = product.command("keys", "rotate", "all")
    assert rotated.returncode == 0, rotated.stderr
    give_up_at = time.monotonic() + ROTATED_SECONDS_MAX
    while any(books.one(CURRENT, kind) == name for kind, name in old.items()):
        assert time.monotonic() < give_up_at
        time.sleep(0.05)
    time.sleep(ROTATION_DELAY)
    return old


def kill_half_way(product: Product, books: Books, name: str) -> int:
    """Kill -9 of the job once it has sealed some and not all anew; how many are left."""
    with (
        psycopg.connect(books.url, autocommit=True) as watching,
        (product.data_dir / "reencrypt.log").open("ab") as log,
    ):
        job = subprocess.Popen(
            [sys.executable, "-m", "backend", "job", "reencrypt"],
            cwd=ROOT,
            env=product.environment,
            stdout=log,
            stderr=log,
        )
        try:
            give_up_at = time.monotonic() + ROTATED_SECONDS_MAX
            while watching.execute(OLD_NAMES, [name]).fetchone()[0] >= PEOPLE:
                assert job.poll() is None, "it ended before it was killed"
                assert time.monotonic() < give_up_at
        finally:
            job.kill()
            job.wait()
    left: int = books.one(OLD_NAMES, name)
    assert 0 < left < PEOPLE
    return left


def test_keys_rotate_under_load_and_nobody_notices(product, books, traffic, tokens, people):
    with traffic, Desk(product, tokens) as desk:
        old = rotate(product, books)
        # Tokens from before go on, and new ones open at once.
        new = token(product, audience="staff", roles=["risk_officer"])
        assert new != desk.officer
        desk.officer = new
        left = kill_half_way(product, books, old["field"])
        ran = product.command("job", "reencrypt")
        assert ran.returncode == 0, ran.stderr
        done = json.loads(ran.stdout.splitlines()[0])
        assert desk.find("Person Number 7") == ["Person Number 7"]
        traffic.wait_for_success()
    # What the killed run had done was not done again; traffic writes with the new key itself.
    assert done["resealed"] <= left + 100
    assert done["unreadable"] == 0
    assert traffic.statuses <= FINE
    assert desk.statuses <= FINE
    assert set(desk.found) == {1}
    assert books.one(OLD_NAMES, old["field"]) == books.one(OLD_HASHES, old["lookup"]) == 0
    # As if it had been the day before yesterday: codes and counts of attempts are gone since.
    books.ask("UPDATE crypto_key SET active_from = active_from - interval '2 days'"
              " WHERE kind = 'lookup'")  # fmt: skip
    for kind in ("field", "lookup"):
        retired = product.command("keys", "retire", f"{kind}:{old[kind]}")
        assert retired.returncode == 0, retired.stderr
    refused = product.command("keys", "retire", old["token"])
    assert "may live until" in refused.stderr
    time.sleep(ROTATION_DELAY)
    with Desk(product, tokens) as after:
        assert after.find("Person Number 9999") == ["Person Number 9999"]
    books.assert_kept(traffic.acknowledged, traffic.sent)
    books.assert_in_order()
