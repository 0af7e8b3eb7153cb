"""A connection that the server changes over: over TLS, with what came with the answer, with times of its own."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.core.sources import FailureKind
from monitor.gate import Gate, GateFailure, GateSettings

OPENSSL = shutil.which("openssl")
HEADERS = {"Upgrade": "websocket", "Sec-WebSocket-Key": "x", "Sec-WebSocket-Version": "13"}
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nfirst"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if OPENSSL is None:
        pytest.skip("no openssl command to make a certificate with")
    file = tmp_path_factory.mktemp("tls") / "own.pem"
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    words += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(file), "-out", f"{file}.crt"]
    subprocess.run([OPENSSL, *words], check=True, capture_output=True)
    file.write_bytes(file.read_bytes() + Path(f"{file}.crt").read_bytes())
    return file


@pytest.fixture
def server(certificate: Path) -> Iterator[tuple[int, list[bytes]]]:
    """A server that agrees, says `first` at once, then gives back what it is sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            try:
                plain, _ = listening.accept()
                with context.wrap_socket(plain, server_side=True) as link:
                    heard.append(link.recv(4000))
                    link.sendall(SWITCH)
                    while said := link.recv(100_000):
                        heard.append(said)
                        link.sendall(said)
            except OSError:
                return

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1], heard


def test_a_web_socket_over_tls_is_opened_read_and_written(server: tuple[int, list[bytes]], certificate: Path) -> None:
    port, heard = server
    with Gate(GateSettings(allow=("127.0.0.1",), ca_file=f"{certificate}.crt")) as gate:
        upgraded = gate.upgrade(f"wss://127.0.0.1:{port}/link/?ticket=1", HEADERS)
        assert upgraded.answer.status == 101
        standing = upgraded.standing
        assert standing is not None
        assert standing.read(2) == b"first"
        began = time.monotonic()
        assert standing.read(0.2) is None, "a quiet line is no closed one"
        assert time.monotonic() - began < 2
        sent = b"x" * 200_000
        standing.write(sent, 5)
        came = b""
        while len(came) < len(sent):
            came += standing.read(2) or b""
        assert came == sent
        standing.close()
    assert heard[0].startswith(b"GET /link/?ticket=1 HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{port}".encode() in heard[0]
    assert b"Upgrade: websocket" in heard[0]


def test_a_certificate_that_nobody_vouches_for_is_refused(server: tuple[int, list[bytes]]) -> None:
    port, heard = server
    with Gate(GateSettings(allow=("127.0.0.1",))) as gate, pytest.raises(GateFailure) as failed:
        gate.upgrade(f"wss://127.0.0.1:{port}/", HEADERS)
    assert failed.value.kind is FailureKind.TLS
    assert heard == []


@pytest.mark.parametrize("url", ["wss://127.0.0.1/", "ws://169.254.169.254/", "wss://10.0.0.1:8443/", "file:///etc"])
def test_no_private_address_and_no_other_scheme(url: str) -> None:
    with Gate(GateSettings()) as gate, pytest.raises(GateFailure) as failed:
        gate.upgrade(url, HEADERS, total_seconds=5)
    assert failed.value.kind in (FailureKind.ADDRESS_REFUSED, FailureKind.BAD_URL)
