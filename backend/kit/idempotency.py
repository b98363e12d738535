"""One key, one effect, one answer.

`@idempotent` opens the transaction that the view's own `transaction()` joins, so the answer is
stored with the act or not at all. What is behind the wall keeps its
answers there. A process that dies in the middle leaves nothing: the lock on the key ends with its
connection. Answers are kept encrypted for 24 hours, with their own headers.
"""

import hashlib
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response, g, request
from sqlalchemy import LargeBinary, Select, delete, func, literal_column, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.kit import crypto
from backend.kit.audience import caller
from backend.kit.db import WALLED, Base, WalledBase, joining
from backend.kit.http import render_problem
from backend.kit.openapi import note
from backend.kit.problems import BadRequest, Conflict, Invalid, Problem
from backend.kit.texts import Text
from backend.kit.wiring import SealedColumn

KEY = re.compile(r"^[!-~]{1,255}$")
KEPT = timedelta(hours=24)
PURGE_BATCH = 10_000
CONTEXT = "idempotent_answer.body"
SEALED = (SealedColumn("idempotent_answer", "body", context=CONTEXT),)
SEALED_WALLED = (
    SealedColumn("community.idempotent_answer", "body", context=CONTEXT, access=WALLED),
)
# Answers to these are about the moment, not about the act: a retry deserves a new one.
NOT_STORED = frozenset({401, 409, 422, 429})
SERVER_ERROR = 500
NO_CONTENT = 204
LANGUAGE = "Content-Language"
# Those that tell of the answer; the others tell of the moment, and each request gets its own.
KEPT_HEADERS = ("ETag", "Location", LANGUAGE)

View = TypeVar("View", bound=Callable[..., Any])


class AnswerColumns:
    """What is known of an answer to a caller's key."""

    caller: Mapped[str] = mapped_column(primary_key=True)
    route: Mapped[str] = mapped_column(primary_key=True)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int]
    content_type: Mapped[str]
    headers: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


class IdempotentAnswer(AnswerColumns, Base):
    """What was answered to a caller's key."""

    __tablename__ = "idempotent_answer"


class WalledAnswer(AnswerColumns, WalledBase):
    """The same behind the wall, so that an answer with a post in it does not leave it."""

    __tablename__ = "idempotent_answer"


@dataclass(frozen=True)
class _Keeping:
    """Where answers are kept: in which table, and in whose transaction."""

    table: type[Any]
    joining: Callable[[], AbstractContextManager[Session]]


_USUAL = _Keeping(table=IdempotentAnswer, joining=joining)
_WALLED = _Keeping(table=WalledAnswer, joining=WALLED.joining)


class KeyMissing(BadRequest):
    """A POST that moves something says which attempt it is."""

    code = "idempotency-key-required"
    title = Text(
        "This request needs an Idempotency-Key header of 1 to 255 printable characters.",
        "此请求需要 Idempotency-Key 请求头（1 至 255 个可打印字符）。",
    )


class KeyReused(Invalid):
    """The same key came with another body."""

    code = "idempotency-key-reused"
    title = Text(
        "This Idempotency-Key was used for another request.", "此 Idempotency-Key 已用于其他请求。"
    )


class RequestInProgress(Conflict):
    """The first attempt is still running."""

    code = "request-in-progress"
    title = Text(
        "The first request with this key is still running.", "使用此键的首个请求仍在处理中。"
    )


def idempotent(view: View) -> View:
    """Mark a view whose repeats replay the first answer. Outermost of the view's decorators."""
    return _kept(view, _USUAL)


def idempotent_walled(view: View) -> View:
    """`idempotent` for an act behind the wall: its transaction and its answers are there."""
    return _kept(view, _WALLED)


def _kept(view: View, keeping: _Keeping) -> View:
    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not KEY.match(key):
            raise KeyMissing
        with keeping.joining() as session:
            return _Once(session, keeping.table).answer(key, lambda: view(*args, **kwargs))

    marked = note(cast(View, wrapper), idempotent=True)
    marked.__dict__["is_idempotent"] = True
    return marked


def do_once(
    key: str, act: Callable[[Session], None], *, said: bytes, is_walled: bool = False
) -> bool:
    """The same for a page's form: whether `act` was done now, and not before with this key.

    `said` is what the form says, hashed. A refusal is raised and not kept: who reads it may send
    the form again.
    """
    if not KEY.match(key):
        raise KeyMissing
    keeping = _WALLED if is_walled else _USUAL
    with keeping.joining() as session:
        return _Once(session, keeping.table).do(key, lambda: act(session), said=said)


