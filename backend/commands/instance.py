"""The instance that lives in DATA_DIR: its addresses, its keys, and how a command finds them.

`instance.json` says where things are; `secrets.json` holds the keys that the demo made for
itself. Both are for the owner's eyes alone. A production process has its own environment and
no DATA_DIR, and nothing here touches it.
"""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from backend.kit.embedded import paths

DATA_DIR_DEFAULT = ".data"
KEY_BYTES = 32


def data_dir() -> Path:
    """DATA_DIR of this process."""
    return Path(os.environ.get("DATA_DIR") or DATA_DIR_DEFAULT)


def load_environment() -> None:
    """Fill settings that are missing from the environment with those of the known instance.

    A process that was told another database is not of that instance and gets nothing from it.
    """
    folder = data_dir()
    known = {**_read(folder / "instance.json"), **_read(folder / "secrets.json")}
    own = os.environ.get("DATABASE_URL")
    if own and own != known.get("DATABASE_URL"):
        return
    for name, value in known.items():
        os.environ.setdefault(name, value)


def write_instance(folder: Path, environment: Mapping[str, str]) -> None:
    """Note the addresses for commands in other terminals. They hold the database's password."""
    paths.write_secret(folder / "instance.json", json.dumps(environment, indent=1))


def make_secrets(folder: Path) -> dict[str, str]:
    """The demo's keys, made at its first start. Lost keys are lost data: they are never remade."""
    path = folder / "secrets.json"
    if not path.exists():
        made = {
            "FIELD_KEYS": f"demo:{_new_key()}",
            "LOOKUP_KEY": _new_key(),
            "TOKEN_KEYS": f"demo:{_new_key()}",
        }
        paths.write_secret(path, json.dumps(made, indent=1))
    return _read(path)


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _read(path: Path) -> dict[str, str]:
    try:
        content = json.loads(path.read_text())
    except (FileNotFoundError, PermissionError):
        return {}
    return {str(name): str(value) for name, value in content.items()}
