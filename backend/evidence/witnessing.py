"""The job `evidence-witness`: others are shown the newest head and sign that the log only grew.

What a witness knows is what it signed last. It is told otherwise where that is wrong, and is asked
once more; an answer counts when it verifies and only then is it kept.
"""

from datetime import datetime
from http import HTTPStatus
from typing import Any, NamedTuple

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.evidence import cosignatures, merkle, queries, tiles
from backend.evidence.models import EvidenceCosignature
from backend.kit import clock
from backend.kit.calls_out import TRUSTING, Answer, Caller, CallError, Guard
from backend.kit.db import transaction
from backend.kit.logs import get_logger
from backend.kit.wiring import Job, JobContext
from backend.kit.witnesses import Witness

PATH = "/add-checkpoint"
HEADERS = {"Content-Type": "text/plain; charset=utf-8"}
ANSWER_BYTES_MAX = 16 * 1024
TRIES = 2  # the second with the size that the witness told; the head may have grown meanwhile

log = get_logger(__name__)


class Asked(NamedTuple):
    """A head and a witness that has not signed it."""

    size: int
    note: str
    body: bytes


class Witnesses:
    """Those whom the settings name, and the way to call them."""

    def __init__(self, witnesses: tuple[Witness, ...], *, may_use_http: bool) -> None:
        self.all = witnesses
        # Their addresses stand in the settings, as the lender's own gateway does.
        guard = Guard(allowed=TRUSTING.allowed, ports=None, may_use_http=may_use_http)
        self._calls = Caller(guard)

    def ask(self, witness: Witness, asked: Asked) -> Answer:
        """One call, outside of any transaction. Raises CallError."""
        url = witness.url + PATH
        return self._calls.post(url, body=asked.body, headers=HEADERS, keep=ANSWER_BYTES_MAX)


_witnesses = Witnesses((), may_use_http=False)


def configure(witnesses: tuple[Witness, ...], *, is_demo: bool) -> None:
    """Say who is asked, in this process."""
    global _witnesses  # noqa: PLW0603 - set once by the assembly
    _witnesses = Witnesses(witnesses, may_use_http=is_demo)


def run(context: JobContext) -> dict[str, Any]:
    """Ask every witness for the newest head. One that is away or refuses is asked again later."""
    counts = {"cosigned": 0, "failed": 0}
    for witness in _witnesses.all:
        outcome = cosign(_witnesses, witness, now=clock.wall())
        if outcome is not None:
            counts["cosigned" if outcome else "failed"] += 1
        context.heartbeat()
    return counts


def cosign(calls: Witnesses, witness: Witness, *, now: datetime) -> bool | None:
    """Whether the witness signed the newest head; None where there is nothing to ask."""
    known: int | None = None
    for _ in range(TRIES):
        with transaction() as session:
            asked = prepare(session, witness=witness, known=known)
        if asked is None:
            return None
        try:
            answer = calls.ask(witness, asked)
        except CallError as error:
            log.warning("witness_not_reached", witness=witness.name, why=str(error.failure))
            return False
        if answer.status != HTTPStatus.CONFLICT:
            return _keep(witness, asked, answer, now=now)
        known = cosignatures.read_size(answer.body)
        if known is None or known > asked.size:
            break
    # It saw more of this log than there is, or another one: what only a log put back brings about.
    log.error("witness_knows_another_log", witness=witness.name, known=known)
    return False


def prepare(session: Session, *, witness: Witness, known: int | None = None) -> Asked | None:
    """What to show the witness; None where it has signed the newest head.

    `known`: the size that the witness says it signed last, where that is not what we kept.
    """
    head = queries.find_head(session)
    signed = queries.find_cosigned_size(session, key=witness.as_text())
    if head is None or head.size == signed:
        return None
    old = (signed or 0) if known is None else known
    parts = merkle.consistency_parts(old, head.size) if 0 < old < head.size else []
    read = queries.read_tiles(session, places=tiles.places_of(parts))
    proof = tiles.proof_of(parts, tiles=read)
    text = cosignatures.request_text(old_size=old, proof=proof, note=head.note)
    return Asked(head.size, head.note, text.encode())


def _keep(witness: Witness, asked: Asked, answer: Answer, *, now: datetime) -> bool:
    is_taken = answer.status == HTTPStatus.OK
    line = (
        cosignatures.find_line(answer.body, note=asked.note, witness=witness) if is_taken else None
    )
    if line is None:
        log.warning("witness_did_not_sign", witness=witness.name, status=answer.status)
        return False
    with transaction() as session:
        session.execute(
            insert(EvidenceCosignature)
            .values(size=asked.size, key=witness.as_text(), line=line, at=now)
            .on_conflict_do_nothing()
        )
    return True


JOBS = (Job(name="evidence-witness", cron="* * * * *", run=run),)
