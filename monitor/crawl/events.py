"""Read server-sent events out of bytes as they come (WHATWG HTML, 9.2), within bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_BYTES = 1_000_000
_END = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `data` is None where it was longer than is taken."""

    name: str
    data: str | None


@dataclass(slots=True)
class EventReader:
    """Takes bytes in any portions and gives out whole events; comments, by which a server shows life, are none."""

    _line: bytearray = field(default_factory=bytearray)
    _searched: int = 0
    _name: str = ""
    _data: list[str] = field(default_factory=list)
    _size: int = 0
    _too_long: bool = False
    _first: bool = True

    def feed(self, came: bytes) -> Iterator[Event]:
        """Yield the events that end within what has come."""
        self._line += came
        at = 0
        for end in _END.finditer(self._line, self._searched):
            if end.end() == len(self._line) and end[0] == b"\r":
                # Its line feed may be still under way.
                break
            yield from self._take(bytes(self._line[at : end.start()]))
            at = end.end()
        del self._line[:at]
        self._searched = len(self._line) - self._line.endswith(b"\r")
        if len(self._line) > MOST_BYTES:
            self._line.clear()
            self._searched = 0
            self._too_long = True

    def _take(self, raw: bytes) -> Iterator[Event]:
        line = raw.decode("utf-8", "replace")
        if self._first:
            self._first, line = False, line.removeprefix("\ufeff")
        if not line:
            if self._data or self._too_long:
                yield Event(self._name or "message", None if self._too_long else "\n".join(self._data))
            self._name, self._data, self._size, self._too_long = "", [], 0, False
            return
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._name = value[:100]
        elif name == "data" and not self._too_long:
            self._size += len(raw)
            self._too_long = self._size > MOST_BYTES
            if self._too_long:
                self._data = []
            else:
                self._data.append(value)
