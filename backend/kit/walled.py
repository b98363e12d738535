"""A part of the database behind a wall: a schema of its own, owned by a login role of its own.

The product's role is no member of that one and cannot look inside; the other sees nothing of the
product but the few things that RIGHTS name. `ensure` and `grant` are part of every migration, and
safe to repeat.
"""

import hashlib
import hmac

from psycopg import sql
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

SCHEMA = "community"
SUFFIX = "_community"
# What the walled role may do outside its schema, and nobody else beside the owner.
RIGHTS = (
    "SELECT ON TABLE community_borrower",
    "EXECUTE ON FUNCTION community_announce(json, text[], text[])",
)
# Why the wall does not stand: roles that see through it whatever is granted.
_BREACHES = text(
    """
    SELECT CASE WHEN own.rolsuper THEN 'is a superuser'
                WHEN pg_has_role(own.oid, walled.oid, 'MEMBER') THEN 'is a member of ' || :walled
                WHEN has_schema_privilege(own.oid, :schema, 'USAGE') THEN 'may use its schema'
           END
      FROM pg_roles own, pg_roles walled
     WHERE own.rolname = current_user AND walled.rolname = :walled
    """
)


class WallError(RuntimeError):
    """The wall cannot be built with the rights at hand; the text says what an operator does."""


def derive_url(url: str) -> str:
    """The address of the walled role where none is given: its name and password by the product's.

    Empty where the product's address names nobody.
    """
    own = make_url(url)
    if not own.username:
        return ""
    password = derive_password(str(own.password)) if own.password else None
    walled = own.set(username=own.username + SUFFIX, password=password)
    return walled.render_as_string(hide_password=False)


def derive_password(password: str) -> str:
    """Another than the product's, and the same on every host."""
    return hmac.new(password.encode(), SCHEMA.encode(), hashlib.sha256).hexdigest()


def ensure(url: str, *, walled_url: str) -> None:
    """Make the role and its schema where they are missing and we may. Raises WallError."""
    role = str(make_url(walled_url).username)
    engine = _engine(url)
    with engine.connect() as connection:
        _ensure_role(connection, role=role, password=make_url(walled_url).password)
        _ensure_schema(connection, role=role, walled_url=walled_url)
    engine.dispose()


def grant(url: str, *, walled_url: str) -> None:
    """Give the role what RIGHTS say, after the migrations that made those things."""
    role = sql.Identifier(str(make_url(walled_url).username))
    engine = _engine(url)
    with engine.connect() as connection:
        for right in RIGHTS:
            # Everybody may run a function that was just made, or restored.
            _run(connection, sql.SQL("REVOKE {} FROM PUBLIC").format(sql.SQL(right)))
            _run(connection, sql.SQL("GRANT {} TO {}").format(sql.SQL(right), role))
    engine.dispose()


def find_breach(connection: Connection, *, role: str) -> str | None:
    """Why the role of this connection sees what is behind the wall; None where it does not."""
    found = connection.execute(_BREACHES, {"walled": role, "schema": SCHEMA}).scalar()
    return None if found is None else str(found)


def _ensure_role(connection: Connection, *, role: str, password: str | None) -> None:
    exists = text("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :role)")
    if connection.execute(exists, {"role": role}).scalar_one():
        return
    may = text("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
    if not connection.execute(may).scalar_one():
        message = (
            f"the community's role is missing; as an administrator of the server:"
            f" CREATE ROLE {role} LOGIN PASSWORD '...'"
            " (with the password of COMMUNITY_DATABASE_URL)"
        )
        raise WallError(message)
    told = sql.SQL("PASSWORD {}").format(sql.Literal(password)) if password else sql.SQL("")
    _run(connection, sql.SQL("CREATE ROLE {} LOGIN {}").format(sql.Identifier(role), told))


def _ensure_schema(connection: Connection, *, role: str, walled_url: str) -> None:
    """The schema belongs to the walled role, so that only its migrations fill it."""
    exists = text("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = :schema)")
    if connection.execute(exists, {"schema": SCHEMA}).scalar_one():
        return
    own = connection.execute(text("SELECT current_database()")).scalar_one()
    words = {"database": sql.Identifier(own), "role": sql.Identifier(role)}
    _run(connection, sql.SQL("GRANT CREATE ON DATABASE {database} TO {role}").format(**words))
    try:
        engine = _engine(walled_url)
        with engine.connect() as walled:
            walled.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        engine.dispose()
    except OperationalError as error:
        message = f"the community's role {role} cannot log in: check COMMUNITY_DATABASE_URL"
        raise WallError(message) from error
    finally:
        _run(
            connection, sql.SQL("REVOKE CREATE ON DATABASE {database} FROM {role}").format(**words)
        )


def _run(connection: Connection, statement: sql.Composed) -> None:
    driver = connection.connection.driver_connection
    connection.exec_driver_sql(statement.as_string(driver))


def _engine(url: str) -> Engine:
    return create_engine(
        url, poolclass=NullPool, hide_parameters=True, isolation_level="AUTOCOMMIT"
    )
