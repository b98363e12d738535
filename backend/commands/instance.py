"""The instance that lives in DATA_DIR: its addresses, its keys, and how a command finds them.

`instance.json` says where things are; `secrets.json` holds the master key that the demo made for
itself, and the keys that one of an older version made. Both are for the owner's eyes alone. A
production process has its own environment and no DATA_DIR, and nothing here touches it.
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
    is_elsewhere = own and own != known.get("DATABASE_URL")
    if is_elsewhere or os.environ.get("DATABASE_URL_FILE"):
        return
    for name, value in known.items():
        if f"{name}_FILE" not in os.environ:
            os.environ.setdefault(name, value)


def write_instance(folder: Path, environment: Mapping[str, str]) -> None:
    """Note the addresses for commands in other terminals. They hold the database's password."""
    paths.write_secret(folder / "instance.json", json.dumps(environment, indent=1))


def make_secrets(folder: Path) -> dict[str, str]:
    """The demo's secrets, made at its first start. Lost keys are lost data: they are never remade.

    An older version kept FIELD_KEYS, LOOKUP_KEY and TOKEN_KEYS here. They stay, since `migrate`
    adopts them into whatever database of that time the demo is started with.
    """
    path = folder / "secrets.json"
    known = _read(path)
    if "MASTER_KEYS" not in known:
        made = {"MASTER_KEYS": f"demo:{_new_key()}", **known}
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
