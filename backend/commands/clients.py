"""`goodfaith client`: the lender's machines, and the secrets that they get tokens by."""

import re
from datetime import timedelta

import click

from backend.auth import client_queries as queries
from backend.auth import service as auth
from backend.auth.client_rules import (
    CLIENT_NAME_LENGTH_MAX,
    CLIENT_NAME_PATTERN,
    ROTATION_OVERLAP,
    ROTATION_OVERLAP_HOURS_MAX,
)
from backend.auth.rules import CLIENT_SCOPES
from backend.commands.context import configured
from backend.commands.failures import fail
from backend.kit import clock
from backend.kit.db import reading, transaction
from backend.kit.fields import instant_text

LISTED_MAX = 1_000
OVERLAP_HOURS = int(ROTATION_OVERLAP / timedelta(hours=1))


@click.group()
def client() -> None:
    """Machine clients, such as the lender's core system."""


@client.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(sorted(CLIENT_SCOPES)),
    help="May be given several times.",
)
def add(name: str, scopes: tuple[str, ...]) -> None:
    """Make a client; its id and secret are the last two lines, shown this once."""
    if len(name) > CLIENT_NAME_LENGTH_MAX or not re.fullmatch(CLIENT_NAME_PATTERN, name):
        fail("a client's name is letters, digits, dots, dashes and underscores, at most 100")
    with configured(), transaction() as session:
        made = auth.add_client(
            session, name=name, scopes=set(scopes), staff_id=None, now=clock.wall()
        )
    click.echo(f"{name} may {' '.join(sorted(set(scopes)))}.")
    _show(made)


@client.command()
@click.argument("name")
@click.option(
    "--overlap",
    metavar="HOURS",
    type=click.IntRange(0, ROTATION_OVERLAP_HOURS_MAX),
    default=OVERLAP_HOURS,
    show_default=True,
    help="How long the secret in use still opens. 0, after a leak, also ends every token.",
)
def rotate(name: str, overlap: int) -> None:
    """Give a new secret: id and secret are the last two lines, shown this once."""
    with configured(), transaction() as session:
        known = auth.get_client_for_update(session, name=name)
        made = auth.rotate_secret(
            session,
            client=known,
            overlap=timedelta(hours=overlap),
            staff_id=None,
            now=clock.wall(),
        )
    if made.previous_ends_at is None:
        click.echo("No other secret of this client opens.")
    else:
        click.echo(f"The secret in use opens until {instant_text(made.previous_ends_at)}.")
    _show(made)


@client.command()
@click.argument("name")
def disable(name: str) -> None:
    """End a client, its secrets and, within a second everywhere, its tokens. For good."""
    with configured(), transaction() as session:
        known = auth.get_client_for_update(session, name=name)
        auth.disable_client(session, client=known, staff_id=None, now=clock.wall())
    click.echo(f"{name} is disabled.")


@client.command("list")
def list_() -> None:
    """Every client on a line: name, id, state, scopes."""
    with configured(), reading() as session:
        page = queries.list_clients(session, args={"limit": LISTED_MAX, "cursor": None})
    for each in page.items:
        click.echo(f"{each.name} {each.id} {_state(each)} {' '.join(each.scopes)}")


def _state(each: queries.ClientView) -> str:
    if each.disabled_at is not None:
        return "disabled"
    if not each.secrets:
        return "no-secret"
    now = clock.wall()
    ends = [secret.expires_at for secret in each.secrets if secret.expires_at is not None]
    living = [instant_text(at) for at in ends if at > now]
    return f"rotating-until-{living[0]}" if living else "active"


def _show(made: auth.NewSecret) -> None:
    click.echo(f"client_id={made.client_id}")
    click.echo(f"client_secret={made.secret}")
