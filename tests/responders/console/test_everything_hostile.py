"""Hostile words wherever somebody can put one, seen through every route of the console and in a real browser."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from html import unescape

import httpx
import openpyxl
import pytest
from docx import Document
from icalendar import Calendar
from playwright.sync_api import Page

from tests.exports.cap_rules import breaches
from tests.exports.hostile import HALVES, HOSTILE
from tests.responders.console.full_night import night_of
from tests.responders.console.only_ours import intruders
from tests.responders.console.station import Station, browsing
from tests.responders.console.test_door_in_a_browser import sign_in
from tests.responders.console.test_hostile import TITLES
from tests.responders.console.test_matrix import enter
from tests.responders.console.walk import ANSWERS, addresses, got, is_page

TEXTS = tuple(text for text in (*TITLES, *HOSTILE, *HALVES) if text.strip())
# What can be asked for in the query of some page; the others take no notice.
ASKED = (
    "q",
    "page",
    "region",
    "grade",
    "days",
    "from",
    "to",
    "next",
    "show",
    "since",
    "cursor",
    "code",
    "state",
    "office",
)
SAMPLE = (
    *TITLES[:5],
    '" autofocus onfocus=alert(1) x="',
    "' OR 1=1 --",
    "../../etc/passwd",
    "a\x00b",
    "9" * 30,
    "爆" * 300,
)
HEADERS = {"x-content-type-options": "nosniff", "x-frame-options": "DENY", "cross-origin-opener-policy": "same-origin"}


def faults_of(answer: httpx.Response) -> list[str]:
    """Return what is wrong with an answer, whatever it holds."""
    policy = answer.headers.get("content-security-policy", "")
    faults = [] if "default-src 'none'" in policy and "unsafe" not in policy else [f"policy: {policy}"]
    faults += [name for name, value in HEADERS.items() if answer.headers.get(name) != value]
    if any("stolen" in value or "canary" in value for value in answer.headers.values()):
        faults.append(f"headers: {answer.headers}")
    if is_page(answer):
        return faults + intruders(answer.text)
    kind, _, _ = answer.headers.get("content-type", "text/plain").partition(";")
    opened = FILES[kind](answer.content) if kind in FILES else []
    return [*faults, *opened, *_downloaded(answer, kind)]


def _downloaded(answer: httpx.Response, kind: str) -> list[str]:
    """What others wrote is stored as a file, never opened in the place of a page."""
    shown = (
        kind in ("application/json", "application/problem+json", "text/plain") and "/evidence/" not in answer.url.path
    )
    # Drawn here, from numbers.
    shown = shown or answer.url.path == "/metrics" or (kind == "image/png" and "/bulletins/" in answer.url.path)
    stored = answer.headers.get("content-disposition", "").startswith("attachment")
    return [] if shown or stored or answer.status_code != 200 else ["neither a page nor a file to be stored"]


def _workbook(body: bytes) -> list[str]:
    book = openpyxl.load_workbook(io.BytesIO(body))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    return [f"formula: {cell.value!r:.80}" for cell in cells if cell.data_type == "f"]


def _table(body: bytes) -> list[str]:
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    # A spreadsheet may begin to reckon at these; a plain number may begin with a sign.
    reckoned = re.compile(r"\s*[=@＝＠]|\s*[+\-＋－](?!\d+([.,]\d+)?$)")
    ragged = [f"ragged: {row!r:.80}" for row in rows if len(row) != len(rows[0])]
    return ragged + [f"reckoned: {cell!r:.80}" for row in rows for cell in row if reckoned.match(cell)]


def _calendar(body: bytes) -> list[str]:
    parts = {part.name for part in Calendar.from_ical(body.decode()).walk()}
    return sorted(str(part) for part in parts - {"VCALENDAR", "VTIMEZONE", "STANDARD", "VEVENT", "VALARM"})


def _letter(body: bytes) -> list[str]:
    outside = [rel.target_ref for rel in Document(io.BytesIO(body)).part.rels.values() if rel.is_external]
    return [f"leads out: {target}" for target in outside]


def _json(body: bytes) -> list[str]:
    json.loads(body)
    return []


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES: dict[str, Callable[[bytes], list[str]]] = {
    "application/cap+xml": breaches, "application/json": _json, "text/calendar": _calendar, "text/csv": _table,
    SHEET: _workbook, WORD: _letter,
}  # fmt: skip


def is_good(answer: httpx.Response) -> bool:
    return is_page(answer) and answer.status_code == 200


@pytest.fixture
def naughty(station: Station) -> Station:
    """Return a station full of hostile words, over the embedded database."""
    assert night_of(station, TEXTS) < 500
    return station


def test_hostile_words_go_through_every_route_as_words(either_station: Station) -> None:
    station = either_station
    refused = night_of(station, TEXTS)
    faults: list[tuple[str, str]] = []
    with browsing(station) as client:
        enter(station, client, "all")
        found = addresses(station, client)
        shown = ""
        for route, path in [(route, path) for route, paths in found.items() for path in paths]:
            answer = client.get(path)
            if answer.status_code != ANSWERS.get(route, 200):
                faults.append((path, str(answer.status_code)))
            faults += [(path, fault) for fault in dict.fromkeys(faults_of(answer))]
            shown += unescape(answer.text) if is_page(answer) else ""
    assert {fault: path for path, fault in faults} == {}
    assert set(found) == set(got())
    assert refused < len(TEXTS) * 4
    # It was there to be seen.
    for text in (TITLES[0], TITLES[1], TITLES[4]):
        assert text in shown


def test_hostile_words_may_be_asked_for(station: Station) -> None:
    night_of(station, TITLES[:3])
    faults: list[tuple[str, str]] = []
    with browsing(station) as client:
        enter(station, client, "all")
        found = addresses(station, client)
        for path in [paths[0] for paths in found.values()]:
            for text in SAMPLE:
                answer = client.get(path, params=dict.fromkeys(ASKED, text))
                if answer.status_code >= 500 and path not in ANSWERS:
                    faults.append((path, f"{answer.status_code} {text[:20]!r}"))
                faults += [(path, fault) for fault in faults_of(answer)]
                if answer.is_redirect and not re.match("/(?![/\\\\])", answer.headers["location"]):
                    faults.append((path, answer.headers["location"]))
    assert faults == []


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_runs_in_any_page(naughty: Station, phone: Callable[..., Page], width: int) -> None:
    with browsing(naughty) as client:
        enter(naughty, client, "all")
        found = addresses(naughty, client)
        pages = [path for paths in found.values() for path in paths[:2] if is_good(client.get(path))]
    page = phone(viewport={"width": width, "height": 900})
    said: list[str] = []
    page.on("console", lambda line: said.append(f"{page.url}: {line.text}") if line.type == "error" else None)
    page.goto("/account")
    sign_in(page, "all")
    page.wait_for_url("**/account")
    for path in pages:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(node => { node.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert len(pages) > 20
    assert said == []
    # The fixture of the phone fails the test where a script, a dialog or a request to another host was seen.
