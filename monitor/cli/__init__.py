"""The command `huiying`: parses and prints, nothing else. A command's module is loaded only when it is called."""

from __future__ import annotations

import errno
import gc
import importlib
import io
import logging
import os
import sys
from typing import IO, Any

import click

from monitor.cli import table
from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.errors import N_, Mistake

COMMANDS = {
    "run": ("run", "command"),
    "check": ("check", "command"),
    "source": ("source", "group"),
    "channel": ("channel", "group"),
    "assess": ("assess", "command"),
    "explain": ("explain", "command"),
    "replay": ("replay", "command"),
    "incidents": ("lists", "incidents"),
    "incident": ("incident_group", "group"),
    "rumours": ("rumours", "command"),
    "claim": ("claim", "group"),
    "offer": ("offer", "group"),
    "deadlines": ("lists", "deadlines"),
    "alerts": ("lists", "alerts"),
    "responses": ("lists", "responses"),
    "calendar": ("calendar", "command"),
    "confirm": ("acts", "confirm"),
    "dismiss": ("acts", "dismiss"),
    "merge": ("acts", "merge"),
    "split": ("acts", "split"),
    "ack": ("acts", "ack"),
    "respond": ("acts", "respond"),
    "check-release": ("check_release", "command"),
    "draft": ("draft", "group"),
    "conference": ("conference", "group"),
    "bulletin": ("bulletin", "group"),
    "waive": ("acts", "waive"),
    "reopen": ("deadline_acts", "reopen"),
    "extend": ("deadline_acts", "extend"),
    "pause": ("deadline_acts", "pause"),
    "resume": ("deadline_acts", "resume"),
    "reset-deadline": ("deadline_acts", "reset"),
    "set-anchor": ("deadline_acts", "set_anchor"),
    "retract": ("deadline_acts", "retract"),
    "hand-back": ("deadline_acts", "hand_back"),
    "find-fault": ("deadline_acts", "find_fault"),
    "decoys": ("decoys", "command"),
    "report": ("sort", "report"),
    "set-aside": ("sort", "set_aside"),
    "rules": ("rule_versions", "group"),
    "matter": ("matter", "group"),
    "duty": ("duty", "group"),
    "rota": ("rota", "group"),
    "account": ("account", "group"),
    "brief": ("brief", "command"),
    "webhook": ("webhook", "group"),
    "mcp": ("mcp", "command"),
    "cap": ("cap", "command"),
    "export": ("export", "command"),
    "statistics": ("statistics", "command"),
    "appraisal": ("appraisal", "group"),
    "audit": ("audit", "group"),
    "certificate": ("certificate", "group"),
    "evidence": ("evidence", "group"),
    "database": ("database", "group"),
    "drill": ("drill", "group"),
    "doctor": ("doctor", "command"),
}


class Refused(click.ClickException):
    """Tells a Mistake in the reader's language and ends with exit code 1."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence on the error stream; what a file or a server said in it cannot steer the terminal."""
        click.echo(table.lines(self.message), err=True)


class LazyGroup(click.Group):
    """Loads a command's module when it is called, so that a small command starts at once."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except Mistake as mistake:
            raise Refused(say.mistake(mistake)) from mistake

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands in the order of the help page."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command `cmd_name`, loading its module."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"monitor.cli.{module}"), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their one-line help without loading them."""
        with formatter.section(say(N_("Commands"))):
            formatter.write_dl([(name, say(COMMAND_HELP[name])) for name in COMMANDS])


@click.group(
    cls=LazyGroup, help=say(N_("Huiying watches public news for major safety incidents and keeps the deadlines."))
)
def huiying() -> None:
    """Hold the commands together."""


def sweep_seldom() -> None:
    """Look for garbage after tens of thousands of new objects instead of hundreds.

    To start makes a million that all stay, and what a fetch makes is gone by itself when it ends.
    """
    gc.set_threshold(20_000, 20, 50)


def main() -> None:
    """Run the command line; on a terminal without Chinese characters, their codes are shown instead."""
    sweep_seldom()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        try:
            huiying()
        finally:
            sys.stdout.flush()
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        # What is left in the buffer would be tried once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        click.echo(say(N_("The output cannot be written: {why}."), why=error.strerror), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
