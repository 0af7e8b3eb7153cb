"""What was missed, in words: for the briefing, the command and the page alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from monitor.core.beijing import shown
from monitor.core.errors import N_
from monitor.core.fetched import DropReason
from monitor.core.missed.estimate import Estimate, WhyNone
from monitor.core.missed.facts import Group, Happening, LeftOut
from monitor.core.missed.report import CarriedOn, Late, Missed, Silent, WhyLate
from monitor.core.model import Severity
from responders.channels.base import Line, Tone
from responders.documents.briefing_sheet import LONGEST_TITLE, NOTHING, Row, Section, one_line, row
from responders.documents.messages import Composer
from responders.labels import label

HOUR = timedelta(hours=1)
Listed = tuple[Row, int | None]
# What a briefing shows of each list; the page has all of it.
MOST = 8
GROUPS: Mapping[str, str] = {
    Group.OWN: N_("our own"),
    Group.OFFICIAL: N_("official"),
    Group.CENTRAL_MEDIA: N_("central media"),
    Group.LOCAL_MEDIA: N_("local media"),
    Group.SOCIAL: N_("social platforms"),
}
WHY_LATE: Mapping[WhyLate, str] = {
    WhyLate.WAITED: N_("it was read in time, but counted as an incident only later, by a person or the second reader"),
    WhyLate.NOT_WATCHED: N_("the source was not watched yet"),
    WhyLate.FAILING: N_("the source could not be fetched meanwhile"),
    WhyLate.SLOW: N_("the source was not asked in between; it is asked too seldom, or the service stood still"),
    WhyLate.BACKDATED: N_("the source was asked in between and did not show it: it was listed late or dated back"),
    WhyLate.BROUGHT: N_("it was brought to us late"),
}
WHY_NONE: Mapping[WhyNone, str] = {
    WhyNone.ONE_GROUP: N_("nothing can be estimated while only the press or only the public is read"),
    WhyNone.TOO_FEW: N_("too few for an estimate; it wants 15 from each and 7 from both"),
    WhyNone.CONTAINED: N_("nothing can be estimated: one of them told of nothing that the other had not"),
}
ESTIMATED = N_(
    "By Chapman's estimate neither told of about {missed} more (95 %: {lowest} to {highest}). This assumes that "
    "whether the press tells of an incident says nothing about whether the public does; what is grave is told of by "
    "both, so that the true number is rather higher."
)


def section(missed: Missed, composer: Composer, *, most: int = MOST) -> Section:
    """Return what was missed as a part of a briefing: the figures, zero as zero, then at most so many rows of each."""
    words, rows, cut = composer.words, list[Row](), list[str]()
    for name, found in lists(missed, composer):
        rows += [row for row, _ in found[:most]]
        if len(found) > most:
            cut.append(words(N_("{name}: … and {n} more."), name=name, n=len(found) - most))
    if missed.nothing:
        cut.append(words(N_("Nothing of this needs a look.")))
    if composer.console_url:
        day = shown(missed.since).partition(" ")[0]
        cut.append(words(N_("All rows: {address}"), address=f"{composer.console_url}/missed?day={day}"))
    return Section(words(N_("What we missed the day before")), tuple(rows), tuple(lines(missed, composer)), tuple(cut))


def lists(missed: Missed, composer: Composer) -> Iterator[tuple[str, list[Listed]]]:
    """Yield each list with its name, the one that presses most first; its rows with the incidents that they are of."""
    words = composer.words
    yield (
        words(N_("Dismissed, but others carried on")),
        [(_carried_on(one, composer), one.happening.id) for one in missed.carried_on],
    )
    yield (
        words(N_("Only on social platforms")),
        [(_social(one, missed, composer), one.id) for one in missed.social_only],
    )
    yield (
        words(N_("Not carried by who usually does")),
        [(_silent(one, composer), one.happening.id) for one in missed.silent],
    )
    yield words(N_("Known late")), [(_late(one, composer), one.happening.id) for one in missed.late]
    yield (
        words(N_("Left out, but it would be an incident")),
        [(_left_out(one, composer), None) for one in missed.left_out],
    )


def lines(missed: Missed, composer: Composer) -> Iterator[Line]:
    """Yield the figures with their names, those that are zero as well."""
    words = composer.words
    span = words(N_("{since} to {until}"), since=shown(missed.since), until=shown(missed.until))
    yield Line(words(N_("Incidents opened")), words(N_("{n}, {span}"), n=len(missed.happenings), span=span))
    yield Line(words(N_("Of these elsewhere and not major, only counted")), str(missed.far))
    for group in groups_of(missed):
        told = words(N_("{n}, alone {alone}"), n=missed.carried.get(group, 0), alone=missed.alone.get(group, 0))
        sources = words(N_("{n} source(s)"), n=missed.groups.get(group, 0))
        yield Line(words(N_("Carried by {group}"), group=group_name(group, composer)), f"{told} ({sources})")
    for name, found in lists(missed, composer):
        yield Line(name, str(len(found)))
    yield Line(words(N_("Entries left out, read again")), said_drops(missed, composer))
    yield Line(words(N_("Told of by nobody")), said_estimate(missed, composer))


def said_drops(missed: Missed, composer: Composer) -> str:
    """Say how many of the entries that were left out were read again, and how many were not."""
    words, drops = composer.words, missed.drops
    if not (drops.read or drops.mute or drops.unread):
        return "0"
    counts = {"read": drops.read, "known": drops.known, "mute": drops.mute}
    told = words(N_("{read}, of these {known} known from elsewhere; {mute} without a title"), **counts)
    more = words(N_("; {n} more were not read, they are too many"), n=drops.unread)
    return told + more if drops.unread else told


def said_estimate(missed: Missed, composer: Composer) -> str:
    """Say how many incidents nobody told of, or why that is not estimated, and on what it rests."""
    found: Estimate = missed.estimate
    words, seen = composer.words, found.seen
    if missed.first is None:
        return words(N_("There is no incident yet to reckon by."))
    since = shown(missed.first).partition(" ")[0]
    base = words(
        N_("Of {n} incidents since {since} the press told of {press}, the public of {social}, both of {both}."),
        n=seen.any,
        since=since,
        press=seen.press,
        social=seen.social,
        both=seen.both,
    )
    if found.why_none is not None:
        return f"{words(WHY_NONE[found.why_none])}. {base}"
    numbers = {name: round(getattr(found, name)) for name in ("missed", "lowest", "highest")}
    return f"{base} {words(ESTIMATED, **numbers)}"


def groups_of(missed: Missed) -> list[str]:
    """Return the groups in the order in which they are told: the usual ones, then those of sources.yaml."""
    usual = [group.value for group in Group]
    named = sorted(({*missed.groups, *missed.carried}) - set(usual))
    return [group for group in usual if group in missed.groups or group in missed.carried] + named


def group_name(group: str, composer: Composer) -> str:
    """Name a group of sources."""
    return composer.words(GROUPS[group]) if group in GROUPS else one_line(group, 40)


def said_carried(happening: Happening, composer: Composer) -> str:
    """Say which groups carried an incident, and since when."""
    told = (
        composer.words(N_("{group} {at}"), group=group_name(group, composer), at=shown(at)[5:])
        for group, at in happening.carried.items()
    )
    return composer.words(N_(", ")).join(told)


def said_about(happening: Happening, composer: Composer) -> str:
    """Name an incident by number, grade, place and title."""
    grade = composer.severity(happening.severity) if happening.severity else ""
    place = composer.names.place(happening.place)
    head = " ".join(part for part in (f"#{happening.id}", grade) if part)
    return " | ".join(part for part in (head, place, one_line(happening.title, LONGEST_TITLE)) if part)


def _row(mark: str, happening: Happening, notes: Sequence[str], composer: Composer, *, notice: bool) -> Row:
    url = f"{composer.console_url}/incidents/{happening.id}" if composer.console_url else ""
    tone = Tone.NOTICE if notice or _grave(happening.severity) else Tone.CALM
    return row(mark, said_about(happening, composer), notes, tone=tone, url=url)


def _grave(severity: Severity | None) -> bool:
    return severity is not None and severity >= Severity.MAJOR


def _carried_on(found: CarriedOn, composer: Composer) -> Row:
    words, one = composer.words, found.happening
    told = words(N_(", ")).join(f"{group_name(group, composer)} {n}" for group, n in sorted(found.since.items()))
    at = shown(one.dismissed_at) if one.dismissed_at else NOTHING
    notes = [words(N_("Dismissed {at}; since then further sources told of it: {told}."), at=at, told=told)]
    return _row(words(N_("dismissed, carried on")), one, notes, composer, notice=True)


def _social(one: Happening, missed: Missed, composer: Composer) -> Row:
    words = composer.words
    at = shown(min(one.carried.values()))
    notes = [words(N_("Since {at}; up to {now} no press source of ours told of it."), at=at, now=shown(missed.now))]
    return _row(words(N_("social only")), one, notes, composer, notice=one.ours)


def _silent(found: Silent, composer: Composer) -> Row:
    words, one = composer.words, found.happening
    names = words(N_(", ")).join(group_name(habit.group, composer) for habit in found.habits)
    notes = [words(N_("Carried by: {told}"), told=said_carried(one, composer))]
    notes += [
        words(
            N_("{group}: {carried} of {alike} such incidents before it"),
            group=group_name(habit.group, composer),
            carried=habit.carried,
            alike=habit.alike,
        )
        for habit in found.habits
    ]
    return _row(words(N_("not by {groups}"), groups=names), one, notes, composer, notice=one.ours)


def _late(found: Late, composer: Composer) -> Row:
    words, told = composer.words, found.telling
    published = shown(told.published_at) if told.published_at else NOTHING
    notes = [
        words(
            N_("{source} published it {published}, it was opened {opened}: {why}."),
            source=composer.names.source(told.source),
            published=published,
            opened=shown(found.happening.opened_at),
            why=words(WHY_LATE[found.why]),
        )
    ]
    mark = words(N_("{hours} h late"), hours=f"{found.lag / HOUR:.1f}")
    return _row(mark, found.happening, notes, composer, notice=found.happening.ours)


def _left_out(found: LeftOut, composer: Composer) -> Row:
    words = composer.words
    known = next((reason for reason in DropReason if reason.value == found.reason), None)
    kind = composer.names.kind(found.kind)
    graded = f"{kind} {composer.severity(found.severity)}" if found.severity else kind
    notes = [
        words(
            N_("{source} {at}, left out: {reason}. Read again: {kind}. Nobody else told of it under this title."),
            source=composer.names.source(found.source),
            at=shown(found.at),
            reason=found.reason if known is None else words(label(known)),
            kind=graded,
        )
    ]
    return row(words(N_("left out")), one_line(found.title, LONGEST_TITLE), notes, tone=Tone.NOTICE)
