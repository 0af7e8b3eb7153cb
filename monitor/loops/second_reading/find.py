"""What an answer leads to: it is checked against its item, compared with what is known, kept, perhaps asked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from monitor.core.duties.obligations import RulePack
from monitor.core.incidents.grader import Grader
from monitor.core.incidents.placing import WINDOW, Candidate, Lore, Told
from monitor.core.incidents.surroundings import Surroundings
from monitor.core.incidents.topics import Background, terms_of
from monitor.core.model import Assessment, Place, Scope, Severity
from monitor.core.reading.severity import Graded
from monitor.core.second.judging import (
    POINT,
    Standing,
    Weighed,
    casualties_of,
    concerns,
    duty_from,
    may_ask,
    question,
    weigh,
)
from monitor.core.second.opinion import Limits, Opinion, ReadingState
from monitor.core.second.support import made_up
from monitor.second.asking import cut
from monitor.store import duties, incidents, items, second, views
from monitor.store.second import Turn

HEARD_FOR = timedelta(days=30)
ASKED_FOR = timedelta(hours=48)
HOUR, DAY = timedelta(hours=1), timedelta(hours=24)


@dataclass(slots=True)
class Findings:
    """Settles answers; `limits` bound the questions. What titles at large speak of is kept in memory."""

    grader: Grader
    lore: Lore
    pack: RulePack
    region: str
    limits: Limits
    prompt: str
    model: str
    _background: Background = field(default_factory=Background)
    _heard: int = 0

    def hear(self, connection: Connection, now: datetime) -> None:
        """Hear what titles at large speak of, before an answer is settled: it may take a while and holds nothing."""
        for title in items.titles_after(connection, self._heard, now - HEARD_FOR):
            self._background.hear(terms_of(title.title), title.first_seen_at)
            self._heard = title.id

    def settle(self, connection: Connection, turn: Turn, opinion: Opinion, now: datetime) -> None:
        """Write what an answer leads to, with its question where it leads to one."""
        place, scope = self._where(turn, opinion)
        answer = answer_row(opinion, place)
        fault = made_up(opinion, cut(turn.shown).whole)
        if fault:
            self._write(connection, turn, ReadingState.UNSUPPORTED, now, answer=answer, said=fault)
            return
        graded = self.grader.grade(opinion.kind, casualties_of(opinion))
        grade = max((s for s in (graded.severity, graded.likely) if s is not None), default=None)
        standing = None
        if opinion.reports:
            standing = self._standing(connection, turn, _assessed(opinion, place, scope, graded), now)
        weighed = weigh(
            opinion,
            grade,
            standing,
            concerns(place, scope, standing, self.region),
            first_reports=turn.first_reports,
            duty=duty_from(self.pack),
        )
        standing = standing or Standing(f"item:{turn.item_id}")
        self._decide(connection, turn, weighed, standing, answer, now)

    def _decide(
        self,
        connection: Connection,
        turn: Turn,
        weighed: Weighed,
        standing: Standing,
        answer: Mapping[str, Any],
        now: datetime,
    ) -> None:
        state, key = weighed.state, ""
        if weighed.graver:
            draft = question(standing, weighed, self._detail(turn, weighed, answer), now)
            if second.is_asked(connection, draft.key):
                state = ReadingState.KNOWN
            elif not self._may_ask(connection, weighed, now):
                state = ReadingState.CAPPED
            else:
                key = draft.key
                duties.save_alerts(connection, [draft], now)
        matter_id = standing.matter_id
        self._write(
            connection, turn, state, now, answer=answer, grade=weighed.grade, matter_id=matter_id, question_key=key
        )

    def _write(self, connection: Connection, turn: Turn, state: ReadingState, now: datetime, **found: Any) -> None:
        second.finish(connection, turn.item_id, state, now, prompt=self.prompt, **found)

    def _may_ask(self, connection: Connection, weighed: Weighed, now: datetime) -> bool:
        in_hour = second.questions_since(connection, POINT, now - HOUR)
        in_day = second.questions_since(connection, POINT, now - DAY)
        return may_ask(self.limits, pages=weighed.pages, in_hour=in_hour, in_day=in_day)

    def _where(self, turn: Turn, opinion: Opinion) -> tuple[Place, Scope]:
        """Return where it happened: as the first reading found in the text, else as the answer says."""
        if turn.place.code is not None:
            return turn.place, Scope.DOMESTIC
        read = self.lore.where(opinion.place)
        return read.place, Scope.FOREIGN if read.scope is Scope.FOREIGN else opinion.scope

    def _standing(self, connection: Connection, turn: Turn, assessment: Assessment, now: datetime) -> Standing | None:
        """Return what is known of what the item tells: of its incident, of one that it fits, of an earlier question."""
        own = second.matter_of(connection, turn.item_id)
        if own is not None:
            return self._of_matter(connection, own)
        earlier = {row.item_id: row for row in second.asked_without_matter(connection, now - ASKED_FOR)}
        around = self._around(connection, earlier, now)
        number = around.place(turn.shown.title, assessment, now).matter_id
        if number is None:
            return None
        if number > 0:
            return self._of_matter(connection, second.surviving(connection, number))
        row = earlier[-number]
        grade = None if row.grade is None else Severity(row.grade)
        return Standing(row.question_key.removeprefix(f"{POINT}:").rpartition(":")[0], _figures(row.answer), grade)

    def _of_matter(self, connection: Connection, matter_id: int) -> Standing:
        incident = views.incident(connection, matter_id)
        named = f"matter:{matter_id}"
        if incident is None:
            return Standing(named, matter_id=matter_id)
        return Standing(
            named, incident.figures, incident.presumed, matter_id, place=incident.place, scope=incident.scope
        )

    def _around(self, connection: Connection, earlier: Mapping[int, Row[Any]], now: datetime) -> Surroundings:
        """Return the recent incidents, and under negative numbers the items that people were asked about."""
        known = incidents.candidates(connection, now - WINDOW)
        # What was taken for talk may be the very item, which would then be found to speak of itself.
        told = [one for one in incidents.told(connection, now - WINDOW) if one.reports]
        known += [_candidate(row) for row in earlier.values()]
        told += [Told(-row.item_id, row.title, row.ended_at, reports=True) for row in earlier.values()]
        return Surroundings(known, told, self.lore, self._background)

    def _detail(self, turn: Turn, weighed: Weighed, answer: Mapping[str, Any]) -> dict[str, str]:
        """Return what the message tells: both readings as plain values, and the sentence."""
        first = turn.first
        graded = max((s for s in (first["severity"], first["likely"]) if s is not None), default=None)
        return {
            "item": str(turn.item_id),
            "title": turn.shown.title,
            "url": turn.url,
            "source": turn.source_id,
            "model": self.model,
            "quote": answer["quote"],
            "certainty": answer["certainty"],
            "place": answer["place"],
            "first_verdict": first["verdict"],
            "first_tag": first["tag"],
            "first_grade": "" if graded is None else str(int(graded)),
            "first_firm": "1" if graded is not None and graded == first["severity"] else "",
            "first_figures": written(first["figures"]),
            "second_kind": answer["kind"],
            "second_grade": "" if weighed.grade is None else str(int(weighed.grade)),
            "second_figures": written(_figures(answer)),
        }


def written(figures: Mapping[str, int]) -> str:
    """Write figures as one text: deaths=3 injured=5."""
    return " ".join(f"{name}={value}" for name, value in figures.items())


def answer_row(opinion: Opinion, place: Place) -> dict[str, Any]:
    """Return an answer as it is stored, with the codes of its place."""
    return {
        "is_incident": opinion.is_incident,
        "scope": opinion.scope.value,
        "kind": opinion.kind,
        "claims": {name: {"count": c.count, "quote": c.quote} for name, c in opinion.claims.items()},
        "place": opinion.place,
        "where": [place.province, place.city, place.county, place.name],
        "decoy": None if opinion.decoy is None else opinion.decoy.value,
        "certainty": opinion.certainty.value,
        "quote": opinion.quote,
    }


def _figures(answer: Mapping[str, Any]) -> dict[str, int]:
    return {name: claim["count"] for name, claim in answer["claims"].items()}


def _assessed(opinion: Opinion, place: Place, scope: Scope, graded: Graded) -> Assessment:
    """Return an opinion in the form in which items are compared with incidents."""
    return Assessment(
        is_incident=True,
        kind=opinion.kind,
        scope=scope,
        casualties=casualties_of(opinion),
        place=place,
        severity=graded.severity,
        likely=graded.likely,
    )


def _candidate(row: Row[Any]) -> Candidate:
    return Candidate(
        matter_id=-row.item_id,
        kind=row.answer["kind"],
        scope=Scope.DOMESTIC,
        place=Place(*row.answer["where"]),
        figures=_figures(row.answer),
        items=1,
        first_seen_at=row.ended_at,
        last_seen_at=row.ended_at,
    )
