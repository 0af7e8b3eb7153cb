"""An issue as an official paper, and a newsletter as plain text for a telephone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from monitor.core.beijing import local, short
from monitor.core.bulletins.bulletin import Bulletin, BulletinAct, BulletinState, SectionKey, digest
from monitor.core.bulletins.facts import Facts
from monitor.core.errors import N_
from responders.documents import charts
from responders.documents.bulletin_lines import LONGEST_TITLE
from responders.documents.bulletin_names import MASTHEADS, issue_number
from responders.documents.official import Heading, Official, Paragraph, Part, Picture
from responders.documents.plain_line import plain_line
from responders.language import Words

# A label stands before a colon and is short; anything longer is a sentence.
LONGEST_LEAD = 12
COLONS = ("：", ": ")
# Of one message to a telephone; a longer text is charged and shown as several.
LONGEST_MOBILE, OF_ONE_MESSAGE = 500, 67
SEAL = 16
BLANK = "　" * 4


def paper_of(bulletin: Bulletin, bureau: str) -> Official:
    """Return an issue as a paper in its own language; what nobody signed has an empty line to be signed by hand."""
    words = Words(bulletin.language)
    signer = _name(bulletin, BulletinAct.SIGNED)
    marks = (words(N_("VOID")),) if bulletin.void else ()
    return Official(
        language=bulletin.language,
        title=bulletin.content.title,
        parts=tuple(_parts(bulletin, words)),
        masthead=words(MASTHEADS[bulletin.kind]),
        number=issue_number(bulletin, words),
        marks=marks,
        signer=words(N_("Signed: {name}"), name=signer or BLANK),
        by=bureau,
        day=_day(bulletin, words),
        notes=tuple(_notes(bulletin, words)),
    )


def _day(bulletin: Bulletin, words: Words) -> str:
    day = local(bulletin.made_at)
    return words(N_("{year}-{month}-{day}"), year=day.year, month=day.month, day=day.day)


def _name(bulletin: Bulletin, act: BulletinAct) -> str:
    step = bulletin.last(act)
    return "" if step is None else step.by.name


def _notes(bulletin: Bulletin, words: Words) -> Iterator[str]:
    yield words(
        N_("Written: {author}  Reviewed: {reviewer}  Signed: {signer}"),
        author=bulletin.version.by.name,
        reviewer=_name(bulletin, BulletinAct.REVIEWED) or BLANK,
        signer=_name(bulletin, BulletinAct.SIGNED) or BLANK,
    )
    voided = next((step for step in bulletin.steps if step.act is BulletinAct.VOIDED), None)
    if voided is not None:
        yield words(N_("Void: {reason} ({name})"), reason=voided.comment, name=voided.by.name)
    if bulletin.state is not BulletinState.SIGNED:
        yield words(N_("Not signed in this system; valid once signed by hand."))
    # Enough of the hash to compare a sheet of paper with what is stored; the whole stands in the console.
    seal = digest(bulletin)[:SEAL]
    yield words(N_("Version {number}, SHA-256 {seal}…"), number=bulletin.version.number, seal=seal)


def _parts(bulletin: Bulletin, words: Words) -> Iterator[Part]:
    for section in bulletin.content.sections:
        if section.heading:
            yield Heading(section.heading)
        yield from (_paragraph(line) for line in section.text.splitlines() if line.strip())
        if section.key is SectionKey.SPREAD and bulletin.facts is not None:
            yield from _chart(bulletin.facts, words)


def _paragraph(line: str) -> Paragraph:
    """Return a line as a paragraph, its label in bold where it begins with one."""
    for colon in COLONS:
        lead, found, rest = line.partition(colon)
        if found and rest and 0 < len(lead) <= LONGEST_LEAD and not any(c.isdigit() for c in lead):
            return Paragraph(rest, lead=lead + found)
    return Paragraph(line)


def _chart(facts: Facts, words: Words) -> Iterator[Picture]:
    course = facts.heat.course
    title = words(N_("Titles over time"))
    labels, counts = [short(one.at) for one in course], {words(N_("titles")): [one.titles for one in course]}
    drawn = charts.bars(title, labels, counts) if len(course) > 1 else None
    if drawn is not None:
        yield Picture(drawn, charts.alternative(title, labels, counts))


@dataclass(frozen=True, slots=True)
class PlainText:
    """A newsletter for a telephone, and how long it is: characters, messages, entries that did not fit."""

    text: str
    length: int
    messages: int
    left_out: int


def plain_text(bulletin: Bulletin, limit: int = LONGEST_MOBILE) -> PlainText:
    """Return an issue as plain text of at most `limit` characters; what does not fit is counted at its end."""
    words = Words(bulletin.language)
    content = bulletin.content
    head = f"{words(MASTHEADS[bulletin.kind])} {issue_number(bulletin, words)}"
    told = f"{head}\n{plain_line(content.title, LONGEST_TITLE)}"[:limit]
    entries = [plain_line(one, limit // 3) for one in _entries(bulletin)]
    left = len(entries)
    for n, entry in enumerate(entries):
        rest = len(entries) - n - 1
        tail = f"\n{words(N_('… and {n} more.'), n=rest)}" if rest else ""
        if len(told) + 1 + len(entry) + len(tail) > limit:
            break
        told, left = f"{told}\n{entry}", rest
    if left:
        told = f"{told}\n{words(N_('… and {n} more.'), n=left)}"[:limit]
    return PlainText(told, len(told), -(-len(told) // OF_ONE_MESSAGE), left)


def _entries(bulletin: Bulletin) -> Iterator[str]:
    number = 0
    for section in bulletin.content.sections:
        number += section.key is SectionKey.ENTRY
        head = f"{number}. {section.heading}" if section.key is SectionKey.ENTRY else section.heading
        yield f"{head} {section.text}".strip()
