"""One transaction of the intake: its items are stored, each is placed, and what follows for the deadlines is written.

What the placing compares with is kept in memory between sittings; the edition of the placings in the database tells
whether anyone else, a person or another process, has changed them since.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from monitor.core.duties.obligations import RulePack
from monitor.core.duties.review import review
from monitor.core.incidents.history import Grader, fold
from monitor.core.incidents.placing import WINDOW, Candidate, Lore, Placed, Placing, Surroundings, Told
from monitor.core.incidents.topics import Background, terms_of
from monitor.core.incidents.whispers import about_safety, same_whisper
from monitor.core.model import Assessment, Decoy
from monitor.store import duties, incidents, items, whispers
from monitor.store.editions import hold
from monitor.store.items import NewItem

BACKGROUND = timedelta(days=30)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Read:
    """A new entry and what is thought of it."""

    new: NewItem
    assessment: Assessment

    @property
    def reports(self) -> bool:
        """Whether it reports something of its own, and does not only speak of it."""
        return self.new.verdict in items.REPORTS

    @property
    def denies(self) -> bool:
        """Whether it denies a rumour."""
        return self.assessment.decoy is Decoy.RUMOUR_DENIED


@dataclass(slots=True)
class Memory:
    """What is known between sittings: the recent incidents, as of which edition, and what titles at large speak of."""

    background: Background = field(default_factory=Background)
    around: Surroundings | None = None
    edition: int = 0
    heard: int = 0


class Shelf:
    """Keeps one memory for the sittings of a process, which take turns; one that failed leaves none behind."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._memory = Memory()

    @contextmanager
    def borrowed(self) -> Iterator[Memory]:
        """Give the memory to one sitting."""
        with self._lock:
            memory, self._memory = self._memory, Memory()
            yield memory
            self._memory = memory


