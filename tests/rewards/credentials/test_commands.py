"""What an operator types about the issuer's keys, each time in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from backend.kit import clock
from backend.staff.models import StaffAction
from rewards.credentials import audit, published, queries
from tests.factories.credentials import make_credential
from tests.factories.loans import make_borrower
from tests.fixtures.settings import environment_of
from tests.rewards.credentials.test_issuing import verifies

pytestmark = pytest.mark.commits

ROOT = Path(__file__).parents[3]
SHOWN = "import sys, backend.app as a; sys.stdout.buffer.write(a.create_app(a.configure(a.load())).test_client().get('/status-lists/1').data)"  # noqa: E501


@pytest.fixture
def run(own_database, tmp_path):
    environment = {**os.environ, **environment_of(own_database.url), "DATA_DIR": str(tmp_path)}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_keys_are_rotated_and_withdrawn_and_other_processes_sign_alike(session, run):
    def goodfaith(*words: str) -> subprocess.CompletedProcess[str]:
        return run("-m", "backend", "credentials", *words)

    borrower_id = make_borrower(session, external_id="ann")
    award_id = make_credential(session, borrower_id)
    row = queries.get_live(session, borrower_id=borrower_id, award_id=award_id)
    here = published.show_list(session, number=1, at=clock.wall())
    session.rollback()
    # A restart forgets nothing: the list is the same, byte for byte, and so is its key.
    assert run("-c", SHOWN).stdout.encode() == here

    made = goodfaith("rotate-key", "--reason", "Yearly.")
    assert made.returncode == 0, made.stderr
    new = made.stdout.partition(" ")[0]
    ended = goodfaith("withdraw-key", row.signer, "--reason", "Leaked.")
    assert ended.stdout == f"{row.signer} is withdrawn; 1 credentials ended\n", ended.stderr
    listed = goodfaith("keys").stdout.splitlines()
    assert [line.split()[:2] for line in listed] == [[new, "made"], [row.signer, "withdrawn"]]

    trail = select(StaffAction.action, StaffAction.reason).where(
        StaffAction.action.startswith("credentials.")
    )
    assert session.execute(trail.order_by(StaffAction.at)).all() == [
        ("credentials.rotate", "Yearly."),
        ("credentials.withdraw", "Leaked."),
    ]
    after = json.loads(published.show_list(session, number=1, at=clock.wall()))
    assert after["proof"]["verificationMethod"].endswith(new)
    assert verifies(session, after)
    assert not verifies(session, json.loads(row.document))
    assert list(audit.check_credentials(session)) == []
