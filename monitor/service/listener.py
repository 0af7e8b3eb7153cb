"""A small listener for processes without the console: it answers the probes, and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Collection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from urllib.parse import urlsplit

from monitor.service.listening import listen_anywhere
from responders.console.health import PROBES, Probe, ProbeAnswer

SECONDS = 5.0
STRANGE_HOST = ProbeAnswer(400, b"this service is not asked under that name\n")
NOT_FOUND = ProbeAnswer(404, b"not found\n")


class Listener:
    """Listens until it is closed; `hosts` are the names under which it may be asked for besides plain addresses."""

    def __init__(self, host: str, port: int, probe: Probe, hosts: Collection[str] = ()) -> None:
        asked_for = frozenset(name.lower() for name in hosts)

        class Handler(BaseHTTPRequestHandler):
            """Answers GET and HEAD."""

            timeout = SECONDS
            server_version = "huiying"
            sys_version = ""

            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                if not may_ask(self.headers.get("host", ""), asked_for):
                    answer = STRANGE_HOST
                else:
                    answer = probe(path) if path in PROBES else NOT_FOUND
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.kind)
                self.send_header("Content-Length", str(len(answer.body)))
                self.send_header("Cache-Control", "no-store")
                self.send_header("X-Content-Type-Options", "nosniff")
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer.body)

            do_HEAD = do_GET  # noqa: N815 - the name that the library calls

            def log_message(self, *_: object) -> None:
                """Say nothing: somebody asks every few seconds."""

        self._server = _Server(host, port, Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="health", daemon=True)
        self._thread.start()
        self.port: int = self._server.server_address[1]

    def close(self) -> None:
        """End."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, host: str, port: int, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__((host, port), handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listen_anywhere(host, port, "health")
        self.address_family = self.socket.family
        self.server_address = self.socket.getsockname()


def may_ask(host: str, named: Collection[str]) -> bool:
    """Tell whether a Host header is a plain address, localhost, or one of the names given.

    A page on the web that has a name of its own turned to this machine (DNS rebinding) is none of these.
    """
    host = host.lower()
    if host in named:
        return True
    try:
        name = urlsplit(f"//{host}").hostname or ""
        if name == "localhost":
            return True
        ip_address(name)
    except ValueError:
        return False
    return True
