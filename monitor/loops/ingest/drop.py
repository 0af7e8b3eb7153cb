"""Take in the files that are put into the folders of push sources, once nobody writes to them any more."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from monitor.core.errors import Mistake
from monitor.core.sources import FailureKind, Source
from monitor.crawl.dropped import DONE, LONGEST_FILE, REFUSED, Standing, put_away, standing
from monitor.loops.ingest.push import Brought, Pushes

# After a start each file is looked at anew: the wait is short, and nothing is lost by waiting again.
SETTLED = timedelta(seconds=10)
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Drops:
    """Looks into the folders; any number of processes may, the first that moves a file has dealt with it.

    A file is moved after its rows are stored: after a crash between the two it is read again, and changes nothing.
    """

    pushes: Pushes
    report: Callable[[Source, Brought], str]
    _seen: dict[Path, tuple[Standing, datetime]] = field(default_factory=dict)
    _missing: set[str] = field(default_factory=set)
    _stuck: set[Standing] = field(default_factory=set)

    def tick(self, now: datetime) -> int:
        """Take in the files that are complete; return how many."""
        waiting = [(source, file) for source in self.pushes.sources.values() for file in self._files(source)]
        seen = {file.path: self._seen.get(file.path) for _, file in waiting}
        self._seen = {
            file.path: known if (known := seen[file.path]) and known[0] == file else (file, now) for _, file in waiting
        }
        settled = [(source, file) for source, file in waiting if now - self._seen[file.path][1] >= SETTLED]
        return sum(self._take(source, file) for source, file in settled if file not in self._stuck)

    def _files(self, source: Source) -> list[Standing]:
        folder = source.push_rule.drop if source.push_rule else ""
        if not folder:
            return []
        try:
            found = standing(Path(folder))
        except OSError as error:
            if source.id not in self._missing:
                log.error("source %s: %s: %s", source.id, folder, error.strerror)  # noqa: TRY400 - it says it all
            self._missing.add(source.id)
            return []
        self._missing.discard(source.id)
        return found

    def _take(self, source: Source, file: Standing) -> bool:
        """Take in one file and move it; one that cannot be is left where it is until it or the service changes."""
        try:
            brought = self._brought(source, file)
            refused = brought.reason is not None or 0 < brought.rows == len(brought.refused)
            put_away(file, REFUSED if refused else DONE, self.report(source, brought))
        except FileNotFoundError:
            return False
        except Mistake:
            # The database fails, not the file.
            raise
        except Exception:
            log.exception("source %s: %s", source.id, file.path)
            self._stuck.add(file)
            return False
        return True

    def _brought(self, source: Source, file: Standing) -> Brought:
        if file.form is None:
            return Brought(reason=FailureKind.UNREADABLE, detail=file.path.suffix)
        if file.size > LONGEST_FILE:
            return Brought(reason=FailureKind.TOO_LARGE, detail=f"{file.size} > {LONGEST_FILE}")
        return self.pushes.take(source, file.path.read_bytes(), file.form)
