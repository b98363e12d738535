"""Whom an embedded server runs as. PostgreSQL refuses root, and nothing else needs it either."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NOBODY_UID = 65534
PROBE_SECONDS_MAX = 10
# A program that may pass through folders closed to it; it may not write there.
READ_ANYWHERE = "dac_read_search"
# The same need where a container's host took the milder capability away.
WRITE_ANYWHERE = "dac_override"


class EmbeddedServerError(RuntimeError):
    """An embedded server cannot run; the text says why, in one line for a person."""


@dataclass(frozen=True)
class Account:
    """How to start a program, and who owns the files it writes."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()
    drop: dict[str, Any] = field(default_factory=dict)

    def run(
        self, command: Sequence[str | Path], *, seconds_max: float, text_in: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run to the end; the output of both streams is in `stdout`."""
        return subprocess.run(
            [*self.prefix, *map(str, command)],
            cwd="/",
            env=_environment(),
            input=text_in,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds_max,
            check=False,
            start_new_session=True,  # Ctrl-C at the terminal is for the supervisor alone
            **self.drop,
        )

    def own(self, path: Path) -> None:
        """Make `path` and all below it this account's, unless it is already."""
        if path.stat().st_uid == self.uid or os.geteuid() != 0:
            return
        for folder, _, names in os.walk(path):
            for name in (".", *names):
                os.chown(Path(folder) / name, self.uid, self.gid, follow_symlinks=False)


def choose_account(*, home: Path, program: Path) -> Account:
    """The least privileged account that can write to `home` and start `program`.

    Ourselves, unless we are root. Root drops to the owner of `home`, or to nobody. Where a parent
    folder is closed to others (a checkout made by `mktemp -d`), the process gets one capability
    rather than the folder another mode.
    """
    if os.geteuid() != 0:
        return Account(uid=os.geteuid(), gid=os.getegid())
    for account in _candidates(home):
        account.own(home)
        if _works(account, home=home, program=program):
            return account
    raise EmbeddedServerError(
        f"No unprivileged user can reach both {home} and {program}; set DATABASE_URL instead."
    )


def _candidates(home: Path) -> Iterator[Account]:
    uid, gid = _unprivileged_ids(home)
    yield Account(uid=uid, gid=gid, drop={"user": uid, "group": gid, "extra_groups": []})
    if setpriv := shutil.which("setpriv"):
        for capability in (READ_ANYWHERE, WRITE_ANYWHERE):
            yield Account(uid=uid, gid=gid, prefix=_setpriv(setpriv, uid, gid, capability))
    if unshare := shutil.which("unshare"):
        # Outside its namespace this one is root still, so the files stay root's.
        maps = (f"--map-user={NOBODY_UID}", f"--map-group={NOBODY_UID}")
        yield Account(uid=0, gid=0, prefix=(unshare, "-U", *maps))


def _setpriv(program: str, uid: int, gid: int, capability: str) -> tuple[str, ...]:
    return (
        program,
        *("--reuid", str(uid), "--regid", str(gid), "--clear-groups"),
        *("--inh-caps", f"+{capability}", "--ambient-caps", f"+{capability}"),
        # Without this bit access(2) leaves capabilities out, and initdb asks access(2).
        *("--securebits", "+no_setuid_fixup"),
    )


def _unprivileged_ids(home: Path) -> tuple[int, int]:
    owner = home.stat()
    if owner.st_uid != 0:
        return owner.st_uid, owner.st_gid
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return NOBODY_UID, NOBODY_UID
    return entry.pw_uid, entry.pw_gid


def _works(account: Account, *, home: Path, program: Path) -> bool:
    script = 'cd "$1" && test -w . && test -x "$2" && "$2" --version'
    try:
        probe = account.run(
            ("/bin/sh", "-c", script, "sh", home, program), seconds_max=PROBE_SECONDS_MAX
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return probe.returncode == 0


def _environment() -> dict[str, str]:
    """Ours without PGDATA, PGHOST and the like, which would point the tools elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    return {**kept, "LANG": "C.UTF-8"}
