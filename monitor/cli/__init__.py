"""The command `huiying`: parses and prints, nothing else. Each command's module is loaded only when it is called."""

from __future__ import annotations

import importlib
import sys

import click

from monitor.core.errors import N_, Mistake
from responders.language import Words, chosen_language

COMMANDS = {
    "assess": N_("Read texts and say what is thought of them."),
}


class LazyGroup(click.Group):
    """Loads `monitor.cli.<command>` when the command is called, so that a small command starts at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands in the order of the help page."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command `cmd_name`, loading its module."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"monitor.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their one-line help without loading them."""
        words: Words = ctx.obj
        with formatter.section(words(N_("Commands"))):
            formatter.write_dl([(name, words(text)) for name, text in COMMANDS.items()])


@click.group(cls=LazyGroup)
@click.pass_context
def huiying(ctx: click.Context) -> None:
    """Huiying watches public news for major safety incidents and keeps the response deadlines."""


def main() -> None:
    """Run the command line; a Mistake is told in the reader's language and ends with exit code 1."""
    words = Words(chosen_language())
    try:
        huiying(obj=words)
    except Mistake as mistake:
        click.echo(words.mistake(mistake), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
