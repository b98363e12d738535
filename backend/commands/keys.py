"""`goodfaith keys`: rotate, list, retire and rewrap the keys of this installation."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import click
from sqlalchemy.orm import Session

from backend.app import Process
from backend.auth.rules import CLOCK_SKEW_SECONDS, COMMAND_LINE_LIFE
from backend.commands.context import configured
from backend.commands.failures import fail
from backend.kit import clock, key_changes, resealing
from backend.kit.db import transaction
from backend.kit.key_changes import Key, KeyChangeError
from backend.kit.keyring import Kind
from backend.kit.resealing import Use
from backend.staff import service as staff

ALL = "all"
WRITERS_SECONDS_MAX = 60
POLL_SECONDS = 0.1
# No access token lives longer, whoever it is for.
TOKEN_LIFE_MAX = COMMAND_LINE_LIFE + timedelta(seconds=CLOCK_SKEW_SECONDS)
# Codes that were sent, and counts of attempts: stored by hash, and gone within a day.
ATTEMPTS_LIFE_MAX = timedelta(days=1)
LIVES = {
    Kind.TOKEN: ("tokens that it signed", TOKEN_LIFE_MAX),
    Kind.LOOKUP: ("codes and counts of attempts that it hashed", ATTEMPTS_LIFE_MAX),
}

_reason = click.option(
    "--reason", help="Why; needed outside the demo, and kept on the staff trail."
)


@click.group()
def keys() -> None:
    """The keys that seal columns, sign tokens and hash what is looked up."""


@contextmanager
def _acting(reason: str | None) -> Iterator[Process]:
    with configured() as process:
        if not process.settings.is_demo and not reason:
            fail("outside the demo, say why with --reason")
        try:
            yield process
        except KeyChangeError as error:
            fail(str(error))


@keys.command()
@click.argument("kind", type=click.Choice([*map(str, Kind), ALL]))
@_reason
def rotate(kind: str, reason: str | None) -> None:
    """Make a new key; every process knows it before the first one uses it."""
    kinds = list(Kind) if kind == ALL else [Kind(kind)]
    with _acting(reason) as process:
        delay = process.settings.rotation_delay
        with transaction() as session:
            made = key_changes.rotate(
                session, kinds=kinds, master_keys=process.settings.master_keys, delay=delay
            )
            for key in made:
                _record(session, "keys.rotate", key, reason=reason)
        for key in made:
            click.echo(f"{key.kind}:{key.name} takes effect at {key_changes.at(key.active_from)}")
    click.echo("Then `goodfaith job reencrypt`, and `goodfaith keys retire` for the old ones.")


@keys.command("list")
def list_() -> None:
    """Print every key: its state, since when, its master key, and how many values need it."""
    with configured(), transaction(patience_seconds=resealing.COUNT_SECONDS_MAX) as session:
        uses = resealing.list_uses(session)
        for key in key_changes.list_keys(session):
            needed = sum(use.count for use in _uses_of(key, uses))
            count = "" if key.kind == Kind.TOKEN else f" {needed} values"
            since = key_changes.at(key.retired_at or key.active_from)
            click.echo(f"{key.kind}:{key.name} {key.state} since {since}{count} [{key.master}]")
        for use in _strange(key_changes.list_keys(session), uses):
            click.echo(f"{use.kind}:{use.key} UNKNOWN {use.count} values in {use.where}")


@keys.command()
@click.argument("name")
@click.option(
    "--at-once", is_flag=True, help="End the tokens that it signed, and the codes that it hashed."
)
@_reason
def retire(name: str, reason: str | None, *, at_once: bool) -> None:
    """Load NAME (or KIND:NAME) no more. Refused while anything needs it, saying what."""
    with _acting(reason) as process:
        with transaction() as session:
            key = _find(session, name)
            _refuse_early(key, margin=process.settings.rotation_delay, at_once=at_once)
            before = key_changes.horizon(session)
        _wait_for_writers(before)
        with transaction(patience_seconds=resealing.COUNT_SECONDS_MAX) as session:
            needed = _uses_of(key, resealing.list_uses(session))
            if needed:
                raise KeyChangeError(_told(key, needed))
            key_changes.retire(session, key=key)
            _record(session, "keys.retire", key, reason=reason)
    click.echo(f"{key.kind}:{key.name} is retired")


@keys.command()
@_reason
def rewrap(reason: str | None) -> None:
    """Wrap every key with the first of MASTER_KEYS; the other master keys may go then."""
    with _acting(reason) as process, transaction() as session:
        master_keys = process.settings.master_keys
        count = key_changes.rewrap(session, master_keys=master_keys)
        staff.record_action(
            session,
            staff_id=None,
            action="keys.rewrap",
            subject=f"master_key:{master_keys.current_id}",
            reason=reason,
            details={"keys": count},
        )
    click.echo(f"{count} keys wrapped anew with {master_keys.current_id}")


def _record(session: Session, action: str, key: Key, *, reason: str | None) -> None:
    subject = f"{key.kind}_key:{key.name}"
    staff.record_action(session, staff_id=None, action=action, subject=subject, reason=reason)


def _find(session: Session, name: str) -> Key:
    found = [
        key
        for key in key_changes.list_keys(session)
        if name in (key.name, f"{key.kind}:{key.name}")
    ]
    if not found:
        raise KeyChangeError(f"there is no key {name}")
    if len(found) > 1:
        names = " or ".join(f"{key.kind}:{key.name}" for key in found)
        raise KeyChangeError(f"say which: {names}")
    return found[0]


def _refuse_early(key: Key, *, margin: timedelta, at_once: bool) -> None:
    """Only a key that no process writes with any more can be proved to be needed by nothing."""
    name, now = f"{key.kind}:{key.name}", clock.wall()
    if key.replaced_at is None or key.state != "former":
        raise KeyChangeError(f"{name} is {key.state}; only a former key can be retired")
    free_at = key.replaced_at + margin
    if free_at > now:
        raise KeyChangeError(f"{name} may still be in use until {key_changes.at(free_at)}")
    what, life = LIVES.get(Kind(key.kind), ("", timedelta(0)))
    if free_at + life > now and not at_once:
        raise KeyChangeError(f"{name}: {what} may live until {key_changes.at(free_at + life)}")


def _wait_for_writers(before: int) -> None:
    with transaction() as session:
        give_up_at = time.monotonic() + WRITERS_SECONDS_MAX
        while not key_changes.have_ended(session, before=before):
            if time.monotonic() > give_up_at:
                raise KeyChangeError(
                    "a transaction is open that may still store a value; try again"
                )
            time.sleep(POLL_SECONDS)


def _uses_of(key: Key, uses: Sequence[Use]) -> list[Use]:
    return [use for use in uses if (use.kind, use.key) == (key.kind, key.name)]


def _strange(known: Sequence[Key], uses: Sequence[Use]) -> list[Use]:
    loaded = {(key.kind, key.name) for key in known if key.state != "retired"}
    return [use for use in uses if (str(use.kind), use.key) not in loaded]


def _told(key: Key, needed: Sequence[Use]) -> str:
    total = sum(use.count for use in needed)
    lines = [f"{key.kind}:{key.name} is needed by {total} values; `goodfaith job reencrypt` first"]
    return "\n".join([*lines, *(f"{use.where}: {use.count}" for use in needed)])
