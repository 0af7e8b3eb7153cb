"""From the settings to the receivers of events."""

from __future__ import annotations

from collections.abc import Callable

from monitor.config.channel_limits import load_limits
from monitor.config.settings import WebhookSetting
from monitor.gate import Gate
from monitor.loops.hooks import Hooks
from monitor.service.parts import Parts
from responders.channels.gate_poster import GatePoster
from responders.channels.webhook import Webhook


def receiver_of(setting: WebhookSetting, gate: Gate) -> Webhook:
    """Return what a receiver is told by; raise a Mistake where its settings cannot work."""
    return Webhook(
        name=setting.name,
        url=setting.url.get_secret_value(),
        secret=setting.secret.get_secret_value(),
        poster=GatePoster(gate),
        limits=load_limits()["webhook"],
    )


def hooks_of(parts: Parts, gate: Callable[[], Gate]) -> list[Hooks]:
    """Return a leg for each receiver."""
    return [
        Hooks(setting.name, receiver_of(setting, gate()), tuple(setting.events), parts.database, parts.names)
        for setting in parts.settings.form.webhooks
    ]
