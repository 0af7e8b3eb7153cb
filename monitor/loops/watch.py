"""Leg 2: let time pass over the deadlines that are due to be looked at.

Facts change nothing here: whoever changes them reviews their matter in the same transaction. So most deadlines are
looked at by themselves, many at once; where one needs more than that, its whole matter is reviewed.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from monitor.core.duties.crowd import Passed, Rules, asks_for_siblings, pass_over
from monitor.core.duties.deadlines import Due
from monitor.core.duties.obligations import Obligation, RulePack
from monitor.core.duties.review import review
from monitor.core.errors import N_, Mistake
from monitor.store import duties, passing, rule_versions, troubles
from monitor.store.database import Database
from monitor.store.matter_facts import acts_of_many, facts_of, handed_back_of_many
from monitor.store.passing import LEG

BATCH, FEWEST = 1000, 400
# So many matters that a clock which had run ahead has dealt with are reviewed within a spell.
AHEAD = 50
# How long a batch is meant to take, in seconds: whoever else writes waits for its end.
SPELL = 0.1
REVIEWED_AT_ONCE = 20
EVER = datetime(1, 1, 1, tzinfo=UTC)
Place = tuple[datetime, int]
log = logging.getLogger(__name__)


class NotReckoned(Mistake):
    """Some matters could not be looked at; all others were."""

    message = N_("The deadlines of incident(s) {ids} cannot be reckoned: {why}. All others are being watched.")


@dataclass(slots=True)
class Watch:
    """Looks at deadlines whose moment has come; any number of processes may do so at once."""

    database: Database
    pack: RulePack
    region: str
    _rules: Rules = field(init=False)
    _reviewed_up_to: int = 0
    _batch: int = field(init=False)
    _crowded: bool = False

    def __post_init__(self) -> None:
        self._rules, self._batch = Rules(self.pack), BATCH

    def tick(self, now: datetime) -> int:
        """Look at the matters that have a deadline to be looked at by `now`; return how many.

        A matter that cannot be reckoned stops no other: it is told to people, tried again at each tick, after some
        faults in a row less and less often, and makes the tick end with NotReckoned.
        """
        with self.database.read() as connection:
            if not passing.anything(connection, now):
                return 0
        seen = self._look_at_due(now) | self._look_at_ahead(now)
        self._try_again(seen, now)
        with self.database.read() as connection:
            faults = troubles.of_leg(connection, LEG)
        if faults:
            raise NotReckoned(ids=", ".join(sorted(faults, key=int)), why=next(iter(faults.values())))
        return len(seen)

    def go_round(self, now: datetime) -> int:
        """Review the next few of all watched matters as a whole, so that what slipped through heals; return how many.

        A start begins a new round: what another version of the rules says holds for what is already running. While a
        crowd is being dealt with the round rests: it takes time and turns from what is due.
        """
        if self._crowded:
            return 0
        with self.database.write() as connection:
            matters, self._reviewed_up_to = passing.watched(connection, now, self._reviewed_up_to, REVIEWED_AT_ONCE)
            self._review_all(connection, matters, now)
        return len(matters)

    def _look_at_due(self, now: datetime) -> set[int]:
        seen, place = self._look_at_batch(now, (EVER, 0))
        if place is None:
            return seen
        self._crowded = True
        try:
            return seen | self._look_at_crowd(now, place)
        finally:
            self._crowded = False

    def _look_at_crowd(self, now: datetime, place: Place) -> set[int]:
        """Look at what is due after a place. A server works on one batch while the next is reckoned: two share it."""
        if self.database.is_sqlite:
            return self._look_at_rest(now, place)
        with ThreadPoolExecutor(1, "watch") as pool:
            other = pool.submit(self._look_at_rest, now, place)
            return self._look_at_rest(now, place) | other.result()

    def _look_at_rest(self, now: datetime, place: Place) -> set[int]:
        seen = set[int]()
        following: Place | None = place
        while following is not None:
            some, following = self._look_at_batch(now, following)
            seen |= some
        return seen

    def _look_at_batch(self, now: datetime, place: Place) -> tuple[set[int], Place | None]:
        """Look at the next deadlines after a place; return their matters, and where to go on unless that was all."""
        asked = self._batch
        with self.database.write() as connection:
            began = time.monotonic()
            found = passing.due(connection, now, place, asked)
            self._look_at(connection, found, now)
            took = time.monotonic() - began
        seen = {due.matter_id for due in found}
        if len(found) < asked:
            return seen, None
        self._batch = min(BATCH, max(FEWEST, int(asked * SPELL / took)))
        return seen, found[-1].place

    def _look_at_ahead(self, now: datetime) -> set[int]:
        seen, last = set[int](), 0
        while True:
            with self.database.write() as connection:
                matters = passing.ahead(connection, now, last, AHEAD)
                passing.set_back(connection, self._review_all(connection, matters, now), now)
            seen |= set(matters)
            if len(matters) < AHEAD:
                return seen
            last = matters[-1]

    def _try_again(self, seen: set[int], now: datetime) -> None:
        """Review the matters that could not be reckoned lately and of which nothing is due: they may be mended."""
        with self.database.write() as connection:
            left = [int(row) for row in troubles.of_leg(connection, LEG) if int(row) not in seen]
            if left:
                self._review_all(connection, passing.held(connection, left, now), now)

    def _look_at(self, connection: Connection, found: Sequence[Due], now: datetime) -> None:
        """Let time pass over these deadlines together; review the matters of which one needs more."""
        kept = rule_versions.rules(connection, {due.rule for due in found if due.rule is not None})
        matters = defaultdict[int, list[Due]](list)
        for due in found:
            matters[due.matter_id].append(due)
        acts = acts_of_many(connection, {due.matter_id for due in found if due.policy and due.acted_at})
        backs = handed_back_of_many(connection, {due.matter_id for due in found if due.policy})
        asking = {due.matter_id for due in found if self._asks_for_siblings(due, kept)}
        siblings = passing.siblings(connection, asking, now)
        passed: list[Passed] = []
        to_review: set[int] = set()
        for number, dues in matters.items():
            try:
                beside = siblings.get(number, ())
                done = pass_over(dues, self._rules, kept, acts.get(number, ()), beside, now, backs.get(number))
            except Exception:  # noqa: BLE001 - the review of its matter will meet the same fault, keep it and tell it
                done = None
            if done is None:
                to_review.add(number)
            else:
                passed += done
        self._review_all(connection, to_review | self._save(connection, passed, now), now)

    def _asks_for_siblings(self, due: Due, kept: Mapping[str, Obligation]) -> bool:
        try:
            return asks_for_siblings(due, self._rules, kept)
        except Exception:  # noqa: BLE001 - as above
            return False

    def _save(self, connection: Connection, steps: Sequence[Passed], now: datetime) -> set[int]:
        """Write the steps together; where the database refuses them, by halves. Return the matters it refuses."""
        if not steps:
            return set()
        try:
            with connection.begin_nested():
                passing.save(connection, steps, self.pack.duty, now)
        except OperationalError:
            raise
        except Exception:  # noqa: BLE001 - as above
            if len(steps) == 1:
                return {steps[0].deadline.matter_id}
            half = len(steps) // 2
            return self._save(connection, steps[:half], now) | self._save(connection, steps[half:], now)
        return set()

    def _review_all(self, connection: Connection, matters: Iterable[int], now: datetime) -> list[int]:
        """Review matters; return those that can be reckoned."""
        ordered = sorted(matters)
        troubled = troubles.of_leg(connection, LEG) if ordered else {}
        reviewed = [matter_id for matter_id in ordered if self._review(connection, matter_id, now)]
        for matter_id in reviewed:
            if str(matter_id) in troubled:
                troubles.clear(connection, LEG, matter_id)
        return reviewed

    def _review(self, connection: Connection, matter_id: int, now: datetime) -> bool:
        """Review one matter; tell whether it can be reckoned."""
        try:
            with connection.begin_nested():
                facts = facts_of(connection, matter_id, self.region)
                standing = duties.deadlines_of(connection, matter_id)
                duties.save_review(connection, review(facts, self.pack, standing, now), self.pack, now)
        except OperationalError:
            # The database itself fails, not this matter.
            raise
        except Exception as error:
            troubles.note(connection, LEG, matter_id, error, now, tell=False)
            if duties.save_fault(connection, matter_id, error, now, self.pack.duty):
                log.exception("matter %s", matter_id)
            return False
        return True
