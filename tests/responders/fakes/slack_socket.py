"""Socket Mode's server on a real socket: greets, pings, sends envelopes and wants each acknowledged within 3 seconds.

Slack documentation, "Using Socket Mode". On purpose it also goes silent, closes, warns, or refuses a ticket.
"""

from __future__ import annotations

import json
import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import uuid4

from wsproto import ConnectionType, WSConnection
from wsproto.connection import ConnectionState
from wsproto.events import AcceptConnection, CloseConnection, Ping, Pong, RejectConnection, Request, TextMessage
from wsproto.utilities import RemoteProtocolError

ACK_WITHIN = 3.0
FRAME = 100_000
PATIENCE = 20.0


@dataclass(slots=True)
class Ack:
    """How an envelope was answered."""

    body: dict[str, Any]
    seconds: float


@dataclass(eq=False, slots=True)
class Link:
    """One client's connection. `mute` sends and answers nothing; `pingless` answers pings but sends none."""

    sock: socket.socket
    ws: WSConnection
    ticket: str
    mute: bool = False
    pingless: bool = False
    opened: bool = False
    part: str = ""
    over: bool = False
    pinged_at: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, event: Any) -> None:
        with self.lock:
            if not self.over:
                try:
                    self.sock.sendall(self.ws.send(event))
                except OSError:
                    self.over = True

    def say(self, **said: Any) -> None:
        """Send a message, a long one in several frames."""
        text = json.dumps(said)
        pieces = [text[n : n + FRAME] for n in range(0, len(text), FRAME)]
        for piece in pieces[:-1]:
            self.send(TextMessage(data=piece, message_finished=False))
        self.send(TextMessage(data=pieces[-1]))

    def cut(self) -> None:
        """Drop the connection without a word."""
        self.over = True
        self.sock.close()


class SocketServer:
    """Accepts whoever has a fresh ticket; `greets` False leaves the hello out."""

    def __init__(self, *, ping_every: float = 0.2) -> None:
        self.tickets: set[str] = set()
        self.links: list[Link] = []
        self.acks: dict[str, Ack] = {}
        self.strange: list[str] = []
        self.greets = True
        self.rejects = False
        self._ping_every = ping_every
        self._acked = threading.Condition()
        self._turn = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        # A thread that waits in accept is woken by this alone.
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for link in self.links:
            link.cut()

    @property
    def live(self) -> list[Link]:
        return [link for link in self.links if link.opened and not link.over]

    def ticket(self) -> str:
        """Return the address of a web socket that can be opened once."""
        name = uuid4().hex
        self.tickets.add(name)
        return f"ws://127.0.0.1:{self._server.getsockname()[1]}/link/?ticket={name}&app_id=A0APP"

    def send(self, kind: str, payload: Any, *, link: Link | None = None, answerable: bool | None = None) -> str:
        """Send an envelope over one of the connections, each in turn, once there is one; return its id."""
        envelope = uuid4().hex
        if link is None:
            self._turn += 1
            assert self.wait(lambda: self.live), "nobody is connected"
            link = self.live[self._turn % len(self.live)]
        body = (
            kind == "slash_commands" or payload.get("type") == "view_submission" if answerable is None else answerable
        )
        link.say(envelope_id=envelope, type=kind, payload=payload, accepts_response_payload=body)
        return envelope

    def ack(self, envelope: str, seconds: float = ACK_WITHIN) -> Ack | None:
        """Wait for the acknowledgement; None where none came in time."""
        with self._acked:
            self._acked.wait_for(lambda: envelope in self.acks, seconds)
            return self.acks.get(envelope)

    def wait(self, test: Callable[[], object], seconds: float = 30.0) -> bool:
        """Wait until something holds."""
        end = time.monotonic() + seconds
        while not test():
            if time.monotonic() > end:
                return False
            time.sleep(0.01)
        return True

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                sock, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        link = Link(sock, WSConnection(ConnectionType.SERVER), "")
        self.links.append(link)
        # For what is sent: a long envelope waits for its reader. What comes is looked for in between.
        sock.settimeout(PATIENCE)
        while not link.over and not self._ended.is_set():
            try:
                came = sock.recv(65_536) if select.select([sock], [], [], 0.05)[0] else None
            except (OSError, ValueError):
                break
            if came is not None and not link.mute:
                try:
                    with link.lock:
                        link.ws.receive_data(came or None)
                except RemoteProtocolError:
                    # Somebody else's request: a browser that looks for a server which had this port before.
                    break
                for event in link.ws.events():
                    self._take(link, event)
            if came == b"" or link.ws.state is ConnectionState.CLOSED:
                break
            due = time.monotonic() - link.pinged_at > self._ping_every
            if link.opened and due and not link.mute and not link.pingless:
                link.pinged_at = time.monotonic()
                link.send(Ping(b"Ping from applink"))
        link.over = True
        sock.close()

    def _take(self, link: Link, event: Any) -> None:
        match event:
            case Request():
                self._greet(link, event)
            case Ping():
                link.send(event.response())
            case Pong():
                pass
            case TextMessage():
                link.part += event.data
                if event.message_finished:
                    whole, link.part = link.part, ""
                    self._acknowledge(json.loads(whole))
            case CloseConnection():
                if link.ws.state is ConnectionState.REMOTE_CLOSING:
                    link.send(event.response())
                link.over = True

    def _greet(self, link: Link, request: Request) -> None:
        ticket = request.target.partition("ticket=")[2].partition("&")[0]
        if ticket not in self.tickets or self.rejects:
            link.send(RejectConnection(status_code=408))
            link.over = True
            return
        self.tickets.discard(ticket)
        link.ticket = ticket
        link.send(AcceptConnection())
        number = len(self.live) + 1
        # Open before it is greeted: who has heard the greeting may rely on it.
        link.opened = True
        if self.greets:
            link.say(type="hello", num_connections=number, debug_info={"approximate_connection_time": 18060})

    def _acknowledge(self, said: dict[str, Any]) -> None:
        unknown = set(said) - {"envelope_id", "payload"}
        if unknown or not isinstance(said.get("envelope_id"), str):
            self.strange.append(json.dumps(said))
        with self._acked:
            self.acks[said["envelope_id"]] = Ack(said.get("payload") or {}, time.monotonic())
            self._acked.notify_all()
