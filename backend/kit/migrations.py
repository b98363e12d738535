"""The schema's history: bring a database up to date, and know what up to date is."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from time import sleep

from alembic import command, context
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from backend.kit import walled
from backend.kit.logs import get_logger

FOLDER = Path(__file__).parents[2] / "migrations"
# Any number will do, as long as nothing else locks it: "goodfaith" begun in ASCII.
LOCK = 0x676F6F64
TABLE_WAIT_SECONDS = 3
PAUSE_SECONDS = 2
TRIES = 30
# Lock not available, deadlock: whoever was in the way may be gone the next time.
PASSING = ("55P03", "40P01")

log = get_logger(__name__)


def config() -> Config:
    """Alembic's configuration; there is no file to keep in step."""
    settings = Config()
    settings.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    return settings


@cache
def head() -> str:
    """The newest revision that this code knows."""
    revision = ScriptDirectory.from_config(config()).get_current_head()
    if revision is None:
        message = f"there are no migrations in {FOLDER}"
        raise RuntimeError(message)
    return revision


def upgrade(url: str, *, walled_url: str) -> None:
    """Migrate to `head()`. Of two at once the second waits, and then finds nothing to do.

    A revision that does not get a table within seconds lets go of all it holds and comes again:
    while it waits, everybody else who wants that table waits behind it. Raises WallError where
    what is behind the wall cannot be made.
    """
    engine = create_engine(url, poolclass=NullPool)
    # The lock has a connection of its own, so that the migrations' commits do not let it go.
    with engine.connect() as guard:
        guard.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        try:
            walled.ensure(url, walled_url=walled_url)
            behind = create_engine(walled_url, poolclass=NullPool)
            for tries_left in reversed(range(TRIES)):
                if _is_upgraded(engine, behind, is_last_try=not tries_left):
                    break
                sleep(PAUSE_SECONDS)
            behind.dispose()
            walled.grant(url, walled_url=walled_url)
        finally:
            guard.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
    engine.dispose()


def behind_the_wall(revision: str, make: Callable[[Operations], None]) -> None:
    """For a revision's part in the walled schema: `make(op)` as that schema's owner, once.

    It is stored before the revision is, in a transaction of its own with a mark: a revision that
    comes again after a failure finds the mark and leaves alone what it made.
    """
    behind: Engine = context.config.attributes["behind"]
    with behind.connect() as connection, connection.begin():
        connection.execute(text(f"SET LOCAL lock_timeout = '{TABLE_WAIT_SECONDS}s'"))
        connection.execute(text(f"SET LOCAL search_path = {walled.SCHEMA}"))
        connection.execute(text("CREATE TABLE IF NOT EXISTS revision (name text PRIMARY KEY)"))
        marked = "INSERT INTO revision VALUES (:name) ON CONFLICT DO NOTHING RETURNING name"
        if connection.execute(text(marked), {"name": revision}).first() is not None:
            make(Operations(MigrationContext.configure(connection)))


def _is_upgraded(engine: Engine, behind: Engine, *, is_last_try: bool) -> bool:
    """Whether all revisions are in; what came in before one had to let go stays."""
    with engine.connect() as connection:
        with connection.begin():
            connection.execute(text(f"SET lock_timeout = '{TABLE_WAIT_SECONDS}s'"))
        settings = config()
        settings.attributes["connection"] = connection
        settings.attributes["behind"] = behind
        try:
            command.upgrade(settings, "head")
        except OperationalError as error:
            if is_last_try or getattr(error.orig, "sqlstate", None) not in PASSING:
                raise
            log.warning("migration_waits", error=type(error.orig).__name__)
            return False
    return True
