"""The product's server with two more routes: what its own are held against."""

import os
from typing import Any
from uuid import UUID

from flask import Flask, jsonify, request
from flask.views import MethodView
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
from sqlalchemy import select, text

from backend.app import create_app
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import get_database, reading
from backend.loans.models import Loan

reading_blueprint = blueprint(
    "bench", __name__, audience=Audience.BORROWER, url_prefix="/v1/bench", description="reference"
)


@reading_blueprint.route("/<uuid:loan_id>")
class Reference(MethodView):
    """Token check, limiter and one Core select: what a read cannot do without."""

    def get(self, loan_id: UUID) -> Any:
        """One row as it is."""
        with reading() as session:
            row = session.execute(
                select(
                    Loan.id,
                    Loan.currency,
                    Loan.principal_minor,
                    Loan.outstanding_minor,
                    Loan.opened_on,
                    Loan.status,
                ).where(Loan.borrower_id == caller().id, Loan.id == loan_id)
            ).one()
        return jsonify(row._asdict())


_INSERT = text(
    """
    WITH stored AS (
        INSERT INTO bench_payment (external_id, amount_minor, received_on)
        VALUES (:external_id, :amount_minor, CAST(:received_on AS date)) RETURNING id
    ), allocated AS (
        INSERT INTO bench_allocation (payment_id, amount_minor)
        SELECT id, :amount_minor FROM stored
    )
    INSERT INTO bench_event (payment_id, body) SELECT id, '{}'::jsonb FROM stored
    """
)


def reference_app() -> Flask:
    """The product, the reference read, and a bare three-table insert."""
    app = create_app()
    app.register_blueprint(reading_blueprint)
    bare = Flask("bare")

    @bare.post("/bare/payments")
    def store() -> Any:
        body = request.get_json()
        with get_database().writes.begin() as connection:
            connection.execute(_INSERT, body)
        return jsonify(status="stored"), 201

    product = app.wsgi_app

    def either(environ: dict[str, Any], start_response: Any) -> Any:
        is_bare = environ["PATH_INFO"].startswith("/bare/")
        return (bare.wsgi_app if is_bare else product)(environ, start_response)

    app.wsgi_app = either  # type: ignore[method-assign]
    return app


if __name__ == "__main__":
    Server(
        "bench.reference_server:reference_app",
        factory=True,
        interface=Interfaces.WSGI,
        address="127.0.0.1",
        port=int(os.environ["PORT"]),
        workers=int(os.environ.get("WORKERS", "1")),
        blocking_threads=4,
        backpressure=1_024,
        log_level=LogLevels.error,
    ).serve()
