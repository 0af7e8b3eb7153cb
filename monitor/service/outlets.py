"""From the settings to the channels that alerts and briefings leave by."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import TextIO

from monitor.config.settings import (
    AppriseChannel,
    ChannelSetting,
    EmailChannel,
    Mail,
    RobotChannel,
    SettingsFile,
    SlackChannel,
)
from monitor.core.model import AlertReason
from monitor.gate import Gate
from monitor.loops.deliver import Outlet
from responders.channels.apprise import Apprise
from responders.channels.base import REPEAT_NOTE, Channel, Tone
from responders.channels.console import Console
from responders.channels.dingtalk import DingTalk
from responders.channels.email import Email, Security
from responders.channels.feishu import Feishu
from responders.channels.gate_poster import GatePoster
from responders.channels.robot import Robot
from responders.channels.slack import Slack
from responders.channels.wecom import WeCom
from responders.language import Words

BRIEFING = frozenset({AlertReason.BRIEFING})
ALERTS = frozenset(AlertReason) - BRIEFING


def outlets_of(form: SettingsFile, gate: Callable[[], Gate], words: Words, stream: TextIO = sys.stdout) -> list[Outlet]:
    """Return all outlets; the console is always one, so that no alert is ever without a way out.

    `gate` is only asked for where a channel needs it. Raise the channel's Mistake where a setting cannot work.
    """
    note = words(REPEAT_NOTE)
    outlets = [Outlet(Console(stream, repeat_note=note), ALERTS, unread=True)]
    for setting in form.channels:
        drills = not isinstance(setting, AppriseChannel) or setting.drills
        outlets += [Outlet(channel, ALERTS, drills=drills) for channel in _channels(setting, form, gate, note)]
    if form.mail is not None:
        recipients = (_email(f"briefing:{address}", address, form.mail, note) for address in form.briefing.to)
        outlets += [Outlet(channel, BRIEFING) for channel in recipients]
    return outlets


def _channels(setting: ChannelSetting, form: SettingsFile, gate: Callable[[], Gate], note: str) -> Iterator[Channel]:
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
        )
    elif isinstance(setting, RobotChannel):
        yield _robot(name, setting, GatePoster(gate()), note)
    elif isinstance(setting, AppriseChannel):
        yield Apprise(name=name, addresses=[setting.url.get_secret_value()], repeat_note=note)
    elif isinstance(setting, EmailChannel) and form.mail is not None:
        for address in setting.to:
            yield _email(f"{name}:{address}", address, form.mail, note)


def _robot(name: str, setting: RobotChannel, poster: GatePoster, note: str) -> Robot:
    url = setting.webhook.get_secret_value()
    secret = setting.secret.get_secret_value() if setting.secret else ""
    if setting.kind == "wecom":
        return WeCom(name=name, url=url, poster=poster, repeat_note=note)
    if setting.kind == "dingtalk":
        return DingTalk(name=name, url=url, poster=poster, secret=secret, repeat_note=note)
    return Feishu(name=name, url=url, poster=poster, secret=secret, repeat_note=note)


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
