"""Beside each alert stands why; a hostile title in it stays text."""

from __future__ import annotations

import re

from tests.responders.console.scenes import deliver, explosion
from tests.responders.console.station import Station, browsing, serving


def test_the_page_of_an_incident_leads_to_the_reasons_of_its_alerts_and_clocks(station: Station) -> None:
    explosion(station)
    deliver(station)
    with serving(station), browsing(station) as client:
        page = client.get("/incidents/1").text
        alerts = re.findall(r'href="(/alerts/\d+)"', page)
        clocks = re.findall(r'href="(/deadlines/\d+)"', page)
        assert alerts
        assert clocks
        told = client.get(alerts[-1])
        assert told.status_code == 200
        assert "Why it was made" in told.text
        clock = client.get(clocks[0])
        assert "Moments at which people are told" in clock.text
        assert re.search(r'href="/alerts/\d+"', clock.text)
        assert client.get("/alerts/999").status_code == 404
        assert client.get("/deadlines/999").status_code == 404
        assert 'href="/alerts/' in client.get("/alerts").text
