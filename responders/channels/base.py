"""What a Channel is given and what it must give back. A channel formats and posts; it decides nothing.

All texts in a Message are finished (translated, times written out) but not escaped: each channel escapes for its own
markup, because every fetched text is hostile.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from monitor.core.errors import N_

REPEAT_NOTE = N_("This may be a repeat: an earlier attempt got no answer.")


class Tone(StrEnum):
    """How pressing a message is; a channel may show it as colour or mark."""

    CALM = "calm"
    NOTICE = "notice"
    URGENT = "urgent"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Line:
    """One labelled fact, for example ("Due", "2026-07-10 01:30")."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Link:
    """A web address with its label; only http and https are ever shown as links."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Button:
    """What a reader can press where a channel has buttons; `value` comes back with the press. `style` is Slack's."""

    id: str
    label: str
    value: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """The present state of one matter, for channels that keep one message per matter up to date."""

    key: str
    title: str
    tone: Tone
    lines: tuple[Line, ...] = ()
    links: tuple[Link, ...] = ()
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with a mail: attached, or where it has a `cid`, shown by the page under `cid:`.

    What it tells stands in the message's text as well, for channels that carry nothing else.
    """

    name: str
    kind: str
    content: bytes
    cid: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One Alert ready to be shown. `key` is unique and travels with the message where the provider can be asked.

    `to` is the one person whom it is for, as the channel addresses him; it is empty for all who read the channel.
    `drill` tells a machine what people read in the title. For mail only: `enclosures`, `leave`, where the reader leaves
    the list by which he gets it, and `thread`, the key of what it is shown with.
    """

    key: str
    title: str
    tone: Tone
    body: str = ""
    lines: tuple[Line, ...] = ()
    links: tuple[Link, ...] = ()
    html: str | None = None
    card: Card | None = None
    written_at: datetime | None = None
    to: str = ""
    drill: bool = False
    buttons: tuple[Button, ...] = ()
    enclosures: tuple[Enclosure, ...] = field(default=(), repr=False)
    leave: str = field(default="", repr=False)
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider took the message. `confirmed` is False where no answer proves it; `card_ref` names the kept card."""

    provider_id: str = ""
    confirmed: bool = True
    card_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Try:
    """How one attempt is made: where the card stands, since when an earlier attempt may have arrived, a repeat mark."""

    card_ref: str | None = None
    since: datetime | None = None
    may_repeat: bool = False


class DeliveryFailure(Exception):
    """The provider did not take the message, or did not say that it did; `said` is the provider's own word.

    A permanent refusal lasts until a person mends something (a token, an address, a right): it is tried again slowly.
    A final one is of this very message, and is not tried again. Where `may_have_arrived`, the answer is unknown (no
    answer, a server error): ask before the next attempt, or mark it as a repeat. `remedy` is an English template for
    the person who can mend it, without placeholders. `card_ref` names a card that was posted before the failure.
    """

    def __init__(
        self,
        said: str,
        *,
        permanent: bool = False,
        final: bool = False,
        retry_after: float | None = None,
        may_have_arrived: bool = False,
        remedy: str = "",
        card_ref: str | None = None,
    ) -> None:
        self.said = said
        self.permanent = permanent or final
        self.final = final
        self.retry_after = retry_after
        self.may_have_arrived = may_have_arrived
        self.remedy = remedy
        self.card_ref = card_ref
        super().__init__(said)


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A message that a provider holds, to be posted at `post_at`."""

    id: str
    post_at: datetime
    text: str


class Schedules(Protocol):
    """A provider that holds messages and posts them by itself; every method raises DeliveryFailure."""

    name: str

    def place(self, text: str, at: datetime) -> str:
        """Let the provider post a text at a moment; return its id there."""
        ...

    def remove(self, identifier: str) -> bool:
        """Take a message back; False where the provider holds it no more or is about to post it."""
        ...

    def standing(self) -> Iterable[Scheduled]:
        """Return everything that the provider holds."""
        ...


class Channel(Protocol):
    """A way to reach people."""

    name: str
    can_reconcile: bool

    def send(self, message: Message, attempt: Try) -> Receipt:
        """Post the message; raise DeliveryFailure where the provider does not take it."""
        ...

    def find(self, message: Message, attempt: Try) -> Receipt | None:
        """Ask the provider whether an earlier attempt arrived; only called where `can_reconcile`.

        Raise DeliveryFailure where the provider cannot be asked; where that is permanent (a missing right to read),
        send again, marked as a repeat.
        """
        ...


@dataclass(frozen=True, slots=True)
class Tried:
    """A way was tried without ringing anybody. `whole` is False where the provider permits no more than a part of it;
    `note` is an English template that says which.
    """

    whole: bool = True
    note: str = ""


@runtime_checkable
class Triable(Protocol):
    """A channel whose way can be tried in silence; channels with the same `way` need one try together."""

    @property
    def way(self) -> str:
        """Name what is tried: the account, the server, the channel there. It holds no secret."""
        ...

    def try_silently(self) -> Tried:
        """Go as far as one can without a message; raise DeliveryFailure where the way is not open."""
        ...