@dataclass(frozen=True)
class _Once:
    """One request with a key, inside the transaction of its act."""

    session: Session
    table: type[Any]

    def answer(self, key: str, answer: Callable[[], Response]) -> Response:
        who = f"{caller().audience}:{caller().id}"
        route = f"{request.method} {request.path}"
        key_hash = hashlib.sha256(key.encode()).digest()
        if not _lock(self.session, f"{who}\x00{route}\x00{key}"):
            raise RequestInProgress
        request_hash = _hash_request()
        stored = self._find(who=who, route=route, key_hash=key_hash)
        if stored is not None:
            if stored.request_hash != request_hash:
                raise KeyReused
            return _replay(stored)
        response = _run(answer)
        if response.status_code not in NOT_STORED and response.status_code < SERVER_ERROR:
            self._store(
                key={"caller": who, "route": route, "key_hash": key_hash},
                answer={
                    "request_hash": request_hash,
                    "status": response.status_code,
                    "content_type": response.content_type,
                    "headers": _headers_of(response),
                    "body": crypto.encrypt_bytes(response.get_data(), context=CONTEXT),
                    "created_at": func.now(),
                },
            )
        return response

    def do(self, key: str, act: Callable[[], None], *, said: bytes) -> bool:
        who = f"{caller().audience}:{caller().id}"
        route = f"{request.method} {request.path}"
        key_hash = hashlib.sha256(key.encode()).digest()
        if not _lock(self.session, f"{who}\x00{route}\x00{key}"):
            raise RequestInProgress
        stored = self._find(who=who, route=route, key_hash=key_hash)
        if stored is not None:
            if stored.request_hash != said:
                raise KeyReused
            return False
        act()
        self._store(
            key={"caller": who, "route": route, "key_hash": key_hash},
            answer={
                "request_hash": said,
                "status": NO_CONTENT,
                "content_type": "text/plain",
                "headers": {},
                "body": crypto.encrypt_bytes(b"", context=CONTEXT),
                "created_at": func.now(),
            },
        )
        return True

    def _store(self, *, key: dict[str, Any], answer: dict[str, Any]) -> None:
        # An answer older than a day may still stand here, waiting for the purge.
        self.session.execute(
            insert(self.table)
            .values(**key, **answer)
            .on_conflict_do_update(index_elements=list(key), set_=answer)
        )

    def _find(self, *, who: str, route: str, key_hash: bytes) -> Any:
        table = self.table
        return self.session.execute(
            select(table).where(
                table.caller == who,
                table.route == route,
                table.key_hash == key_hash,
                table.created_at > func.now() - KEPT,
            )
        ).scalar_one_or_none()


def _hash_request() -> bytes:
    digest = hashlib.sha256(request.get_data(cache=True))
    if request.query_string:
        digest.update(b"?" + request.query_string)
    return digest.digest()


def _headers_of(response: Response) -> dict[str, str]:
    # The language is written into every answer at its end; who has been asked for one, has one.
    told = {LANGUAGE: g.locale} if "locale" in g else {}
    return told | {
        name: response.headers[name] for name in KEPT_HEADERS if name in response.headers
    }


def _run(answer: Callable[[], Response]) -> Response:
    try:
        return answer()
    except Problem as problem:
        # The act's own savepoint is rolled back by now; the refusal itself is an answer to keep.
        if problem.status in NOT_STORED or problem.status >= SERVER_ERROR:
            raise
        return render_problem(problem)


def _lock(session: Session, name: str) -> bool:
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
    return bool(session.execute(select(func.pg_try_advisory_xact_lock(number))).scalar_one())


def _replay(stored: AnswerColumns) -> Response:
    g.replayed = True
    body = crypto.decrypt_bytes(stored.body, context=CONTEXT)
    response = Response(body, stored.status, content_type=stored.content_type)
    response.headers.update(stored.headers)
    # The words are those of the first answer, whatever this request would rather read.
    if LANGUAGE in stored.headers:
        g.locale = stored.headers[LANGUAGE]
    response.headers["Idempotency-Replayed"] = "true"
    return response


def purge_answers(
    session: Session, *, limit: int = PURGE_BATCH, table: type[Any] = IdempotentAnswer
) -> int:
    """Forget answers older than 24 hours, one batch."""
    old: Select[Any] = (
        select(literal_column("ctid"))
        .select_from(table)
        .where(table.created_at <= func.now() - KEPT)
        .limit(limit)
    )
    result = session.execute(
        delete(table).where(literal_column("ctid").in_(old)).returning(table.status)
    )
    return len(result.all())
