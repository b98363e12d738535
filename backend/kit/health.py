"""Alive, ready, figures and the API browser: the routes that operators and developers look at."""

from http import HTTPStatus
from pathlib import Path
from typing import Any

import flask_swagger_ui
from flask import Blueprint, Flask, Response, redirect, send_from_directory
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from backend.kit import keyring, metrics, migrations, rate_limit, walled
from backend.kit.db import WALLED, get_database, reading, transaction
from backend.kit.problems import Unavailable

ASSETS = Path(flask_swagger_ui.__file__).parent / "dist"
DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; font-src 'self'; frame-ancestors 'none'"
)
DOCS_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Goodfaith API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
</head>
<body>
<main id="swagger-ui"></main>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
DOCS_SCRIPT = """window.addEventListener("load", function () {
  SwaggerUIBundle({
    url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true, docExpansion: "none",
    filter: true, persistAuthorization: false, validatorUrl: null
  });
});
"""

blp = Blueprint("health", __name__)
# No caller and no contract: these are not part of the product's interface.
blp.audience = "public"  # type: ignore[attr-defined]


@blp.get("/")
def home() -> Any:
    """Whoever opens the bare address wants to see what there is."""
    return redirect("/docs")


@blp.get("/healthz")
def healthz() -> dict[str, str]:
    """Alive, whatever the database does."""
    return {"status": "alive"}


@blp.get("/readyz")
def readyz() -> tuple[dict[str, str], int]:
    """Ready when the database answers at our schema; the counter's server is optional."""
    checks = {"database": _database(), "redis": "ok" if rate_limit.is_shared() else "absent"}
    if get_database().has_replica:
        checks["replica"] = _replica()
    checks["migrations"] = _migrations() if checks["database"] == "ok" else "unknown"
    checks["keys"] = _keys()
    checks["community"] = _community() if checks["database"] == "ok" else "unknown"
    needed = {"database", "replica", "migrations", "keys", "community"} & checks.keys()
    is_ready = all(checks[name] == "ok" for name in needed)
    checks["status"] = "ready" if is_ready else "not ready"
    return checks, HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE


def _database() -> str:
    try:
        with transaction() as session:
            session.execute(select(1))
    except SQLAlchemyError:
        return "away"
    return "ok"


def _replica() -> str:
    try:
        with reading() as session:
            session.execute(select(1))
    except SQLAlchemyError:
        return "away"
    return "ok"


def _community() -> str:
    """Its role comes in, and finds there what the migrations made."""
    try:
        with WALLED.transaction() as session:
            session.execute(text(f"SELECT FROM {walled.SCHEMA}.revision LIMIT 1"))
    except OperationalError:
        return "away"
    except SQLAlchemyError:
        return "missing"
    return "ok"


def _migrations() -> str:
    try:
        with transaction() as session:
            current = session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except SQLAlchemyError:
        return "missing"
    return "ok" if current == migrations.head() else "behind"


def _keys() -> str:
    try:
        keyring.require()
    except (SQLAlchemyError, keyring.KeysMissingError, Unavailable):
        return "missing"
    return "ok"


@blp.get("/metrics")
def figures() -> Response:
    """Prometheus' view of all processes of this host."""
    return Response(metrics.render(), content_type=metrics.CONTENT_TYPE)


@blp.get("/docs")
def docs() -> Response:
    """The API browser; nothing of it comes from elsewhere."""
    response = Response(DOCS_PAGE, mimetype="text/html")
    response.headers["Content-Security-Policy"] = DOCS_POLICY
    return response


@blp.get("/docs/start.js")
def docs_script() -> Response:
    """Starts the browser; a file of its own, as the policy forbids inline scripts."""
    return Response(DOCS_SCRIPT, mimetype="text/javascript")


@blp.get("/docs/assets/<path:name>")
def docs_asset(name: str) -> Response:
    """A file of the installed Swagger UI."""
    response = send_from_directory(ASSETS, name)
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def init_app(app: Flask) -> None:
    """Serve these routes."""
    app.register_blueprint(blp)
