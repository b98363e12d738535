"""What every answer has in common: one shape of refusal, a request id, safe headers, a figure."""

import re
import secrets
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
import structlog
from flask import Flask, Response, g, request
from flask.json.provider import JSONProvider
from prometheus_client import Counter, Histogram
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from backend.kit import metrics
from backend.kit.fields import OutSchema, StrictSchema
from backend.kit.keyring import KeysMissingError
from backend.kit.logs import get_logger, told
from backend.kit.openapi import PROBLEM_JSON, refuses
from backend.kit.problems import (
    BadRequest,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    Problem,
    TooLarge,
    Unauthorized,
    Unavailable,
    UnsupportedMediaType,
)
from backend.kit.texts import DEFAULT_LOCALE, Locale, pick_locale

__all__ = ["OutSchema", "StrictSchema", "init_app", "locale", "refuses", "render_problem"]

BODY_MAX_BYTES = 1024 * 1024
RETRY_AFTER_SECONDS = 2
FIGURES_REMEMBERED = 4_096
REQUEST_ID = re.compile(r"^[A-Za-z0-9._:-]{1,128}$")
SAFE_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Cache-Control", "no-store"),
)

log = get_logger(__name__)

_AWAY = (OperationalError, InterfaceError, PoolTimeout, KeysMissingError)

# What the framework raises, as the refusal that it means.
_MEANINGS: dict[int, type[Problem]] = {
    400: BadRequest,
    404: NotFound,
    405: MethodNotAllowed,
    406: NotAcceptable,
    408: BadRequest,
    411: BadRequest,
    413: TooLarge,
    414: BadRequest,
    415: UnsupportedMediaType,
    431: BadRequest,
}


class StrictJson(JSONProvider):
    """orjson: quick, and strict about what JSON is."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        body = orjson.dumps(self._prepare_response_obj(args, kwargs))
        return Response(body, mimetype="application/json")


_own_locale: Callable[[UUID], Locale | None] | None = None


def configure(*, own_locale: Callable[[UUID], Locale | None]) -> None:
    """Say how to look up the language that a borrower chose for herself."""
    global _own_locale  # noqa: PLW0603 - set once by the assembly
    _own_locale = own_locale


def locale() -> Locale:
    """The language of this answer: what `Accept-Language` asks for, else her own, else English."""
    if "locale" not in g:
        asked = pick_locale(request.headers.get("Accept-Language"))
        g.locale = asked or _chosen() or DEFAULT_LOCALE
    found: Locale = g.locale
    return found


def _chosen() -> Locale | None:
    who = g.get("caller")
    if who is None or who.audience != "borrower" or _own_locale is None:
        return None
    try:
        return _own_locale(who.id)
    except SQLAlchemyError:
        # A refusal must be rendered while the database is away, too.
        return None


def init_app(app: Flask) -> None:
    """Give a Flask application these manners."""
    app.json = StrictJson(app)
    app.config["MAX_CONTENT_LENGTH"] = BODY_MAX_BYTES
    # An address is what it is: nobody is sent elsewhere by a doubled slash.
    app.url_map.merge_slashes = False
    app.before_request(_begin)
    app.after_request(_finish)
    app.register_error_handler(Problem, render_problem)
    app.register_error_handler(HTTPException, _render_framework_error)
    for away in _AWAY:
        app.register_error_handler(away, _render_failure)
    app.register_error_handler(Exception, _render_failure)


def _begin() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if REQUEST_ID.match(given) else secrets.token_hex(16)
    g.began_at = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _finish(response: Response) -> Response:
    headers = response.headers
    headers.add("X-Request-ID", g.request_id)
    own = {name.lower() for name, _ in headers}
    # Added in one go: `setdefault` looks through all headers for each.
    headers.extend([pair for pair in SAFE_HEADERS if pair[0].lower() not in own])
    if "locale" in g:
        headers["Content-Language"] = g.locale
        headers.add("Vary", "Accept-Language")
    if "quota" in g:
        headers.extend(g.quota.headers())
    route = request.url_rule.rule if request.url_rule is not None else "(none)"
    _count(request.method, route, response.status_code)
    return response


def _count(method: str, route: str, status: int) -> None:
    requests, seconds = _figures(method, route, status)
    requests.inc()
    seconds.observe(time.perf_counter() - g.began_at)


@lru_cache(maxsize=FIGURES_REMEMBERED)
def _figures(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    # Looked up once: the library makes and locks something for each look-up.
    return (
        metrics.REQUESTS.labels(method, route, status),
        metrics.REQUEST_SECONDS.labels(method, route),
    )


def render_problem(problem: Problem) -> Response:
    """A refusal as `application/problem+json` in the reader's language."""
    language = locale()
    body = problem.as_dict(language) | {"request_id": g.get("request_id", "")}
    response = Response(orjson.dumps(body, default=str), problem.status, mimetype=PROBLEM_JSON)
    if isinstance(problem, Unauthorized):
        response.headers["WWW-Authenticate"] = problem.challenge
    retry_after = problem.retry_after_seconds
    if problem.status == Unavailable.status and retry_after is None:
        retry_after = RETRY_AFTER_SECONDS
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def meaning_of(error: Exception) -> Problem:
    """Whatever was raised, as the refusal that it means. What is our fault goes to the log."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException):
        return _MEANINGS.get(error.code or 500, Problem)()
    if isinstance(error, _AWAY):
        log.warning("database_away", error=type(error).__name__)
        return Unavailable()
    # The traceback goes to the log, the words of the error to nobody: they may quote input.
    log.error("unhandled", **told(error))
    return Problem()


def _render_framework_error(error: HTTPException) -> Response:
    if error.code is not None and error.code < 400:  # noqa: PLR2004 - redirects are answers
        return Response(error.get_body(), error.code, error.get_headers())
    response = render_problem(meaning_of(error))
    allow = dict(error.get_headers()).get("Allow")
    if allow:
        response.headers["Allow"] = allow
    return response


def _render_failure(error: Exception) -> Response:
    return render_problem(meaning_of(error))
