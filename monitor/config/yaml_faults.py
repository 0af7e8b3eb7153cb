"""Say what is wrong with a text that is no YAML, in words that name the remedy.

The parser's own English sentences are not shown: they are matched and replaced, and they may quote a secret.
"""

from __future__ import annotations

import yaml

from monitor.core.errors import N_

OTHERWISE = N_("This is not YAML. Look at the indentation, the colons and the quotes here.")
TOO_DEEP = N_("The file is nested too deeply, refers to itself or is too large.")
NO_VALUE = N_("The value here cannot be read. Put it in quotes.")
KEY_NOT_PLAIN = N_("A key must be a plain text here.")

# What the parser says (part of its context and problem) and what people read; the first that fits counts.
FAULTS: tuple[tuple[str, str], ...] = (
    (r"found character '\t'", N_("A tab stands here. Indent with spaces.")),
    (
        "found character",
        N_("A text cannot begin with this character. Put the text in quotes."),
    ),
    (
        "mapping values are not allowed",
        N_("A colon stands where none can be. Look at the indentation and the line above, or put the text in quotes."),
    ),
    ("sequence entries are not allowed", N_("A list must begin on a line of its own, or be written [a, b].")),
    ("could not find expected ':'", N_("A colon and a space are missing after the key.")),
    (
        "while scanning a quoted scalar found unexpected end of stream",
        N_("A quotation mark is opened and never closed."),
    ),
    ("unknown escape", N_("A backslash stands in double quotes. Use single quotes, or write it twice.")),
    ("while parsing a flow", N_("A bracket is not closed, or a comma is missing.")),
    ("expected the node content", N_("A bracket or comma stands here alone. Put the text in quotes.")),
    (
        "expected <block end>",
        N_("This line does not fit the lines above. Look at the indentation, quotes and hyphens."),
    ),
    (
        "found undefined alias",
        N_("The name after * is defined nowhere above. If the text is meant, put it in quotes."),
    ),
    ("found duplicate anchor", N_("The same name stands after & twice. Give each a name of its own.")),
    ("constructor for the tag", N_("Words that begin with ! are not used here. Put the text in quotes.")),
    ("single document", N_("A line of three hyphens begins a second document. A file holds one.")),
    ("for merging", N_("Only keys with values can be taken over with <<.")),
    ("special characters are not allowed", N_("The file holds a character that no text has. Was it saved as text?")),
)


def fault_of(error: yaml.YAMLError) -> tuple[int | None, str]:
    """Return the line (from 1) where the parser stopped, where it is known, and the template of what is wrong there."""
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        said = f"{error.context or ''} {error.problem or ''}".replace("\t", "\\t")
        return mark.line + 1 if mark else None, _worded(said)
    return None, _worded(str(error))


def _worded(said: str) -> str:
    return next((text for part, text in FAULTS if part in said), OTHERWISE)
