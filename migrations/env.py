"""Runs the migrations on the connection that `backend.kit.migrations` hands over.

`alembic revision --autogenerate` compares with the models and takes DATABASE_URL.
"""

import importlib
import os

from alembic import context
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from backend.kit.db import Base


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


handed_over = context.config.attributes.get("connection")
if handed_over is not None:
    run(handed_over)
else:
    importlib.import_module("backend.app")  # the assembly knows every table
    url = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1)
    with create_engine(url, poolclass=NullPool).connect() as own:
        run(own)
