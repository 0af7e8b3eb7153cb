"""The made-up year as it passes: news come, time passes over the deadlines, people act."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

from sqlalchemy import text

from monitor.core.particulars import Conference
from monitor.core.views import IncidentView
from monitor.store import duties, views
from monitor.store.database import Database
from tests.story.office import MovedClock
from tests.year.bureau import BEGIN, DAYS, OWN, SOURCES, Bureau, morning_of
from tests.year.course import Happening, course, share
from tests.year.papers import Appraising, Writing
from tests.year.people import Deed, M, Staff, grave
from tests.year.wording import Scene, scene, wording

BEFORE = 45 * M
# Everybody who tells of a report: a medium first, the hot list, the bureau's own account.
ECHOES = (("evening", 0, 0.0), ("list", 7, 0.45), ("city", 19, 0.4), (OWN, 55, 0.75))
RETRY = timedelta(seconds=61)
OUTAGE = timedelta(hours=3)
ROUTINE = ((40, "spokesperson"), (130, "deputy"), (222, "spokesperson"), (310, "head"))
FAILS = 0.04
# Of every so many grave incidents bulletins are issued; those are the ones that are released by way of the gates.
WRITTEN_UP = 3
# The year is looked at so long after the last of its incidents is told of, while deadlines run.
UNTIL = timedelta(hours=3)


@dataclass
class Year:
    """A year of a bureau. `numbers` are the incidents by the numbers of their scenes."""

    bureau: Bureau
    scenes: list[Scene]
    numbers: dict[int, int] = field(default_factory=dict)
    _agenda: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)
    _order: count[int] = field(default_factory=count)
    _woken: set[int] = field(default_factory=set)

    def at(self, moment: datetime, deed: Callable[[], object]) -> None:
        """Put a deed on the agenda."""
        heapq.heappush(self._agenda, (moment, next(self._order), deed))

    def plan(self) -> None:
        """Put on the agenda what does not depend on anything."""
        for one in self.scenes:
            for n in range(len(one.happening.tolls)):
                for source, later, chance in ECHOES:
                    if share("echo", one.number, n, source) >= chance:
                        moment = self.begin(one) + (one.happening.tolls[n].after + later) * M
                        self.at(moment, partial(self.tell, one, n, source))
        for day in range(DAYS):
            self.at(morning_of(day, 0, 5), self.bureau.look_at_rota)
            self.at(morning_of(day, 7, 1), lambda: None)
            self.at(morning_of(day, 8, 27), self.bureau.morning)
            self.at(morning_of(day, 8, 31), self.bureau.look_at_rota)
            self.at(morning_of(day, 8, 31), partial(self.fetch, day))
        for day, rank in ROUTINE:
            self.at(morning_of(day, 10, 0), partial(self.brief_press, rank))
        self._do((*Writing(self.bureau).newsletters(), *Appraising(self.bureau).deeds()))
        worst = max(self.scenes, key=lambda one: 0 if one.happening.decoy else one.happening.tolls[0].deaths or 0)
        self.bureau.chat.down = (self.begin(worst), self.begin(worst) + OUTAGE)

    def begin(self, one: Scene) -> datetime:
        """Return when a happening is first told of."""
        return BEGIN + one.happening.minute * M

    def run(self, until: datetime) -> None:
        """Let time pass up to a moment."""
        database, clock = self.bureau.database, self.bureau.clock
        while True:
            with database.read() as connection:
                check = duties.next_check(connection)
            planned = self._agenda[0][0] if self._agenda else until
            moment = max(clock(), min(planned, check or until))
            if moment >= until:
                return
            clock.now = moment
            while self._agenda and self._agenda[0][0] <= moment:
                heapq.heappop(self._agenda)[2]()
            self.bureau.tick()
            if self.bureau.chat.is_down:
                self.at(moment + RETRY, lambda: None)

    def tell(self, one: Scene, n: int, source: str) -> None:
        """Let a source tell of a happening, and plan what people do about what it opens."""
        toll = one.happening.tolls[n]
        title, told = one.told(toll, self.begin(one) - BEFORE, first=n == 0)
        ranked = source == "list"
        most = 300_000 if one.happening.decoy else 4_000_000
        heat = 200_000 + round(most * share("heat", one.number, n)) if ranked else None
        before = self._last()
        self.bureau.tell(source, f"{one.number}-{n}", title, "" if ranked else told, heat=heat)
        if self._last() > before:
            self.numbers.setdefault(one.number, self._last())
        number = self.numbers.get(one.number)
        if number is None or number in self._woken:
            return
        staff, now = Staff(self.bureau), self.bureau.clock()
        if grave(self.view(number)):
            self._woken.add(number)
            self._do(staff.paged(number, one, now))
            if one.number % WRITTEN_UP == 0 and not one.happening.decoy:
                self._do(Writing(self.bureau).of_incident(number, now + 10 * M))
        elif n == 0 and source == ECHOES[0][0]:
            self._do(staff.seen(number, one, now))

    def fetch(self, day: int) -> None:
        """Let every source be asked, some in vain."""
        for source in SOURCES:
            self.bureau.fetched(source, failed=share("fetch", day, source) < FAILS)

    def brief_press(self, rank: str) -> None:
        """Hold a routine press conference."""
        people, now = wording()["people"], self.bureau.clock()
        held = Conference(place=people["held"], speaker=people["speakers"][rank], rank=rank, questions=4)
        desk, by = self.bureau.parts.desk.conferences, self.bureau.by("tangyue")
        desk.add_routine(held, held_at=now, title=people["routine"], by=by, now=now)

    def view(self, number: int) -> IncidentView:
        """Return an incident as it stands."""
        with self.bureau.database.read() as connection:
            found = views.incident(connection, number)
        assert found is not None
        return found

    def _do(self, deeds: Iterable[Deed]) -> None:
        for moment, deed in deeds:
            self.at(max(moment, self.bureau.clock()), deed)

    def _last(self) -> int:
        with self.bureau.database.read() as connection:
            return int(connection.execute(text("SELECT coalesce(max(id), 0) FROM matter")).scalar_one())


def year_at(file: Path, happenings: Sequence[Happening] | None = None) -> Bureau:
    """Let the year pass in a database at `file`, and return the bureau at its end.

    Where the file is there already, the year has passed in it, and the bureau is found as it was left.
    """
    known = file.exists()
    database = Database(f"sqlite:///{file}")
    scenes = [scene(number, one) for number, one in enumerate(happenings if happenings is not None else course())]
    end = BEGIN + max(one.happening.minute for one in scenes if not one.happening.decoy) * M + UNTIL
    if known:
        return Bureau(database, MovedClock(end))
    database.migrate()
    passed = Year(Bureau(database), scenes)
    passed.plan()
    passed.run(end)
    passed.bureau.clock.now = end
    return passed.bureau
