"""The gate over real sockets: what it lets through, what it refuses, and when it gives up."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

import pytest

from monitor.core.sources import FailureKind
from monitor.gate import Gate, GateFailure, GateSettings
from tests.crawl.site import Reply, Site


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Return a listening socket that nobody may ever connect to."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setblocking(False)
    yield listening
    with pytest.raises(BlockingIOError):
        listening.accept()
    listening.close()


def test_one_private_answer_among_public_ones_refuses_all(listener: socket.socket) -> None:
    with Gate(resolve=lambda host, port: ["93.184.215.14", "127.0.0.1"]) as gate, pytest.raises(GateFailure) as failure:
        gate.get(f"http://news.example:{listener.getsockname()[1]}/")
    assert failure.value.kind is FailureKind.ADDRESS_REFUSED
    assert "127.0.0.1" in failure.value.detail


def test_a_name_is_looked_up_once_and_that_answer_is_connected_to(site: Site) -> None:
    port = urlsplit(site.url).port
    site.page("/", "hello")
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    with Gate(GateSettings(allow=("127.0.0.1",)), resolve=lambda host, asked: next(answers)) as gate:
        assert gate.get(f"http://rebinding.example:{port}/").body == b"hello"
    assert next(answers) == ["169.254.169.254"]


def test_a_name_without_address_is_a_dns_failure() -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with Gate(resolve=nowhere) as gate, pytest.raises(GateFailure) as failure:
        gate.get("http://nowhere.example/")
    assert failure.value.kind is FailureKind.DNS
    assert "nowhere.example" in str(failure.value)


def test_a_resolver_that_hangs_does_not_hang_the_request() -> None:
    released = threading.Event()

    def hang(host: str, port: int) -> list[str]:
        released.wait(60)
        return []

    began = time.monotonic()
    with Gate(GateSettings(total_seconds=0.3), resolve=hang) as gate, pytest.raises(GateFailure) as failure:
        gate.get("http://slow.example/")
    released.set()
    assert failure.value.kind is FailureKind.DNS
    assert time.monotonic() - began < 30


def test_the_next_address_is_tried_where_the_first_does_not_answer(site: Site) -> None:
    port = urlsplit(site.url).port
    site.page("/", "hello")
    with Gate(GateSettings(allow=("127.0.0.0/8",)), resolve=lambda h, p: ["127.0.0.2", "127.0.0.1"]) as gate:
        assert gate.get(f"http://two.example:{port}/").body == b"hello"


def test_privileged_ports_other_than_the_web_s_are_refused() -> None:
    with Gate(resolve=lambda host, port: ["93.184.215.14"]) as gate, pytest.raises(GateFailure) as failure:
        gate.get("http://news.example:25/")
    assert failure.value.kind is FailureKind.ADDRESS_REFUSED


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("http://169.254.169.254/latest/meta-data/", FailureKind.ADDRESS_REFUSED),
        ("http://[fd00::1]/", FailureKind.ADDRESS_REFUSED),
        ("http://nowhere.invalid/", FailureKind.DNS),
        ("http://127.0.0.2:22/", FailureKind.ADDRESS_REFUSED),
        ("//10.0.0.1/", FailureKind.ADDRESS_REFUSED),
        ("file:///etc/passwd", FailureKind.REDIRECT),
        ("data:text/html,x", FailureKind.REDIRECT),
        ("http://user:secret@127.0.0.1/", FailureKind.REDIRECT),
        ("/again", FailureKind.REDIRECT),
    ],
)
def test_every_redirect_is_checked_from_the_start(location: str, kind: FailureKind, site: Site, gate: Gate) -> None:
    site.pages["/again"] = Reply(status=302, headers={"Location": location})
    with pytest.raises(GateFailure) as failure:
        gate.get(site.url + "/again")
    assert failure.value.kind is kind


def test_five_redirects_are_followed_and_permanent_ones_reported(site: Site, gate: Gate) -> None:
    for step in range(5):
        site.pages[f"/{step}"] = Reply(status=301, headers={"Location": f"/{step + 1}"})
    site.page("/5", "here")
    answer = gate.get(site.url + "/0")
    assert (answer.body, answer.url, answer.moved_to) == (b"here", site.url + "/5", site.url + "/5")
    site.pages["/3"] = Reply(status=302, headers={"Location": "/4"})
    assert gate.get(site.url + "/0").moved_to == ""
    site.pages["/5"] = Reply(status=302, headers={"Location": "/0"})
    with pytest.raises(GateFailure):
        gate.get(site.url + "/0")


def test_credentials_do_not_travel_to_another_origin(site: Site, other_site: Site, gate: Gate) -> None:
    site.pages["/"] = Reply(status=302, headers={"Location": other_site.url + "/landing"})
    other_site.page("/landing", "x")
    site.pages["/home"] = Reply(status=302, headers={"Location": "/landing"})
    site.page("/landing", "x")
    secrets = {"Authorization": "Bearer x", "Cookie": "a=b", "X-Api-Key": "k", "If-None-Match": '"e"'}
    gate.get(site.url + "/", headers={**secrets, "Accept": "text/plain"})
    received = other_site.asked[-1].headers
    assert not received.keys() & {"authorization", "cookie", "x-api-key", "if-none-match"}
    assert received["accept"] == "text/plain"
    gate.get(site.url + "/home", headers=secrets)
    assert site.asked[-1].headers["x-api-key"] == "k"


def test_a_post_is_never_redirected(site: Site, gate: Gate) -> None:
    site.pages["/form"] = Reply(status=307, headers={"Location": "/elsewhere"})
    answer = gate.post(site.url + "/form", b'{"a": 1}')
    assert answer.status == 307
    assert [asked.path for asked in site.asked] == ["/form"]
    assert (site.asked[0].body, site.asked[0].headers["content-type"]) == (b'{"a": 1}', "application/json")


def test_a_server_that_breaks_off_is_a_protocol_failure(site: Site, gate: Gate) -> None:
    def break_off(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")

    def no_http(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"220 mail.example ESMTP\r\n")

    site.raw |= {"/half": break_off, "/mail": no_http}
    for path in site.raw:
        with pytest.raises(GateFailure) as failure:
            gate.get(site.url + path)
        assert failure.value.kind is FailureKind.PROTOCOL


def test_a_closed_port_is_a_connect_failure(gate: Gate) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(GateFailure) as failure:
        gate.get(f"http://127.0.0.1:{port}/")
    assert failure.value.kind is FailureKind.CONNECT


def test_a_plain_server_behind_https_is_a_tls_failure(site: Site, gate: Gate) -> None:
    with pytest.raises(GateFailure) as failure:
        gate.get(site.url.replace("http://", "https://"))
    assert failure.value.kind is FailureKind.TLS


def test_connections_are_kept_and_shared_by_threads(site: Site, gate: Gate) -> None:
    site.page("/", "x")
    for _ in range(5):
        assert gate.get(site.url + "/").status == 200
    assert site.connections == 1
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(gate.get, [site.url + "/"] * 20))
    assert [answer.status for answer in answers] == [200] * 20
    # One that was just being closed for another is asked again.
    assert len(site.asked) >= 25


def test_a_get_goes_out_again_where_the_kept_connection_was_closed(site: Site, gate: Gate) -> None:
    turns = iter([True, False])

    def hang_up_once(handler: BaseHTTPRequestHandler) -> None:
        if not next(turns):
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    site.raw["/"] = hang_up_once
    assert gate.get(site.url + "/").body == b"ok"
    site.raw["/post"] = lambda handler: None
    with pytest.raises(GateFailure):
        gate.post(site.url + "/post", b"{}")
    assert [asked.path for asked in site.asked] == ["/", "/", "/post"]


def test_proxies_of_the_environment_are_ignored(site: Site, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.page("/", "direct")
    assert gate.get(site.url + "/").body == b"direct"


def test_the_configured_proxy_is_used_and_private_targets_stay_refused(site: Site) -> None:
    address = site.url.replace("http://", "http://clerk:secret@")
    site.page("http://news.example/list", "through the proxy")
    with Gate(GateSettings(proxy=address)) as gate:
        assert gate.get("http://news.example/list").body == b"through the proxy"
        assert site.asked[-1].headers["proxy-authorization"].startswith("Basic ")
        assert site.asked[-1].headers["host"] == "news.example"
        for url in (site.url, "http://10.0.0.1/", "http://intranet/", "http://db.internal/", "http://127.1/"):
            with pytest.raises(GateFailure) as failure:
                gate.get(url)
            assert failure.value.kind is FailureKind.ADDRESS_REFUSED
    assert len(site.asked) == 1


def test_every_answer_with_a_status_is_an_answer(site: Site, gate: Gate) -> None:
    site.pages["/"] = lambda asked: Reply(b"busy", 503, {"Retry-After": "120", "X-Twice": "a"})
    answer = gate.get(site.url + "/")
    assert (answer.status, answer.body, answer.headers["retry-after"]) == (503, b"busy", "120")


def test_the_visitor_says_who_it_is_and_no_header_of_the_connection_can_be_set(site: Site, gate: Gate) -> None:
    site.page("/", "x")
    gate.get(site.url + "/", headers={"Host": "evil.example", "Transfer-Encoding": "chunked", "Accept-Encoding": "br"})
    received = site.asked[-1].headers
    assert "Huiying" in received["user-agent"]
    assert received["host"] == urlsplit(site.url).netloc
    assert received["accept-encoding"] == "gzip, deflate"
    assert "transfer-encoding" not in received


def test_non_ascii_paths_and_locations_arrive_encoded(site: Site, gate: Gate) -> None:
    site.page("/%E4%BA%8B%E6%95%85", "found")

    def raw_location(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write("HTTP/1.1 302 Found\r\nLocation: /事故\r\nContent-Length: 0\r\n\r\n".encode())

    site.raw["/"] = raw_location
    assert gate.get(site.url + "/事故").body == b"found"
    assert gate.get(site.url + "/").body == b"found"
