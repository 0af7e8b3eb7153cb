"""A Mastodon server over real sockets: its streams and timelines, as strict as the real one."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "a-token-of-the-office"
STREAMS = ("public", "public/local", "public/remote", "hashtag", "user")
FIRST_ID = 115_000_000_000_000_000
HANG_UP = b"hang up"


@dataclass
class FakeMastodon:
    """What stands on its timeline, who listens, what it was asked; `refuse` is answered to all for a while."""

    url: str = ""
    statuses: list[dict[str, Any]] = field(default_factory=list)
    listeners: list[queue.SimpleQueue[bytes]] = field(default_factory=list)
    asked: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    refuse: tuple[int, dict[str, str]] | None = None
    heartbeat: float = 0.1
    streaming: str = ""
    opened: int = 0
    pages: int = 0
    most: int = 40

    def status(self, content: str, **more: Any) -> dict[str, Any]:
        """Return a status as the server shows it."""
        number = str(FIRST_ID + ((len(self.statuses) + 1) << 16))
        return {
            "id": number,
            "uri": f"{self.url}/users/lanzhou/statuses/{number}",
            "url": f"{self.url}/@lanzhou/{number}",
            "created_at": "2026-07-09T11:58:00.000Z",
            "edited_at": None,
            "account": {"acct": "lanzhou", "username": "lanzhou"},
            "content": content,
            "spoiler_text": "",
            "sensitive": False,
            "visibility": "public",
            "language": "zh",
            "reblog": None,
            "reblogs_count": 0,
            "media_attachments": [],
            "card": None,
            **more,
        }

    def post(self, content: str, *, heard: bool = True, **more: Any) -> dict[str, Any]:
        """Put a status on the timeline, and tell those who listen."""
        made = self.status(content, **more)
        self.statuses.append(made)
        if heard:
            self.tell("update", json.dumps(made))
        return made

    def tell(self, event: str, data: str) -> None:
        """Send an event to all who listen."""
        self.send(f"event: {event}\ndata: {data}\n\n".encode())

    def send(self, raw: bytes) -> None:
        """Send bytes to all who listen."""
        for listener in list(self.listeners):
            listener.put(raw)

    def hang_up(self) -> None:
        """End all streams."""
        self.send(HANG_UP)
        self.listeners.clear()

    def page(self, query: dict[str, list[str]]) -> list[dict[str, Any]]:
        """Return the timeline's page that is asked for, the newest first."""
        limit = min(int(query.get("limit", ["20"])[0]), self.most)
        since = query.get("min_id")
        if since is not None:
            after = [one for one in self.statuses if int(one["id"]) > int(since[0])]
            return after[:limit][::-1]
        return self.statuses[-limit:][::-1]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    fake: FakeMastodon
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that hang up are what is being tested."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20
    server: Server

    def do_GET(self) -> None:
        fake = self.server.fake
        parts = urlsplit(self.path)
        query = parse_qs(parts.query, strict_parsing=bool(parts.query))
        fake.asked.append((parts.path, query))
        if fake.refuse is not None:
            self.answer(fake.refuse[0], {"error": "no"}, fake.refuse[1])
        elif parts.path == "/api/v2/instance":
            named = fake.streaming or fake.url.replace("http", "ws", 1)
            self.answer(200, {"configuration": {"urls": {"streaming": named}}})
        elif self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self.answer(401, {"error": "Missing access token"})
        elif parts.path.startswith("/api/v1/timelines/"):
            self.answer(200, fake.page(query))
            fake.pages += 1
        elif parts.path.removeprefix("/api/v1/streaming/") in STREAMS:
            self.stream(parts.path, query)
        else:
            self.answer(404, {"error": "Not found"})

    def stream(self, path: str, query: dict[str, list[str]]) -> None:
        fake = self.server.fake
        if path.endswith("hashtag") and "tag" not in query:
            self.answer(400, {"error": "Missing tag name parameter"})
            return
        mine: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        fake.listeners.append(mine)
        fake.opened += 1
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "private, no-store")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.close_connection = True
        self.chunk(b":)\n")
        while True:
            try:
                said = mine.get(timeout=fake.heartbeat)
            except queue.Empty:
                said = b":thump\n"
            if said == HANG_UP:
                self.chunk(b"")
                return
            self.chunk(said)

    def chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def answer(self, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        for name, said in (headers or {}).items():
            self.send_header(name, said)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        return


@contextmanager
def running_mastodon() -> Iterator[FakeMastodon]:
    """Serve on a free port of the loopback interface until the block ends."""
    server = Server(("127.0.0.1", 0), Handler)
    fake = server.fake = FakeMastodon()
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.hang_up()
        server.shutdown()
        server.server_close()
        thread.join()
