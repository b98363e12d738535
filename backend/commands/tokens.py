"""`goodfaith token`: an access token for operators and tests."""

import click

from backend.auth import service as auth
from backend.auth.rules import COMMAND_LINE_AMR, COMMAND_LINE_LIFE
from backend.borrowers import queries as borrowers
from backend.commands.context import configured
from backend.commands.failures import fail
from backend.kit import clock
from backend.kit.db import transaction
from backend.staff import queries as staff
from backend.staff import service as staff_service


@click.command()
@click.option("--borrower", metavar="EXTERNAL_ID", help="The lender's id of a borrower.")
@click.option("--staff", "email", metavar="EMAIL", help="A staff account.")
@click.option("--client", "name", metavar="NAME", help="A machine client; made when new.")
@click.option("--reason", help="Why; needed outside the demo, and kept on the staff trail.")
def token(borrower: str | None, email: str | None, name: str | None, reason: str | None) -> None:
    """Print an access token, valid for 15 minutes, on the last line."""
    if sum(given is not None for given in (borrower, email, name)) != 1:
        fail("name one of --borrower, --staff and --client")
    with configured() as process:
        if not process.settings.is_demo and not reason:
            fail("outside the demo, say why with --reason")
        now = clock.wall()
        roles: list[str] = []
        scopes: list[str] = []
        with transaction() as session:
            if borrower is not None:
                audience = "borrower"
                subject = borrowers.get_id(session, external_id=borrower)
            elif email is not None:
                audience = "staff"
                account = staff.get_account(session, email=email)
                subject, roles = account.id, account.roles
            else:
                audience = "client"
                client = auth.put_client(session, name=name or "", now=now)
                subject, scopes = client.id, client.scopes
            staff_service.record_action(
                session,
                staff_id=None,
                action="token.issue",
                subject=f"{audience}:{subject}",
                reason=reason,
            )
        click.echo(
            auth.issue_token(
                process.token_keys,
                audience=audience,
                subject_id=subject,
                life=COMMAND_LINE_LIFE,
                now=now,
                roles=roles,
                scopes=scopes,
                amr=(COMMAND_LINE_AMR,),
            )
        )
