"""The schema's history: bring a database up to date, and know what up to date is."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

FOLDER = Path(__file__).parents[2] / "migrations"
# Any number will do, as long as nothing else locks it: "goodfaith" begun in ASCII.
LOCK = 0x676F6F64


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


def upgrade(url: str) -> None:
    """Migrate to `head()`. Of two at once the second waits, and then finds nothing to do."""
    engine = create_engine(url, poolclass=NullPool)
    # The lock has a connection of its own, so that the migrations' commits do not let it go.
    with engine.connect() as guard:
        guard.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        try:
            with engine.connect() as connection:
                settings = config()
                settings.attributes["connection"] = connection
                command.upgrade(settings, "head")
        finally:
            guard.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
    engine.dispose()
