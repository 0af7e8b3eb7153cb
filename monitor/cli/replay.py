"""Run archives through the pipeline, write what came of them, print a table."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from monitor.cli import table
from monitor.cli.speech import COMMAND_HELP, say
from monitor.config.settings import Settings, SettingsFile
from monitor.core.beijing import read, shown
from monitor.core.errors import N_, Mistake
from monitor.core.model import SEVERITY_OF_ZH, Place
from monitor.replay import Replay, Row, incidents, rows_of
from monitor.service import Parts, open_parts
from monitor.store.database import Database
from responders.labels import label

NATIONWIDE = "000000"
HEAD = (N_("Opened"), N_("Grade"), N_("Duties"), N_("Place"), N_("Title"))


class BadSpan(Mistake):
    """The replay's bounds exclude each other."""

    message = N_("--from ({start}) lies after --to ({end}).")


class BadRegion(Mistake):
    """The replay's region is no division code."""

    message = N_("{value} is no division code. Write six digits, like 210100; 000000 is the whole country.")


class NoFolder(Mistake):
    """The results cannot be written where they were asked for."""

    message = N_("Nothing can be written to {folder}: {why}. Name another folder with --out.")


@click.command(help=say(COMMAND_HELP["replay"]))
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "start", help=say(N_("Leave out what was first seen before this moment.")))
@click.option("--to", "end", help=say(N_("Leave out what was first seen at this moment or later.")))
@click.option("--rules", default="cn-gov", show_default=True, help=say(N_("The rule pack, by name or file.")))
@click.option(
    "--region",
    default=NATIONWIDE,
    show_default=True,
    help=say(N_("The division whose incidents are ours.")),
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help=say(N_("The folder for the results.")))
def command(
    files: tuple[Path, ...], start: str | None, end: str | None, rules: str, region: str, out: Path | None
) -> None:
    """Replay archives."""
    first, last = (read(text) if text else None for text in (start, end))
    if first and last and first > last:
        raise BadSpan(start=start, end=end)
    form = _form(rules, region)
    _make(out)
    with tempfile.TemporaryDirectory(prefix="huiying-replay-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'replay.db'}", durable=False)
        with open_parts(Settings(form, None), database) as parts:
            count = _run(Replay(parts.intake), _within(files, first, last))
            with parts.database.read() as connection:
                found = list(incidents(connection))
            _write(out, found, count)
            _print(parts, found, count)


def _form(rules: str, region: str) -> SettingsFile:
    try:
        return SettingsFile.model_validate({"rules": rules, "bureau": {"region": region}})
    except ValidationError:
        raise BadRegion(value=region) from None


def _make(out: Path | None) -> None:
    """Make the folder for the results before the work, not after it."""
    try:
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NoFolder(folder=str(out), why=error.strerror) from None


def _within(files: Sequence[Path], first: datetime | None, last: datetime | None) -> list[Row]:
    """Return the rows of all files in the order of time; those of one moment stay in the order of the files."""
    return sorted(_rows(files, first, last), key=lambda row: row.first_seen)


def _rows(files: Sequence[Path], first: datetime | None, last: datetime | None) -> Iterator[Row]:
    for file in files:
        for row in rows_of(file):
            if (first is None or row.first_seen >= first) and (last is None or row.first_seen < last):
                yield row


def _run(replay: Replay, rows: list[Row]) -> int:
    """Replay the rows; the progress is shown to a person only."""
    watched = sys.stderr.isatty()
    label = say(N_("Replaying"))
    with click.progressbar(length=len(rows), label=label, show_pos=True, file=sys.stderr, hidden=not watched) as bar:
        return replay.run(rows, bar.update)


def _write(out: Path | None, found: list[dict[str, Any]], count: int) -> None:
    if out is None:
        return
    try:
        with (out / "incidents.jsonl").open("w", encoding="utf-8") as stream:
            stream.writelines(table.json_line(incident) + "\n" for incident in found)
        (out / "summary.json").write_text(table.json_line(_summary(found, count), indent=2) + "\n", "utf-8")
    except OSError as error:
        raise NoFolder(folder=str(out), why=error.strerror) from None


def _summary(found: list[dict[str, Any]], count: int) -> dict[str, Any]:
    deadlines = Counter(
        f"{deadline['obligation']}{' provisional' if deadline['provisional'] else ''}"
        for incident in found
        for deadline in incident["deadlines"]
    )
    return {"items": count, "incidents": len(found), "deadlines": dict(sorted(deadlines.items()))}


def _print(parts: Parts, found: list[dict[str, Any]], count: int) -> None:
    """Print the incidents that opened a release deadline, and the sums."""
    rows = [
        [
            shown(datetime.fromisoformat(incident["opened_at"])),
            _grade(incident),
            ", ".join(d["obligation"] + ("?" if d["provisional"] else "") for d in incident["deadlines"]),
            parts.names.place(Place(**incident["place"])),
            incident["title"],
        ]
        for incident in found
        if any(deadline["obligation"] == "OP-AUTH-5H" for deadline in incident["deadlines"])
    ]
    if rows:
        table.show(rows, [say(head) for head in HEAD])
        click.echo()
    click.echo(say(N_("{items} items, {incidents} incidents"), items=count, incidents=len(found)))
    for name, number in _summary(found, count)["deadlines"].items():
        click.echo(f"  {name}: {number}")


def _grade(incident: dict[str, Any]) -> str:
    """Name the last grade of an incident, a likely one too."""
    if not incident["severity_history"]:
        return ""
    last = incident["severity_history"][-1]
    return say(label(SEVERITY_OF_ZH[last["severity"]])) + ("?" if last["provisional"] else "")
