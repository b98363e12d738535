"""What an operator types about the log, each in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from backend.evidence import queries, service
from backend.evidence.service import Act, Entry
from backend.kit.db import transaction
from backend.kit.ids import new_id
from tests.clock import NOW
from tests.fixtures.settings import environment_of

pytestmark = pytest.mark.commits

ROOT = Path(__file__).parents[2]


@pytest.fixture
def goodfaith(own_database, tmp_path):
    """`goodfaith ...` of an installation that is no demo."""
    environment = {**os.environ, **environment_of(own_database.url), "DATA_DIR": str(tmp_path)}

    def run(*words):
        return subprocess.run(
            [sys.executable, "-m", "backend", *words],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def write(count):
    entries = [Entry(Act.WAIVER, new_id(), {"n": n}) for n in range(count)]
    with transaction() as session:
        service.record_many(session, entries=entries, now=NOW)


def test_the_log_is_sealed_verified_and_one_byte_named(session, goodfaith, tmp_path):
    write(300)
    sealed = goodfaith("job", "evidence-seal")
    assert sealed.stdout == '{"entries": 300}\n', sealed.stderr
    head = tmp_path / "head"
    head.write_text(queries.get_head(session).note, "utf-8")
    session.rollback()
    verified = goodfaith("evidence", "verify", "--head", str(head))
    assert (verified.returncode, verified.stderr) == (0, "")
    assert verified.stdout.startswith("300 entries, 0 of them erased; 0 wait; root ")
    assert verified.stdout.endswith("\nin order\n")
    session.execute(
        text(
            "UPDATE evidence_leaf SET commitment = set_byte(commitment, 7,"
            " get_byte(commitment, 7) # 1) WHERE entry_index = 270"
        )
    )
    session.commit()
    broken = goodfaith("evidence", "verify")
    assert broken.returncode == 1
    assert broken.stdout.startswith("entry 270: ")
    audit = goodfaith("audit")
    assert audit.returncode == 1
    assert "evidence: entry 270: " in audit.stdout


def test_keys_are_listed_rotated_and_retired_with_a_reason(session, goodfaith):
    write(1)
    goodfaith("job", "evidence-seal")
    [line] = goodfaith("evidence", "keys").stdout.splitlines()
    old, state, vkey = line.split(" ")
    assert state == "signs"
    assert vkey.startswith(f"goodfaith.test/evidence+{old}+")
    refused = goodfaith("evidence", "rotate")
    assert refused.returncode == 1
    assert "--reason" in refused.stderr
    assert "only key that signs" in goodfaith("evidence", "retire", old, "--reason", "x").stderr
    rotated = goodfaith("evidence", "rotate", "--reason", "yearly")
    new = rotated.stdout.split(" ")[0]
    assert goodfaith("job", "evidence-seal").stdout == '{"entries": 0}\n'
    assert set(queries.get_head(session).signed_by) == {old, new}
    session.rollback()
    assert goodfaith("evidence", "retire", old, "--reason", "yearly").returncode == 0
    states = [line.split(" ")[1] for line in goodfaith("evidence", "keys").stdout.splitlines()]
    assert states == ["signs", "retired"]
    trail = session.execute(
        text("SELECT action, subject, reason FROM staff_action ORDER BY at")
    ).all()
    assert [tuple(row) for row in trail] == [
        ("evidence.rotate", f"evidence_signer:{new}", "yearly"),
        ("evidence.retire", f"evidence_signer:{old}", "yearly"),
    ]
    assert goodfaith("evidence", "verify").returncode == 0
