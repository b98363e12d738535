"""What a kill -9 leaves behind: processes at work in a folder, files with a dead one's id."""

import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

QUIT_SECONDS_MAX = 5.0
POLL_SECONDS = 0.02
PROCESSES = Path("/proc")


def list_processes_in(folder: Path) -> list[int]:
    """Processes whose working folder is `folder`. None where the system has no /proc."""
    found = []
    for process in PROCESSES.glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == folder:
                found.append(int(process.name))
        except OSError:  # gone meanwhile, or another user's
            continue
    return found


def end_processes_in(folder: Path) -> None:
    """End whatever works in `folder`: backends outlive a killed postmaster for a while.

    SIGQUIT is the server's own emergency stop; SIGKILL follows for one that does not hear it.
    """
    give_up_at = time.monotonic() + QUIT_SECONDS_MAX
    signal_number = signal.SIGQUIT
    while pids := list_processes_in(folder):
        for pid in pids:
            _send(pid, signal_number)
        if time.monotonic() > give_up_at:
            signal_number = signal.SIGKILL
        time.sleep(POLL_SECONDS)


def remove_stale_locks(files: Iterable[Path], *, folder: Path) -> None:
    """Remove a server's lock files when nothing works in its folder.

    The server checks this too, but takes any live process with the same id for itself, and a
    dead one that nobody has reaped as well.
    """
    if PROCESSES.is_dir() and not list_processes_in(folder):
        for file in files:
            file.unlink(missing_ok=True)


def _send(pid: int, signal_number: signal.Signals) -> None:
    try:
        os.kill(pid, signal_number)
    except ProcessLookupError:
        return
