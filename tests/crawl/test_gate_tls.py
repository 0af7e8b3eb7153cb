"""TLS: verified by default, private authorities by file, everything else only where a source says so."""

import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from monitor.core.sources import FailureKind, Tls
from monitor.gate import Gate, GateFailure, GateSettings

OPENSSL = shutil.which("openssl")


class Hello(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        return


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a self-signed certificate with its key, made for this run."""
    if OPENSSL is None:
        pytest.skip("no openssl command to make a certificate with")
    file = tmp_path_factory.mktemp("tls") / "own.pem"
    command = [OPENSSL, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=bureau.example"]
    command += ["-addext", "subjectAltName=DNS:bureau.example", "-keyout", str(file), "-out", str(file) + ".crt"]
    subprocess.run(command, check=True, capture_output=True)
    file.write_text(file.read_text() + Path(str(file) + ".crt").read_text())
    return file


@pytest.fixture
def port(certificate: Path) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = HTTPServer(("127.0.0.1", 0), Hello)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def gate_with(ca_file: str | None = None) -> Gate:
    settings = GateSettings(allow=("127.0.0.1",), total_seconds=5, ca_file=ca_file)
    return Gate(settings, resolve=lambda host, port: ["127.0.0.1"])


@pytest.mark.parametrize("tls", [Tls.VERIFIED, Tls.LEGACY])
def test_an_unknown_authority_is_refused(tls: Tls, port: int) -> None:
    with gate_with() as gate, pytest.raises(GateFailure) as failure:
        gate.get(f"https://bureau.example:{port}/", tls=tls)
    assert failure.value.kind is FailureKind.TLS


def test_a_source_may_do_without_verification(port: int) -> None:
    with gate_with() as gate:
        assert gate.get(f"https://bureau.example:{port}/", tls=Tls.UNVERIFIED).body == b"hello"


def test_an_authority_of_one_s_own_is_trusted_for_its_names_only(port: int, certificate: Path) -> None:
    with gate_with(ca_file=str(certificate) + ".crt") as gate:
        assert gate.get(f"https://bureau.example:{port}/").body == b"hello"
        with pytest.raises(GateFailure) as failure:
            gate.get(f"https://other.example:{port}/")
    assert failure.value.kind is FailureKind.TLS
