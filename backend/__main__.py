"""`goodfaith ...`, the same as `python -m backend ...`: every command of the product."""

from importlib import import_module

import click

from backend.kit.lazy import load

# Name to `module:attribute` of backend.commands. Loaded when asked for: the supervisor of the
# demo needs nothing of the application, and starts in a fraction of the time without it.
COMMANDS = {
    "run": "run:run",
    "serve": "serve:serve",
    "worker": "work:worker",
    "migrate": "migrate:migrate",
    "import": "import_:import_",
    "token": "tokens:token",
    "staff": "staff:staff",
    "keys": "keys:keys",
    "client": "clients:client",
    "config": "config:config",
    "job": "operate:job",
    "audit": "operate:audit",
    "evidence": "evidence:evidence",
    "credentials": "credentials:credentials",
    "openapi": "operate:openapi",
    "demo": "demo:demo",
}


class Commands(click.Group):
    """A group that imports a command's module only when it is used or listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's shape
        """In the order in which an operator meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(load(f"backend.commands.{module}"), attribute)
        return command


def _show_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001
    if wanted:
        click.echo(f"goodfaith {import_module('backend.app').VERSION}")
        ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version.",
)
def main() -> None:
    """Goodfaith: the backend of a lender's app that turns collection into service."""


if __name__ == "__main__":
    main()
