"""The service as it is built from its settings: links where there are no buttons, warnings at Slack."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.config.settings import Settings, SettingsFile
from monitor.service.clock import ServiceClock
from monitor.service.hosts import public_hosts
from monitor.service.parts import Parts
from monitor.service.running import Service
from monitor.store.database import Database
from responders.links import LinkState
from tests.responders.console.scenes import explosion
from tests.responders.console.station import Station
from tests.responders.fakes.robots import FakeWeCom
from tests.responders.fakes.slack import FakeSlack


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    database = Database(f"sqlite:///{tmp_path / 'huiying.db'}", durable=False)
    database.migrate()
    yield Station(database, language="zh")
    database.close()


def service_of(station: Station, wecom: FakeWeCom, slack: FakeSlack, *, arm: bool = True, public: str = "") -> Service:
    form = SettingsFile.model_validate(
        {
            "language": "zh",
            "bureau": {"region": "620000"},
            "console": {"public_url": public},
            "http": {"allow": ["127.0.0.1"]},
            "channels": [
                {"kind": "wecom", "name": "值班群", "webhook": wecom.webhook},
                {"kind": "slack", "token": slack.token, "channel": "C0123ABCD", "base_url": slack.base_url, "arm": arm},
            ],
        }
    )
    parts = Parts(Settings(form, None), station.database)
    parts.sources, parts.lexicon, parts.reader = station.parts.sources, station.parts.lexicon, station.parts.reader
    return Service(parts, ("watch", "deliver"), ServiceClock(station.clock, lambda: station.clock().timestamp()))


def tick(service: Service, station: Station) -> None:
    for pulse in service.heart.pulses:
        pulse.tick(station.clock())


def test_a_page_carries_a_link_that_acknowledges_and_slack_holds_the_last_warnings(station: Station) -> None:
    explosion(station)
    moment = lambda: station.clock().timestamp()  # noqa: E731
    with FakeWeCom() as wecom, FakeSlack(clock=moment, burst=50) as slack:
        service = service_of(station, wecom, slack, public="https://duty.example.org")
        for _ in range(6):
            tick(service, station)
            station.clock.now += timedelta(seconds=3)
        contents = [taken["markdown"]["content"] for taken in wecom.taken]
        links = [found for text in contents for found in re.findall(r"\(https://duty.example.org/a/([\w-]+)\)", text)]
        assert links, contents[0]
        assert "我已知悉，正在处理" in contents[0]
        opened = service.parts.links.acknowledge(links[0], station.clock())
        assert opened.state is LinkState.DONE
        assert len(slack.held) == 8


def test_without_a_public_address_there_are_no_links_and_without_arm_no_warnings(station: Station) -> None:
    explosion(station)
    moment = lambda: station.clock().timestamp()  # noqa: E731
    with FakeWeCom() as wecom, FakeSlack(clock=moment, burst=50) as slack:
        service = service_of(station, wecom, slack, arm=False)
        for _ in range(3):
            tick(service, station)
        assert wecom.taken
        assert not any("/a/" in taken["markdown"]["content"] for taken in wecom.taken)
        assert slack.held == []
        assert not any(pulse.name.startswith("arm") for pulse in service.heart.pulses)


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("", []),
        ("https://duty.example.org", ["duty.example.org:443", "duty.example.org"]),
        ("http://duty.example.org:8080", ["duty.example.org:8080"]),
        ("https://duty.example.org:443", ["duty.example.org:443", "duty.example.org"]),
        ("http://[2001:db8::1]:8080", ["[2001:db8::1]:8080"]),
    ],
)
def test_the_public_name_is_answered_to_as_browsers_write_it(url: str, hosts: list[str]) -> None:
    assert public_hosts(url) == hosts
