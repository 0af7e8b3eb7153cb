"""Try the ways to people on purpose: with a real message that says that nothing happened, or in silence.

A test goes out over the channel itself, as an alert would, and is no alert: it never takes the place of one, is bounded
by itself, and what the provider answered stands in the audit log with who asked for it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from math import ceil
from secrets import token_hex

from sqlalchemy import Connection

from monitor.config.wording import nearest
from monitor.core.access.buckets import Pace as Tries
from monitor.core.beijing import shown
from monitor.core.duties.pacing import Pace, opens_at
from monitor.core.errors import N_, Mistake
from monitor.core.paths import PathOutcome
from monitor.core.people.contacts import Contact
from monitor.store import audit, buckets, deliveries
from monitor.store.database import Database
from responders.channels.base import Channel, DeliveryFailure, Message, Tone, Triable, Try
from responders.channels.slack import Slack
from responders.channels.slack_schedule import SlackSchedule
from responders.channels.trying import by_way, outcome_of
from responders.language import Words

TITLE = N_("Test message: nothing happened")
BODY = N_("Nothing has to be done. Whoever reads this will be reached by alerts as well.")
SIGNED = N_("Sent by {name} on {at}.")
HELD = N_("Test message that Slack held and should never have posted: nothing happened")
FAULT = N_("This is a fault of this program, which its log tells of.")
TESTED, TRIED = "channel.tested", "channel.tried"
# Slack takes back nothing that it posts within a minute.
AHEAD = timedelta(minutes=10)
PER_CHANNEL = Tries(3, timedelta(minutes=1))
IN_SILENCE = Tries(2, timedelta(minutes=5))
AT_ONCE = 8
# Of how many tests back the last one of each channel is looked for.
NEWEST = 300
log = logging.getLogger(__name__)


class UnknownChannel(Mistake):
    """A channel was named that the settings do not hold."""

    message = N_("There is no channel {name}. Did you mean {near}?")


class TooSoon(Mistake):
    """The channel's rate is used up by real messages."""

    message = N_("Channel {name} takes no further message before {at}. Try again then.")


class TriedEnough(Mistake):
    """Somebody tests faster than anybody could look at what came."""

    message = N_("{name} was tested several times just now. Wait {seconds} s.")


class AllTriedEnough(Mistake):
    """Somebody tries all ways faster than they are mended."""

    message = N_("All ways were tried several times just now. Wait {seconds} s.")


class ContactNeeded(Mistake):
    """A channel that leads to one person was to be tested for everybody."""

    message = N_("Channel {name} leads to single persons. Test it with one of them, under Contacts.")


class NoSuchWay(Mistake):
    """A person is not reached over the channel that was to be tested with him."""

    message = N_("The duty file has no way to {contact} over {name}.")


@dataclass(frozen=True, slots=True)
class Way:
    """One channel as the settings name it; one that is `armed` holds warnings for us."""

    name: str
    kind: str
    armed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """A channel as it can be tested; one that is `armed` holds warnings for us, one without `broadcast` needs whom."""

    channel: Channel
    pace: Pace | None = None
    armed: bool = False
    broadcast: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedChannel:
    """How a test ended. `said` is the provider's own word, `remedy` a template; `gave_back` is None where not asked."""

    channel: str
    by: str
    taken: bool
    contact: str = ""
    confirmed: bool = False
    provider_id: str = ""
    said: str = ""
    remedy: str = ""
    gave_back: bool | None = None
    at: datetime | None = None

    @property
    def well(self) -> bool:
        """Tell whether all that was tried went well."""
        return self.taken and self.gave_back is not False


@dataclass(frozen=True, slots=True)
class SilentTry:
    """How a silent try of one channel ended; `remedy` is a template."""

    channel: str
    outcome: PathOutcome
    said: str
    remedy: str


@dataclass(frozen=True, slots=True)
class SilentRound:
    """A round of silent tries that somebody asked for."""

    at: datetime
    by: str
    tries: tuple[SilentTry, ...]


