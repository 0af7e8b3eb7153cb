"""The receivers of events: how they fare, one event to try the way, and take one up again that wanted no more."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

import click

from monitor.cli import table
from monitor.cli.options import CONFIG, JSON
from monitor.cli.speech import COMMAND_HELP, say
from monitor.config.settings import SettingsFile, WebhookSetting, load_settings
from monitor.config.wording import nearest
from monitor.core.beijing import shown
from monitor.core.errors import N_, Mistake
from monitor.service import open_parts
from monitor.service.hooks import receiver_of
from monitor.store import hook_events
from monitor.store.hook_events import HookState
from responders.channels.base import DeliveryFailure
from responders.documents.hook_payload import trial_payload


class UnknownWebhook(Mistake):
    """A receiver was named that the settings do not hold."""

    message = N_("There is no webhook {name} in the settings. Did you mean {near}?")


class NotEnded(Mistake):
    """A receiver is to be told again that never wanted no more."""

    message = N_("Webhook {name} was not switched off; nothing was changed.")


@click.group(help=say(COMMAND_HELP["webhook"]))
def group() -> None:
    """Hold the commands about receivers together."""


@group.command("list", help=say(N_("List the receivers and how they fare.")))
@CONFIG
@JSON
def list_(config: Path | None, as_json: bool) -> None:
    """List the receivers."""
    with open_parts(load_settings(config, secrets=False)) as parts, parts.database.read() as connection:
        states, form = hook_events.states(connection), parts.settings.form
    rows = [(one, states.get(one.name, HookState(0, "", None, None))) for one in form.webhooks]
    if as_json:
        table.as_json(
            {
                "name": one.name,
                "events": list(one.events),
                "failures": state.failures,
                "said": state.said,
                "told_at": state.told_at,
                "ended_at": state.ended_at,
            }
            for one, state in rows
        )
        return
    heads = (N_("Name"), N_("State"), N_("Last event taken"), N_("Last answer"), N_("Events"))
    table.show([[one.name, *_state(state), ", ".join(one.events)] for one, state in rows], [say(h) for h in heads])


def _state(state: HookState) -> tuple[str, str, str]:
    if state.ended_at is not None:
        name = say(N_("off since {at}: it wants no more"), at=shown(state.ended_at))
    else:
        name = say(N_("failing, {n} times in a row"), n=state.failures) if state.failures else say(N_("well"))
    return name, shown(state.told_at) if state.told_at else "", state.said


def _named(form: SettingsFile, name: str) -> WebhookSetting:
    found = {one.name: one for one in form.webhooks}
    if name not in found:
        raise UnknownWebhook(name=name, near=nearest(name, list(found)) or next(iter(found), "—"))
    return found[name]


@group.command("test", help=say(N_("Send one signed event of type test and say what the receiver answered.")))
@click.argument("name")
@CONFIG
def test(name: str, config: Path | None) -> None:
    """Test a receiver."""
    with open_parts(load_settings(config)) as parts:
        receiver = receiver_of(_named(parts.settings.form, name), parts.gate)
        try:
            receiver.deliver(f"evt_test_{token_hex(8)}", trial_payload(datetime.now(UTC).isoformat()))
        except DeliveryFailure as failure:
            click.echo(table.line(" ".join((failure.said, say(failure.remedy)))), err=True)
            sys.exit(1)
    click.echo(say(N_("The receiver took it.")))


@group.command("resume", help=say(N_("Tell a receiver again that wanted no more, also of what happened meanwhile.")))
@click.argument("name")
@CONFIG
def resume(name: str, config: Path | None) -> None:
    """Take a receiver up again."""
    with open_parts(load_settings(config, secrets=False)) as parts:
        _named(parts.settings.form, name)
        with parts.database.write() as connection:
            if not hook_events.resume(connection, name, datetime.now(UTC)):
                raise NotEnded(name=name)
    click.echo(say(N_("Webhook {name} is told again."), name=name))
