"""The command line: `hepatica ...`, the same as `python -m app ...`."""

from importlib import import_module

import click

from app.cli.refusals import RefusingGroup

COMMANDS = (
    "alerts",
    "audit",
    "data",
    "database",
    "demo",
    "participants",
    "queries",
    "randomisation",
    "reminders",
    "staff",
    "study",
    "translations",
    "worker",
)
"""Each stands in a file of its own name."""


class _Commands(RefusingGroup):
    """Imports a command when it is asked for: a worker starts in half the time without all the others."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(f"app.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)  # noqa: S101 - each file has one of its name
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Run a liver trial: patient-reported outcomes on phones, and the study around them."""
