"""`goodfaith credentials`: the keys that sign badges."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from sqlalchemy.orm import Session

from backend import app
from backend.commands.context import configured
from backend.commands.failures import fail
from backend.kit import clock
from backend.kit.db import transaction
from backend.kit.key_changes import KeyChangeError
from backend.staff import service as staff

_reason = click.option(
    "--reason", help="Why; needed outside the demo, and kept on the staff trail."
)


@click.group()
def credentials() -> None:
    """Badges that are signed for their holders."""


@contextmanager
def _acting(reason: str | None) -> Iterator[Session]:
    with configured() as process:
        if not process.settings.is_demo and not reason:
            fail("outside the demo, say why with --reason")
        try:
            with transaction() as session:
                yield session
        except KeyChangeError as error:
            fail(str(error))


def _record(session: Session, action: str, name: str, *, reason: str | None) -> None:
    staff.record_action(
        session,
        staff_id=None,
        action=f"credentials.{action}",
        subject=f"credential_signer:{name}",
        reason=reason,
    )


@credentials.command()
def keys() -> None:
    """Print each key of the issuer, its state and since when, newest first."""
    with configured(), transaction() as session:
        for row in app.issuer_keys().list_keys(session):
            click.echo(f"{row.name} {_state_of(row)}")


def _state_of(row: Any) -> str:
    if row.withdrawn_at is not None:
        return f"withdrawn {row.withdrawn_at:%Y-%m-%d}"
    if row.retired_at is not None:
        return f"retired {row.retired_at:%Y-%m-%d}, published"
    return f"made {row.created_at:%Y-%m-%d}, can sign"


@credentials.command("rotate-key")
@_reason
def rotate_key(reason: str | None) -> None:
    """Publish a new key; ten minutes later it signs. Then `retire-key` the old one."""
    with _acting(reason) as session:
        name = app.issuer_keys().rotate(session, now=clock.wall())
        _record(session, "rotate", name, reason=reason)
    click.echo(f"{name} is published, and signs in ten minutes")


@credentials.command("retire-key")
@click.argument("name")
@_reason
def retire_key(name: str, reason: str | None) -> None:
    """Destroy the private half of the key NAME; what it signed stays valid."""
    with _acting(reason) as session:
        app.issuer_keys().retire(session, name=name, now=clock.wall())
        _record(session, "retire", name, reason=reason)
    click.echo(f"{name} signs no more and stays published")


@credentials.command("withdraw-key")
@click.argument("name")
@_reason
def withdraw_key(name: str, reason: str | None) -> None:
    """Publish the key NAME no more, because others may have it; ends what it signed.

    Holders get a new credential when they next ask for theirs.
    """
    with _acting(reason) as session:
        ended = app.issuer_keys().withdraw(session, name=name, now=clock.wall())
        _record(session, "withdraw", name, reason=reason)
    click.echo(f"{name} is withdrawn; {ended} credentials ended")
