"""A channel as this office uses it: which alerts it carries, and how fast."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.core.duties.pacing import Pace
from monitor.core.model import AlertReason
from monitor.core.views import AlertView
from responders.channels.base import Channel, Link, Message


@dataclass(frozen=True, slots=True)
class Outlet:
    """A channel and the reasons whose alerts it carries; `unread` where nobody may be looking at it.

    `pace` bounds how fast it is used. `digest` says several notices at once where the pace has no room for each, and
    `link` returns a way to acknowledge where the channel itself has none, for the contact who alone reads the message,
    where one does. One without `broadcast` carries only what is for a contact. Without `drills` it carries none of
    theirs: what listens there may be a machine, which cannot tell. `closed` tells whether its one reader has left.
    """

    channel: Channel
    reasons: frozenset[AlertReason]
    unread: bool = False
    pace: Pace | None = None
    digest: Callable[[Sequence[Message], str, datetime], Message] | None = None
    link: Callable[[Connection, AlertView, str, str], Link | None] | None = None
    broadcast: bool = True
    drills: bool = True
    closed: Callable[[Connection], bool] | None = None

    @property
    def name(self) -> str:
        """Return the name of the channel, by which the outbox knows it."""
        return self.channel.name
