"""Hostile words in the review of an incident, in its files and on the leaders' page."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape

from playwright.sync_api import Page

from tests.responders.console.full_night import GROWING, night_of
from tests.responders.console.station import Station, browsing
from tests.responders.console.test_door_in_a_browser import sign_in
from tests.responders.console.test_everything_hostile import TEXTS, faults_of
from tests.responders.console.test_hostile import TITLES
from tests.responders.console.test_matrix import enter

PATHS = ("/leader", *(f"/incidents/{n}/review{form}" for n in (1, GROWING) for form in ("", ".docx", ".xlsx", ".json")))


def test_hostile_words_stay_words(station: Station, phone: Callable[..., Page]) -> None:
    night_of(station, TEXTS)
    shown = ""
    with browsing(station) as client:
        enter(station, client, "all")
        for path in PATHS:
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert faults_of(answer) == [], path
            shown += unescape(answer.text) if not path.rpartition("/")[2].count(".") else ""
    for text in (TITLES[0], TITLES[1], TITLES[4]):
        assert text in shown
    page = phone()
    page.goto("/account")
    sign_in(page, "all")
    page.wait_for_url("**/account")
    for path in ("/leader", f"/incidents/{GROWING}/review"):
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(node => { node.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    # The fixture of the phone fails the test where a script, a dialog or a request to another host was seen.
