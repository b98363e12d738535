"""Whether the time of an answer tells known numbers from unknown ones.

The difference of the medians is set against the run's own noise: how large it becomes when the
same times are dealt to the two kinds at random, in 99 of 100 deals.
"""

import json
import random
import socket
import time
from collections.abc import Iterator, Sequence
from statistics import median

from backend.borrowers import service as borrowers
from backend.borrowers.service import BorrowerInput
from backend.kit import clock
from backend.kit.db import transaction
from bench.common import HOST, SCALE, Figure, free_port, fresh_place, running, wait_until_ready

PAIRS = int(4_000 * SCALE)
WARM_UP = 20  # of each kind
ASKED_FROM_ONE_ADDRESS = 18
SHUFFLES = 500
NOISE_SHARE = 0.99
FIRST_KNOWN, FIRST_UNKNOWN = 13_900_000_000, 13_800_000_000
SEED = 20260101

Times = dict[bool, list[float]]


def figures() -> Iterator[Figure]:
    """Median times of asking and of showing a wrong code, and how they differ."""
    with fresh_place() as place:
        _store(PAIRS)
        port = free_port()
        extra = {"OTP_PER_DAY": "1000000", "PORT": str(port), "WORKERS": "1"}
        with running(place, "backend", "serve", extra=extra):
            wait_until_ready(port)
            asked, shown = _measure(port)
    for what, times in (("ask for a code", asked), ("show a wrong code", shown)):
        yield from _compare(what, times)


def _store(count: int) -> None:
    rows = [
        BorrowerInput(
            external_id=f"bench-{number}",
            locale="en",
            timezone="Asia/Shanghai",
            phone=f"+86{FIRST_KNOWN + number}",
            email=None,
            name=None,
            born_on=None,
            monthly_income_minor=None,
            income_verified=None,
            monthly_debt_minor=None,
            employment=None,
            facts={},
        )
        for number in range(count)
    ]
    with transaction() as session:
        borrowers.put_borrowers(session, rows, now=clock.now(), backfill=True)


def _measure(port: int) -> tuple[Times, Times]:
    """Every number once, in random order, as one patient stranger would try them."""
    order = [(number, is_known) for number in range(PAIRS) for is_known in (True, False)]
    random.Random(SEED).shuffle(order)  # noqa: S311 - deals, guards nothing
    asked: Times = {True: [], False: []}
    shown: Times = {True: [], False: []}
    for start in range(0, len(order), ASKED_FROM_ONE_ADDRESS):
        block = start // ASKED_FROM_ONE_ADDRESS
        # On loopback every 127.x.y.z is an address of one's own.
        source = (f"127.1.{block // 250}.{block % 250 + 1}", 0)
        with socket.create_connection((HOST, port), source_address=source) as link:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for number, is_known in order[start : start + ASKED_FROM_ONE_ADDRESS]:
                phone = (FIRST_KNOWN if is_known else FIRST_UNKNOWN) + number
                seconds, answer = _call(link, "/v1/auth/otp", {"phone": f"+86{phone}"})
                asked[is_known].append(seconds)
                wrong = {"challenge_id": answer["challenge_id"], "code": "000000"}
                shown[is_known].append(_call(link, "/v1/auth/otp/verify", wrong)[0])
    return asked, shown


def _call(link: socket.socket, path: str, body: dict[str, str]) -> tuple[float, dict[str, str]]:
    content = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {len(content)}\r\n\r\n"
    began_at = time.perf_counter()
    link.sendall(head.encode() + content)
    data = link.recv(65_536)
    while b"\r\n\r\n" not in data or not data.endswith(b"}"):
        data += link.recv(65_536)
    seconds = time.perf_counter() - began_at
    answer: dict[str, str] = json.loads(data.partition(b"\r\n\r\n")[2])
    return seconds, answer


def _compare(what: str, times: Times) -> Iterator[Figure]:
    known, unknown = (times[kind][WARM_UP:] for kind in (True, False))
    difference = abs(median(known) - median(unknown))
    noise = _noise(known, unknown)
    yield Figure(f"{what}: median, known number", median(known) * 1_000, "ms")
    yield Figure(f"{what}: median, unknown number", median(unknown) * 1_000, "ms")
    yield Figure(
        f"{what}: difference, goal the run's noise",
        difference * 1_000,
        "ms",
        noise * 1_000,
        at_least=False,
    )


def _noise(known: Sequence[float], unknown: Sequence[float]) -> float:
    dealer = random.Random(SEED)  # noqa: S311 - deals, guards nothing
    both = [*known, *unknown]
    differences = []
    for _ in range(SHUFFLES):
        dealer.shuffle(both)
        differences.append(abs(median(both[: len(known)]) - median(both[len(known) :])))
    return sorted(differences)[int(NOISE_SHARE * SHUFFLES)]
