"""Several notices as one message, for a channel whose rate has no room for each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from monitor.core.errors import N_
from responders.channels.base import Link, Message, Tone
from responders.channels.safe_text import head, one_line
from responders.language import Words

# Twenty lines of this length fit the smallest message of any group robot (4,096 bytes), even all in emoji.
LINE = 44
LIST_OF_ALERTS = "/alerts"

Digest = Callable[[Sequence[Message], str, datetime], Message]


def digest_in(words: Words, console_url: str) -> Digest:
    """Return what says several notices in one message: each title on a line, and where all of them can be read."""

    def digest(messages: Sequence[Message], key: str, now: datetime) -> Message:
        rows = [f"{number}. {_short(message.title)}" for number, message in enumerate(messages, 1)]
        why = words(N_("The channel takes few messages a minute, so these come together."))
        link = Link(words(N_("Open the list of alerts")), f"{console_url}{LIST_OF_ALERTS}")
        return Message(
            key=key,
            title=words(N_("{count} notices in one message"), count=len(messages)),
            tone=Tone.NOTICE,
            body="\n".join([why, *rows]),
            links=(link,) if console_url else (),
            written_at=now,
        )

    return digest


def _short(title: str) -> str:
    line = one_line(title)
    return line if len(line) <= LINE else f"{head(line, LINE - 1)}…"
