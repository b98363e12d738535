"""How a command fails: one clear line on the error stream, and a non-zero exit."""

import sys
from typing import NoReturn

import click


def fail(message: str) -> NoReturn:
    """One line, and out."""
    click.echo(f"goodfaith: {message}", err=True)
    sys.exit(1)
