"""A night on which everything happened that pages can show, told in whatever words a test gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from monitor.core.access.roles import AccountRole, Permission
from monitor.core.appraisal.appraisal import ByHand
from monitor.core.beijing import day_of
from monitor.core.bulletins.bulletin import BulletinKind, Section, SectionKey
from monitor.core.drafts.draft import Gate, Verdict, Wording
from monitor.core.errors import Mistake
from monitor.core.incidents.chains import Tie
from monitor.core.model import Decoy, DeliveryState, Fault, Place, ResponseKind, Severity
from monitor.core.people.contacts import Contact, Office, Way
from monitor.core.people.duty import Duty
from monitor.core.text import storable
from monitor.gate import Gate as HttpGate
from monitor.gate import GateSettings
from monitor.store import aftermath, deliveries, drills, views
from responders.console.health import Unwell
from responders.desk.appraisals import Wanted
from responders.desk.assignments import AssignmentDesk
from tests.bulletins.shared import make
from tests.crawl.site import running_site
from tests.evidence.web import Bureau, page
from tests.responders.console.scenes import deliver, fetches, night
from tests.responders.console.station import SOURCES, T0, Station, source

RELEASE, REPLY = ResponseKind.AUTHORITATIVE_RELEASE, ResponseKind.REPLY
TOLL = "金昌市金川区一化工仓库发生爆炸，造成11人死亡"
# The incident of `night` that grows as it is told; that of the mine; that of the fire.
GROWING, MINE, FIRE = 3, 4, 5
A_DAY = timedelta(days=1)
EVERYTHING = tuple(role for role in AccountRole if role is not AccountRole.COUNTY)


def night_of(station: Station, texts: Sequence[str]) -> int:
    """Let a night happen with `texts` wherever somebody can put one; return how many acts were refused.

    Beforehand nobody has an account; afterwards `all` may do everything, with the password of the tests.
    """
    _name_sources(station, texts)
    night(station)
    # What goes over all items of an incident comes before there are many.
    acts = [act for n, text in enumerate(texts) for act in _acts(station, n, text)]
    refused = sum(_refused(act) for act in acts)
    for text in texts:
        station.tell(f"{text[:300]}{TOLL}", f"{TOLL}。{text[:1500]}", url=text[:300])
    _publish(station, texts)
    _appraise(station, texts)
    _tell(station, texts)
    _hire(station, texts)
    return refused


def _name_sources(station: Station, texts: Sequence[str]) -> None:
    named = [text[:200] for text in texts if text.strip()]
    station.parts.sources = {
        **{name: source(name) for name in SOURCES},
        **{f"odd{n}": replace(source("evening"), id=f"odd{n}", name=text) for n, text in enumerate(named)},
    }


def _reviewed(station: Station) -> datetime | None:
    """Return when the review that stands was changed last."""
    with station.database.read() as connection:
        held = aftermath.held(connection, GROWING)
    return None if held is None else held.changed_at


def _refused(act: Callable[[], object]) -> bool:
    try:
        act()
    except Mistake:
        return True
    return False


def _acts(station: Station, n: int, text: str) -> list[Callable[[], object]]:
    """Return what people and sources do with one text; the desk refuses some."""
    desk, now = station.parts.desk, station.clock()
    by, short = text[:60], text[:1500]
    wording = Wording(kind=RELEASE, title=text[:300], text=f"{TOLL}。{short}", place=text[:200])
    # These are slow, and each third text shows as well what becomes of it there.
    judged: list[Callable[[], object]] = [
        lambda: desk.correct(GROWING, figures={"deaths": 11 + n}, by=by, now=now, reason=short),
        lambda: desk.link(GROWING, MINE, Tie.CAUSE, by=by, now=now, reason=short),
        lambda: desk.unlink(GROWING, MINE, by=by, now=now, reason=short),
        lambda: station.parts.sorting.set_aside(1, Decoy.DRILL, by=by, now=now, reason=short),
        lambda: station.parts.sorting.report(1, by=by, now=now, reason=short),
        lambda: desk.dismiss(FIRE, by=by, now=now, reason=short),
        lambda: desk.confirm(FIRE, by=by, now=now, reason=short),
    ]
    return [
        *(judged if n % 3 == 0 else ()),
        lambda: desk.acknowledge(GROWING, by=by, now=now, reason=short),
        lambda: desk.respond(
            GROWING, REPLY, title=short, url=f"https://x.example/{by}", published_at=now, by=by, now=now
        ),
        lambda: desk.respond(GROWING, REPLY, title=short, url="", published_at=now, by=by, now=now, text=short),
        lambda: desk.find_fault(GROWING, Fault.OMITTED, by=by, now=now, reason=short, evidence=short),
        lambda: desk.drafts.begin(GROWING, wording, by=by, now=now),
        lambda: desk.aftermath.add_lesson(GROWING, short, office=text, due_on=day_of(T0) - A_DAY, by=by, now=now),
        lambda: desk.aftermath.hold(
            GROWING, day_of(now), attendees=short, conclusion=short, by=by, now=now, seen=_reviewed(station)
        ),
        lambda: make(station, (BulletinKind.FLASH, BulletinKind.SPECIAL)[n % 2], by=by, incident=GROWING),
        lambda: desk.bulletins.issue(
            BulletinKind.MOBILE,
            text[:200],
            [Section(SectionKey.ENTRY, text[:200], short, text[:60])],
            language=station.language,
            by=by,
            now=now,
        ),
        lambda: desk.bulletins.void(n, by=by, now=now, reason=short),
    ]


def _publish(station: Station, texts: Sequence[str]) -> None:
    """Let drafts pass their gates, deadlines be waived, a page of the bureau's own be looked at, a drill be held."""
    desk, now = station.parts.desk.drafts, station.clock()
    with station.database.read() as connection:
        live = [d.id for d in views.deadlines(connection, live=True)]
    for text, deadline in zip(texts, live, strict=False):
        _refused(partial(station.parts.desk.waive, deadline, by=text, now=now, reason=text))
    for n, text in enumerate(texts, 1):
        with suppress(Mistake):
            desk.submit(n, seen=1, by=text[:60], now=now)
            desk.judge(n, Gate.SELF_REVIEW, Verdict.PASSED, seen=1, by=text[:60], now=now, comment=text)
            desk.judge(n, Gate.SECRECY, Verdict.RETURNED, seen=1, by=f"{text[:30]} 2", now=now, comment=text)
    with running_site() as site, HttpGate(GateSettings(allow=("127.0.0.1",), total_seconds=3)) as gate:
        bureau = Bureau(station, site, gate)
        for n, text in enumerate(texts[:12]):
            bureau.path = f"/gk/{n}.html"
            bureau.publish(page(f"<p>{TOLL}。{text[:1500]}</p>", title=text[:300], more=text[:1500]))
            _refused(
                partial(
                    station.parts.desk.respond,
                    GROWING,
                    RELEASE,
                    title=text[:300],
                    url=bureau.url,
                    published_at=now,
                    by=text[:60],
                    now=now,
                )
            )
            bureau.tick()
    with station.database.write() as connection:
        place = Place(province="620000", city="620300", name=texts[0])
        drills.open_drill(
            connection, title=texts[0], severity=Severity.MAJOR, place=place, pace=1.0, by=texts[0], now=now
        )


