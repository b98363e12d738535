"""Points: a night's expiry, one award, what a borrower reads, and how soon a payment has earned."""

import json
import re
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg
from sqlalchemy import make_url, select, text

from backend.auth import service as auth
from backend.auth.rules import CLIENT_SCOPES
from backend.borrowers.models import Borrower
from backend.kit import clock, db, delivery
from backend.kit.db import transaction
from backend.kit.embedded.binaries import get_postgres_folder
from backend.kit.ids import new_id
from backend.kit.wiring import JobContext
from backend.programme import service as programme
from bench import portfolio
from bench.common import (
    SCALE,
    Figure,
    Load,
    Place,
    drive,
    free_port,
    fresh_place,
    request,
    running,
    timed,
    wait_until_ready,
)
from bench.payments import wait_until_drained
from rewards.points import handlers, jobs, service
from rewards.points.ledger_sql import OPEN
from rewards.points.service.ledger import Opening, open_lots

LOTS = max(50_000, int(1_000_000 * SCALE))
EXPIRY_RATIO_MAX, EXPIRY_ROUNDS = 4.0, 2
BORROWERS = max(2_000, int(20_000 * SCALE))
AWARD_SECONDS, AWARD_ROUNDS = 3.0, 3
AWARD_RATIO_GOAL = 0.30
ENTRIES = 10_000
READ_RATIO_GOAL, READ_P95_GOAL_MS = 0.70, 30.0
FLAT_RATIO_GOAL = 0.9
CONNECTIONS, SECONDS, ROUNDS = 16, 4.0, 3
SPEAKING = 200
PAYMENTS_GOAL = 300
VISIBLE_SECONDS, VISIBLE_GOAL_SECONDS = 10.0, 1.0
PAYMENTS_EACH = 6  # instalments that are still to be paid of each loan
LAST_DAY = date(2026, 10, 31)
NIGHT = datetime(2026, 11, 1, 6, tzinfo=UTC)
CAUSE = service.Cause("bench")

# One lot each, of a hundred points, that ended yesterday.
LEDGER = (
    """INSERT INTO borrower (id, external_id, locale, timezone)
    SELECT uuidv7(), n::text, 'zh-CN', 'Asia/Shanghai' FROM generate_series(1, {count}) AS n""",
    """INSERT INTO points_account (borrower_id, available, last_number)
    SELECT id, 100, 1 FROM borrower""",
    """INSERT INTO points_entry (borrower_id, number, kind, points, occurred_at, cause_type, rule,
                                 rule_version, source_id, source_part, round, lot, from_account,
                                 to_account, moved)
    SELECT id, 1, 'earned', 100, '2025-10-15', 'on_time', 'on_time', 1, id, '2025-10', 1,
           1, 'issued', 'available', 100 FROM borrower""",
    """INSERT INTO points_lot (borrower_id, number, points, available, opened_at, expires_on)
    SELECT id, 1, 100, 100, '2025-10-15', '2026-10-31' FROM borrower""",
    "VACUUM ANALYZE",
)
PLAIN_UPDATE = (
    "UPDATE points_lot SET available = 0 WHERE available > 0 AND expires_on < '2026-11-01'"
)
# The statement of the service, its one parameter made by the database: any source is a new one.
PGBENCH = """
\\set n random(1, {count})
{statement};
"""
ENTRY = """json_build_array(json_build_object(
    'borrower_id', (SELECT id FROM bench_who WHERE n = :n), 'kind', 'earned',
    'from_account', 'issued', 'points', 10, 'occurred_at', now(), 'expires_on', '2027-11-30',
    'cause_type', 'bench', 'details', json_build_object(), 'rule', 'referral', 'rule_version', 1,
    'source_id', gen_random_uuid(), 'source_part', '', 'round', 1))"""
