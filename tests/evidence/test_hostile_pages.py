"""Pages that are huge, slow, packed as bombs, wrongly labelled or none at all: every look ends as a row."""

from __future__ import annotations

import gzip
import hashlib
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from io import BytesIO

import pytest
from warcio.archiveiterator import ArchiveIterator

from monitor.core.evidence.captures import EvidenceState, Outcome
from monitor.core.evidence.views import CaptureView
from monitor.loops.evidence.look import LONGEST_BODY
from monitor.store import evidence_views
from monitor.store.database import Database
from responders.evidence.warc import is_whole, payload_of
from tests.evidence.web import BODY, DAY, Bureau, Reply, bureau_at_work, page


@pytest.fixture
def bureau(database: Database) -> Iterator[Bureau]:
    with bureau_at_work(database) as bureau:
        yield bureau


def looked(bureau: Bureau) -> CaptureView:
    bureau.respond()
    assert bureau.tick() == 1
    last = bureau.evidence().last
    assert last is not None
    return last


def archive(bureau: Bureau) -> bytes:
    with bureau.station.database.read() as connection:
        return evidence_views.kept(connection, 1)[-1].warc


def test_what_is_kept_is_what_went_over_the_wire(bureau: Bureau) -> None:
    packed = gzip.compress(page().encode())
    headers = {"Content-Type": "text/html; charset=utf-8", "Content-Encoding": "gzip", "X-Strange": "é ü"}
    bureau.serve(Reply(packed, 200, headers))
    look = looked(bureau)
    kept = archive(bureau)
    assert is_whole(kept)
    records = [(r.rec_type, r.rec_headers.get_header("WARC-Target-URI")) for r in ArchiveIterator(BytesIO(kept))]
    assert records == [("warcinfo", None), ("response", bureau.url), ("request", bureau.url)]
    response = next(r for r in ArchiveIterator(BytesIO(kept)) if r.rec_type == "response")
    assert response.raw_stream.read() == packed
    assert response.rec_headers.get_header("WARC-IP-Address") == "127.0.0.1"
    assert response.rec_headers.get_header("WARC-Date") == bureau.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert hashlib.sha256(payload_of(kept)).hexdigest() == look.payload_sha256
    assert hashlib.sha256(kept).hexdigest() == look.warc_sha256


def test_a_huge_page_is_kept_up_to_a_bound_and_says_so(bureau: Bureau) -> None:
    bureau.publish(page(BODY + "<!--" + "x" * (LONGEST_BODY + 1000) + "-->"))
    look = looked(bureau)
    assert (look.outcome, look.cut, look.bytes) == (Outcome.KEPT, True, LONGEST_BODY)
    kept = archive(bureau)
    assert is_whole(kept)
    assert any(r.rec_headers.get_header("WARC-Truncated") == "length" for r in ArchiveIterator(BytesIO(kept)))


def test_a_bomb_costs_no_more_than_the_bound(bureau: Bureau) -> None:
    bomb = gzip.compress(b"\0" * (200 * 1024 * 1024), 9)
    bureau.serve(Reply(bomb, 200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}))
    look = looked(bureau)
    assert (look.cut, look.bytes) == (True, LONGEST_BODY)
    assert len(archive(bureau)) < 1024 * 1024


def test_a_slow_page_ends_as_a_failure_that_is_tried_again(database: Database) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n")
        try:
            for _ in range(40):
                handler.wfile.write(b"<p>")
                handler.wfile.flush()
                time.sleep(0.2)
        except OSError:
            return

    with bureau_at_work(database, seconds=3) as bureau:
        bureau.site.raw[bureau.path] = drip
        look = looked(bureau)
        assert (look.outcome, look.warc_bytes) == (Outcome.FAILED, 0)
        due_at = bureau.evidence().due_at
        assert due_at is not None
        assert due_at > bureau.now


def test_a_wrong_charset_is_read_all_the_same(bureau: Bureau) -> None:
    bureau.serve(Reply(page().encode("gb18030"), 200, {"Content-Type": "text/html; charset=utf-8"}))
    look = looked(bureau)
    assert look.outcome is Outcome.KEPT
    assert len(look.signs) == 4


def test_a_redirect_into_the_intranet_is_refused_and_told_kindly(bureau: Bureau) -> None:
    bureau.answer(302, Location="http://10.1.2.3/internal")
    look = looked(bureau)
    assert look.outcome is Outcome.NOT_ALLOWED
    assert "10.1.2.3" in look.detail
    assert look.warc_bytes > 0, "the redirect itself is evidence"
    assert bureau.points() == ["not_allowed"]
    assert bureau.evidence().state is EvidenceState.NO_ACCESS


def test_an_address_of_the_intranet_is_told_once(bureau: Bureau) -> None:
    bureau.respond("http://192.168.1.5/notice.html")
    bureau.tick()
    bureau.wait(3 * DAY)
    assert bureau.points() == ["not_allowed"]
    assert bureau.evidence().captures[0].outcome is Outcome.NOT_ALLOWED


@pytest.mark.parametrize("kind", ["application/pdf", "image/png"])
def test_a_file_is_kept_as_bytes_and_asks_for_a_look_by_eye(bureau: Bureau, kind: str) -> None:
    data = b"%PDF-1.7\n" + bytes(range(256)) * 50
    bureau.serve(Reply(data, 200, {"Content-Type": kind}))
    look = looked(bureau)
    assert (look.outcome, look.readable) == (Outcome.KEPT, False)
    assert payload_of(archive(bureau)) == data
    assert bureau.points() == ["no_text"]
    bureau.serve(Reply(data + b"more", 200, {"Content-Type": kind}))
    bureau.wait(2 * DAY)
    assert bureau.points() == ["no_text", "changed"], "another file in its place"


def test_a_page_that_only_a_browser_builds_is_told(bureau: Bureau) -> None:
    script = "<script>if (!found) show('页面不存在')</script>"
    bureau.publish(f"<!doctype html><html><head><title>通知</title></head><body><div></div>{script}</body></html>")
    look = looked(bureau)
    assert (look.outcome, look.readable) == (Outcome.KEPT, False)
    assert bureau.points() == ["no_text"]


def test_an_empty_answer_is_no_page(bureau: Bureau) -> None:
    bureau.answer(200)
    assert looked(bureau).outcome is Outcome.FAILED


def test_a_packing_that_nobody_knows_is_a_failure(bureau: Bureau) -> None:
    bureau.serve(Reply(b"\x01\x02", 200, {"Content-Type": "text/html", "Content-Encoding": "br"}))
    bureau.respond()
    bureau.tick()
    last = bureau.evidence().last
    assert last is not None
    assert (last.outcome, last.detail) == (Outcome.FAILED, "Content-Encoding: br")


@pytest.mark.parametrize(
    "html",
    [
        "<" * 20_000,
        "<div>" * 30_000,
        "\x00\x01\x02<html>\ud7ff",
        "<html><title>" + "长" * 100_000 + "</title><body><p>金川区爆炸</p>",
        "<html><body><p>" + "\u202e\u200b恶意" * 500 + "</p></body></html>",
    ],
)
def test_no_page_breaks_the_leg(bureau: Bureau, html: str) -> None:
    bureau.publish(html)
    assert looked(bureau).outcome is not None
    assert bureau.evidence().due_at is not None
    with bureau.station.database.read() as connection:
        assert not connection.exec_driver_sql("SELECT 1 FROM troubled").all()
