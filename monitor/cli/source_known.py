"""Which file the sources stand in, and which source a person named."""

from __future__ import annotations

from pathlib import Path

from monitor.config.settings import load_settings
from monitor.config.sources import DEFAULT_FILE, load_sources
from monitor.core.errors import N_, Mistake
from monitor.core.sources import Source
from responders.previews import source_of


class NoOwnFile(Mistake):
    """Sources are to be added where only the file that comes with the program would be used."""

    message = N_("There is no {file} here. Name yours with --sources, or begin one with --to {file}.")


def named_file(sources: Path | None) -> Path | None:
    """Return the sources file that was named, on the command line or in the settings."""
    if sources is not None:
        return sources
    setting = load_settings(secrets=False).form.sources
    return Path(setting) if setting else None


def own_file(sources: Path | None) -> Path:
    """Return the sources file of this office; raise NoOwnFile where there is only the one that is shipped."""
    file = named_file(sources) or Path(DEFAULT_FILE)
    if not file.exists():
        raise NoOwnFile(file=str(file))
    return file


def known_source(source_id: str, sources: Path | None) -> Source:
    """Return the source of that id; raise UnknownSource, NoSources."""
    return source_of(source_id, {source.id: source for source in load_sources(named_file(sources))})
