"""A Jetstream server over real sockets: it changes over as RFC 6455 wants it and refuses wrong parameters."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, TextMessage
from wsproto.utilities import LocalProtocolError

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
DID = "did:plc:lanzhou234567abcdefghijk"
START_US = 1_783_598_400_000_000


@dataclass
class FakeJetstream:
    """What it keeps, with the moment of each event; who listens; with what it was asked."""

    url: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    links: list[tuple[socket.socket, Connection]] = field(default_factory=list)
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    pings: int = 0
    posted: int = 0
    deaf: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def post(self, text: str, *, after_s: float = 1, langs: tuple[str, ...] = ("zh",), **more: Any) -> dict[str, Any]:
        """Keep a post, `after_s` later than the last event, and tell those who listen."""
        self.posted += 1
        record = {"$type": "app.bsky.feed.post", "text": text, "langs": list(langs)}
        record["createdAt"] = "2026-07-09T11:59:00.000Z"
        return self.commit("create", f"3l{self.posted - 1:011}", record | more, after_s=after_s)

    def commit(
        self, operation: str, key: str, record: dict[str, Any] | None = None, *, after_s: float = 1
    ) -> dict[str, Any]:
        """Keep a commit and tell it."""
        last = self.events[-1]["time_us"] if self.events else START_US
        commit: dict[str, Any] = {
            "rev": f"r{len(self.events)}",
            "operation": operation,
            "collection": "app.bsky.feed.post",
            "rkey": key,
        }
        commit |= {} if record is None else {"record": record, "cid": "bafy"}
        event = {"did": DID, "time_us": last + int(after_s * 1e6), "kind": "commit", "commit": commit}
        self.events.append(event)
        self.send(json.dumps(event))
        return event

    def send(self, text: str | bytes) -> None:
        """Send a text, or bytes as the compressed ones are, to all who listen."""
        with self.lock:
            for link, ws in list(self.links):
                data = TextMessage(data=text) if isinstance(text, str) else BytesMessage(data=text)
                with suppress(OSError, LocalProtocolError):
                    link.sendall(ws.send(data))

    def hang_up(self, code: int | None = None) -> None:
        """End all connections, with a word or without."""
        with self.lock:
            for link, ws in self.links:
                with suppress(OSError):
                    if code is not None:
                        link.sendall(ws.send(CloseConnection(code=code, reason="consumer too slow")))
                    link.shutdown(socket.SHUT_RDWR)
            self.links.clear()


@contextmanager
def running_jetstream() -> Iterator[FakeJetstream]:
    """Serve on a free port of the loopback interface until the block ends."""
    fake = FakeJetstream()
    listening = socket.create_server(("127.0.0.1", 0))
    fake.url = f"ws://127.0.0.1:{listening.getsockname()[1]}/subscribe"

    def serve() -> None:
        with suppress(OSError):
            while True:
                link, _ = listening.accept()
                threading.Thread(target=talk, args=(fake, link), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.hang_up()
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(2)


def talk(fake: FakeJetstream, link: socket.socket) -> None:
    """Answer one client until it hangs up."""
    with link, suppress(OSError):
        head = b""
        while b"\r\n\r\n" not in head:
            said = link.recv(4096)
            if not said:
                return
            head += said
        lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        method, target, _ = lines[0].split(" ")
        query = parse_qs(urlsplit(target).query)
        fake.asked.append(query)
        if method != "GET" or urlsplit(target).path != "/subscribe" or headers.get("sec-websocket-version") != "13":
            link.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            return
        if len(base64.b64decode(headers["sec-websocket-key"])) != 16 or len(query.get("wantedDids", [])) > 10_000:
            link.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            return
        proof = base64.b64encode(hashlib.sha1((headers["sec-websocket-key"] + GUID).encode()).digest()).decode()
        switch = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        link.sendall(f"{switch}Sec-WebSocket-Accept: {proof}\r\n\r\n".encode())
        listen(fake, link, int(query["cursor"][0]) if "cursor" in query else None)


def listen(fake: FakeJetstream, link: socket.socket, since: int | None) -> None:
    """Send what is kept since a moment, then what comes; answer pings."""
    ws = Connection(ConnectionType.SERVER)
    with fake.lock:
        for kept in fake.events if since is not None else []:
            if since is not None and kept["time_us"] > since:
                link.sendall(ws.send(TextMessage(data=json.dumps(kept))))
        fake.links.append((link, ws))
    while data := link.recv(65_536):
        ws.receive_data(data)
        for event in ws.events():
            if isinstance(event, Ping):
                fake.pings += 1
                if not fake.deaf:
                    with fake.lock:
                        link.sendall(ws.send(event.response()))
            elif isinstance(event, CloseConnection):
                return
