"""Run archives through the pipeline, write what came of them, print a table."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from monitor.cli import table
from monitor.cli.speech import COMMAND_HELP, say
from monitor.config.settings import Settings, SettingsFile
from monitor.core.beijing import read, shown
from monitor.core.errors import N_, Mistake
from monitor.core.model import Place
from monitor.replay import Replay, Row, incidents, rows_of
from monitor.service import Parts, open_parts
from monitor.store.database import Database

NATIONWIDE = "000000"
HEAD = (N_("Opened"), N_("Grade"), N_("Duties"), N_("Place"), N_("Title"))


class BadSpan(Mistake):
    """The replay's bounds exclude each other."""

    message = N_("--from ({start}) lies after --to ({end}).")


@click.command(help=say(COMMAND_HELP["replay"]))
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "start", help=say(N_("Leave out what was first seen before this moment.")))
@click.option("--to", "end", help=say(N_("Leave out what was first seen at this moment or later.")))
@click.option("--rules", default="cn-gov", show_default=True, help=say(N_("The rule pack, by name or file.")))
@click.option("--region", default=NATIONWIDE, show_default=True, help=say(N_("The division whose incidents are ours.")))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help=say(N_("The folder for the results.")))
def command(
    files: tuple[Path, ...], start: str | None, end: str | None, rules: str, region: str, out: Path | None
) -> None:
    """Replay archives."""
    first, last = (read(text) if text else None for text in (start, end))
    if first and last and first > last:
        raise BadSpan(start=start, end=end)
    form = SettingsFile.model_validate({"rules": rules, "bureau": {"region": region}})
    with tempfile.TemporaryDirectory(prefix="huiying-replay-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'replay.db'}", durable=False)
        with open_parts(Settings(form, None), database) as parts:
            replay = Replay(parts.intake, parts.database)
            count = _run(replay, list(_within(files, first, last)))
            with parts.database.read() as connection:
                found = list(incidents(connection, replay.ids))
            _write(out, found, count)
            _print(parts, found, count)


def _within(files: Sequence[Path], first: datetime | None, last: datetime | None) -> Iterator[Row]:
    for file in files:
        for row in rows_of(file):
            if (first is None or row.first_seen >= first) and (last is None or row.first_seen < last):
                yield row


def _run(replay: Replay, rows: list[Row]) -> int:
    with click.progressbar(length=len(rows), label=say(N_("Replaying")), show_pos=True) as bar:
        return replay.run(rows, bar.update)


def _write(out: Path | None, found: list[dict[str, Any]], count: int) -> None:
    if out is None:
        return
    out.mkdir(parents=True, exist_ok=True)
    with (out / "incidents.jsonl").open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(incident, ensure_ascii=False) + "\n" for incident in found)
    (out / "summary.json").write_text(json.dumps(_summary(found, count), ensure_ascii=False, indent=2) + "\n", "utf-8")


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
            next((step["severity"] for step in reversed(incident["severity_history"])), ""),
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
    for name, value in _summary(found, count).items():
        click.echo(f"{name}: {json.dumps(value, ensure_ascii=False)}")
