"""The order in which every channel says a message: mark and title, text, links. No markup, nothing escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from responders.channels.base import Button, Card, Line, Link, Message, Tone
from responders.channels.safe_text import CUT_MARK, cut, one_line, visible, web_address

TONE_MARK: Mapping[Tone, str] = {Tone.CALM: "🔵", Tone.NOTICE: "🟡", Tone.URGENT: "🔴", Tone.DONE: "🟢"}


@dataclass(frozen=True, slots=True)
class Parts:
    """What is to be shown: visible text, still with whatever markup characters it came with."""

    title: str
    note: str = ""
    body: str = ""
    lines: tuple[Line, ...] = ()
    links: tuple[Link, ...] = ()
    buttons: tuple[Button, ...] = ()

    @property
    def text(self) -> str:
        """All between title and links; the note first, so that no cut removes it."""
        rows = [self.note, self.body, *(f"{line.label}: {line.value}" for line in self.lines)]
        return "\n".join(row for row in rows if row)

    @property
    def whole(self) -> str:
        """Title, text and links as plain text, the links written out."""
        links = "\n".join(f"{link.label}: {link.url}" for link in self.links)
        return "\n\n".join(part for part in (self.title, self.text, links) if part)


def parts(said: Message | Card, *, note: str = "") -> Parts:
    """Return the parts of a message or card; a link that is no web address is shown as a line of text."""
    links = [(link, web_address(link.url)) for link in said.links]
    refused = [Line(link.label, link.url) for link, address in links if address is None]
    return Parts(
        title=one_line(said.title),
        note=note,
        body=visible(said.body).strip() if isinstance(said, Message) else "",
        lines=tuple(Line(one_line(line.label), one_line(line.value)) for line in (*said.lines, *refused)),
        links=tuple(Link(one_line(link.label), address) for link, address in links if address is not None),
        buttons=said.buttons,
    )


def marked(title: str, tone: Tone) -> str:
    """Return the title with the mark of its tone before it."""
    return f"{TONE_MARK[tone]} {title}"


def within(items: Iterable[str], limit: int, *, size: Callable[[str], int]) -> str:
    """Return as many whole items as fit, each on its own line, and a mark where some do not: half a link is wrong."""
    kept = ""
    for item in items:
        if size(f"{kept}\n{item}\n{CUT_MARK}") > limit:
            return f"{kept}\n{CUT_MARK.strip()}"
        kept = f"{kept}\n{item}"
    return kept


def fitted(start: str, text: str, end: str, limit: int, *, size: Callable[[str], int]) -> str:
    """Return the three joined, `text` cut so that `size` of the whole is at most `limit`; the ends stay whole."""
    return f"{start}{cut(text, limit, size=lambda middle: size(f'{start}{middle}{end}'))}{end}"
