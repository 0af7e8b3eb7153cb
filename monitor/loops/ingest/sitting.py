"""One transaction of the intake: items are stored, each is placed, and what follows for the deadlines is written."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import itemgetter

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from monitor.core.duties.obligations import RulePack
from monitor.core.duties.review import review
from monitor.core.incidents.grader import Grader
from monitor.core.incidents.heat import Sighting
from monitor.core.incidents.placing import WINDOW, Candidate, Lore, Placed, Placing, Told
from monitor.core.incidents.surroundings import SURELY_RELATED, Surroundings
from monitor.core.incidents.whispers import about_safety, same_whisper
from monitor.core.model import Assessment, Decoy
from monitor.core.second.doubt import to_ask
from monitor.core.second.opinion import Asks
from monitor.core.verdict import REPORTS
from monitor.loops.ingest.listing import Mark, news
from monitor.loops.ingest.memory import Memory
from monitor.store import duties, heat, incidents, items, second, whispers
from monitor.store.corrections import refold
from monitor.store.items import NewItem
from monitor.store.matter_facts import facts_of
from monitor.store.second import Waiting

LOOKED_BACK_ON = timedelta(hours=3)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Read:
    """A new entry, what is thought of it, and the terms of its title."""

    new: NewItem
    assessment: Assessment
    terms: frozenset[str]

    @property
    def reports(self) -> bool:
        """Whether it reports something of its own, and does not only speak of it."""
        return self.new.verdict in REPORTS

    @property
    def denies(self) -> bool:
        """Whether it denies a rumour."""
        return self.assessment.decoy is Decoy.RUMOUR_DENIED


# What was stored, by its number.
Kept = tuple[int, Read]


@dataclass(slots=True)
class Sitting:
    """Stores and places items on one connection; nothing of it lasts if the transaction fails."""

    connection: Connection
    memory: Memory
    lore: Lore
    grader: Grader
    pack: RulePack
    region: str
    asks: Asks | None = None
    reviews: int = 0
    _held: bool = False
    _looked: bool = False
    _kept: set[int] = field(default_factory=set)
    _again: dict[datetime, list[Read]] = field(default_factory=lambda: defaultdict(list))

    def store(self, reads: Sequence[Read], now: datetime) -> int:
        """Write what was read, with all that follows from it; return how many items were new."""
        fresh = self.keep(reads)
        self.place(fresh, now)
        return len(fresh)

    def keep(self, reads: Sequence[Read]) -> list[Kept]:
        """Write what was read; return what was new, in the order of its numbers. All of it must be placed then."""
        ids = items.save_new(self.connection, [read.new for read in reads])
        fresh: dict[int, Read] = {}
        for read in reads:
            number = ids.get(read.new.key)
            if number is None or number in fresh:
                self._again[read.new.first_seen_at].append(read)
            else:
                fresh[number] = read
        telling = [(number, read.assessment) for number, read in fresh.items() if read.new.verdict]
        items.save_assessments(self.connection, telling)
        self._kept |= fresh.keys()
        return sorted(fresh.items(), key=itemgetter(0))

    def place(self, fresh: Sequence[Kept], now: datetime) -> None:
        """Decide what the items that came at `now` tell of, and write what follows for incidents and deadlines."""
        again = {read.new.key: Mark(read.new.item.rank, read.new.item.heat) for read in self._again.pop(now, ())}
        self._see_again({key: mark for key, mark in again.items() if mark.tells}, now)
        if not fresh:
            return
        if self.asks is not None:
            second.add(self.connection, list(_doubtful(fresh, self.asks, self.region, now)), now)
        around = self._around(now)
        if any(
            read.reports or read.denies or around.related(read.new.item.title, now, read.terms).matter_id
            for _, read in fresh
        ):
            self._place_all(fresh, now)
        for item_id, read in fresh:
            self.memory.background.hear(read.terms, now)
            self.memory.heard = max(self.memory.heard, item_id)

    def _around(self, now: datetime) -> Surroundings:
        """Return the recent incidents: once in a transaction with what others have placed until then."""
        ask = self.memory.known if self._looked else self.memory.incidents
        self._looked = True
        return ask(self.connection, self.lore, now, self._kept)

    def _hold(self, now: datetime) -> Surroundings:
        """Let nobody else place anything until this transaction ends; return the incidents as they stand."""
        if self._held:
            return self._around(now)
        if self.memory.shared:
            # Before others must wait: little of it is left to be read then.
            self.memory.lately.read(self.connection, now - LOOKED_BACK_ON, now)
        self._held = self._looked = True
        return self.memory.held(self.connection, self.lore, now, self._kept)

    def _place_all(self, fresh: Sequence[tuple[int, Read]], now: datetime) -> None:
        around = self._hold(now)
        changed: set[int] = set()
        spoken_of: dict[int, datetime] = {}
        for item_id, read in fresh:
            title = read.new.item.title
            placed = self._placed(item_id, read, around, now)
            matter_id = self._put(item_id, title, placed, now)
            if matter_id is None:
                continue
            spoken_of[matter_id] = min(read.new.item.published_at or now, spoken_of.get(matter_id, now))
            counts = read.reports and placed.placing is not Placing.RELATED
            if counts:
                with self._kept_apart(matter_id, now):
                    around.put(self._fold(matter_id))
            if counts or placed.placing is Placing.DENIES:
                changed.add(matter_id)
            around.tell(Told(matter_id, title, now, counts))
            if placed.placing is Placing.OPENED:
                self._denied_before(matter_id, around, now)
        spoken_of |= dict.fromkeys(self._look_back(around, changed, now), now - LOOKED_BACK_ON)
        for matter_id, news_at in sorted(spoken_of.items()):
            with self._kept_apart(matter_id, now):
                duties.lock_matter(self.connection, matter_id)
                if heat.regrade(self.connection, matter_id, self.pack.wave, news_at=news_at):
                    changed.add(matter_id)
        for matter_id in sorted(changed):
            with self._kept_apart(matter_id, now):
                self._review(matter_id, now)

    def _placed(self, item_id: int, read: Read, around: Surroundings, now: datetime) -> Placed:
        """Decide where an item belongs; a denied rumour of which no incident is known is kept by itself."""
        title = read.new.item.title
        if read.reports:
            return around.place(title, read.assessment, now)
        if not read.denies:
            return around.related(title, now, read.terms)
        placed = around.denied(title, read.assessment, now)
        if placed.matter_id is not None:
            return placed
        if about_safety(read.assessment):
            known = same_whisper(title, read.assessment.kind, whispers.recent(self.connection, now - WINDOW))
            whispers.keep(self.connection, item_id, title, read.assessment.kind, known, now)
        return around.related(title, now, read.terms)

    def _denied_before(self, matter_id: int, around: Surroundings, now: datetime) -> None:
        """Let the denials of a rumour that came before anything told of it stand with the incident that now does."""
        for whisper in whispers.recent(self.connection, now - WINDOW):
            denials = whispers.denials(self.connection, whisper.id)
            if not any(around.denied(title, told, now, only=matter_id).matter_id for _, title, told in denials):
                continue
            if any(incidents.holder_of(self.connection, item_id) not in (None, matter_id) for item_id, _, _ in denials):
                self.memory.move(self.connection)
            for item_id, title, _ in denials:
                incidents.attach(
                    self.connection, item_id, matter_id, why=Placing.DENIES.value, edition=self.memory.edition
                )
                around.tell(Told(matter_id, title, now, reports=False))
            whispers.hand_over(self.connection, whisper.id, matter_id)

    def _look_back(self, around: Surroundings, changed: AbstractSet[int], now: datetime) -> set[int]:
        """Gather what spoke of an incident before it was reported; return the incidents that it speaks of."""
        found: set[int] = set()
        young = {number for number in changed if around.is_young(number, now)}
        while young:
            # What speaks of one makes others like it.
            young = self._gathered(around, young, now)
            found |= young
        return found

    def _gathered(self, around: Surroundings, young: AbstractSet[int], now: datetime) -> set[int]:
        """Put what spoke of these incidents where it belongs; return those of them that it speaks of."""
        found: set[int] = set()
        sought = [around.sought(number, now) for number in sorted(young)]
        for title in self.memory.lately.like(self.connection, sought, now - LOOKED_BACK_ON, now):
            placed = around.related(title.text, now, frozenset(title.terms))
            if placed.matter_id is not None and placed.matter_id in young and placed.score >= SURELY_RELATED:
                self._put(title.number, title.text, placed, now)
                around.tell(Told(placed.matter_id, title.text, now, reports=False))
                found.add(placed.matter_id)
        return found

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
            if duties.save_fault(self.connection, matter_id, error, now, self.pack.duty):
                log.exception("matter %s", matter_id)

    def _put(self, item_id: int, title: str, placed: Placed, now: datetime) -> int | None:
        """Attach an item where it belongs, opening an incident where none is known; None leaves it unplaced."""
        if placed.placing is Placing.UNPLACED:
            return None
        matter_id = placed.matter_id
        if matter_id is None:
            matter_id = incidents.open_matter(self.connection, title, now)
        incidents.attach(
            self.connection,
            item_id,
            matter_id,
            why=placed.placing.value,
            detail=placed.detail,
            edition=self.memory.edition,
        )
        return matter_id

    def _see_again(self, marks: Mapping[str, Mark], now: datetime) -> None:
        """Keep how items that came again stand on their lists."""
        found = news(self.connection, marks, now) if marks else {}
        if found:
            self._hold(now)
        for matter_id, sightings in found.items():
            self.see(matter_id, sightings, now)

    def see(self, matter_id: int, sightings: Sequence[Sighting], now: datetime) -> None:
        """Keep how items of one incident were listed again, with what follows from it.

        Whoever does so for several incidents without holding the placing takes a transaction for each: the order in
        which others take incidents is their items'.
        """
        with self._kept_apart(matter_id, now):
            duties.lock_matter(self.connection, matter_id)
            heat.save_sightings(self.connection, sightings)
            if heat.regrade(self.connection, matter_id, self.pack.wave, news_at=now):
                self._review(matter_id, now)

    def _fold(self, matter_id: int) -> Candidate:
        # The matter before its incident, as everybody else takes them: so nobody waits for each other.
        duties.lock_matter(self.connection, matter_id)
        incident = refold(self.connection, matter_id, self.grader)
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
        facts = facts_of(self.connection, matter_id, self.region)
        standing = duties.deadlines_of(self.connection, matter_id)
        duties.save_review(self.connection, review(facts, self.pack, standing, now), self.pack, now)


def _doubtful(fresh: Sequence[tuple[int, Read]], asks: Asks, region: str, now: datetime) -> Iterator[Waiting]:
    """Yield the new items that the second reader is asked about."""
    for item_id, read in fresh:
        new = read.new
        doubt = to_ask(new.item, read.assessment, asks, region, now, maybe_recent=new.maybe_recent)
        if doubt is not None:
            yield Waiting(
                item_id=item_id, doubt=doubt.value, verdict=new.verdict, tag=new.tag, assessment=read.assessment
            )
