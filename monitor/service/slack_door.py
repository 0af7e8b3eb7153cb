"""From the settings to Slack's door: the app, its web sockets, its route, the keeper of each channel's cards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime

from fastapi import APIRouter

from monitor.config.settings import SettingsFile, SlackChannel
from monitor.config.slack_setting import SlackAppSetting
from monitor.core.errors import N_, Mistake
from monitor.core.people.duty import Duty
from monitor.service.heart import Pulse
from monitor.service.outlets import has_buttons
from monitor.service.parts import Parts
from responders.channels.base import Channel
from responders.channels.slack import Slack
from responders.channels.slack_web import SlackWeb
from responders.documents.messages import Composer
from responders.language import LANGUAGES, Words
from responders.slack_app.app import SlackApp
from responders.slack_app.cards import CardKeeper
from responders.slack_app.deeds import Deeds
from responders.slack_app.door import routes
from responders.slack_app.people import people_of
from responders.slack_app.sockets import SocketFacts, Sockets

# A ticket and a connection, or a few calls, each of which has ten seconds.
PATIENT = 45.0


class WrongBotToken(Mistake):
    """What was set as the bot token is none."""

    message = N_("slack_app: token is no bot token; it begins with xoxb- and stands under OAuth & Permissions.")


class WrongAppToken(Mistake):
    """What was set as the app-level token is none."""

    message = N_("slack_app: app_token is no app-level token; it begins with xapp- and stands under Basic Information.")


class NoButtons(Mistake):
    """No channel is written to by the app whose buttons are heard."""

    message = N_("slack_app: no channel of kind slack has the same bot token, so no message would carry buttons.")


class NoPublicAddress(Mistake):
    """Signed requests could not reach us."""

    message = N_("slack_app: signed requests need console: public_url, where Slack reaches this service.")


@dataclass(slots=True)
class SlackDoor:
    """Slack's door as one process has it; `sockets` is None without Socket Mode."""

    app: SlackApp
    sockets: Sockets | None
    keepers: list[CardKeeper] = field(default_factory=list)
    route: APIRouter | None = None

    def pulses(self, roles: Iterable[str]) -> Iterator[Pulse]:
        """Yield the legs that these roles run."""
        here = set(roles)
        if here & {"slack", "console"}:
            yield Pulse("slack events", self.app.tick, seconds=5, longest=PATIENT, grave=False)
        if "slack" in here and self.sockets is not None:
            yield Pulse("slack socket", self.sockets.tick, seconds=1, longest=PATIENT, grave=False)
        if "deliver" in here:
            for keeper in self.keepers:
                name = f"cards {keeper.channel.name}"
                yield Pulse(name, keeper.tick, seconds=2, longest=PATIENT, grave=False)

    def facts(self) -> SocketFacts | None:
        """Return how the web sockets fare."""
        return None if self.sockets is None else self.sockets.facts()

    def close(self) -> None:
        """Close the web sockets."""
        if self.sockets is not None:
            self.sockets.close()


def slack_door_of(
    parts: Parts, composer: Composer, channels: Iterable[Channel], pool: Executor, clock: Callable[[], datetime]
) -> SlackDoor | None:
    """Return Slack's door, None where there is none; raise a Mistake where its settings cannot work."""
    setting = parts.settings.form.slack_app
    if setting is None:
        return None
    refuse_wrong(setting, parts.settings.form)
    composers = {
        language: composer
        if language == parts.language
        else replace(composer, words=Words(language), names=parts.names_in(language))
        for language in LANGUAGES
    }
    deeds = Deeds(parts.database, parts.desk, parts.snoozes, parts.rota_desk, parts.duty, parts.pack)
    app = SlackApp(
        database=parts.database,
        deeds=deeds,
        person_of=people_of(parts.duty, parts.database),
        composers=composers,
        language=parts.language,
        web=SlackWeb(parts.gate, setting.base_url, setting.token.get_secret_value()),
        pool=pool,
        clock=clock,
    )
    sockets = None
    if setting.app_token is not None:
        tickets = SlackWeb(parts.gate, setting.base_url, setting.app_token.get_secret_value())
        sockets = Sockets(parts.gate, tickets, app.hear)
    buttoned = [channel for channel in channels if isinstance(channel, Slack) and channel.buttons]
    keepers = [CardKeeper(parts.database, channel, composer, clock) for channel in buttoned]
    secrets = [secret.get_secret_value() for secret in setting.signing_secrets]
    return SlackDoor(app, sockets, keepers, routes(app, parts.database, secrets, clock) if secrets else None)


def refuse_wrong(setting: SlackAppSetting, form: SettingsFile) -> None:
    """Raise a Mistake where tokens are in each other's place, or nothing would carry buttons."""
    if not setting.token.get_secret_value().startswith("xoxb-"):
        raise WrongBotToken
    if setting.app_token is not None and not setting.app_token.get_secret_value().startswith("xapp-"):
        raise WrongAppToken
    if setting.signing_secrets and not form.console.public_url:
        raise NoPublicAddress
    if not any(isinstance(one, SlackChannel) and has_buttons(one, form) for one in form.channels):
        raise NoButtons


def linked(duty: Duty) -> int:
    """Return how many contacts are linked to a member of Slack."""
    return sum(bool(contact.slack) for contact in duty.contacts.values())
