"""Read texts and say what is thought of them: `huiying assess --jsonl`."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any, TextIO

import click

from monitor.cli import table
from monitor.cli.speech import COMMAND_HELP, say
from monitor.config.lexicon import load_reader
from monitor.core.beijing import instant
from monitor.core.errors import N_, Mistake
from monitor.core.model import CASUALTY_FIELDS, Assessment, Item, Speaker
from monitor.core.reading.assess import Reader

# Times as newspapers write them: 2026-07-09, 2026年7月9日 8:30, 2026/7/9 20:30:15.
_DATE = re.compile(
    r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?\s*(?:(?P<hour>\d{1,2})[:：时](?P<minute>\d{2}))?"
)


class BadLine(Mistake):
    """A line of input is no JSON object with a text."""

    message = N_("Line {line}: {why}")


@click.command(help=say(COMMAND_HELP["assess"]))
@click.option("--jsonl", is_flag=True, help=say(N_("Read one JSON object per line: id, title, text, published_at.")))
@click.argument("words", nargs=-1)
def command(words: tuple[str, ...], *, jsonl: bool) -> None:
    """Assess the words of the command line, or with --jsonl the lines of the standard input."""
    reader = load_reader()
    if not jsonl:
        if not words:
            raise click.UsageError(say(N_("Give a text, or --jsonl to read lines from the standard input.")))
        said = answer({"id": None}, reader.assess(Item(title=" ".join(words))))
        click.echo(table.json_line(said, indent=2))
        return
    lines = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")
    refused = assess_lines(reader, lines, sys.stdout)
    for mistake in refused:
        click.echo(table.line(say.mistake(mistake)), err=True)
    if refused:
        sys.exit(1)


def assess_lines(reader: Reader, lines: Iterable[str], out: TextIO) -> list[BadLine]:
    """Write one answer for each good line to `out`, in order; return the lines that could not be read, with why."""
    refused = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = _record(line, number)
            item = _item(record, number)
        except BadLine as bad:
            refused.append(bad)
            continue
        out.write(table.json_line(answer(record, reader.assess(item))) + "\n")
    return refused


def answer(record: dict[str, Any], found: Assessment) -> dict[str, Any]:
    """Return the answer to one line as plain values."""
    return {
        "id": record.get("id"),
        "is_incident": found.is_incident,
        "decoy": found.decoy.value if found.decoy else None,
        "kind": found.kind,
        "scope": found.scope.value,
        **{name: found.casualties.value(name) for name in CASUALTY_FIELDS},
        "place": {"province": found.place.province, "city": found.place.city, "county": found.place.county},
        "severity": found.severity.zh if found.severity else None,
        "likely": found.likely.zh if found.likely else None,
        "provisional": found.likely is not None,
        "follow_up": found.follow_up,
        "rumour": found.speaker is Speaker.HEARSAY,
        "speaker": found.speaker.value if found.speaker else None,
        "occurred_at": found.occurred_at.isoformat() if found.occurred_at else None,
        "because": [_because(reason.why.value, reason.detail, reason.sentence) for reason in found.because],
    }


def _because(why: str, detail: str, sentence: str) -> str:
    return f"{why}: {detail} ({sentence})" if detail and sentence else f"{why}: {detail or sentence}".rstrip(": ")


def _record(line: str, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise BadLine(line=number, why=say(N_("this is not JSON ({why})"), why=str(error))) from None
    except RecursionError:
        raise BadLine(line=number, why=say(N_("this JSON is nested too deeply"))) from None
    if not isinstance(record, dict):
        raise BadLine(
            line=number, why=say(N_("a JSON object is needed, such as {example}"), example='{"id": 1, "text": "…"}')
        )
    return record


def _item(record: dict[str, Any], number: int) -> Item:
    title, text = record.get("title") or "", record.get("text") or ""
    for key, value in (("title", title), ("text", text)):
        if not isinstance(value, str):
            raise BadLine(line=number, why=say(N_("{key} is not a text"), key=key))
    title, text = _whole(title), _whole(text)
    if not (title or text):
        raise BadLine(line=number, why=say(N_("title and text are both missing")))
    return Item(title=title, text=text, published_at=_published(record.get("published_at"), number))


def _whole(text: str) -> str:
    """Return a text whose characters are all whole; JSON can name half of one, which nothing else can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _published(value: Any, number: int) -> datetime | None:
    """Return the time of publication, None where the text names none.

    A bare date counts as its end, because nothing published on that day may seem to be published before it happened.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadLine(line=number, why=say(N_("published_at is not a time")))
    try:
        exact = datetime.fromisoformat(value)
    except ValueError:
        return _written(value)
    return exact if exact.utcoffset() is not None else _written(value)


def _written(value: str) -> datetime | None:
    found = _DATE.search(value)
    if found is None:
        return None
    hour, minute = (int(found["hour"]), int(found["minute"])) if found["hour"] else (23, 59)
    try:
        return instant(date(int(found["year"]), int(found["month"]), int(found["day"])), time(hour, minute))
    except ValueError:
        return None
