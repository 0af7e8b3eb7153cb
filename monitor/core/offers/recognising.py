"""Does what we published speak of an incident, and what is it? Stricter than grouping: a wrong offer is noise.

Pure: what is known of the incident and how the text reads come as arguments.
"""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.evidence.captures import Outcome, Seen
from monitor.core.evidence.matching import UNSEEN, Sign, Subject, signs_of
from monitor.core.incidents.placing import Placing
from monitor.core.incidents.topics import terms_of
from monitor.core.incidents.weighing import place_score
from monitor.core.model import Assessment, Decoy, Place, ResponseKind
from monitor.core.offers.conferences import conference_of
from monitor.core.offers.offer import Aside, Form
from monitor.core.offers.words import ReleaseWords
from monitor.core.text import fold

# Of the four signs (place, kind, figure, names). What grouping itself put there needs one less.
NEEDED, NEEDED_WHERE_PLACED = 3, 2
OPENING = 120
CREDIT_REACH = 12
# Two moments at which it is said to have happened that lie farther apart are two happenings.
SAME_TIME = timedelta(hours=36)
# How much of what our title says beside place and form must be in the incident's title to name it.
NAMED_ALIKE, FEWEST_ALIKE = 0.5, 2
# A title of which no more than this is left beside place, kind and plain words is that of any other release.
FEWEST_LEFT = 2
# Place and kind alone fit any other happening of the kind there.
TELLING = frozenset({Sign.FIGURE, Sign.NAMES})
PLACED_SURELY = frozenset({Placing.JOINED.value, Placing.OPENED.value, Placing.BY_PERSON.value, Placing.DENIES.value})
# What these speak of is another matter, or none at all.
OTHER_MATTERS = frozenset(
    {Decoy.DRILL, Decoy.WARNING, Decoy.EDUCATION, Decoy.STATISTICS, Decoy.FICTION, Decoy.SPORT, Decoy.ANNIVERSARY}
)
RELEASES = frozenset(
    {ResponseKind.AUTHORITATIVE_RELEASE, ResponseKind.FOLLOW_UP_RELEASE, ResponseKind.PRESS_CONFERENCE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One publication of a source of our own, as it was read. `office` is the source's, empty for the bureau's."""

    item_id: int
    source: str
    title: str
    text: str
    url: str
    found_at: datetime
    read: Assessment
    office: str = ""
    author: str = ""
    published_at: datetime | None = None

    def same_as(self, other: Published) -> bool:
        """Tell whether both are one release, as on the site and on the account; many bear the same plain title."""
        if fold(self.title).strip() != fold(other.title).strip():
            return False
        return bool(self.url and self.url == other.url) or fold(self.text).split() == fold(other.text).split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of an incident beside its subject.

    `finest` are the names of the smallest division that is sure. `offices` are those to which it is assigned, empty
    where it is to none; `logged` the addresses of its responses that stand, `kinds` their kinds; `twins` what we
    published under these addresses.
    """

    matter_id: int
    subject: Subject
    place: Place
    finest: AbstractSet[str] = frozenset()
    broad: bool = False
    occurred_at: datetime | None = None
    offices: AbstractSet[str] = frozenset()
    logged: AbstractSet[str] = frozenset()
    kinds: AbstractSet[ResponseKind] = frozenset()
    twins: Collection[Published] = ()


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a publication is to an incident: its form, by which signs, and why it is not offered where it is not."""

    form: Form
    signs: tuple[Sign, ...]
    aside: Aside | None = None


def recognise(
    published: Published,
    known: Known,
    words: ReleaseWords,
    *,
    placed: str = "",
    before: Collection[Published] = (),
    papers: AbstractSet[int] = frozenset(),
) -> Recognised | None:
    """Return what a publication is to an incident, None where it does not speak of it.

    `placed` is why grouping put it there, empty where it did not; `before` are our earlier publications about the same
    incident; `papers` are the matters of what others published under its very title shortly before it, 0 for none.
    """
    signs = speaks_of(published, known, words, placed)
    if not signs:
        return None
    form = form_of(published, known, words, before)
    return Recognised(form or Form.FIRST, signs, _aside(published, known, words, form, before, papers))


def speaks_of(published: Published, known: Known, words: ReleaseWords, placed: str) -> tuple[Sign, ...]:
    """Return the signs by which it speaks of the incident; nothing where they are too few or one contradicts."""
    whole = f"{published.title}\n{published.text}"
    named = any(name in whole for name in known.subject.places)
    codes = {code for code in (published.read.place.county, published.read.place.city) if code}
    sure = placed in PLACED_SURELY
    if not sure and not named and not codes & known.subject.codes:
        return ()
    exact = any(name in whole for name in known.finest)
    if not exact and place_score(published.read.place, known.place, broad=known.broad) < 0:
        return ()
    if not sure and _at_another_time(published.read.occurred_at, known.occurred_at):
        return ()
    if published.read.casualties.value("deaths") == 0 and known.subject.figures.get("deaths"):
        return ()
    seen = Seen(outcome=Outcome.KEPT, at=published.found_at, title=published.title, text=published.text)
    bare = replace(known.subject, title=_without(known.subject.places, known.subject.title))
    signs = signs_of(bare, seen, published.read)
    if Sign.NAMES not in signs and _named_alike(published.title, bare, words):
        signs = (*signs, Sign.NAMES)
    if not TELLING & set(signs):
        return ()
    return signs if len(signs) >= (NEEDED_WHERE_PLACED if sure else NEEDED) else ()


def _named_alike(title: str, subject: Subject, words: ReleaseWords) -> bool:
    """Tell whether what our title says beside the place and the words of every release names the incident."""
    said = terms_of(_bare(title, subject, words))
    shared = said & terms_of(subject.title)
    return len(shared) >= max(FEWEST_ALIKE, NAMED_ALIKE * len(said))


def _bare(title: str, subject: Subject, words: ReleaseWords) -> str:
    """Return what a title says beside the place and the words of every release."""
    bare = _without(subject.places, title)
    for word in words.plain:
        bare = bare.replace(word, " ")
    return bare


def _names_it(title: str, subject: Subject, words: ReleaseWords) -> bool:
    """Tell whether a title names one incident: something is left beside the place, the kind and plain words."""
    bare = _without(subject.kind_words, _bare(title, subject, words))
    return sum(char.isalpha() for char in bare) >= FEWEST_LEFT


def _without(names: AbstractSet[str], title: str) -> str:
    """Return a title without some names, as those of the place, which everything that we publish of it shares."""
    for name in sorted(names, key=len, reverse=True):
        title = title.replace(name, " ")
    return title


def _at_another_time(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and abs(one - other) > SAME_TIME


def form_of(published: Published, known: Known, words: ReleaseWords, before: Collection[Published]) -> Form | None:
    """Return what it probably is; None where nothing shows that it is a release at all."""
    title, opening = published.title, published.text[:OPENING]
    swallowed = any(word in title for word in words.not_releases)
    if swallowed and not any(word in title for word in words.releases):
        return None
    conference = conference_of(_without(known.subject.places, title), published.text, words.conferences)
    if conference is not None:
        return conference
    for form, marks in words.forms.items():
        if any(word in title for word in marks.unless):
            continue
        if any(word in title for word in marks.title) or any(word in opening for word in marks.opening):
            return _first_or_further(known, before) if form is Form.FIRST else form
    if published.read.decoy is Decoy.RUMOUR_DENIED:
        return Form.CLARIFICATION
    if published.read.decoy in OTHER_MATTERS:
        return None
    return _first_or_further(known, before) if published.read.is_incident else None


def _first_or_further(known: Known, before: Collection[Published]) -> Form:
    return Form.FURTHER if before or known.kinds & RELEASES else Form.FIRST


def _aside(
    published: Published,
    known: Known,
    words: ReleaseWords,
    form: Form | None,
    before: Collection[Published],
    papers: AbstractSet[int],
) -> Aside | None:
    """Return why it is not offered, what is surest first."""
    began_at = known.subject.began_at
    if published.office and known.offices and published.office not in known.offices:
        return Aside.ANOTHER_OFFICE
    if (published.url and published.url in known.logged) or any(map(published.same_as, known.twins)):
        return Aside.KNOWN
    if published.published_at is not None and began_at is not None and published.published_at < began_at - UNSEEN:
        return Aside.BEFORE
    theirs = known.matter_id in papers or (bool(papers) and _names_it(published.title, known.subject, words))
    if theirs or is_repost(published, words):
        return Aside.REPOST
    if form is None:
        return Aside.NO_RELEASE
    return Aside.SAME if any(map(published.same_as, before)) else None


def is_repost(published: Published, words: ReleaseWords) -> bool:
    """Tell whether others wrote it: it says so, or names a medium as its source or author."""
    whole = f"{published.title}\n{published.text}"
    if any(mark in whole for mark in words.reposts) or any(name in published.author for name in words.media):
        return True
    for credit in words.credits:
        at = whole.find(credit)
        while at >= 0:
            said = whole[at + len(credit) : at + len(credit) + CREDIT_REACH]
            if any(name in said for name in words.media):
                return True
            at = whole.find(credit, at + 1)
    return False
