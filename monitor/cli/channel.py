"""Show the ways out, and try one: what its provider answers to a real message."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex

import click

from monitor.cli import table
from monitor.cli.options import JSON
from monitor.cli.speech import COMMAND_HELP, say
from monitor.config.channel_limits import load_limits
from monitor.config.settings import EmailChannel, SettingsFile, SlackChannel, load_settings
from monitor.config.wording import nearest
from monitor.core.beijing import shown
from monitor.core.duties.pacing import Limits, Pace, opens_at
from monitor.core.errors import N_, Mistake
from monitor.core.views import DeliveryView
from monitor.loops.deliver import Outlet
from monitor.service import Parts, open_parts
from monitor.service.outlets import outlets_of
from monitor.store import armed, deliveries
from responders.channels.base import DeliveryFailure, Message, Tone, Try
from responders.channels.slack import Slack
from responders.channels.slack_schedule import SlackSchedule
from responders.labels import label

TITLE = N_("Test message: nothing happened")
BODY = N_("Nothing has to be done. Whoever reads this will be reached by alerts as well.")
HELD = N_("Test message that Slack held and should never have posted: nothing happened")
# Slack takes back nothing that it posts within a minute.
AHEAD = timedelta(minutes=10)
CONFIG = click.option(
    "--config", type=click.Path(path_type=Path), help=say(N_("The settings file instead of huiying.yaml."))
)


class UnknownChannel(Mistake):
    """A channel was named that the settings do not hold."""

    message = N_("There is no channel {name}. Did you mean {near}?")


class TooSoon(Mistake):
    """The channel's rate is used up by real messages."""

    message = N_("Channel {name} takes no further message before {at}. Try again then.")


@dataclass(frozen=True, slots=True)
class Way:
    """One way out as the settings name it."""

    name: str
    kind: str
    armed: bool = False


@click.group(help=say(COMMAND_HELP["channel"]))
def group() -> None:
    """Hold the commands about channels together."""


@group.command("list", help=say(N_("List the channels, how fast each may be used, and what came of its last message.")))
@CONFIG
@JSON
def list_(config: Path | None, as_json: bool) -> None:
    """List the channels."""
    now = datetime.now(UTC)
    with open_parts(load_settings(config, secrets=False)) as parts:
        limits, ways = load_limits(), list(_ways(parts.settings.form))
        with parts.database.read() as connection:
            last = {way.name: deliveries.last_attempt(connection, way.name) for way in ways}
            held = {way.name: armed.count(connection, way.name, now) for way in ways if way.armed}
    if as_json:
        table.as_json(_object(way, limits[way.kind], last[way.name], held.get(way.name)) for way in ways)
        return
    head = [say(N_("Channel")), say(N_("Kind")), say(N_("Rate")), say(N_("Last message")), say(N_("Armed"))]
    rows = [
        [way.name, way.kind, _rate(limits[way.kind].pace), _end(last[way.name]), str(held.get(way.name, ""))]
        for way in ways
    ]
    table.show(rows, head)


@group.command("test", help=say(N_("Send one real test message and say what the provider answered.")))
@click.argument("name")
@CONFIG
def test(name: str, config: Path | None) -> None:
    """Test a channel."""
    with open_parts(load_settings(config)) as parts:
        outlets = {o.name: o for o in outlets_of(parts.settings.form, lambda: parts.gate, say)}
        outlet = outlets.get(name)
        if outlet is None:
            raise UnknownChannel(name=name, near=nearest(name, list(outlets)) or next(reversed(outlets)))
        now = datetime.now(UTC)
        _wait_for_no_one(parts, outlet, now)
        well = _sent(outlet, now) and (not _arms(parts, name) or _held(outlet, now))
    if not well:
        sys.exit(1)


@group.command("renew-links", help=say(N_("Make all acknowledge links that are out worth nothing.")))
def renew_links() -> None:
    """Renew the key of the acknowledge links."""
    with open_parts() as parts:
        parts.links.renew(datetime.now(UTC))
    click.echo(say(N_("The links in messages sent so far are worth nothing now; new messages carry new ones.")))


def _ways(form: SettingsFile) -> Iterator[Way]:
    yield Way("console", "console")
    for setting in form.channels:
        name = setting.name or setting.kind
        if isinstance(setting, EmailChannel):
            yield from (Way(f"{name}:{address}", "email") for address in setting.to)
        else:
            yield Way(name, setting.kind, armed=isinstance(setting, SlackChannel) and setting.arm)
    yield from (Way(f"briefing:{address}", "email") for address in form.briefing.to)


def _object(way: Way, limits: Limits, last: DeliveryView | None, held: int | None) -> Mapping[str, object]:
    pace = limits.pace
    return {
        "channel": way.name,
        "kind": way.kind,
        "per_second": pace.per_second,
        "per_minute": pace.per_minute,
        "reserve": pace.reserve,
        "source": limits.source,
        "verified": limits.verified,
        "last": None if last is None else {"state": last.state, "at": last.started_at, "said": last.said},
        "armed": held,
    }


def _rate(pace: Pace) -> str:
    if pace.per_minute is None:
        return say(N_("unbounded")) if pace.per_second is None else say(N_("{n} a second"), n=pace.per_second)
    return say(N_("{n} a minute, {reserve} of them for pages"), n=pace.per_minute, reserve=pace.reserve)


def _end(last: DeliveryView | None) -> str:
    if last is None:
        return say(N_("none"))
    return " ".join(part for part in (shown(last.started_at), say(label(last.state)), last.said) if part)


def _wait_for_no_one(parts: Parts, outlet: Outlet, now: datetime) -> None:
    """Refuse a test that would take the place of an alert."""
    pace, name = outlet.pace, outlet.name
    if pace is None:
        return
    with parts.database.read() as connection:
        begun = deliveries.begun_since(connection, name, now - pace.window, 2 * pace.most)
    opens = opens_at(pace, begun, now, page=False)
    if opens > now:
        raise TooSoon(name=name, at=shown(opens))


def _sent(outlet: Outlet, now: datetime) -> bool:
    message = Message(key=f"test:{token_hex(8)}", title=say(TITLE), tone=Tone.CALM, body=say(BODY), written_at=now)
    try:
        receipt = outlet.channel.send(message, Try())
    except DeliveryFailure as failure:
        _tell_failure(failure)
        return False
    taken = N_("The provider took the message.") if receipt.confirmed else N_("Sent, but nothing confirms it.")
    click.echo(table.line(f"✓ {say(taken)} {receipt.provider_id}".rstrip()))
    return True


def _arms(parts: Parts, name: str) -> bool:
    return any(way.armed for way in _ways(parts.settings.form) if way.name == name)


def _held(outlet: Outlet, now: datetime) -> bool:
    """Let Slack hold a message and take it back at once."""
    if not isinstance(outlet.channel, Slack):
        return True
    schedule = SlackSchedule(outlet.channel)
    try:
        gone = schedule.remove(schedule.place(say(HELD), now + AHEAD))
    except DeliveryFailure as failure:
        _tell_failure(failure)
        return False
    said = N_("Slack held a message for later and gave it back.") if gone else N_("Slack did not give it back.")
    click.echo(f"{'✓' if gone else '✗'} {say(said)}")
    return gone


def _tell_failure(failure: DeliveryFailure) -> None:
    click.echo(table.line(f"✗ {failure.said} {say(failure.remedy) if failure.remedy else ''}".rstrip()))