# From the payment's own commit to the moment that its points were there.
VISIBLE = text(
    """
    SELECT percentile_cont(0.95) WITHIN GROUP (
        ORDER BY extract(epoch FROM delivery.done_at - event.recorded_at))
    FROM event JOIN delivery ON delivery.seq = event.seq AND delivery.handler = 'points.loans'
    WHERE event.name = 'InstallmentPaid' AND event.recorded_at >= to_timestamp(:since)
    """
)
UNREWARDED = text(
    """
    SELECT count(*) FROM (
        SELECT loan_id, date_trunc('month', due_on) FROM installment
        WHERE paid_on <= due_on GROUP BY 1, 2
    ) AS kept
    FULL JOIN (SELECT source_id FROM points_entry WHERE rule = 'on_time') AS award ON false
    HAVING count(kept.loan_id) <> count(award.source_id)
    """
)


def figures() -> Iterator[Figure]:
    """Each against its reference in the same run."""
    with fresh_place() as place:
        yield from _expiry(place)
    with fresh_place() as place:
        yield from _awards(place)
    with fresh_place() as place:
        yield from _over_http(place)


def _expiry(place: Place) -> Iterator[Figure]:
    with _connected(place) as connection:
        for statement in LEDGER:
            connection.execute(statement.format(count=LOTS))
    place.process.database.dispose()
    # Turn by turn, and the best of each: a neighbour of this machine disturbs either alike.
    rounds = [_expire_once(place, number) for number in range(EXPIRY_ROUNDS)]
    reference = min(plain for plain, *_ in rounds)
    seconds = min(ours for _, ours, *_ in rounds)
    db.configure(place.process.database)
    yield Figure(f"plain UPDATE of {LOTS:,} lots", reference, "s")
    yield Figure("their expiry, posted", seconds, "s")
    yield Figure("lots left", sum(left for *_, left, _ in rounds), "", 0, at_least=False)
    yield Figure(
        "expiry / plain UPDATE", seconds / reference, "x", EXPIRY_RATIO_MAX, at_least=False
    )
    yield Figure("a second run", min(again for *_, again in rounds), "s")


def _expire_once(place: Place, number: int) -> tuple[float, float, int, float]:
    """Seconds of the plain UPDATE and of the expiry, lots left, and seconds of a second run."""
    names = (f"reference_{number}", f"ours_{number}")
    for name in names:
        with _connected(place, "postgres") as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE goodfaith STRATEGY FILE_COPY")
    with _connected(place, names[0]) as connection:
        plain = timed(lambda: connection.execute(PLAIN_UPDATE))
    own = db.Database(_url(place, names[1]), limits=db.Limits(statement_ms=600_000))
    db.configure(own)
    context = JobContext(as_of=NIGHT.date(), now=NIGHT, run_id=new_id(), heartbeat=lambda: None)
    told: list[int] = []
    seconds = timed(lambda: told.append(jobs.expire(context)["lots"]))
    again = timed(lambda: told.append(jobs.expire(context)["lots"]))
    own.dispose()
    with _connected(place, "postgres") as connection:
        for name in names:
            connection.execute(f"DROP DATABASE {name}")
    return plain, seconds, abs(LOTS - told[0]) + told[1], again


def _awards(place: Place) -> Iterator[Figure]:
    with _connected(place) as connection:
        connection.execute(LEDGER[0].format(count=BORROWERS))
        connection.execute("INSERT INTO points_account (borrower_id) SELECT id FROM borrower")
        connection.execute(
            "CREATE TABLE bench_who AS SELECT external_id::int AS n, id FROM borrower"
        )
        connection.execute("ALTER TABLE bench_who ADD PRIMARY KEY (n)")
        connection.execute("VACUUM ANALYZE")
        people = [row[0] for row in connection.execute("SELECT id FROM borrower ORDER BY id")]
    rounds = [(_pgbench(place), _award_for(people)) for _ in range(AWARD_ROUNDS)]
    bare, ours = (max(rates) for rates in zip(*rounds, strict=True))
    yield Figure("pgbench, the same statement", bare, "awards/s")
    yield Figure("the library, committed", ours, "awards/s")
    yield Figure("library / pgbench", ours / bare, "", AWARD_RATIO_GOAL)


