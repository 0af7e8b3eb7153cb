"""The audit log from a terminal: check it, list it, hand it out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from monitor.cli import table
from monitor.cli.numbers import NUMBER
from monitor.cli.options import HEADS, JSON, LIMIT
from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.audit.chain import AuditRow
from monitor.core.audit.checking import Checked, check, read_head
from monitor.core.beijing import read, shown
from monitor.core.errors import N_
from monitor.service import open_parts
from monitor.store import audit
from responders.documents.audit import said_fault, said_text

Gaps = list[tuple[datetime, dict[str, Any]]]


@click.group(help=say(COMMAND_HELP["audit"]))
def group() -> None:
    """Hold the commands about the audit log together."""


@group.command("verify", help=say(N_("Check the whole log; name the first bad row and end with 1.")))
@HEADS
@JSON
def verify(heads: tuple[str, ...], *, as_json: bool) -> None:
    """Check the chain, and that the triggers are there which write it."""
    outside = [read_head(head) for head in heads]
    with open_parts() as parts, parts.database.read() as connection:
        found = check(lambda first: audit.rows(connection, first), outside)
        waiting, oldest = audit.waiting(connection)
        gaps = audit.interruptions(connection)
    if as_json:
        table.as_json([_plain(found, waiting, gaps)])
    else:
        _tell(found, waiting, oldest, gaps, outside=bool(outside))
    if found.fault is not None:
        sys.exit(1)


def _plain(found: Checked, waiting: int, gaps: Gaps) -> dict[str, Any]:
    fault = found.fault
    told = None if fault is None else {"kind": fault.kind.value, "row": fault.seq, "other": fault.other}
    interrupted = [{"at": at, **gap} for at, gap in gaps]
    return {"head": str(found.head), "fault": told, "waiting": waiting, "interrupted": interrupted}


def _tell(found: Checked, waiting: int, oldest: datetime | None, gaps: Gaps, *, outside: bool) -> None:
    if found.fault is not None:
        click.echo(table.lines(said_fault(found.fault, say)), err=True)
    else:
        click.echo(say(N_("The audit log is whole: {n} rows."), n=found.head.seq))
        click.echo(say(N_("Its seal: {head}"), head=found.head))
        if outside:
            click.echo(say(N_("It leads to every seal given.")))
        else:
            click.echo(say(N_("Compare it with a printed briefing: huiying audit verify --head N:HASH")))
    for at, gap in gaps:
        facts = {
            "tables": ", ".join(gap["tables"]),
            "since": shown(datetime.fromisoformat(gap["last"])),
            "at": shown(at),
        }
        told = N_("Between {since} and {at} somebody switched off the recording of these tables: {tables}.")
        click.echo(say(told, **facts), err=True)
    if waiting and oldest is not None:
        click.echo(
            say(N_("{n} row(s) wait to be sealed since {at}; the service does so."), n=waiting, at=shown(oldest))
        )


def narrowed(function: Any) -> Any:
    """Add the options that choose rows."""
    matter = click.option("--matter", "--incident", "matter", type=NUMBER, help=say(N_("Only of this incident.")))
    since = click.option("--since", help=say(N_("Only from then on, like 2026-07-09T20:30; Beijing time.")))
    return since(matter(function))


@group.command("list", help=say(N_("List the newest rows, oldest of them first.")))
@narrowed
@LIMIT
@JSON
def listed(since: str | None, matter: int | None, limit: int, *, as_json: bool) -> None:
    """List rows of the log."""
    begin = None if since is None else read(since)
    with open_parts() as parts, parts.database.read() as connection:
        found = list(audit.listed(connection, since=begin, matter_id=matter, limit=limit))
        if as_json:
            table.as_json(_line(*one) for one in found)
            return
        rows = [
            [
                str(seq or "—"),
                shown(row.at),
                row.kind,
                row.subject,
                "" if row.matter_id is None else f"#{row.matter_id}",
                said_text(row.text),
            ]
            for seq, _, row in found
        ]
        table.show(rows, [say(h) for h in (N_("No."), N_("At"), N_("Kind"), N_("About"), N_("Incident"), N_("Says"))])


@group.command("export", help=say(N_("Write the whole log as JSON lines, oldest first, for safekeeping elsewhere.")))
@narrowed
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help=say(N_("The file; else the screen.")))
def export(since: str | None, matter: int | None, out: Path | None) -> None:
    """Write rows as JSON lines."""
    begin = None if since is None else read(since)
    with open_parts() as parts, parts.database.read() as connection:
        lines = _lines(audit.listed(connection, since=begin, matter_id=matter))
        if out is None:
            for line in lines:
                click.echo(line)
            return
        with out.open("w", encoding="utf-8") as file:
            for line in lines:
                file.write(line + "\n")


def _lines(found: Iterator[tuple[int | None, str | None, AuditRow]]) -> Iterator[str]:
    for one in found:
        yield table.json_line(table.plain(_line(*one)))


def _line(seq: int | None, hash_: str | None, row: AuditRow) -> dict[str, Any]:
    return {
        "seq": seq,
        "at": row.at,
        "kind": row.kind,
        "matter_id": row.matter_id,
        "subject": row.subject,
        "said": json.loads(row.text),
        "text": row.text,
        "hash": hash_,
    }
