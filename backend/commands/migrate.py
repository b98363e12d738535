"""`goodfaith migrate`: bring the database's schema to this version, and make its first keys."""

from collections.abc import Sequence

import click
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from backend.commands.failures import fail
from backend.commands.instance import load_environment
from backend.kit import key_changes, migrations
from backend.kit.environment import SettingsError
from backend.kit.keyring import KeysMissingError
from backend.kit.walled import WallError
from backend.settings import MigrationSettings, load_for_migration


@click.command()
def migrate() -> None:
    """Bring the database to this version. Safe to run on several hosts at once."""
    load_environment()
    try:
        settings = load_for_migration()
        made = bring_up_to_date(settings)
    except OperationalError:
        fail("the database does not answer")
    except (SettingsError, WallError, key_changes.KeyChangeError, KeysMissingError) as error:
        fail(str(error))
    for name in made:
        click.echo(f"key {name}")
    for name in sorted(settings.legacy.weak() & set(made)):
        click.echo(f"{name} was adopted and is no random key: rotate it now", err=True)
    click.echo(f"at {migrations.head()}")


def bring_up_to_date(settings: MigrationSettings) -> Sequence[str]:
    """Migrate, then make or adopt keys where there are none; answers the names of new ones."""
    migrations.upgrade(settings.database_url, walled_url=settings.community_database_url)
    engine = create_engine(settings.database_url, poolclass=NullPool, hide_parameters=True)
    with Session(bind=engine) as session, session.begin():
        return key_changes.make_first_keys(
            session, master_keys=settings.master_keys, legacy=settings.legacy
        )
