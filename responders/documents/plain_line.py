"""Fetched text on one line, for files of programs: nothing in it ends a line, steers a reader or turns the writing."""

from __future__ import annotations

CUT = " […]"


def plain_line(text: str, longest: int = 300) -> str:
    """Return `text` on one line without controls and what is invisible, cut visibly where it is too long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= longest else line[: longest - len(CUT)].rstrip() + CUT
