"""Any of the services that Apprise knows, for places that none of the other channels reaches.

Apprise looks at the HTTP status only, so a service that refuses inside a good answer counts as sent: every receipt
says that nothing is confirmed. Needs the extra notify-more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from monitor.core.errors import N_, Mistake
from responders.channels.base import REPEAT_NOTE, DeliveryFailure, Message, Receipt, Tone, Tried, Try
from responders.channels.layout import marked, parts
from responders.channels.safe_text import cut, harmless

try:
    import apprise
except ImportError:
    apprise = None  # type: ignore[assignment]

TITLE_LIMIT = 200
BODY_LIMIT = 8_000

NOT_TRIED = N_("Not tried: Apprise does nothing without a message.")
NOT_SENT = N_("Apprise could not reach the service or was refused. Its log names the reason.")

KIND: Mapping[Tone, str] = {
    Tone.CALM: "info",
    Tone.NOTICE: "warning",
    Tone.URGENT: "failure",
    Tone.DONE: "success",
}


class AppriseMissing(Mistake):
    """The channel needs a package that is not installed."""

    message = N_("Channel {channel} needs Apprise. Install it with: pip install 'huiying[notify-more]'")


class BadAppriseAddress(Mistake):
    """Apprise cannot read a service address, which is not shown because it holds a secret."""

    message = N_("Apprise cannot read address number {number} of channel {channel}. Compare it with Apprise's list.")


class Apprise:
    """One or more Apprise addresses that get the same message; the addresses are secrets."""

    can_reconcile = False
    per_minute: int | None = None

    def __init__(self, *, name: str, addresses: Sequence[str], repeat_note: str = REPEAT_NOTE) -> None:
        if apprise is None:
            raise AppriseMissing(channel=name)
        self.name = name
        self._note = repeat_note
        # The texts are fetched ones: no escape sequence or emoji code in them is interpreted.
        asset = apprise.AppriseAsset(interpret_escapes=False, interpret_emojis=False)
        self._service: Any = apprise.Apprise(asset=asset)
        for number, address in enumerate(addresses, start=1):
            if not self._service.add(address):
                raise BadAppriseAddress(number=number, channel=name)

    def __repr__(self) -> str:
        return f"Apprise({self.name!r})"

    def send(self, message: Message, attempt: Try) -> Receipt:
        """Send; never confirmed. Raise DeliveryFailure where Apprise itself says that it failed."""
        said = parts(message, note=self._note if attempt.may_repeat else "")
        links = "\n".join(f"{harmless(link.label)}: {link.url}" for link in said.links)
        body = "\n".join(part for part in (cut(harmless(said.text), BODY_LIMIT), links) if part)
        sent = self._service.notify(
            title=marked(cut(harmless(said.title), TITLE_LIMIT), message.tone),
            body=body or harmless(said.title),
            notify_type=KIND[message.tone],
            body_format=apprise.NotifyFormat.TEXT,
        )
        if not sent:
            raise DeliveryFailure("apprise: not sent", may_have_arrived=True, remedy=NOT_SENT)
        return Receipt(confirmed=False)

    def find(self, message: Message, attempt: Try) -> Receipt | None:
        """Return None: Apprise cannot ask."""
        return None

    @property
    def way(self) -> str:
        """Name the channel."""
        return f"apprise:{self.name}"

    def try_silently(self) -> Tried:
        """Try nothing: Apprise only sends."""
        return Tried(whole=False, note=NOT_TRIED)
