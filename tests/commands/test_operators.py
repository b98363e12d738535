"""What an operator types: accounts, tokens, jobs, proofs; one clear line where it fails."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pyotp
import pytest
from click.testing import CliRunner

from backend.__main__ import main
from backend.auth.revocations import POLL_SECONDS
from backend.configuration.bundle import hash_of, read_bundle, write_bundle
from tests.commands.product import ROOT, Product
from tests.fixtures.server import plain
from tests.fixtures.settings import environment_of

PASSWORD = "seven grey herons wait"  # noqa: S105 - guards nothing
BORROWER = {"locale": "en", "timezone": "Asia/Shanghai"}


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    with Product(tmp_path_factory.mktemp("operators") / "data") as product:
        yield product


def token(product, *words):
    answer = product.command("token", *words)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip().splitlines()[-1]


def call(product, method, path, *, bearer="none", body=None):
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
    account, code = made.stdout.strip().splitlines()
    assert account.startswith("risk@bank.test ")
    assert len(code.split("-")) == 6
    more = product.command("staff", "add", "risk@bank.test", "--role", "auditor", "--role", "admin")
    assert more.returncode == 0, more.stderr
    opened = token(product, "--staff", "risk@bank.test")
    assert call(product, "GET", "/v1/jobs", bearer=opened)[0] == 200
    assert call(product, "GET", "/v1/tier-policies", bearer=opened)[0] == 200
    status, trail = call(product, "GET", "/v1/staff/actions", bearer=opened)
    assert status == 200
    assert {"staff.add", "token.issue"} <= {item["action"] for item in trail["items"]}


def enrol(product, email, code):
    body = {"email": email, "enrolment_code": code, "password": PASSWORD}
    status, shown = call(product, "POST", "/v1/auth/staff/enrolments", body=body)
    assert status == 201, shown
    first = pyotp.TOTP(shown["totp_secret"]).now()
    body = {"email": email, "enrolment_code": code, "totp_code": first}
    status, account = call(product, "POST", "/v1/auth/staff/enrolments/confirm", body=body)
    assert (status, account["state"]) == (200, "active"), account
    return shown


def test_a_colleague_enrols_logs_in_and_is_closed_out(product):
    email = "new@bank.test"
    made = product.command("staff", "add", email, "--role", "auditor")
    code = made.stdout.strip().splitlines()[-1]
    shown = enrol(product, email, code)
    # The step of the first code is used up.
    next_code = pyotp.TOTP(shown["totp_secret"]).at(time.time() + 30)
    body = {"email": email, "password": PASSWORD, "totp_code": next_code}
    status, tokens = call(product, "POST", "/v1/auth/staff/login", body=body)
    assert status == 200, tokens
    hers = tokens["access_token"]
    assert call(product, "GET", "/v1/staff/me", bearer=hers)[1]["roles"] == ["auditor"]

    more = product.command("staff", "add", email, "--role", "moderator")
    assert len(more.stdout.strip().splitlines()) == 1  # who has enrolled needs no code
    closed = product.command("staff", "disable", email, "--reason", "Left the house.")
    assert closed.returncode == 0, closed.stderr
    time.sleep(POLL_SECONDS)
    assert call(product, "GET", "/v1/staff/me", bearer=hers)[0] == 401
    assert product.command("staff", "enrol", email).returncode != 0
    opened = product.command("staff", "enable", email, "--reason", "Came back.")
    assert opened.returncode == 0, opened.stderr
    again = product.command("staff", "enrol", email)
    assert again.returncode == 0, again.stderr
    assert call(product, "POST", "/v1/auth/staff/login", body=body)[0] == 401
    enrol(product, email, again.stdout.strip().splitlines()[-1])

    secrets = (
        *(PASSWORD, code, next_code, shown["totp_secret"], hers, tokens["refresh_token"]),
        *shown["recovery_codes"],
        again.stdout.strip(),
    )
    logs = {file.name: file.read_text(errors="replace") for file in log_files(product)}
    assert any(logs.values())
    leaks = {name for name, text in logs.items() for secret in secrets if secret in text}
    assert leaks == set()


def log_files(product):
    files = [*product.data_dir.glob("*.log"), *product.data_dir.glob("*/*.log")]
    return [*files, product.data_dir.with_suffix(".out")]


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
        (("staff", "enrol", "nobody@bank.test"), "no active staff account"),
        (("staff", "disable", "nobody@bank.test", "--reason", "x"), "no active staff account"),
        (("staff", "enable", "nobody@bank.test", "--reason", "x"), "no staff account"),
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
        *(("staff", "enrol"), ("staff", "disable"), ("staff", "enable")),
        *(("token",), ("staff",), ("staff", "add"), ("openapi",), ("demo",), ("demo", "advance")),
        *(("client",), ("client", "add"), ("client", "rotate"), ("client", "disable")),
        ("client", "list"),
    ],
)
def test_every_command_explains_itself(words):
    answer = CliRunner().invoke(main, [*words, "--help"])
    assert answer.exit_code == 0, answer.output
    assert "Usage:" in answer.output


@pytest.mark.commits
def test_outside_the_demo_more_power_needs_a_reason(clone_database, tmp_path):
    production = environment_of(plain(clone_database())) | {"DATA_DIR": str(tmp_path)}

    def command(*words):
        return subprocess.run(
            [sys.executable, "-m", "backend", "staff", *words],
            cwd=ROOT,
            env=production,
            capture_output=True,
            text=True,
            check=False,
        )

    first = command("add", "first@bank.test", "--role", "admin")
    assert first.returncode == 0, first.stderr
    more = ("add", "first@bank.test", "--role", "auditor")
    for words in (more, ("enrol", "first@bank.test")):
        refused = command(*words)
        assert refused.returncode != 0
        assert "--reason" in refused.stderr
        assert refused.stdout == ""
        allowed = command(*words, "--reason", "The house has one admin yet.")
        assert allowed.returncode == 0, allowed.stderr
    assert command("disable", "first@bank.test").returncode != 0


def test_configuration_goes_out_and_comes_in_as_drafts(product, tmp_path):
    file, email = tmp_path / "bundle.yaml", "mover@bank.test"
    product.command("staff", "add", email, "--role", "admin")
    out = product.command("config", "export", str(file))
    assert out.returncode == 0, out.stderr
    assert product.command("config", "export").stdout == file.read_text()
    bring = ("config", "import", str(file), "--author", email)
    same = product.command(*bring, "--dry-run")
    assert same.returncode == 0, same.stderr
    assert " 0 new, 0 changed, " in same.stdout
    assert product.command(*bring).returncode != 0
    assert product.command(*bring, "--apply").returncode != 0  # without a reason

    text = file.read_text()
    contents = read_bundle(text).contents
    badge = contents["badges"]["first_step"]
    before, badge["picture"] = badge["picture"], "rings"
    file.write_text(text.replace(f"picture: {before}", "picture: rings"))
    refused = product.command(*bring, "--dry-run")
    assert refused.returncode == 1
    assert hash_of(contents) in refused.stderr
    file.write_text(write_bundle(contents))
    told = product.command(*bring, "--apply", "--reason", "A brighter picture.")
    assert told.returncode == 0, told.stderr
    assert f"/picture: '{before}' -> 'rings'" in told.stdout
    again = product.command(*bring, "--dry-run")
    assert "waiting  badges/first_step" in again.stdout
    # What is in force is what was in force.
    assert product.command("config", "export").stdout == text
