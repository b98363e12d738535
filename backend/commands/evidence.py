"""`goodfaith evidence`: verify the log, and change the keys that sign it."""

import sys
from typing import TextIO

import click

from backend.commands.context import configured
from backend.commands.failures import fail
from backend.commands.operate import DIFFERENCES_SHOWN, SNAPSHOT
from backend.evidence import queries, service, signers
from backend.evidence.audit import Verification
from backend.kit import clock
from backend.kit.db import transaction
from backend.staff import service as staff


@click.group()
def evidence() -> None:
    """The log of what was decided."""


@evidence.command()
@click.option(
    "--head",
    type=click.File(encoding="utf-8"),
    help="A signed head kept elsewhere: the log must have grown out of it.",
)
def verify(head: TextIO | None) -> None:
    """Make the whole log again from its rows; name the first entry that differs, exit 1."""
    kept = head.read() if head is not None else None
    with configured(), transaction() as session:
        session.execute(SNAPSHOT)
        verification = Verification(session, kept=kept)
        found = 0
        for difference in verification.differences():
            found += 1
            if found <= DIFFERENCES_SHOWN:
                click.echo(difference)
    click.echo(
        f"{verification.entries} entries, {verification.erased} of them erased;"
        f" {verification.waiting} wait; root {verification.root.hex()}"
    )
    if found:
        click.echo(f"{found} differences")
        sys.exit(1)
    click.echo("in order")


@evidence.command()
def keys() -> None:
    """Print each public key that ever signed, its name and its state, newest first."""
    with configured(), transaction() as session:
        for verifier, row in queries.list_verifiers(session):
            state = "signs" if row.retired_at is None else f"retired {row.retired_at:%Y-%m-%d}"
            click.echo(f"{row.name} {state} {verifier.as_text()}")


@evidence.command()
@click.option("--reason", help="Why; needed outside the demo, and kept on the staff trail.")
def rotate(reason: str | None) -> None:
    """Let a new key sign beside the old ones. Publish it, then `retire` the old one."""
    with configured() as process:
        if not process.settings.is_demo and not reason:
            fail("outside the demo, say why with --reason")
        with transaction() as session:
            verifier = service.add_signer(session, now=clock.wall())
            name = signers.name_of(verifier)
            staff.record_action(
                session,
                staff_id=None,
                action="evidence.rotate",
                subject=f"evidence_signer:{name}",
                reason=reason,
            )
    click.echo(f"{name} signs from the next head on: {verifier.as_text()}")


@evidence.command()
@click.argument("name")
@click.option("--reason", help="Why; needed outside the demo, and kept on the staff trail.")
def retire(name: str, reason: str | None) -> None:
    """Destroy the seed of the key NAME; its public half stays, and what it signed verifies."""
    with configured() as process:
        if not process.settings.is_demo and not reason:
            fail("outside the demo, say why with --reason")
        try:
            with transaction() as session:
                service.retire_signer(session, name=name, now=clock.wall())
                staff.record_action(
                    session,
                    staff_id=None,
                    action="evidence.retire",
                    subject=f"evidence_signer:{name}",
                    reason=reason,
                )
        except signers.SignerChangeError as error:
            fail(str(error))
    click.echo(f"{name} signs no more")
