"""`goodfaith staff`: accounts of the people who run the product."""

import re

import click

from backend.commands.context import configured
from backend.commands.failures import fail
from backend.kit import clock
from backend.kit.db import transaction
from backend.staff import service
from backend.staff.rules import Role

EMAIL = re.compile(r"^[^@\s]{1,64}@[^@\s]{1,190}$")


@click.group()
def staff() -> None:
    """Staff accounts."""


@staff.command()
@click.argument("email")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([str(role) for role in Role]),
    help="May be given several times.",
)
def add(email: str, roles: tuple[str, ...]) -> None:
    """Open an account, or give an account more roles."""
    if not EMAIL.match(email):
        fail("that is not an e-mail address")
    with configured(), transaction() as session:
        staff_id = service.add_staff(
            session, email=email, roles={Role(role) for role in roles}, now=clock.now()
        )
    click.echo(f"{email.lower()} {staff_id} {' '.join(sorted(roles))}")
