"""Slack's door as the service builds it from its settings: buttons heard over its own socket, a dead socket told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.config.settings import Settings, SettingsFile
from monitor.core.people.contacts import Contact, Way
from monitor.core.people.duty import Duty
from monitor.service.clock import ServiceClock
from monitor.service.parts import Parts
from monitor.service.running import Service
from monitor.service.slack_door import NoButtons, NoPublicAddress, WrongAppToken, WrongBotToken
from monitor.store import views
from monitor.store.database import Database
from tests.responders.console.scenes import explosion
from tests.responders.console.station import Station
from tests.responders.fakes.slack_app import TEAM, FakeSlackApp

WANG = "U0WANG"


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    database = Database(f"sqlite:///{tmp_path / 'huiying.db'}", durable=False)
    database.migrate()
    yield Station(database, language="zh")
    database.close()


def service_of(station: Station, slack: FakeSlackApp, **app: object) -> Service:
    channel = {"kind": "slack", "token": slack.token, "channel": "C0123ABCD", "base_url": slack.base_url, "arm": False}
    form = SettingsFile.model_validate(
        {
            "language": "zh",
            "bureau": {"region": "620000"},
            "http": {"allow": ["127.0.0.1"]},
            "channels": [channel],
            "slack_app": {"token": slack.token, "app_token": slack.app_token, "base_url": slack.base_url, **app},
        }
    )
    parts = Parts(Settings(form, None), station.database)
    parts.sources, parts.lexicon, parts.reader = station.parts.sources, station.parts.lexicon, station.parts.reader
    wang = Contact("wang", "王敏", (Way("slack", WANG),), frozenset({(TEAM, WANG)}))
    parts.duty = Duty(contacts={"wang": wang})
    clock = ServiceClock(station.clock, lambda: station.clock().timestamp())
    return Service(parts, ("watch", "deliver", "slack"), clock)


def tick(service: Service, station: Station, times: int = 1) -> None:
    for _ in range(times):
        for pulse in service.heart.pulses:
            pulse.beat(station.clock(), service.parts.words.mistake)
        station.clock.now += timedelta(seconds=3)


def test_an_alert_is_acted_on_from_the_phone(station: Station) -> None:
    explosion(station)
    with FakeSlackApp(clock=lambda: station.clock().timestamp()) as slack:
        service = service_of(station, slack)
        try:
            tick(service, station, 4)
            assert slack.socket.wait(lambda: slack.socket.live)
            tick(service, station)
            card = slack.posts()[0]
            assert slack.press(WANG, card, "acknowledge") is not None
            assert "已记录" in slack.told(WANG).words
            with station.database.read() as connection:
                [incident] = [one for one in views.incidents(connection) if one.acted_at is not None]
            tick(service, station, 4)
            assert any("王敏" in reply.shown for reply in slack.thread(card.ts))
            metrics = service.probes("/metrics").body.decode()
            assert "huiying_slack_sockets 1.0" in metrics
            assert "huiying_slack_envelopes_total 1.0" in metrics
            assert 'huiying_leg_up{leg="slack socket"} 1.0' in metrics
            assert incident.title
        finally:
            assert service.slack is not None
            service.slack.close()


def test_a_dead_socket_is_told_and_is_not_grave(station: Station) -> None:
    with FakeSlackApp(clock=lambda: station.clock().timestamp()) as slack:
        slack.ticket_error = "invalid_auth"
        service = service_of(station, slack)
        assert service.slack is not None
        assert service.slack.sockets is not None
        moved = [time.monotonic()]
        service.slack.sockets.tick_clock = lambda: moved[0]
        tick(service, station)
        moved[0] += 20
        tick(service, station)
        [told] = [one for one in service.unwell() if "slack socket" in one.what]
        assert not told.grave
        assert "收不到 Slack 里的按钮操作" in told.said
        assert "xapp-" in told.said
        metrics = service.probes("/metrics").body.decode()
        assert "huiying_slack_sockets 0.0" in metrics
        assert 'huiying_leg_up{leg="slack socket"} 0.0' in metrics
        service.slack.close()


def test_tokens_in_each_other_s_place_are_refused(station: Station) -> None:
    with FakeSlackApp() as slack:
        with pytest.raises(WrongBotToken):
            service_of(station, slack, token="xapp-1")
        with pytest.raises(WrongAppToken):
            service_of(station, slack, app_token="xoxb-1")
        with pytest.raises(NoButtons):
            service_of(station, slack, token="xoxb-of-another-app")
        with pytest.raises(NoPublicAddress):
            service_of(station, slack, signing_secrets=["s"])


def test_without_the_door_messages_carry_no_buttons(station: Station) -> None:
    explosion(station)
    with FakeSlackApp(clock=lambda: station.clock().timestamp()) as slack:
        service = service_of(station, slack)
        form = service.parts.settings.form.model_copy(update={"slack_app": None})
        parts = Parts(Settings(form, None), station.database)
        parts.sources, parts.lexicon, parts.reader = station.parts.sources, station.parts.lexicon, station.parts.reader
        plain = Service(parts, ("watch", "deliver"), ServiceClock(station.clock, lambda: station.clock().timestamp()))
        tick(plain, station, 4)
        assert slack.posts()
        assert not any(block["type"] == "actions" for post in slack.posts() for block in post.blocks)
        assert not any(pulse.name.startswith(("slack", "cards")) for pulse in plain.heart.pulses)
        assert any(pulse.name == "snooze" for pulse in plain.heart.pulses)
