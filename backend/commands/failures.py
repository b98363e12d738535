"""How a command fails: clear lines on the error stream, and a non-zero exit."""

import sys
from typing import NoReturn

import click


def fail(message: str) -> NoReturn:
    """A line for each thing that is wrong, and out."""
    for line in message.splitlines():
        click.echo(f"goodfaith: {line}", err=True)
    sys.exit(1)