def _award_for(people: list[UUID]) -> float:
    count, began_at = 0, time.perf_counter()
    while time.perf_counter() - began_at < AWARD_SECONDS:
        with transaction() as session:
            service.earn(
                session,
                borrower_id=people[count * 7_919 % len(people)],
                points=10,
                source=service.Source("referral", new_id()),
                cause=CAUSE,
                now=NIGHT,
            )
        count += 1
    return count / (time.perf_counter() - began_at)


def _pgbench(place: Place) -> float:
    statement = OPEN.text.replace(":entries", ENTRY).strip()
    script = place.folder / "award.sql"
    script.write_text(PGBENCH.format(count=BORROWERS, statement=statement))
    done = subprocess.run(
        [
            str(get_postgres_folder() / "pgbench"),
            *("--no-vacuum", "--protocol=prepared", "--client=1", f"--time={AWARD_SECONDS:.0f}"),
            *("--file", str(script), _plain(_url(place, "goodfaith"))),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if found is None:
        message = "pgbench told no rate"
        raise RuntimeError(message)
    return float(found[1])


def _over_http(place: Place) -> Iterator[Figure]:
    now = clock.now()
    portfolio.store(BORROWERS, now=now)
    with transaction() as session:
        everybody = list(session.execute(select(Borrower.id).order_by(Borrower.id)).scalars())
        programme.enrol_all(
            session, borrower_ids=everybody, reason="bench", now=now, is_history=True
        )
    for start in range(0, len(everybody), 1_000):
        with transaction() as session:
            some = everybody[start : start + 1_000]
            service.settle_borrowers(session, borrower_ids=some, is_history=True, now=now)
    rich = everybody[0]
    _fill(rich, now=now)
    port = free_port()
    with running(place, "bench.reference_server", extra={"PORT": str(port), "WORKERS": "1"}):
        wait_until_ready(port)
        yield from _reads(place, port, everybody[1 : SPEAKING + 1], rich)
        yield from _drained(place, port)
        with running(place, "backend", "worker"):
            yield from _visible(place, port)


def _fill(borrower_id: UUID, *, now: datetime) -> None:
    """Ten thousand entries of one borrower: as many spendings as earnings, nearly all used."""
    half = ENTRIES // 2
    ago = [now - timedelta(days=300 * (half - n) / half) for n in range(half)]
    with transaction() as session:
        sources = (service.Source("referral", new_id()) for _ in ago)
        openings = [
            Opening(borrower_id, 10, at, CAUSE, source=source)
            for at, source in zip(ago, sources, strict=True)
        ]
        open_lots(session, openings)
    for start in range(0, half, 100):
        with transaction() as session:
            for _ in range(start, min(start + 100, half - 20)):
                service.spend(session, borrower_id=borrower_id, points=10, cause=CAUSE, now=now)


def _reads(place: Place, port: int, people: list[UUID], rich: UUID) -> Iterator[Figure]:
    with transaction() as session:
        query = "SELECT borrower_id, id FROM loan WHERE borrower_id = ANY(:people)"
        loans = session.execute(text(query), {"people": people}).all()
    paths = {
        "reference": [(who, f"/v1/bench/{loan}") for who, loan in loans],
        "GET /v1/me/points": [(who, "/v1/me/points") for who in people],
        "with 10,000 entries": [(rich, "/v1/me/points")],
        "entries": [(who, "/v1/me/points/entries") for who in people],
        "entries of 10,000": [(rich, "/v1/me/points/entries")],
    }
    prepared = {
        name: [request("GET", path, token=_token(place, who)) for who, path in pairs] * CONNECTIONS
        for name, pairs in paths.items()
    }
    best: dict[str, Load] = {}
    for _ in range(ROUNDS):
        for name, requests in prepared.items():
            load = drive(port, requests, connections=CONNECTIONS, seconds=SECONDS)
            if name not in best or load.requests_per_second > best[name].requests_per_second:
                best[name] = load
    for name, load in best.items():
        yield Figure(name, load.requests_per_second, "req/s")
    failures = sum(load.failures for load in best.values())
    yield Figure("failures", failures, "", 0, at_least=False)
    rate = {name: load.requests_per_second for name, load in best.items()}
    own = rate["GET /v1/me/points"]
    yield Figure("GET /v1/me/points / reference", own / rate["reference"], "", READ_RATIO_GOAL)
    flat = rate["with 10,000 entries"] / own
    yield Figure("10,000 entries / few", flat, "", FLAT_RATIO_GOAL)
    flat = rate["entries of 10,000"] / rate["entries"]
    yield Figure("first page of 10,000 / of few", flat, "")
    half = drive(
        port,
        prepared["GET /v1/me/points"],
        connections=CONNECTIONS,
        seconds=SECONDS,
        per_second=own / 2,
    )
    p95 = half.percentile(0.95) * 1_000
    yield Figure("p95 at half load", p95, "ms", READ_P95_GOAL_MS, at_least=False)


def _drained(place: Place, port: int) -> Iterator[Figure]:
    """How many payments a second one worker turns into points, when they wait for it."""
    requests = _payments(place, first=0, count=BORROWERS)
    load = drive(port, requests, connections=CONNECTIONS, seconds=SECONDS)
    [handler] = [each for each in handlers.HANDLERS if each.name == "points.loans"]
    began_at = time.perf_counter()
    while delivery.deliver_batch(handler, now=clock.now()):
        pass
    paid = len(load.seconds) - load.failures
    rate = paid / (time.perf_counter() - began_at)
    yield Figure("payments that wait, turned into points", rate, "/s", PAYMENTS_GOAL)


def _visible(place: Place, port: int) -> Iterator[Figure]:
    wait_until_drained()
    since = clock.wall().timestamp()
    requests = _payments(place, first=BORROWERS, count=(PAYMENTS_EACH - 1) * BORROWERS)
    load = drive(
        port, requests, connections=CONNECTIONS, seconds=VISIBLE_SECONDS, per_second=PAYMENTS_GOAL
    )
    wait_until_drained()
    with transaction() as session:
        seconds = session.execute(VISIBLE, {"since": since}).scalar_one()
        unrewarded = session.execute(UNREWARDED).first()
    yield Figure("payments a second meanwhile", load.requests_per_second, "/s")
    yield Figure("refused", load.failures, "", 0, at_least=False)
    yield Figure(
        "points after a payment, p95", float(seconds), "s", VISIBLE_GOAL_SECONDS, at_least=False
    )
    yield Figure("months without their points", int(unrewarded is not None), "", 0, at_least=False)


def _payments(place: Place, *, first: int, count: int) -> list[bytes]:
    token = auth.issue_token(
        place.process.token_keys,
        audience="client",
        subject_id=new_id(),
        life=timedelta(hours=1),
        now=clock.wall(),
        scopes=sorted(CLIENT_SCOPES),
    )
    today = clock.day_in_zone(clock.now(), "Asia/Shanghai").isoformat()
    bodies = (
        {
            "external_id": f"points-{number}",
            "loan_external_id": f"b{number % BORROWERS}-loan",
            "amount_minor": 10_100,
            "received_on": today,
        }
        for number in range(first, first + count)
    )
    return [
        request("POST", "/v1/ingest/payments", token=token, body=json.dumps(body).encode())
        for body in bodies
    ]


def _token(place: Place, borrower_id: UUID) -> str:
    return auth.issue_token(
        place.process.token_keys,
        audience="borrower",
        subject_id=borrower_id,
        life=timedelta(hours=1),
        now=clock.wall(),
    )


def _url(place: Place, database: str) -> str:
    url = make_url(place.environment["DATABASE_URL"]).set(database=database)
    return url.render_as_string(hide_password=False)


def _plain(url: str) -> str:
    return url.replace("+psycopg", "", 1)


def _connected(
    place: Place, database: str = "goodfaith"
) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(_plain(_url(place, database)), autocommit=True)
