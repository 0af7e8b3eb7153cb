"""Write what went over the wire as a WARC file (ISO 28500), which archives and their tools read.

Each exchange is a request and a response record with date, address and digests. Only the frames of a chunked transfer
are gone, so that header is kept under another name; a body that was cut says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from monitor.gate import Exchange, GateFailure
from monitor.gate.bodies import read_body

FORMAT = "WARC File Format 1.1"
LARGEST = 64 * 1024 * 1024
CHUNKED = "transfer-encoding"


def written(exchanges: Sequence[Exchange], at: datetime, software: str) -> bytes:
    """Return the exchanges as one packed WARC file, all dated `at`; empty where there are none."""
    if not exchanges:
        return b""
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    date = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    info = writer.create_warcinfo_record("page.warc.gz", {"software": software, "format": FORMAT})
    info.rec_headers.replace_header("WARC-Date", date)
    writer.write_record(info)
    for one in exchanges:
        response = _response(writer, one, date)
        writer.write_request_response_pair(_request(writer, one, date), response)
    return out.getvalue()


def _response(writer: WARCWriter, one: Exchange, date: str) -> Any:
    head = StatusAndHeaders(f"{one.status} {one.reason}".rstrip(), _received(one), protocol="HTTP/1.1")
    named = {"WARC-Date": date, "WARC-IP-Address": one.ip, "WARC-Truncated": "length" if one.cut else ""}
    return writer.create_warc_record(
        one.url,
        "response",
        payload=BytesIO(one.body),
        length=len(one.body),
        http_headers=head,
        warc_headers_dict={name: value for name, value in named.items() if value},
    )


def _request(writer: WARCWriter, one: Exchange, date: str) -> Any:
    sent = [(_text(name), _text(value)) for name, value in one.sent]
    head = StatusAndHeaders(f"{one.method} {_text(one.path)} HTTP/1.1", sent, is_http_request=True)
    named = {"WARC-Date": date, "WARC-IP-Address": one.ip}
    return writer.create_warc_record(
        one.url, "request", http_headers=head, warc_headers_dict={name: value for name, value in named.items() if value}
    )


def _received(one: Exchange) -> Iterable[tuple[str, str]]:
    for name, value in one.received:
        plain = _text(name)
        yield (f"X-Archive-Orig-{plain}" if plain.lower() == CHUNKED else plain), _text(value)


def _text(raw: bytes) -> str:
    return raw.decode("latin-1")


def is_whole(data: bytes) -> bool:
    """Tell whether a WARC file can be read to its end and every digest in it fits."""
    records = 0
    try:
        for record in ArchiveIterator(BytesIO(data), check_digests=True):
            record.raw_stream.read()
            if record.digest_checker is not None and record.digest_checker.passed is False:
                return False
            records += 1
    except (ArchiveLoadFailed, ValueError, OSError, EOFError):
        return False
    return records > 0


def payload_of(data: bytes) -> bytes:
    """Return the body of the last response in a whole WARC file, unpacked within the bounds of a fetch."""
    packed, packing = b"", ""
    for record in ArchiveIterator(BytesIO(data)):
        if record.rec_type == "response":
            packed = record.raw_stream.read()
            packing = record.http_headers.get_header("Content-Encoding") or ""
    try:
        return read_body([packed], packing=packing, longest=LARGEST)[0]
    except GateFailure:
        return b""
