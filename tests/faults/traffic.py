"""Requests without a pause, and what became of each."""

import http.client
import json
import threading
import time
from dataclasses import dataclass, field
from itertools import count, pairwise
from typing import Any

SECONDS_MAX = 5.0
PAUSE_SECONDS = 0.01
NOBODY = 0  # the status of a request that nobody answered


@dataclass(frozen=True)
class Told:
    """One request's answer. `status` is NOBODY when there was none."""

    at: float
    status: int
    retry_after: str | None


@dataclass
class Traffic:
    """`with Traffic(...)`: payments and reads, until the block ends."""

    port: int
    client: dict[str, str]
    borrower: dict[str, str]
    day: str
    loan: str
    mark: str
    sent: set[str]  # by every traffic so far
    acknowledged: set[str] = field(default_factory=set)
    answers: list[Told] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=act) for act in (self._pay, self._read)]

    def __enter__(self) -> "Traffic":
        for thread in self._threads:
            thread.start()
        self.wait_for_success()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def statuses(self) -> set[int]:
        return {told.status for told in self.answers}

    def outage_seconds(self) -> float:
        """The longest time between two successes."""
        good = sorted(told.at for told in self.answers if told.status in (200, 201))
        return max(later - earlier for earlier, later in pairwise(good))

    def wait_for_success(self, *, seconds_max: float = 20.0) -> float:
        """Until a payment and a read that begin now have succeeded; how long it took."""
        began = time.monotonic()
        while True:
            now = {told.status for told in list(self.answers) if told.at > began}
            if {200, 201} <= now:
                return time.monotonic() - began
            assert time.monotonic() < began + seconds_max, f"no success, only {now}"
            time.sleep(PAUSE_SECONDS)

    def _pay(self) -> None:
        for nth in count():
            if self._stop.is_set():
                return
            name = f"{self.mark}-{nth}"
            self.sent.add(name)
            body = {
                "external_id": name,
                "loan_external_id": self.loan,
                "amount_minor": 1,
                "received_on": self.day,
            }
            if self._tell("POST", "/v1/ingest/payments", self.client, body) in (200, 201):
                self.acknowledged.add(name)

    def _read(self) -> None:
        while not self._stop.is_set():
            self._tell("GET", "/v1/me/loans", self.borrower)

    def _tell(self, method: str, path: str, headers: dict[str, str], body: Any = None) -> int:
        status, retry_after = call(self.port, method, path, headers=headers, body=body)
        self.answers.append(Told(time.monotonic(), status, retry_after))
        time.sleep(PAUSE_SECONDS)
        return status


def call(
    port: int, method: str, path: str, *, headers: dict[str, str], body: Any = None
) -> tuple[int, str | None]:
    """Status and Retry-After of one request on a connection of its own."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS_MAX)
    try:
        sent = None if body is None else json.dumps(body)
        kind = {"Content-Type": "application/json"} if body is not None else {}
        link.request(method, path, body=sent, headers={**headers, **kind})
        answer = link.getresponse()
        answer.read()
        return answer.status, answer.getheader("Retry-After")
    except (OSError, http.client.HTTPException):
        return NOBODY, None
    finally:
        link.close()
