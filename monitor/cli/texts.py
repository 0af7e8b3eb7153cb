"""Read a text from a file or the standard input."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from monitor.core.errors import N_, Mistake
from responders.desk.matters import EmptyText

LONGEST = 200_000


class UnreadableText(Mistake):
    """The file of a text cannot be read."""

    message = N_("{file} cannot be read as a text in UTF-8. Name another file, or - for the standard input.")


def text_of(file: Path) -> str:
    """Return the text of a file, or of the standard input where it is called -; raise UnreadableText, EmptyText."""
    if str(file) == "-":
        text = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace").read(LONGEST)
    else:
        try:
            with file.open(encoding="utf-8-sig") as opened:
                text = opened.read(LONGEST)
        except (OSError, UnicodeDecodeError):
            raise UnreadableText(file=str(file)) from None
    if not text.strip():
        raise EmptyText
    return text