class ChannelTests:
    """Tests channels by name."""

    def __init__(self, database: Database, testable: Sequence[WayOut], words: Words) -> None:
        self._database = database
        self._testable = {one.channel.name: one for one in testable}
        self._words = words

    @property
    def names(self) -> tuple[str, ...]:
        """The channels that can be tested."""
        return tuple(self._testable)

    def reaches_all(self, name: str) -> bool:
        """Tell whether a channel can be tested without saying with whom."""
        return name in self._testable and self._testable[name].broadcast

    def test(self, name: str, *, by: str, now: datetime, contact: Contact | None = None) -> TriedChannel:
        """Send one test message, to one person where a contact is given, and keep what came of it.

        Raise UnknownChannel, ContactNeeded, NoSuchWay, TooSoon where an alert would wait, or TriedEnough.
        """
        one = self._testable.get(name)
        if one is None:
            known = list(self._testable)
            raise UnknownChannel(name=name, near=nearest(name, known) or next(reversed(known), "—"))
        if contact is None and not one.broadcast:
            raise ContactNeeded(name=name)
        to = "" if contact is None else _address(contact, name)
        self._wait_for_no_one(one, now)
        with self._database.write() as connection:
            wait = buckets.take(connection, {f"channel test {name}": PER_CHANNEL}, now)
        if wait:
            raise TriedEnough(name=name, seconds=ceil(wait / timedelta(seconds=1)))
        found = self._sent(one, to, by=str(by), contact="" if contact is None else contact.id, now=now)
        kept = asdict(found)
        del kept["at"]
        with self._database.write() as connection:
            audit.note(connection, TESTED, kept, now, subject=f"channel:{name}")
        return found

    def silently(self, *, by: str, now: datetime) -> SilentRound:
        """Try all ways as far as one can without a message, several at once; raise AllTriedEnough."""
        with self._database.write() as connection:
            wait = buckets.take(connection, {"silent drill": IN_SILENCE}, now)
        if wait:
            raise AllTriedEnough(seconds=ceil(wait / timedelta(seconds=1)))
        ways = by_way(one.channel for one in self._testable.values() if isinstance(one.channel, Triable))
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="silent try") as pool:
            ends = list(pool.map(lambda way: outcome_of(way[0]), ways))
        tries = (SilentTry(channel.name, *end) for way, end in zip(ways, ends, strict=True) for channel in way)
        made = SilentRound(now, str(by), tuple(sorted(tries, key=lambda one: one.channel)))
        with self._database.write() as connection:
            detail = {"by": made.by, "tries": [asdict(one) for one in made.tries]}
            audit.note(connection, TRIED, detail, now, subject="channel:all")
        return made

    def _wait_for_no_one(self, one: WayOut, now: datetime) -> None:
        """Refuse a test that would take the place of an alert."""
        if one.pace is None:
            return
        name = one.channel.name
        with self._database.read() as connection:
            begun = deliveries.begun_since(connection, name, now - one.pace.window, 2 * one.pace.most)
        opens = opens_at(one.pace, begun, now, page=False)
        if opens > now:
            raise TooSoon(name=name, at=shown(opens))

    def _sent(self, one: WayOut, to: str, *, by: str, contact: str, now: datetime) -> TriedChannel:
        name, words = one.channel.name, self._words
        signed = words(SIGNED, name=by, at=shown(now))
        body = f"{words(BODY)}\n{signed}"
        message = Message(
            key=f"test:{token_hex(8)}", title=words(TITLE), tone=Tone.CALM, body=body, written_at=now, to=to
        )
        asked = TriedChannel(channel=name, by=by, contact=contact, taken=False, at=now)
        try:
            receipt = one.channel.send(message, Try())
        except DeliveryFailure as failure:
            return replace(asked, said=failure.said, remedy=failure.remedy)
        except Exception as fault:
            # A fault of ours is told like the provider's; its text may name a secret address and stays in our log.
            log.exception("test of channel %s", name)
            return replace(asked, said=type(fault).__name__, remedy=FAULT)
        taken = replace(asked, taken=True, confirmed=receipt.confirmed, provider_id=receipt.provider_id)
        return self._held(one.channel, taken, now) if one.armed and isinstance(one.channel, Slack) else taken

    def _held(self, channel: Slack, taken: TriedChannel, now: datetime) -> TriedChannel:
        """Let Slack hold a message and take it back at once."""
        schedule = SlackSchedule(channel)
        try:
            return replace(taken, gave_back=schedule.remove(schedule.place(self._words(HELD), now + AHEAD)))
        except DeliveryFailure as failure:
            return replace(taken, gave_back=False, said=failure.said, remedy=failure.remedy)


def _address(contact: Contact, name: str) -> str:
    way = next((way for way in contact.ways if way.channel == name), None)
    if way is None:
        raise NoSuchWay(contact=contact.name, name=name)
    return way.to


def last_tests(connection: Connection) -> dict[tuple[str, str], TriedChannel]:
    """Return the last test of each channel and contact that was tested of late; the contact is empty for all."""
    found: dict[tuple[str, str], TriedChannel] = {}
    known = {field.name for field in fields(TriedChannel)} - {"at"}
    for row in audit.newest(connection, TESTED, NEWEST):
        # Another version of this program may tell more.
        said = {name: value for name, value in json.loads(row.text).items() if name in known}
        tested = TriedChannel(**said, at=row.at)
        found.setdefault((tested.channel, tested.contact), tested)
    return found


def last_round(connection: Connection) -> SilentRound | None:
    """Return the last round of silent tries that somebody asked for."""
    for row in audit.newest(connection, TRIED, 1):
        said = json.loads(row.text)
        tries = (SilentTry(t["channel"], PathOutcome(t["outcome"]), t["said"], t["remedy"]) for t in said["tries"])
        return SilentRound(row.at, said["by"], tuple(tries))
    return None


def said_of(tested: TriedChannel, words: Words) -> str:
    """Say in a line how a test ended."""
    parts = []
    if tested.taken:
        taken = N_("The provider took the message.") if tested.confirmed else N_("Sent, but nothing confirms it.")
        parts += ["✓", words(taken), tested.provider_id]
    if tested.gave_back:
        parts += ["✓", words(N_("Slack held a message for later and gave it back."))]
    elif tested.gave_back is not None:
        parts += ["✗", words(N_("Slack did not give it back."))]
    elif not tested.taken:
        parts.append("✗")
    return " ".join(part for part in (*parts, tested.said, words(tested.remedy) if tested.remedy else "") if part)
