"""Bodies that want to fill memory, and bodies that never end."""

import gzip
import resource
import time
import zlib
from http.server import BaseHTTPRequestHandler

import pytest

from monitor.core.sources import FailureKind
from monitor.gate import Gate, GateFailure, GateSettings
from tests.crawl.site import Reply, Site


def drip(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    drop_by_drop(handler)


def drip_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    drop_by_drop(handler)


def drop_by_drop(handler: BaseHTTPRequestHandler) -> None:
    for _ in range(1000):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.05)


def say_nothing(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(3)


@pytest.mark.parametrize("behaviour", [drip, drip_headers, say_nothing])
def test_the_total_time_holds_however_slowly_a_server_answers(behaviour, site: Site) -> None:  # type: ignore[no-untyped-def]
    site.raw["/"] = behaviour
    began = time.monotonic()
    with Gate(GateSettings(allow=("127.0.0.1",), total_seconds=0.6)) as gate, pytest.raises(GateFailure) as failure:
        gate.get(site.url + "/")
    assert failure.value.kind is FailureKind.TIMEOUT
    assert time.monotonic() - began > 0.5
    assert failure.value.elapsed.total_seconds() > 0.5


def bomb(layers: int = 1) -> bytes:
    data = bytes(200_000_000)
    for _ in range(layers):
        data = gzip.compress(data, 9)
    return data


def test_a_gzip_bomb_is_cut_without_filling_memory(site: Site, gate: Gate) -> None:
    packed = bomb()
    site.pages["/"] = Reply(packed, headers={"Content-Encoding": "gzip"})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = gate.get(site.url + "/", longest_body=5_000_000)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert answer.cut
    assert len(answer.body) == 5_000_000
    assert grown < 50_000, f"{grown} kB more"


@pytest.mark.parametrize("packing", ["gzip, gzip", "br", "zstd", "gzip, br", "compress"])
def test_any_packing_but_one_gzip_or_deflate_is_refused(packing: str, site: Site, gate: Gate) -> None:
    site.pages["/"] = Reply(gzip.compress(gzip.compress(b"x")), headers={"Content-Encoding": packing})
    with pytest.raises(GateFailure) as failure:
        gate.get(site.url + "/")
    assert failure.value.kind is FailureKind.BAD_ENCODING


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


TEXT = ("某地发生一起事故。" * 30_000).encode()


@pytest.mark.parametrize(
    ("packing", "body"),
    [
        ("gzip", gzip.compress(TEXT)),
        ("x-gzip", gzip.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate(TEXT)),
        ("identity", TEXT),
        ("", TEXT),
    ],
)
def test_accepted_packings_come_out_whole(packing: str, body: bytes, site: Site, gate: Gate) -> None:
    site.pages["/"] = Reply(body, headers={"Content-Encoding": packing} if packing else {})
    answer = gate.get(site.url + "/")
    assert answer.body == TEXT
    assert not answer.cut
    assert site.asked[-1].headers["accept-encoding"] == "gzip, deflate"


def test_broken_packing_is_a_failure_of_its_own(site: Site, gate: Gate) -> None:
    site.pages["/"] = Reply(b"no gzip at all", headers={"Content-Encoding": "gzip"})
    with pytest.raises(GateFailure) as failure:
        gate.get(site.url + "/")
    assert failure.value.kind is FailureKind.BAD_ENCODING


def test_an_endless_body_is_cut_on_the_wire(site: Site, gate: Gate) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        while True:
            handler.wfile.write(b"10000\r\n" + bytes(65536) + b"\r\n")

    site.raw["/"] = endless
    answer = gate.get(site.url + "/", longest_body=1_000_000)
    assert (len(answer.body), answer.cut) == (1_000_000, True)


def test_a_body_of_exactly_the_limit_is_whole(site: Site, gate: Gate) -> None:
    site.page("/", bytes(1000))
    assert not gate.get(site.url + "/", longest_body=1000).cut
    assert gate.get(site.url + "/", longest_body=999).cut
