"""Full drills: a made-up incident with real deadlines and real alerts, marked everywhere, counted nowhere, scored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.core.drills import Drill, Score, score
from monitor.core.duties.obligations import WHOLE_COUNTRY, RulePack
from monitor.core.duties.review import review
from monitor.core.errors import N_, DrillRuns, NoDrill, PaceOutOfRange, UnknownDrill
from monitor.core.model import MatterState, Place, Severity, Verb
from monitor.store import decisions, drills, duties, views
from monitor.store.database import Database
from monitor.store.matter_facts import facts_of
from responders.documents.messages import DRILL
from responders.language import Words

TITLE = N_("A made-up incident to practise with")
ENDED = N_("The drill is over")
MOST_TIMES = 100.0
ALL = 10_000


@dataclass(frozen=True, slots=True)
class Drills:
    """Begins, ends and scores drills; one at a time."""

    database: Database
    pack: RulePack
    region: str
    words: Words

    def start(
        self, *, by: str, now: datetime, severity: Severity = Severity.MAJOR, title: str = "", times: float = 1.0
    ) -> Drill:
        """Begin a drill whose deadlines are `times` shorter than real ones. Raise DrillRuns, PaceOutOfRange."""
        if not 1 <= times <= MOST_TIMES:
            raise PaceOutOfRange(most=int(MOST_TIMES))
        with self.database.write() as connection:
            drills.hold_drills(connection)
            known = drills.running(connection)
            if known is not None:
                raise DrillRuns(id=known.id, title=known.title)
            marked = self.words(DRILL, title=title.strip() or self.words(TITLE))
            matter_id = drills.open_drill(
                connection, title=marked, severity=severity, place=_place(self.region), pace=1 / times, by=by, now=now
            )
            self._review(connection, matter_id, now)
            begun = drills.running(connection)
        assert begun is not None
        return begun

    def end(self, *, by: str, now: datetime) -> Drill:
        """End the drill that goes on; what still runs of it is withdrawn, and people are told. Raise NoDrill."""
        with self.database.write() as connection:
            drills.hold_drills(connection)
            known = drills.running(connection)
            if known is None:
                raise NoDrill
            reason = self.words(ENDED)
            duties.lock_matter(connection, known.matter_id)
            decisions.decide(
                connection, known.matter_id, Verb.DISMISS, by=by, duty=self.pack.duty, now=now, reason=reason
            )
            decisions.set_state(connection, known.matter_id, MatterState.DISMISSED, reason=reason)
            drills.end_drill(connection, known.id, by=by, now=now)
            self._review(connection, known.matter_id, now)
            ended = drills.find(connection, known.id)
        assert ended is not None
        return ended

    def scored(self, drill_id: int) -> tuple[Drill, Score]:
        """Return a drill and how it went so far. Raise UnknownDrill."""
        with self.database.read() as connection:
            drill = drills.find(connection, drill_id)
            if drill is None:
                raise UnknownDrill(id=drill_id)
            return drill, score_of(connection, drill)

    def _review(self, connection: Connection, matter_id: int, now: datetime) -> None:
        facts = facts_of(connection, matter_id, self.region)
        standing = duties.deadlines_of(connection, matter_id)
        duties.save_review(connection, review(facts, self.pack, standing, now), self.pack, now)


def score_of(connection: Connection, drill: Drill) -> Score:
    """Read how a drill went."""
    return score(
        drill,
        views.alerts(connection, matter_id=drill.matter_id, limit=ALL),
        views.deadlines(connection, matter_id=drill.matter_id, limit=ALL),
        views.log(connection, drill.matter_id),
    )


def _place(region: str) -> Place:
    """Return the bureau's own division as a place; none for the whole country, where everything is ours."""
    if region == WHOLE_COUNTRY:
        return Place()
    city = None if region.endswith("0000") else f"{region[:4]}00"
    return Place(f"{region[:2]}0000", city, None if region.endswith("00") else region)
