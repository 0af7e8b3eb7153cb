"""From the settings to the channels that alerts and briefings leave by."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TextIO

from sqlalchemy import Connection

from monitor.config.channel_limits import load_limits
from monitor.config.duty import MAIL
from monitor.config.settings import (
    AppriseChannel,
    ChannelSetting,
    EmailChannel,
    Mail,
    RobotChannel,
    SettingsFile,
    SlackChannel,
    WebhookChannel,
)
from monitor.core.duties.pacing import Limits
from monitor.core.errors import N_, Mistake
from monitor.core.model import AlertReason
from monitor.core.people.duty import Duty
from monitor.gate import Gate
from monitor.loops.deliver import Outlet
from monitor.store import unsubscriptions
from responders.channels.apprise import RECIPIENT, Apprise
from responders.channels.base import REPEAT_NOTE, Channel, Tone
from responders.channels.console import Console
from responders.channels.dingtalk import DingTalk
from responders.channels.email import Email, Security
from responders.channels.feishu import Feishu
from responders.channels.gate_poster import GatePoster
from responders.channels.robot import Robot
from responders.channels.slack import Slack
from responders.channels.webhook import Webhook
from responders.channels.wecom import WeCom
from responders.language import Words

BRIEFING = frozenset({AlertReason.BRIEFING})
ALERTS = frozenset(AlertReason) - BRIEFING
NOBODY = Duty()


class MailMissing(Mistake):
    """A contact is reached by mail, and there is no server to send it by."""

    message = N_("A contact in the duty file is reached by mail. Add the section mail to the settings.")


def outlets_of(
    form: SettingsFile, gate: Callable[[], Gate], words: Words, stream: TextIO = sys.stdout, duty: Duty = NOBODY
) -> list[Outlet]:
    """Return all outlets; the console is always one, so that no alert is ever without a way out.

    `gate` is only asked for where a channel needs it; what only the contacts of `duty` are reached by is no broadcast.
    Raise the channel's Mistake where a setting cannot work.
    """
    note, limits = words(REPEAT_NOTE), load_limits()
    outlets = [Outlet(Console(stream, repeat_note=note), ALERTS, unread=True)]
    for setting in form.channels:
        personal = isinstance(setting, AppriseChannel) and RECIPIENT in setting.url.get_secret_value()
        drills = not isinstance(setting, AppriseChannel) or setting.drills
        pace = limits[setting.kind].pace
        outlets += [
            Outlet(channel, ALERTS, pace=pace, broadcast=not personal, drills=drills)
            for channel in _channels(setting, form, gate, note, limits)
        ]
    personal_mail = _mail_to_contacts(form, duty, note)
    outlets += [Outlet(channel, ALERTS, pace=limits["email"].pace, broadcast=False) for channel in personal_mail]
    if form.mail is not None:
        outlets += [
            Outlet(_email(f"briefing:{address}", address, form.mail, note), BRIEFING, closed=partial(_left, address))
            for address in form.briefing.addresses
        ]
    return outlets


def _left(address: str, connection: Connection) -> bool:
    """Tell whether a reader of the briefing has left the list."""
    return bool(unsubscriptions.standing(connection, [address]))


def channel_names(form: SettingsFile) -> list[str]:
    """Return the names by which a contact's way can name a channel; mail is the server of that section."""
    names = [setting.name or setting.kind for setting in form.channels]
    return [*names, *([MAIL] if form.mail is not None and MAIL not in names else [])]


def _mail_to_contacts(form: SettingsFile, duty: Duty, note: str) -> Iterator[Channel]:
    """Yield the mail by which contacts are reached, each at his own address."""
    mailing = {setting.name for setting in form.channels if isinstance(setting, EmailChannel)} | {MAIL}
    mailing -= {setting.name for setting in form.channels if not isinstance(setting, EmailChannel)}
    used = {way.channel for contact in duty.contacts.values() for way in contact.ways}
    for name in sorted(mailing & used):
        if form.mail is None:
            raise MailMissing
        yield _email(name, "", form.mail, note)


def _channels(
    setting: ChannelSetting, form: SettingsFile, gate: Callable[[], Gate], note: str, limits: Mapping[str, Limits]
) -> Iterator[Channel]:
    name = setting.name or setting.kind
    if isinstance(setting, SlackChannel):
        yield Slack(
            name=name,
            token=setting.token.get_secret_value(),
            channel=setting.channel,
            base_url=setting.base_url,
            proxy=form.http.proxy or None,
            # A reply in a thread rings nobody's phone; what is urgent is shown in the channel as well.
            broadcast=frozenset({Tone.URGENT}),
            repeat_note=note,
            buttons=has_buttons(setting, form),
        )
    elif isinstance(setting, RobotChannel):
        yield _robot(name, setting, GatePoster(gate()), note, limits[setting.kind])
    elif isinstance(setting, WebhookChannel):
        yield Webhook(
            name=name,
            url=setting.url.get_secret_value(),
            secret=setting.secret.get_secret_value(),
            poster=GatePoster(gate()),
            limits=limits[setting.kind],
            repeat_note=note,
        )
    elif isinstance(setting, AppriseChannel):
        yield Apprise(name=name, addresses=[setting.url.get_secret_value()], repeat_note=note)
    elif isinstance(setting, EmailChannel) and form.mail is not None:
        for address in setting.to:
            yield _email(f"{name}:{address}", address, form.mail, note)


def has_buttons(setting: SlackChannel, form: SettingsFile) -> bool:
    """Tell whether what is pressed in a Slack channel comes to us: it must be written to by the app of Slack's door."""
    app = form.slack_app
    return app is not None and app.token.get_secret_value() == setting.token.get_secret_value()


def _robot(name: str, setting: RobotChannel, poster: GatePoster, note: str, limits: Limits) -> Robot:
    url = setting.webhook.get_secret_value()
    secret = setting.secret.get_secret_value() if setting.secret else ""
    if setting.kind == "wecom":
        return WeCom(name=name, url=url, poster=poster, limits=limits, repeat_note=note)
    if setting.kind == "dingtalk":
        return DingTalk(name=name, url=url, poster=poster, limits=limits, secret=secret, repeat_note=note)
    return Feishu(name=name, url=url, poster=poster, limits=limits, secret=secret, repeat_note=note)


def _email(name: str, recipient: str, mail: Mail, note: str) -> Email:
    return Email(
        name=name,
        host=mail.host,
        port=mail.port,
        sender=mail.sender,
        recipient=recipient,
        user=mail.username,
        password=mail.password.get_secret_value() if mail.password else "",
        security=Security(mail.security),
        repeat_note=note,
    )