@dataclass(slots=True)
class Sitting:
    """Stores and places items on one connection; nothing of it lasts if the transaction fails."""

    connection: Connection
    memory: Memory
    lore: Lore
    grader: Grader
    pack: RulePack
    region: str
    reviews: int = 0
    _held: bool = False

    def store(self, reads: Sequence[Read], now: datetime) -> int:
        """Write what was read, with all that follows from it; return how many items were new."""
        ids = items.save_new(self.connection, [read.new for read in reads])
        fresh = sorted(((ids[read.new.key], read) for read in reads if read.new.key in ids), key=lambda pair: pair[0])
        if not fresh:
            return 0
        telling = [(item_id, read) for item_id, read in fresh if read.new.verdict]
        items.save_assessments(self.connection, [(item_id, read.assessment) for item_id, read in telling])
        around = self._around(now)
        if any(read.reports or read.denies or around.related(read.new.item.title, now).matter_id for _, read in fresh):
            self._place_all(fresh, now)
        for item_id, read in fresh:
            if item_id > self.memory.heard:
                self.memory.background.hear(terms_of(read.new.item.title), now)
                self.memory.heard = item_id
        return len(fresh)

    def _around(self, now: datetime, *, anew: bool = False) -> Surroundings:
        """Return the recent incidents, and first hear what others have stored, where memory does not have them."""
        if self.memory.around is None or anew:
            since = now - BACKGROUND
            for title in items.titles_after(self.connection, self.memory.heard, since):
                self.memory.background.hear(terms_of(title.title), title.first_seen_at)
                self.memory.heard = title.id
            recent = incidents.candidates(self.connection, now - WINDOW)
            told = incidents.told(self.connection, now - WINDOW)
            self.memory.around = Surroundings(recent, told, self.lore, self.memory.background)
        return self.memory.around

    def _hold(self, now: datetime) -> Surroundings:
        """Let nobody else place anything until this transaction ends; return the incidents as they stand."""
        if self._held:
            return self._around(now)
        edition = hold(self.connection, "placing")
        around = self._around(now, anew=edition != self.memory.edition + 1)
        around.forget(now - WINDOW)
        self.memory.edition, self._held = edition, True
        return around

    def _place_all(self, fresh: Sequence[tuple[int, Read]], now: datetime) -> None:
        around = self._hold(now)
        changed: set[int] = set()
        for item_id, read in fresh:
            title = read.new.item.title
            placed = self._placed(item_id, read, around, now)
            matter_id = self._put(item_id, title, placed, now)
            if matter_id is None:
                continue
            counts = read.reports and placed.placing is not Placing.RELATED
            if counts:
                with self._kept_apart(matter_id, now):
                    around.put(self._fold(matter_id))
            if counts or placed.placing is Placing.DENIES:
                changed.add(matter_id)
            around.tell(Told(matter_id, title, now, counts))
            if placed.placing is Placing.OPENED:
                self._denied_before(matter_id, around, now)
        for matter_id in sorted(changed):
            with self._kept_apart(matter_id, now):
                self._review(matter_id, now)

    def _placed(self, item_id: int, read: Read, around: Surroundings, now: datetime) -> Placed:
        """Decide where an item belongs; a denied rumour of which no incident is known is kept by itself."""
        title = read.new.item.title
        if read.reports:
            return around.place(title, read.assessment, now)
        if not read.denies:
            return around.related(title, now)
        placed = around.denied(title, read.assessment, now)
        if placed.matter_id is not None:
            return placed
        if about_safety(read.assessment):
            known = same_whisper(title, read.assessment.kind, whispers.recent(self.connection, now - WINDOW))
            whispers.keep(self.connection, item_id, title, read.assessment.kind, known, now)
        return around.related(title, now)

    def _denied_before(self, matter_id: int, around: Surroundings, now: datetime) -> None:
        """Let the denials of a rumour that came before anything told of it stand with the incident that now does."""
        for whisper in whispers.recent(self.connection, now - WINDOW):
            denials = whispers.denials(self.connection, whisper.id)
            if not any(around.denied(title, told, now, only=matter_id).matter_id for _, title, told in denials):
                continue
            for item_id, _, _ in denials:
                incidents.attach(self.connection, item_id, matter_id, why=Placing.DENIES.value)
            whispers.hand_over(self.connection, whisper.id, matter_id)

    @contextmanager
    def _kept_apart(self, matter_id: int, now: datetime) -> Iterator[None]:
        """Let a fault in what is stored of one matter stop nothing else: it is taken back and told to people."""
        try:
            with self.connection.begin_nested():
                yield
        except OperationalError:
            # The database itself fails, not this matter.
            raise
        except Exception as error:
            if duties.save_fault(self.connection, matter_id, error, now):
                log.exception("matter %s", matter_id)

    def _put(self, item_id: int, title: str, placed: Placed, now: datetime) -> int | None:
        """Attach an item where it belongs, opening an incident where none is known; None leaves it unplaced."""
        if placed.placing is Placing.UNPLACED:
            return None
        matter_id = placed.matter_id
        if matter_id is None:
            matter_id = incidents.open_matter(self.connection, title, now)
        incidents.attach(self.connection, item_id, matter_id, why=placed.placing.value, detail=placed.detail)
        return matter_id

    def _fold(self, matter_id: int) -> Candidate:
        reports = incidents.reports_of(self.connection, [matter_id])[matter_id]
        incident = fold(reports, self.grader)
        incidents.save_incident(self.connection, matter_id, incident)
        return Candidate(
            matter_id=matter_id,
            kind=incident.kind,
            scope=incident.scope,
            place=incident.place,
            figures=incident.figures,
            items=incident.items,
            first_seen_at=incident.first_seen_at,
            last_seen_at=incident.last_seen_at,
        )

    def _review(self, matter_id: int, now: datetime) -> None:
        self.reviews += 1
        duties.lock_matter(self.connection, matter_id)
        facts = duties.facts_of(self.connection, matter_id, self.region)
        standing = duties.deadlines_of(self.connection, matter_id)
        duties.save_review(self.connection, review(facts, self.pack, standing, now), self.pack, now)
