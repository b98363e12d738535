"""`goodfaith migrate`: bring the database's schema to this version."""

import os

import click
from sqlalchemy.exc import OperationalError

from backend.commands.failures import fail
from backend.commands.instance import load_environment
from backend.kit import migrations
from backend.settings import driver_url


@click.command()
def migrate() -> None:
    """Bring the database to this version. Safe to run on several hosts at once."""
    load_environment()
    url = os.environ.get("DATABASE_URL")
    if not url:
        fail("DATABASE_URL is missing")
    try:
        migrations.upgrade(driver_url(url))
    except OperationalError:
        fail("the database does not answer")
    click.echo(f"at {migrations.head()}")