def _appraise(station: Station, texts: Sequence[str]) -> None:
    """Let offices be appraised to the end, one be planned only, and the public be asked of every response."""
    clock, names = station.clock, [text[:200] for text in texts[:8]]
    offices = {f"o{n}": Office(f"o{n}", name, ("x",)) for n, name in enumerate(names)}
    duty = Duty(contacts={"x": Contact("x", names[0], (Way("mail", "x@example.org"),))}, offices=offices)
    pack = replace(station.parts.pack, duty=duty)
    AssignmentDesk(station.database, pack, station.parts.region).assign(GROWING, "o0", by=names[0], now=clock())
    desk = replace(station.parts.appraisals, pack=pack)
    day, now = day_of(clock()), clock()
    wanted = Wanted(title=texts[0], first=day, last=day, begins_on=day, plan="\n".join(texts))
    for _ in range(2):
        desk.plan(wanted, by=names[0], now=now)
    desk.approve(1, by=f"{names[0][:30]} 2", now=now)
    desk.give_notice(1, by=names[0], now=now)
    said = {content.id: "\n".join(texts) for content in desk.rules.contents}
    by_hand = {
        figure.id: ByHand(n, text)
        for (n, figure), text in zip(enumerate(desk.rules.hand_figures()), texts, strict=False)
    }
    begun = now + timedelta(days=desk.rules.notice_days)
    for office, text in zip(offices, texts, strict=False):
        desk.hand_in(1, office, said, by_hand, by="x", now=now)
        desk.review(1, office, "passed", by=f"{names[-1][:30]} 3", now=begun, reason=f"{text} x")
        desk.settle(1, office, "failed", by=f"{names[-1][:30]} 4", now=begun, reason=f"{text} x")
    desk.drop(2, by=names[0], now=now, reason=f"{texts[-1]} x")
    assert station.parts.ratings is not None
    with station.database.read() as connection:
        numbers = [one.id for one in views.responses(connection, limit=500)]
    for number in numbers:
        _refused(partial(station.parts.ratings.open, number, by=names[0], now=now))


def _tell(station: Station, texts: Sequence[str]) -> None:
    """Let alerts go out over channels that say what they like, and everything be unwell."""
    station.clock.advance(minutes=30)
    station.watch()
    deliver(station)
    fetches(station)
    now = station.clock()
    # By now the talk has a course to be drawn.
    make(station, BulletinKind.SPECIAL, by=texts[0][:60], incident=GROWING)
    with station.database.write() as connection:
        alert = next(a for a in views.alerts(connection, matter_id=GROWING) if a.page)
        for text in texts:
            number = deliveries.begin(connection, alert, storable(text[:100]), now)
            if number is not None:
                deliveries.end(connection, number, DeliveryState.REFUSED, now, said=text[:2000], remedy=text[:300])
    station.unwell.extend(Unwell(text[:300], now - timedelta(minutes=5), text[:300]) for text in texts[:30])


def _hire(station: Station, texts: Sequence[str]) -> None:
    now, people = station.clock(), station.people
    everything = people.hire("all", *EVERYTHING, name=texts[0][:40])
    for n, text in enumerate(texts):
        _refused(partial(people.hire, f"user{n}", AccountRole.DUTY, name=text[:40]))
        _refused(partial(people.tokens.issue, everything, text[:60], [Permission.SEE], days=9, now=now))
