"""Hostile texts as names of people, sources, channels, rotas and drills: text in every page of the office, no more."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from html import unescape

import pytest
from playwright.sync_api import Page, expect

from monitor.core.fetched import Fetched, Outcome
from monitor.core.model import AlertReason, DeliveryState
from monitor.core.people.contacts import Contact, Office, Way
from monitor.core.people.duty import Duty
from monitor.core.people.rota import Layer, Rota
from monitor.core.sources import FailureKind
from monitor.loops.deliver import Outlet
from monitor.store import deliveries, fetches, sources, views
from monitor.store.database import Database
from responders.channels.base import DeliveryFailure
from responders.channels.console import Console
from tests.exports.hostile import HOSTILE
from tests.responders.console.scenes import explosion
from tests.responders.console.station import Station, browsing, serving
from tests.responders.console.test_duty import staffed_station
from tests.responders.console.test_hostile import CANARY, TITLES
from tests.responders.console.test_office import posted
from tests.story.outbox import Told

H = timedelta(hours=1)
PAGES = (
    "/office", "/duty", "/channels", "/sources", "/sources/evening", "/rules?q=<script>", "/audit", "/drills",
    "/drills/1",
)  # fmt: skip
# What of the list can be a name at all: settings and duty file refuse the empty one, databases half a character.
NAMES = [text for text in dict.fromkeys((*TITLES, *HOSTILE)) if text.strip() and "\x00" not in text]
HIDING = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\ufeff\x00\x07\x1b]")


def hostile_station(database: Database) -> Station:
    """Return a console of a bureau in which everything is called by a hostile text."""
    contacts = {f"c{n}": Contact(f"c{n}", name, (Way(name, name), Way("chat", name))) for n, name in enumerate(NAMES)}
    layers = tuple(
        Layer(name, (f"c{n}", "c0"), date(2026, 7, 8), time(8, 30), 24 * H) for n, name in enumerate(NAMES[:12])
    )
    duty = Duty(
        contacts=contacts,
        offices={f"o{n}": Office(f"o{n}", name, (f"c{n}",)) for n, name in enumerate(NAMES)},
        rotas={f"r{n}": Rota(f"r{n}", name, layers) for n, name in enumerate(NAMES[:6])},
    )
    station = staffed_station(database, duty=duty)
    every = frozenset(AlertReason)
    station.outlets = [
        Outlet(Console(io.StringIO()), every),
        Outlet(Told("chat"), every),
        *(Outlet(Told(name), every, drills=False) for name in NAMES),
    ]
    station.parts.names = replace(station.parts.names, sources=dict.fromkeys(station.parts.sources, TITLES[1]))
    return station


def happened(station: Station) -> None:
    """Let everything happen of which the pages tell, in hostile words."""
    explosion(station)
    station.watch()
    now = station.clock()
    with station.database.write() as connection:
        alert = views.alerts(connection)[0]
        for n, text in enumerate(NAMES):
            number = deliveries.begin(connection, alert, text, now, contact=f"c{n}")
            assert number is not None
            deliveries.end(connection, number, DeliveryState.REFUSED, now, said=text, remedy=text)
        sources.register(connection, ["evening", *NAMES], now)
        for name in ("evening", *NAMES):
            failed = Fetched(outcome=Outcome.FAILED, reason=FailureKind.TIMEOUT, detail=TITLES[0])
            fetches.record(connection, name, failed, new=0, next_at=now, failure_score=1.0, now=now)
    for n, text in enumerate(NAMES[:6]):
        station.parts.rota_desk.override(f"r{n}", f"c{n}", begins=now, ends=now + 3 * H, by=text, now=now, reason=text)
    station.parts.drills.start(by=TITLES[0], now=now, title=TITLES[1])
    station.parts.drills.end(by=TITLES[2], now=now)
    channel = station.outlets[1].channel
    assert isinstance(channel, Told)
    channel.answers.append(DeliveryFailure(TITLES[0], remedy="The signature was refused."))


def test_every_page_shows_them_as_text(either_station: Station) -> None:
    database = either_station.database
    with serving(hostile_station(database)) as station, browsing(station) as client:
        happened(station)
        assert posted(station, client, "/channels/test", "/channels", channel="chat", by=TITLES[0]).status_code == 303
        for path in PAGES:
            page = client.get(path)
            assert page.status_code == 200, path
            assert "<script>fetch" not in page.text, path
            assert '<img src="http://canary' not in page.text, path
            assert "<script>alert" not in page.text, path
            # What a form sends back to name a channel is not shown, and must stay as it is.
            visible = re.sub(r'<input type="hidden"[^>]*>', "", page.text)
            assert not HIDING.search(unescape(visible)), path
            assert not re.search(r'href="(javascript|data|vbscript|file):', page.text), path
        shown = unescape(client.get("/channels").text)
        assert f"<script>fetch('{CANARY}')</script>" in shown
        assert "{{7*7}}" in shown


@pytest.mark.parametrize("name", [TITLES[0], "../../etc/passwd", "a/b", "%00", "?x=1", "．．"])
def test_a_source_of_any_name_has_its_page_or_none(station: Station, name: str) -> None:
    with station.database.write() as connection:
        sources.register(connection, [name], station.clock())
    with browsing(station) as client:
        page = client.get("/sources")
        assert page.status_code == 200
        for address in re.findall(r'href="(/sources/[^"]+)"', page.text):
            assert client.get(unescape(address)).status_code in (200, 404)


def test_nothing_runs_and_nothing_is_asked_for(station: Station, phone: Callable[..., Page]) -> None:
    with serving(hostile_station(station.database)) as hostile:
        station.address = hostile.address
        happened(hostile)
        page = phone(base_url=hostile.address)
        for path in PAGES:
            page.goto(path)
            for details in page.locator("details").all():
                details.evaluate("node => { node.open = true; }")
            page.wait_for_load_state("networkidle")
            expect(page.locator("main script, main iframe, main link, main svg[onload], main img")).to_have_count(0)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, (path, wide)
