"""One message as one e-mail to one person: headers on one line each, a text part and an HTML part, nothing remote."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.policy import EmailPolicy, Policy
from email.utils import format_datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import escape

from responders.channels.base import Enclosure, Message, Tone
from responders.channels.layout import Parts, parts
from responders.channels.safe_text import cut, visible

SUBJECT_LIMIT = 150
BODY = re.compile(r"<body[^>]*>", re.IGNORECASE)
COLOUR: Mapping[Tone, str] = {
    Tone.CALM: "#2f6fd0",
    Tone.NOTICE: "#c98a00",
    Tone.URGENT: "#c62828",
    Tone.DONE: "#2e7d32",
}


class _Whole(UnstructuredHeader, BaseHeader):
    """A header of one word. The standard library would write one that is too long for its line as encoded words, which
    no mail program reads as an address (RFC 2047, section 5).
    """

    def fold(self, *, policy: Policy) -> str:
        """Return the header on one line."""
        return f"{self.name}: {self}{policy.linesep}"


def _policy() -> EmailPolicy[EmailMessage]:
    headers = HeaderRegistry()
    for name in ("list-unsubscribe", "references"):
        headers.map_to_type(name, _Whole)
    return SMTP_POLICY.clone(header_factory=headers)


SMTP = _policy()
PAGE = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
).get_template("email.html")


def letter(message: Message, *, sender: str, recipient: str, note: str = "") -> EmailMessage:
    """Return the mail; `sender` and `recipient` are checked addresses, `note` says that it may be a repeat."""
    said = parts(message, note=note)
    domain = sender.rpartition("@")[2].strip("> ")
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = recipient
    mail["Subject"] = cut(said.title, SUBJECT_LIMIT)
    mail["Date"] = format_datetime(message.written_at or datetime.now(UTC))
    mail["Message-ID"] = message_id(message.key, recipient, domain)
    if message.card is not None:
        # Mail programs show what refers to the same mail as one conversation, even where that mail was never sent.
        mail["References"] = message_id(message.card.key, recipient, domain)
    elif message.thread:
        mail["References"] = message_id(message.thread, recipient, domain)
    _say_how_to_leave(mail, message.leave)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if message.tone is Tone.URGENT:
        mail["Importance"] = "high"
        mail["X-Priority"] = "1"
    # Not every relay passes eight bits on, and no line may be longer than 998 bytes.
    mail.set_content(said.whole + "\n", cte="base64")
    mail.add_alternative(_page(said, message), subtype="html", cte="base64")
    _enclose(mail, message.enclosures)
    return mail


def _say_how_to_leave(mail: EmailMessage, address: str) -> None:
    """Name where the reader leaves the list (RFC 2369), by one press where that is HTTPS (RFC 8058)."""
    if not address:
        return
    mail["List-Unsubscribe"] = f"<{address}>"
    if address.startswith("https://"):
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _enclose(mail: EmailMessage, enclosures: Sequence[Enclosure]) -> None:
    """Put what the page shows beside the page (RFC 2387), then attach the files."""
    page = mail.get_body(("html",))
    for one in enclosures:
        kind, _, subtype = one.kind.partition("/")
        if one.cid and page is not None:
            # Some mail programs list a picture among the files unless it is called inline.
            page.add_related(one.content, kind, subtype, cid=f"<{one.cid}>", filename=one.name, disposition="inline")
    for one in enclosures:
        if not one.cid:
            kind, _, subtype = one.kind.partition("/")
            mail.add_attachment(one.content, kind, subtype, filename=one.name)


def message_id(key: str, recipient: str, domain: str) -> str:
    """Return an ID that is the same for every attempt to send one message to one person."""
    digest = hashlib.sha256("\n".join((key, recipient)).encode("utf-8", "backslashreplace")).hexdigest()
    return f"<{digest[:40]}@{domain}>"


def _page(said: Parts, message: Message) -> str:
    if message.html is None:
        return PAGE.render(said=said, colour=COLOUR[message.tone])
    if not said.note:
        return visible(message.html)
    note = f"<p>{escape(said.note)}</p>"
    page, found = BODY.subn(lambda tag: tag[0] + note, visible(message.html), count=1)
    return page if found else note + page
