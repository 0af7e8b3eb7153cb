"""Issue the certificate of a deadline, or examine one: that needs no database and no network."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from monitor.cli import sections, table
from monitor.cli.acts import who
from monitor.cli.numbers import NUMBER
from monitor.cli.options import HEADS, JSON
from monitor.cli.people import go_on_without
from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.audit.certificate import examined
from monitor.core.audit.checking import read_head
from monitor.core.errors import N_, Mistake
from monitor.service import open_parts
from responders.certificates import Certificates
from responders.documents.certificate import certificate_page, certificate_sections, said_verified, title_of

LARGEST = 50_000_000
PAGE = click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    help=say(N_("Also write a page for printing to this file.")),
)


class NotReadable(Mistake):
    """A file is no JSON text."""

    message = N_("{name} cannot be read as a certificate: {why}.")


class IssueOrExamine(click.Group):
    """Takes a number for the deadline whose certificate is wanted."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Let `certificate 5` mean `certificate issue 5`."""
        return super().resolve_command(ctx, ["issue", *args] if args and args[0].isdigit() else args)


@click.group(cls=IssueOrExamine, help=say(COMMAND_HELP["certificate"]))
def group() -> None:
    """Hold the commands about certificates together."""


@group.command("issue", help=say(N_("Certify what became of a deadline; `issue` may be left out.")))
@click.argument("deadline", type=NUMBER)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help=say(N_("Write the certificate to this JSON file."))
)
@PAGE
@JSON
@who
def issue(deadline: int, out: Path | None, page: Path | None, by: str, *, as_json: bool) -> None:
    """Issue a certificate."""
    with open_parts(without_people=go_on_without) as parts:
        certificates = Certificates(parts.database, parts.pack, parts.settings.form.bureau.name)
        certificate = certificates.issue(deadline, by=by, now=datetime.now(UTC))
    if out is not None:
        out.write_text(table.json_line(certificate, indent=1) + "\n", encoding="utf-8")
    _write_page(certificate, page)
    if as_json:
        click.echo(table.json_line(certificate))
        return
    _show(certificate)
    if out is not None:
        click.echo()
        click.echo(say(N_("Written to {name}. Examine it anywhere with: huiying certificate verify FILE"), name=out))


@group.command("verify", help=say(N_("Examine a certificate; needs nothing but the file. Ends with 1 on any flaw.")))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@HEADS
@PAGE
def verify(file: Path, heads: tuple[str, ...], page: Path | None) -> None:
    """Examine a certificate."""
    outside = [read_head(head) for head in heads]
    certificate = _read(file)
    found = examined(certificate, outside)
    if found.good:
        try:
            _write_page(certificate, page)
            _show(certificate)
        except (KeyError, TypeError, ValueError) as error:
            # Whole in itself, but made by another program.
            raise NotReadable(name=file, why=f"{type(error).__name__}: {error}") from None
        click.echo()
    for line in said_verified(found, say):
        click.echo(table.line(line), err=not found.good)
    if not found.good:
        sys.exit(1)


def _read(file: Path) -> Any:
    try:
        if file.stat().st_size > LARGEST:
            raise NotReadable(name=file, why=f"> {LARGEST}")
        return json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=_once)
    except (OSError, ValueError, RecursionError) as error:
        raise NotReadable(name=file, why=error) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; raise ValueError where it says something twice: people read the first, programs the last."""
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{json.dumps(name, ensure_ascii=False)} stands there twice")
    return dict(pairs)


def _show(certificate: dict[str, Any]) -> None:
    sections.show(certificate_sections(certificate, say), title_of(certificate, say))


def _write_page(certificate: dict[str, Any], page: Path | None) -> None:
    if page is not None:
        page.write_text(certificate_page(certificate, say), encoding="utf-8")
