"""The pulses that bring alerts to people: each outlet's leg, what Slack holds for us, the sweep, the silent drill."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from monitor.config.settings import SlackChannel
from monitor.core.model import AlertReason
from monitor.loops.arming import Arming
from monitor.loops.deliver import Deliver, Outlet
from monitor.loops.paths import SilentDrill
from monitor.service.briefing import brief_of, subscriptions_of
from monitor.service.heart import PATIENT, SLOW, Pulse
from monitor.service.outlets import outlets_of
from monitor.service.parts import Parts
from responders.channels.base import Message
from responders.channels.digest import digest_in
from responders.channels.slack import Slack
from responders.channels.slack_schedule import SlackSchedule
from responders.documents.armed import armed_text
from responders.documents.messages import Composer, Scene
from responders.slack_app.buttons import with_buttons


class Delivery:
    """The outlets of this process and the pulses that use them."""

    def __init__(self, parts: Parts, composer: Composer, clock: Callable[[], datetime]) -> None:
        self._parts = parts
        self._composer = composer
        self._clock = clock
        plain = outlets_of(parts.settings.form, lambda: parts.gate, parts.words, duty=parts.duty)
        self.outlets = [self._equipped(outlet) for outlet in plain]
        self._brief = brief_of(parts, composer)
        self._subscriptions = subscriptions_of(parts)
        self._readers = {f"briefing:{reader.address}": reader for reader in self._brief.readers}

    @property
    def unread(self) -> list[str]:
        """The channels that nobody may be reading."""
        return [outlet.name for outlet in self.outlets if outlet.unread]

    def pulses(self) -> Iterator[Pulse]:
        """Yield the pulses of all outlets."""
        parts = self._parts
        for schedule in self._schedules():
            write = partial(armed_text, self._composer)
            arming = Arming(parts.database, schedule, parts.pack, write, self._clock, self.unread)
            yield Pulse(f"arm {schedule.name}", arming.tick, seconds=5, longest=PATIENT)
        for outlet in self.outlets:
            yield self._pulse(outlet)
        # The console always is an outlet; any of them ends what is over for all.
        yield Pulse("sweep", self._deliver(self.outlets[0], self._clock).sweep, seconds=10)
        channels = [outlet.channel for outlet in self.outlets]
        drill = SilentDrill(parts.database, channels, parts.settings.form.drills.at, self._clock)
        yield Pulse("silent drill", drill.tick, seconds=30, longest=SLOW)

    def _pulse(self, outlet: Outlet) -> Pulse:
        """Return the leg of one outlet; it reads the clock at every step, which shows that it does not hang."""

        def clock() -> datetime:
            pulse.sign()
            return self._clock()

        pulse = Pulse(f"deliver {outlet.name}", self._deliver(outlet, clock).tick, seconds=1, longest=PATIENT)
        return pulse

    def _deliver(self, outlet: Outlet, clock: Callable[[], datetime]) -> Deliver:
        parts = self._parts
        compose = partial(self._compose, outlet.name)
        return Deliver(parts.database, outlet, self.outlets, compose, clock, parts.duty.contacts)

    def _compose(self, channel: str, connection: Connection, scene: Scene) -> Message:
        if scene.alert.reason is AlertReason.BRIEFING:
            reader = self._readers[channel]
            leave = self._subscriptions.link(connection, reader.address)
            return self._brief.message(connection, scene, reader, leave)
        message = self._composer.message(scene)
        if self._parts.settings.form.slack_app is None:
            return message
        return with_buttons(connection, scene, message, self._composer.words)

    def _schedules(self) -> Iterator[SlackSchedule]:
        """Yield the Slack channels that hold warnings for us."""
        armed = {s.name for s in self._parts.settings.form.channels if isinstance(s, SlackChannel) and s.arm}
        for outlet in self.outlets:
            if isinstance(outlet.channel, Slack) and outlet.name in armed:
                yield SlackSchedule(outlet.channel)

    def _equipped(self, outlet: Outlet) -> Outlet:
        """Let an outlet say several notices at once, and offer to acknowledge by a link, where that is of use."""
        if outlet.unread or AlertReason.BRIEFING in outlet.reasons:
            return outlet
        parts = self._parts
        # What can be asked about keeps each alert in its incident's thread, and takes three times as many.
        digest = None if outlet.channel.can_reconcile else digest_in(parts.words, self._composer.console_url)
        link = parts.links.link if parts.settings.form.console.public_url else None
        return replace(outlet, digest=digest, link=link)
