"""Files of the embedded servers: private folders, secrets, sockets, one start at a time."""

import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.kit.embedded.account import Account, EmbeddedServerError

PRIVATE = 0o700
SECRET = 0o600
# sun_path holds 108 bytes on Linux and 104 on macOS, with a NUL at the end.
SOCKET_PATH_BYTES_MAX = 103


def make_private(folder: Path) -> Path:
    """Create `folder` for its owner alone, or close it to others."""
    folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    folder.chmod(PRIVATE)
    return folder


def write_secret(path: Path, text: str) -> None:
    """Write for the owner's eyes alone; a reader sees the old file or the whole new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, SECRET)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


@contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Wait until no other process is inside the same block; a killed one lets go by itself."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def get_socket_folder(home: Path, *, file_name: str, account: Account) -> Path:
    """A private folder short enough for `file_name` to be a socket in it: in `home` if it can be.

    A long `home` leads to a folder of its own under the temp folder, noted in `home`.
    """
    inside = home / "socket"
    if _fits(inside / file_name):
        folder = make_private(inside)
    else:
        folder = _short_folder(home, file_name=file_name)
    if os.geteuid() == 0:
        os.chown(folder, account.uid, account.gid)
    return folder


def find_socket_folder(home: Path) -> Path:
    """Where `get_socket_folder` put the socket last time."""
    note = home / "socket_folder"
    return Path(note.read_text()) if note.exists() else home / "socket"


def forget_short_folder(home: Path) -> None:
    """Remove the folder that `get_socket_folder` made outside `home`, if it made one."""
    note = home / "socket_folder"
    if not note.exists():
        return
    folder = Path(note.read_text())
    note.unlink()
    if folder.is_dir():
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


def _short_folder(home: Path, *, file_name: str) -> Path:
    note = home / "socket_folder"
    if note.exists():
        folder = Path(note.read_text())
        if folder.is_dir() and _is_private(folder, home=home):
            return folder
    for parent in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 - mkdtemp makes it unguessable
        if _fits(Path(parent) / "gf-12345678" / file_name):
            folder = Path(tempfile.mkdtemp(prefix="gf-", dir=parent))
            note.write_text(str(folder))
            return folder
    raise EmbeddedServerError(f"No folder is short enough for a socket; use a shorter {home}.")


def _is_private(folder: Path, *, home: Path) -> bool:
    status = folder.lstat()
    return (
        stat.S_ISDIR(status.st_mode)
        and stat.S_IMODE(status.st_mode) == PRIVATE
        and status.st_uid in (0, os.geteuid(), home.stat().st_uid)
    )


def _fits(path: Path) -> bool:
    return len(bytes(path)) <= SOCKET_PATH_BYTES_MAX
