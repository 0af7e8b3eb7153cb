"""One web socket to Slack: opened through the gate, read by one thread, known to be deaf when it is.

A dead connection says nothing, and so does a quiet night. So we ask: a ping of ours must be answered, and Slack, which
pings by itself, must not cease to. All times are of the monotonic clock.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, Pong, TextMessage
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from monitor.core.errors import N_
from monitor.gate import Gate, GateFailure, Standing
from monitor.gate.web_socket import web_socket

CONNECT, WRITE, LOOK = 10.0, 5.0, 0.2
PING_EVERY = 10.0
# Slack's own client for Node gives up 5 s after an unanswered ping, and 30 s after the last ping of Slack's.
NO_HELLO, NO_PONG, NO_PING = 15.0, 30.0, 45.0
MOST_CHARACTERS = 4_000_000
NO_GREETING = N_("it was opened but never greeted us")
UNANSWERED = N_("our pings are not answered")
CEASED = N_("Slack's own pings have ceased")
log = logging.getLogger(__name__)

# Given the parsed text and what sends an answer on the same socket.
Hear = Callable[["Session", Mapping[str, Any]], None]


class Refused(Exception):
    """Slack's server did not change over to a web socket; the argument says why."""


class Session:
    """One web socket. `hear` is called in its thread with everything that is no greeting."""

    def __init__(
        self, gate: Gate, url: str, hear: Hear, *, number: int = 0, tick: Callable[[], float] = time.monotonic
    ) -> None:
        self.number = number
        self._tick = tick
        self._hear = hear
        self._standing = _opened(gate, url)
        self._ws = Connection(ConnectionType.CLIENT)
        self._out: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._ending = threading.Event()
        self._part: list[str] = []
        now = tick()
        self.opened_at = self._pong_at = self._asked_at = now
        self.hello_at: float | None = None
        self.heard_at: float | None = None
        self._ping_at: float | None = None
        self.warned = ""
        self.said = ""
        self.ended = False
        self._thread = threading.Thread(target=self._run, name=f"slack socket {number}", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    @property
    def works(self) -> bool:
        """Tell whether Slack has greeted us and nothing speaks against it since."""
        return self.hello_at is not None and not self.ended and not self.deaf

    @property
    def deaf(self) -> str:
        """Return why nothing would be heard any more, as an English template; empty where it would."""
        now = self._tick()
        if self.hello_at is None:
            return NO_GREETING if now - self.opened_at > NO_HELLO else ""
        if self._asked_at > self._pong_at and now - self._pong_at > NO_PONG:
            return UNANSWERED
        if self._ping_at is not None and now - self._ping_at > NO_PING:
            return CEASED
        return ""

    def send(self, text: str) -> None:
        """Send a text; from the session's own thread at once, from any other within a fifth of a second."""
        self._out.put(text)
        if threading.current_thread() is self._thread:
            self._flush()

    def close(self) -> None:
        """End; what is under way is not waited for."""
        self._ending.set()

    def join(self, seconds: float) -> None:
        """Wait until the thread has ended."""
        if self._thread.ident is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        try:
            while not self._ending.is_set() and self._ws.state is ConnectionState.OPEN:
                self._turn()
            self._say_goodbye()
        except GateFailure as failure:
            self.said = self.said or failure.kind.value
        except (RemoteProtocolError, LocalProtocolError) as error:
            self.said = self.said or type(error).__name__
        except Exception:
            log.exception("slack socket")
            self.said = self.said or "fault"
        finally:
            self.ended = True
            self._standing.close()

    def _turn(self) -> None:
        """Send what waits, ask whether the other side is there, take what has come."""
        self._flush()
        if self._tick() - self._asked_at >= PING_EVERY:
            self._asked_at = self._tick()
            self._write(self._ws.send(Ping(b"huiying")))
        came = self._standing.read(LOOK)
        if came is None:
            return
        self._ws.receive_data(came or None)
        for event in self._ws.events():
            self._take(event)

    def _take(self, event: object) -> None:
        match event:
            case Ping():
                self._ping_at = self._tick()
                self._write(self._ws.send(event.response()))
            case Pong():
                self._pong_at = self._tick()
            case TextMessage():
                self._text(event)
            case BytesMessage():
                raise RemoteProtocolError("bytes")
            case CloseConnection():
                self.said = self.said or f"closed {int(event.code)}"
                if self._ws.state is ConnectionState.REMOTE_CLOSING:
                    self._write(self._ws.send(event.response()))

    def _text(self, event: TextMessage) -> None:
        self._part.append(event.data)
        if sum(map(len, self._part)) > MOST_CHARACTERS:
            raise RemoteProtocolError("too long")
        if not event.message_finished:
            return
        whole, self._part = "".join(self._part), []
        try:
            said = json.loads(whole)
        except ValueError:
            return
        if not isinstance(said, dict):
            return
        self.heard_at = self._tick()
        if said.get("type") == "hello":
            self.hello_at = self._tick()
        elif said.get("type") == "disconnect":
            self.warned = str(said.get("reason") or "disconnect")[:100]
        else:
            self._hear(self, said)

    def _flush(self) -> None:
        for text in _all(self._out):
            self._write(self._ws.send(TextMessage(data=text)))

    def _write(self, data: bytes) -> None:
        self._standing.write(data, WRITE)

    def _say_goodbye(self) -> None:
        if self._ws.state is ConnectionState.OPEN:
            self._flush()
            self._write(self._ws.send(CloseConnection(code=CloseReason.NORMAL_CLOSURE)))


def _opened(gate: Gate, url: str) -> Standing:
    """Open the connection and change over; raise GateFailure, or Refused with the server's answer."""
    upgraded = web_socket(gate, url, seconds=CONNECT)
    if upgraded.standing is None:
        raise Refused(f"HTTP {upgraded.answer.status}")
    return upgraded.standing


def _all(waiting: queue.SimpleQueue[str]) -> Iterator[str]:
    while True:
        try:
            yield waiting.get_nowait()
        except queue.Empty:
            return
