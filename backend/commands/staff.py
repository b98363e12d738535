"""`goodfaith staff`: accounts of the people who run the product."""

import click

from backend.app import Process
from backend.commands.context import configured
from backend.commands.failures import fail
from backend.kit import clock
from backend.kit.db import transaction
from backend.staff import queries, service
from backend.staff.log_in_rules import normal_email
from backend.staff.rules import AccountState, Role

REASON = click.option("--reason", help="Why; needed outside the demo, and kept on the staff trail.")


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
@REASON
def add(email: str, roles: tuple[str, ...], reason: str | None) -> None:
    """Open an account, or give an account more roles (then say why with --reason).

    The last line is an enrolment code, for 72 hours, until its owner has enrolled.
    """
    address = _address(email)
    with configured() as process, transaction() as session:
        if queries.find_id(session, email=address) is not None:
            _require_reason(process, reason)
        staff_id = service.add_staff(
            session,
            email=address,
            roles={Role(role) for role in roles},
            now=clock.now(),
            reason=reason,
        )
        lines = [f"{address} {staff_id} {' '.join(sorted(roles))}"]
        state = queries.get_account_view(session, staff_id=staff_id).state
        if state == AccountState.INVITED:
            issued = service.issue_code(
                session, staff_id=staff_id, issued_by=None, now=clock.wall(), reason=reason
            )
            lines.append(issued.enrolment_code)
    # Told only once it is stored.
    click.echo("\n".join(lines))


@staff.command()
@click.argument("email")
@REASON
def enrol(email: str, reason: str | None) -> None:
    """Print a new enrolment code: password and second factor so far count no more."""
    with configured() as process, transaction() as session:
        _require_reason(process, reason)
        staff_id = queries.get_account(session, email=_address(email)).id
        issued = service.issue_code(
            session, staff_id=staff_id, issued_by=None, now=clock.wall(), reason=reason
        )
    click.echo(issued.enrolment_code)


@staff.command()
@click.argument("email")
@click.option("--reason", required=True, help="Why; kept on the staff trail.")
def disable(email: str, reason: str) -> None:
    """Close an account at once: its sessions and tokens end."""
    address = _address(email)
    with configured(), transaction() as session:
        staff_id = queries.get_account(session, email=address).id
        service.disable(
            session, staff_id=staff_id, disabled_by=None, reason=reason, now=clock.now()
        )
    click.echo(f"{address} is disabled")


@staff.command()
@click.argument("email")
@click.option("--reason", required=True, help="Why; kept on the staff trail.")
def enable(email: str, reason: str) -> None:
    """Open a closed account again, as it was."""
    address = _address(email)
    with configured(), transaction() as session:
        staff_id = queries.find_id(session, email=address)
        if staff_id is None:
            fail("there is no staff account with this address")
        service.enable(session, staff_id=staff_id, enabled_by=None, reason=reason)
    click.echo(f"{address} is enabled")


def _address(email: str) -> str:
    address = normal_email(email)
    if address is None:
        fail("that is not an e-mail address")
    return address


def _require_reason(process: Process, reason: str | None) -> None:
    if not process.settings.is_demo and not reason:
        fail("outside the demo, say why with --reason")
