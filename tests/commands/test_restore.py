"""The restore drill of docs/operating.md: a dump and the master keys are the whole installation."""

import subprocess

import psycopg

from backend.kit import walled
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
    dumps = [str(tmp_path / name) for name in ("product.dump", "community.dump")]
    dump = ("pg_dump", "--format=custom", "--no-owner", "--no-privileges")
    _run(*dump, "--exclude-schema=community", f"--file={dumps[0]}", f"--dbname={installation.url}")
    behind = walled.derive_url(installation.url)
    _run(*dump, "--schema=community", f"--file={dumps[1]}", f"--dbname={behind}")
    with cloned(server_url, name="restored", template="template0") as url:
        words = ("pg_restore", "--exit-on-error", "--no-owner", "--jobs=2")
        _run(*words, f"--dbname={plain(url)}", dumps[0])
        with psycopg.connect(plain(url)) as link:
            link.execute("GRANT CREATE ON DATABASE restored TO goodfaith_community")
        _run(*words, f"--dbname={walled.derive_url(plain(url))}", dumps[1])
        restored = Installation(tmp_path, url, **installation.changes)
        assert "at " in done(restored, "migrate")
        assert "in order" in done(restored, "audit")
        assert " 1 values" in done(restored, "keys", "list")
        assert done(restored, "job", "reencrypt").startswith('{"resealed": 0')
        # The dump alone opens nothing.
        stranger = Installation(tmp_path, url)
        assert "does not open" in refused(stranger, "keys", "list")[0]
