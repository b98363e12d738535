"""`goodfaith ...`, the same as `python -m backend ...`: every command of the product."""

import click

from backend.app import VERSION
from backend.commands import operate, staff, tokens, work


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="goodfaith")
def main() -> None:
    """Goodfaith: the backend of a lender's app that turns collection into service."""


for command in (
    work.worker,
    tokens.token,
    staff.staff,
    operate.job,
    operate.audit,
    operate.openapi,
):
    main.add_command(command)

if __name__ == "__main__":
    main()
