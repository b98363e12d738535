"""What an operator types: accounts, tokens, jobs, proofs; one clear line where it fails."""

import json
import urllib.error
import urllib.request

import pytest
from click.testing import CliRunner

from backend.__main__ import main
from tests.commands.product import Product

BORROWER = {"locale": "en", "timezone": "Asia/Shanghai"}


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    with Product(tmp_path_factory.mktemp("operators") / "data") as product:
        yield product


def token(product, *words):
    answer = product.command("token", *words)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip().splitlines()[-1]


def call(product, method, path, *, bearer, body=None):
    request = urllib.request.Request(
        f"http://127.0.0.1:{product.port}{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def test_a_staff_account_gets_a_token_with_its_roles(product):
    made = product.command("staff", "add", "Risk@Bank.Test", "--role", "risk_officer")
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("risk@bank.test ")
    more = product.command("staff", "add", "risk@bank.test", "--role", "auditor", "--role", "admin")
    assert more.returncode == 0, more.stderr
    opened = token(product, "--staff", "risk@bank.test")
    assert call(product, "GET", "/v1/jobs", bearer=opened)[0] == 200
    assert call(product, "GET", "/v1/tier-policies", bearer=opened)[0] == 200
    status, trail = call(product, "GET", "/v1/staff/actions", bearer=opened)
    assert status == 200
    assert {"staff.add", "token.issue"} <= {item["action"] for item in trail["items"]}


def test_a_borrower_that_the_core_sends_can_be_spoken_for(product):
    core = token(product, "--client", "core")
    status, stored = call(product, "PUT", "/v1/ingest/borrowers/op-1", bearer=core, body=BORROWER)
    assert status in (200, 201), stored
    own = token(product, "--borrower", "op-1")
    status, me = call(product, "GET", "/v1/me", bearer=own)
    assert (status, me["id"]) == (200, stored["id"])


def test_jobs_run_by_hand_and_the_books_are_proved(product):
    ran = product.command("job", "re-tier")
    assert ran.returncode == 0, ran.stderr
    assert "counts" in json.loads(ran.stdout.strip().splitlines()[-1])
    proved = product.command("audit")
    assert proved.returncode == 0, proved.stdout + proved.stderr
    assert "loans: in order" in proved.stdout


def test_the_demo_s_day_moves_only_when_told_to(product):
    before = product.command("demo", "today").stdout.strip()
    moved = product.command("demo", "advance", "2")
    assert moved.returncode == 0, moved.stderr
    after = product.command("demo", "today").stdout.strip()
    assert after > before
    assert f"it is {after}" in moved.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("token", "--borrower", "nobody"), "no"),
        (("token", "--staff", "nobody@bank.test"), "no active staff account"),
        (("token",), "name one of"),
        (("token", "--client", "a", "--borrower", "b"), "name one of"),
        (("staff", "add", "no-address", "--role", "admin"), "e-mail"),
        (("job", "no-such-job"), "there is no job"),
        (("job", "re-tier", "--as-of", "yesterday"), "2026-11-23"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(product, words, says):
    answer = product.command(*words)
    assert answer.returncode != 0
    (line,) = [each for each in answer.stderr.splitlines() if each.startswith("goodfaith: ")]
    assert says in line
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    "words",
    [
        *((), ("serve",), ("worker",), ("migrate",), ("import",), ("run",), ("audit",), ("job",)),
        *(("token",), ("staff",), ("staff", "add"), ("openapi",), ("demo",), ("demo", "advance")),
        *(("client",), ("client", "add"), ("client", "rotate"), ("client", "disable")),
        ("client", "list"),
    ],
)
def test_every_command_explains_itself(words):
    answer = CliRunner().invoke(main, [*words, "--help"])
    assert answer.exit_code == 0, answer.output
    assert "Usage:" in answer.output
