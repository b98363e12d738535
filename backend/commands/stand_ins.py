"""The demo's stand-in for Firebase: where it listens, and the access that the worker has to it."""

import json
import os
import socket
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from backend.kit.embedded import paths

HOST = "127.0.0.1"
MODULE = "notifications.channels.fake_fcm"
KEY_BITS = 2_048
PROJECT = "goodfaith-demo"


def is_needed() -> bool:
    """Whether the demo was given no access to the real one."""
    return not (os.environ.get("FCM_CREDENTIALS") or os.environ.get("FCM_CREDENTIALS_FILE"))


def fcm_settings(folder: Path) -> dict[str, str]:
    """Settings that lead pushes to a port of this machine that is free now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        url = f"http://{HOST}:{probe.getsockname()[1]}"
    credentials = {
        "type": "service_account",
        "project_id": PROJECT,
        "client_email": f"push@{PROJECT}.iam.gserviceaccount.com",
        "private_key": _key(folder / "fcm-key.pem"),
        "token_uri": f"{url}/token",
    }
    return {"FCM_BASE_URL": url, "FCM_CREDENTIALS": json.dumps(credentials)}


def _key(path: Path) -> str:
    """Made at the first start; the stand-in lets in whoever asks, but its client must sign."""
    if not path.exists():
        key = rsa.generate_private_key(65537, KEY_BITS)
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        paths.write_secret(path, pem.decode())
    return path.read_text()
