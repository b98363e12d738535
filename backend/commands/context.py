"""What every command that talks to a running installation begins with."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy.exc import OperationalError, ProgrammingError

from backend import app
from backend.commands.failures import fail
from backend.commands.instance import load_environment
from backend.kit.db import Limits
from backend.kit.environment import SettingsError
from backend.kit.keyring import KeysMissingError
from backend.kit.problems import Problem, Unavailable
from backend.settings import load

# Commands move whole portfolios in one statement; a web request never waits this long.
COMMAND_LIMITS = Limits(statement_ms=600_000, lock_ms=30_000, pool_size=10)
AWAY = (OperationalError, Unavailable)
UNKNOWN_TABLE_OR_COLUMN = ("42P01", "42703")


@contextmanager
def configured(*, may_wait: bool = False) -> Iterator[app.Process]:
    """The process's database, keys and clock. One clear line and a non-zero exit on failure.

    A process that goes on for long (`may_wait`) may begin while the database is away.
    """
    try:
        load_environment()
        process = app.configure(load(), limits=COMMAND_LIMITS)
    except SettingsError as error:
        fail(str(error))
    try:
        with suppress(*(AWAY if may_wait else ())):
            process.keyring.require()
        process.keyring.watch()
        yield process
    except Problem as problem:
        fail(str(problem))
    except KeysMissingError as error:
        fail(str(error))
    except OperationalError:
        fail("the database does not answer; is `make run` (or your server) up?")
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) not in UNKNOWN_TABLE_OR_COLUMN:
            raise
        fail("the database is not at this version; run `goodfaith migrate`")
    finally:
        process.dispose()
