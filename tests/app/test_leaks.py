"""The watch for leaks finds what it is there for: a planted one fails the run."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from backend.kit.ids import new_id
from tests.factories.loans import make_borrower
from tests.fixtures import leaks
from tests.fixtures.api import token_for

ROOT = Path(__file__).parents[2]
RUN_SECONDS_MAX = 120
PHONE = "+8613900004" + "799"  # in two parts: this file is no leak
CLEAN = """
import logging

def test_it():
    logging.getLogger().warning("all is well")
"""
INTO_LOGS = f"""
import logging
from tests.fixtures import leak_watch

def test_logged():
    logging.getLogger().warning("called %s", "{PHONE}")

def test_printed():
    print("ey" + "JhbGciOiJFZERTQSJ9." + "eyJzdWIiOiJ4eHh4In0." + "c2lnbmF0dXJlLi4u")

def test_of_a_product(tmp_path):
    (tmp_path / "serve.log").write_text('{{"event": "x", "phone": "{PHONE}"}}')
    leak_watch.watch_folder(tmp_path)
"""
INTO_THE_DATABASE = f"""
import pytest
from backend.staff.service import record_action

def act(session):
    record_action(session, staff_id=None, action="x", subject="{PHONE}")
    session.commit()

def test_rolled_back(session):
    act(session)

@pytest.mark.commits
def test_committed(session):
    act(session)
"""


def run(folder: Path, source: str, *words: str) -> subprocess.CompletedProcess[str]:
    """pytest's run of one file, in a process of its own."""
    (folder / "test_planted.py").write_text(source)
    command = (sys.executable, "-m", "pytest", "-q", "-c", str(ROOT / "pyproject.toml"))
    return subprocess.run(
        [*command, "--rootdir", str(folder), "-p", "no:cacheprovider", *words, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=RUN_SECONDS_MAX,
    )


@pytest.mark.parametrize("workers", ["0", "2"])
def test_leaks_into_logs_fail_their_tests_and_the_run(tmp_path, workers):
    done = run(tmp_path, INTO_LOGS, "-p", "tests.fixtures.leak_watch", "-n", workers)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "test_logged wrote a Chinese number to a log" in done.stdout
    assert "test_printed wrote a token to a log" in done.stdout
    # The report says what was found, and does not repeat it.
    assert "LEAK serve.log:1: a Chinese number" in done.stdout


def test_a_leak_of_the_run_alone_fails_it(tmp_path):
    only = ("-k", "product", "-p", "tests.fixtures.leak_watch", "-n", "0")
    done = run(tmp_path, INTO_LOGS, *only)
    assert "1 passed" in done.stdout
    assert done.returncode == 1, done.stdout + done.stderr


def test_a_run_without_one_does_not_fail(tmp_path):
    done = run(tmp_path, CLEAN, "-p", "tests.fixtures.leak_watch", "-n", "0")
    assert done.returncode == 0, done.stdout + done.stderr


def test_leaks_into_the_database_fail_their_tests(tmp_path):
    done = run(tmp_path, INTO_THE_DATABASE, "-p", "tests.conftest", "-n", "0")
    assert done.returncode == 1, done.stdout + done.stderr
    for name in ("test_rolled_back", "test_committed"):
        assert f"ERROR at teardown of {name}" in done.stdout
    assert "2 passed, 2 errors" in done.stdout
    assert "the test left ['staff_action: a Chinese number']" in done.stdout


@pytest.fixture
def planted(session):
    """Answers what is found of a statement that is then undone, with the test's own places."""

    def plant(statement: str, **values: object) -> list[str]:
        with session.begin_nested() as savepoint:
            session.execute(text(statement), values)
            found = leaks.find_in_database(session.connection().connection.driver_connection)
            savepoint.rollback()
        return found

    return plant


EVENT = (
    "INSERT INTO event (name, borrower_id, payload, occurred_at)"
    " VALUES ('X', NULL, jsonb_build_object('text', CAST(:words AS text)), now())"
)
ANSWER = (
    "INSERT INTO idempotent_answer"
    " (caller, route, key_hash, request_hash, status, content_type, headers, body)"
    " VALUES ('c', 'r', '', '', 200, 't', jsonb_build_object('x', CAST(:header AS text)),"
    " CAST(:words AS text)::bytea)"
)
RUN = (
    "INSERT INTO job_run (id, job, slot, as_of, state, worker, error)"
    " VALUES (gen_random_uuid(), 'j', 's', now(), 'failed', 'w', :words)"
)
DELIVERY = "INSERT INTO delivery (handler, seq, last_error) VALUES ('h', 1, :words)"


def test_it_looks_wherever_something_is_kept(planted):
    assert planted(EVENT, words=PHONE) == ["event: a Chinese number"]
    assert planted(RUN, words=PHONE) == ["job_run: a Chinese number"]
    assert planted(DELIVERY, words=PHONE) == ["delivery: a Chinese number"]
    assert planted(ANSWER, header=PHONE, words="") == ["idempotent_answer: a Chinese number"]
    assert planted(ANSWER, header="", words=PHONE) == ["idempotent_answer.body: a Chinese number"]


def test_what_factories_make_are_canaries(planted, session, settings):
    make_borrower(session, name="Zeng Mingzhu", phone="+8613900004788")
    make_borrower(session, name="曾明珠", locale="zh-CN")
    token = token_for(settings, audience="borrower", subject_id=new_id())
    for words, kind in (
        ("Zeng Mingzhu was here", "a name"),
        ("曾明珠", "a name"),
        ("call 13900004788 now", "a phone number"),
        (f"half of it: {token.rpartition('.')[2]}", "a secret"),
        (settings.issuer, None),
    ):
        assert planted(EVENT, words=words) == ([f"event: {kind}"] if kind else [])


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("+86 139 0000 4795", {"a Chinese number"}),
        ("%2B8613900004795", {"a Chinese number"}),
        ("+1 (202) 555-0142", {"an American number"}),
        ('{"refresh_token": "abcdef123456"}', {"a secret by its name"}),
        ('{\\"client_secret\\": \\"abcdef123456\\"}', {"a secret by its name"}),
        ("{'password': 'correct horse'}", {"a secret by its name"}),
        ("otpauth://totp/x", {"a TOTP enrolment"}),
        ("$argon2id$v=19$m=1", {"a password's hash"}),
        ("-----BEGIN PRIVATE KEY-----", {"a private key"}),
        ("+*******0101 and +86*********4711", set()),
        ('{"password": "********"}', set()),
        (
            "01a20c8d-b57e-7410-a222-b8f16ebff5e8 8613900004711000 2026-11-23T06:00:00.861390000Z",
            set(),
        ),
        ("1390000471100", set()),
    ],
)
def test_what_is_taken_for_a_leak(words, kinds):
    assert leaks.find_in(words) == kinds


def test_a_code_is_watched_for_until_its_test_ends():
    leaks.watch_code("471199")
    assert leaks.find_in("your code is 471199.") == {"a code"}
    assert leaks.find_in("amount 4711990") == set()
    leaks.forget_codes()
    assert leaks.find_in("your code is 471199.") == set()
