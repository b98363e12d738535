"""`goodfaith config`: the programme's configuration out of one installation and into another."""

import sys
from pathlib import Path

import click

from backend import app
from backend.commands.context import configured
from backend.commands.failures import fail
from backend.configuration import service
from backend.configuration.bundle import SIZE_MAX, read_bundle, write_bundle
from backend.configuration.rules import State
from backend.kit import clock
from backend.kit.configuration import Writing
from backend.kit.db import reading, transaction
from backend.kit.problems import FieldError, Invalid
from backend.kit.programme_zone import programme_day
from backend.staff import queries as staff
from backend.staff.log_in_rules import normal_email
from backend.staff.rules import permissions_of

BYTES_PER_CHARACTER_MAX = 4
PERMISSION = "config.import"


@click.group()
def config() -> None:
    """Programme configuration as one reviewed YAML file."""


@config.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--drafts", is_flag=True, help="The newest words of each thing, published or not.")
def export(file: Path | None, drafts: bool) -> None:  # noqa: FBT001 - click's shape
    """Write everything that is in force to FILE, or to the output."""
    with configured(), reading() as session:
        found = service.export(session, sources=app.config_sources(), with_drafts=drafts)
    text = write_bundle(found)
    if file is None:
        click.echo(text, nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}")
    click.echo(f"{sum(map(len, found.values()))} things in {file}")


@config.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Compare and check; write nothing.")
@click.option("--apply", "is_applied", is_flag=True, help="Write drafts, all or nothing.")
@click.option("--author", metavar="EMAIL", help="Whose drafts they are; she may not publish them.")
@click.option("--reason", help="Why; it stands beside each draft and on the staff trail.")
def import_(
    file: Path,
    dry_run: bool,  # noqa: FBT001 - click's shape
    is_applied: bool,  # noqa: FBT001
    author: str | None,
    reason: str | None,
) -> None:
    """Compare FILE with what is here, and write what differs as drafts for a second person."""
    if dry_run == is_applied:
        fail("say either --dry-run or --apply")
    if author is None or not (reason or dry_run):
        fail("name the author with --author EMAIL, and to apply it say why with --reason")
    with configured(), transaction() as session:
        now = clock.now()
        account = staff.get_account(session, email=_address(author))
        if PERMISSION not in permissions_of(frozenset(account.roles)):
            fail(f"{account.email} may not import: her roles do not give {PERMISSION}")
        writing = Writing(account.id, reason or "dry run", now, programme_day(now))
        try:
            bundle = read_bundle(_text_of(file))
            do = service.check if dry_run else service.import_bundle
            report = do(session, sources=app.config_sources(), bundle=bundle, writing=writing)
        except Invalid as invalid:
            fail("\n".join(_line(each) for each in invalid.errors))
    _show(report)
    if report.problems:
        fail("\n".join(_line(each) for each in report.problems))
    if is_applied:
        click.echo("Written as drafts; each waits for another person to publish it.")


def _address(email: str) -> str:
    address = normal_email(email)
    if address is None:
        fail(f"{email} is no address")
    return address


def _text_of(file: Path) -> str:
    try:
        if file.stat().st_size > SIZE_MAX * BYTES_PER_CHARACTER_MAX:
            fail(f"{file} is larger than a bundle may be")
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        fail(f"{file} cannot be read as UTF-8 text")


def _line(error: FieldError) -> str:
    told = error.detail if isinstance(error.detail, str) else error.detail.en
    return f"{error.pointer}: {told}"


def _show(report: service.Report) -> None:
    for each in report.things:
        if each.state is State.SAME:
            continue
        click.echo(f"{each.state:8} {each.part}/{each.key}")
        if each.why is not None:
            click.echo(f"         {each.why.en}")
        for change in each.changes if each.state is not State.NEW else ():
            click.echo(f"         {change.pointer}: {change.before!r} -> {change.after!r}")
    for part, key in report.only_here:
        click.echo(f"only here {part}/{key}")
    counts = ", ".join(f"{report.count(state)} {state}" for state in State)
    click.echo(f"{report.hash}: {counts}")
    sys.stdout.flush()
