"""Write messages to a text stream: the channel that is always there, and the one that needs no provider."""

from __future__ import annotations

from threading import Lock
from typing import TextIO

from monitor.core.errors import N_
from responders.channels.base import REPEAT_NOTE, DeliveryFailure, Message, Receipt, Try
from responders.channels.layout import parts

STREAM_CLOSED = N_("Nobody reads the standard output of the service any more. Restart it.")


class Console:
    """One readable block a message; control characters are neutralised, so that no title can drive the terminal."""

    can_reconcile = False

    def __init__(self, stream: TextIO, *, name: str = "console", repeat_note: str = REPEAT_NOTE) -> None:
        self.name = name
        self._stream = stream
        self._note = repeat_note
        self._one_block_at_a_time = Lock()

    def __repr__(self) -> str:
        return f"Console({self.name!r})"

    def send(self, message: Message, attempt: Try) -> Receipt:
        """Write the message; raise DeliveryFailure where the stream is closed."""
        block = written(message, self._note if attempt.may_repeat else "")
        encoding = self._stream.encoding or "utf-8"
        block = block.encode(encoding, "backslashreplace").decode(encoding)
        try:
            with self._one_block_at_a_time:
                self._stream.write(block)
                self._stream.flush()
        except (OSError, ValueError) as error:
            raise DeliveryFailure(type(error).__name__, remedy=STREAM_CLOSED) from None
        return Receipt()

    def find(self, message: Message, attempt: Try) -> Receipt | None:
        """Return None: a stream cannot be asked."""
        return None


def written(message: Message, note: str) -> str:
    """Return the message as a block of lines, the first with its tone and time, the others indented."""
    said = parts(message, note=note)
    at = f" {message.written_at.isoformat(timespec='seconds')}" if message.written_at else ""
    first = f"[{message.tone.value}]{at} {said.title}"
    rest = [*said.text.splitlines(), *(f"{link.label}: {link.url}" for link in said.links)]
    return "\n".join([first, *(f"    {line}" for line in rest)]) + "\n"
