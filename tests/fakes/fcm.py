"""The shipped stand-in for FCM in a thread of the test, and access to it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from backend.kit.providers import FcmSettings
from notifications.channels.fake_fcm import FakeFcm, serve


@cache
def private_key() -> str:
    """A key that opens nothing."""
    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def credentials(url: str, *, access_path: str = "/token") -> dict[str, Any]:
    return {
        "type": "service_account",
        "project_id": "goodfaith-test",
        "client_email": "push@goodfaith-test.iam.gserviceaccount.com",
        "private_key_id": "1",
        "private_key": private_key(),
        "token_uri": f"{url}{access_path}",
    }


@dataclass(frozen=True)
class Running:
    """The fake and where it is."""

    fake: FakeFcm
    url: str

    def settings(self, **changes: Any) -> FcmSettings:
        return FcmSettings(credentials=credentials(self.url, **changes), base_url=self.url)

    @property
    def addresses(self) -> list[str]:
        """Whoever was sent something, in order."""
        return [str(each.get("token") or each.get("fid")) for each in list(self.fake.log)]


@contextmanager
def running_fcm(*, slow_seconds: float = 1.0) -> Iterator[Running]:
    fake = FakeFcm(slow_seconds=slow_seconds)
    loop = asyncio.new_event_loop()
    ports: list[int] = []
    started = threading.Event()

    def note(port: int) -> None:
        ports.append(port)
        started.set()

    def run() -> None:
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(task)

    task = loop.create_task(serve(fake, port=0, started=note))
    thread = threading.Thread(target=run)
    thread.start()
    started.wait(10)
    try:
        yield Running(fake, f"http://127.0.0.1:{ports[0]}")
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()
        for left in asyncio.all_tasks(loop):
            left.cancel()
            with suppress(asyncio.CancelledError):
                loop.run_until_complete(left)
        loop.close()
