"""Read sources.yaml: the watched places in their groups, with every mistake named by file and line.

Run as a program (`python -m monitor.config.sources`) it writes the JSON Schema that editors check the file against.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from monitor.config.document import Document, Problem, check, read
from monitor.config.schema import schema_of, store_schema
from monitor.config.stream_forms import WatchedFile
from monitor.core.errors import N_
from monitor.core.sources import Source

DEFAULT_FILE = "sources.yaml"
SCHEMA_FILE = Path("docs") / "sources.schema.json"
HEADER = re.compile(r"[A-Za-z0-9-]+")
KEPT_HEADERS = frozenset({"host", "connection", "content-length", "transfer-encoding", "accept-encoding"})


def load_sources(file: Path | None = None) -> tuple[Source, ...]:
    """Load all sources, disabled ones too; raise BadDocument with every mistake in the file.

    Without a file: sources.yaml of the working directory, else the one that is shipped.
    """
    with _nothing_swept():
        document = read(file or default_file())
        form = check(document, WatchedFile, also=_contradictions(document))
        return (
            *(feed.source() for feed in form.feeds),
            *(page.source() for page in form.lists),
            *(api.source() for api in form.apis),
            *(push.source() for push in form.push),
            *(timeline.source() for timeline in form.mastodon),
            *(stream.source() for stream in form.jetstream),
            *(route.source(form.rsshub.base) for route in form.rsshub.routes),
        )


@contextmanager
def _nothing_swept() -> Iterator[None]:
    """Look for no garbage meanwhile: of what is made here nothing is, and to look takes almost half of the time."""
    swept = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if swept:
            gc.enable()


def default_file() -> Path:
    """Return the sources file of the working directory, else the one that is shipped."""
    here = Path(DEFAULT_FILE)
    if here.exists():
        return here
    shipped = Path(str(files("monitor"))) / "rules" / DEFAULT_FILE
    return shipped if shipped.exists() else Path(__file__).parents[2] / DEFAULT_FILE


def _contradictions(document: Document) -> Iterator[Problem]:
    """Yield what each source allows alone but the whole does not, and headers that cannot be set."""
    seen: dict[str, int] = {}
    for where, source in _entries(document.value):
        name = source.get("id")
        if isinstance(name, str):
            if name in seen:
                yield document.problem(
                    (*where, "id"), N_("The id {id} is used twice, first on line {line}."), id=name, line=seen[name]
                )
            seen.setdefault(name, document.line((*where, "id")))
        headers = source.get("headers")
        for header in headers if isinstance(headers, dict) else ():
            if not HEADER.fullmatch(str(header)) or str(header).lower() in KEPT_HEADERS:
                yield document.problem(
                    (*where, "headers", header), N_("The header {header} cannot be set here."), header=header
                )
        if source.get("form") and source.get("payload"):
            yield document.problem((*where, "payload"), N_("A source has either form or payload, not both."))


def _entries(value: Any) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    groups: list[tuple[tuple[str | int, ...], Any]] = []
    if isinstance(value, dict):
        groups = [((name,), value.get(name)) for name in ("feeds", "lists", "apis", "push", "mastodon", "jetstream")]
        hub = value.get("rsshub")
        groups.append((("rsshub", "routes"), hub.get("routes") if isinstance(hub, dict) else None))
    for where, group in groups:
        for number, source in enumerate(group if isinstance(group, list) else ()):
            if isinstance(source, dict):
                yield (*where, number), source


def schema() -> str:
    """Return the JSON Schema of sources.yaml."""
    return schema_of(WatchedFile, "Huiying sources")


if __name__ == "__main__":
    store_schema(SCHEMA_FILE, schema())
