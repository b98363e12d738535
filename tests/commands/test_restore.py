"""The restore drill of docs/operating.md: a dump and the master keys are the whole installation."""

import subprocess

from backend.kit.embedded.binaries import get_postgres_folder
from tests.commands.test_keys import Installation, done, installation, refused, store_person
from tests.fixtures.server import cloned, plain

__all__ = ["installation"]  # the fixture


def _run(program, *words):
    subprocess.run([get_postgres_folder() / program, *words], check=True, timeout=120)


def test_a_dump_is_restored_elsewhere_and_opens_with_the_same_master_keys(
    installation, server_url, tmp_path
):
    store_person(installation)
    dump = str(tmp_path / "goodfaith.dump")
    _run(
        "pg_dump", "--format=custom", "--no-owner", f"--file={dump}", f"--dbname={installation.url}"
    )
    with cloned(server_url, name="restored", template="template0") as url:
        words = ("--exit-on-error", "--no-owner", "--jobs=2", f"--dbname={plain(url)}")
        _run("pg_restore", *words, dump)
        restored = Installation(tmp_path, url, **installation.changes)
        assert "at " in done(restored, "migrate")
        assert "in order" in done(restored, "audit")
        assert " 1 values" in done(restored, "keys", "list")
        assert done(restored, "job", "reencrypt").startswith('{"resealed": 0')
        # The dump alone opens nothing.
        stranger = Installation(tmp_path, url)
        assert "does not open" in refused(stranger, "keys", "list")[0]
