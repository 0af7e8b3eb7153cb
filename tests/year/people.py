"""What the made-up people do about an incident, and when: mostly in time, sometimes late, sometimes never.

Chance is a hash of what it decides, so that one year is like the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.drafts.draft import Gate, Verdict, Wording
from monitor.core.errors import Mistake
from monitor.core.model import ResponseKind, Severity
from monitor.core.particulars import Conference
from monitor.core.views import IncidentView
from monitor.store import drafts, views
from tests.year.bureau import Bureau
from tests.year.course import share
from tests.year.wording import Scene, wording

M = timedelta(minutes=1)
RELEASE, PRESS = ResponseKind.AUTHORITATIVE_RELEASE, ResponseKind.PRESS_CONFERENCE
# From one share up to the next: minutes from the first page; None is never.
ACKNOWLEDGED = ((0.62, (2, 9)), (0.84, (11, 35)), (0.95, (60, 200)), (1.0, None))
RELEASED = ((0.76, (65, 200)), (0.90, (310, 560)), (1.0, None))
HELD = ((0.66, (420, 1150)), (0.82, (1500, 2600)), (1.0, None))
ANSWERED = ((0.72, (180, 1500)), (0.96, (2950, 14000)), (1.0, None))
NOTICED = ((0.93, (3, 25)), (1.0, None))
RANKS = ((0.30, "spokesperson"), (0.55, "deputy"), (0.85, "head"), (1.0, "government"))
CONTINUING = "OP-CONT"
# What the archive counts among its decoys because it is small: it happened all the same.
SMALL = "below_threshold"
Deed = tuple[datetime, Callable[[], object]]


@dataclass(frozen=True, slots=True)
class Staff:
    """The people, at one incident after the other."""

    bureau: Bureau

    def paged(self, incident: int, scene: Scene, at: datetime) -> Iterator[Deed]:
        """Yield what is done, and when, about an incident of which somebody was paged at `at`."""
        act = Acts(self.bureau, incident, scene, at)
        acked = act.moment(ACKNOWLEDGED, "ack")
        if acked is None:
            return
        yield acked, act.acknowledge
        if scene.happening.decoy:
            yield acked + 12 * M, act.dismiss
            return
        yield acked + 8 * M, act.confirm
        yield acked + 12 * M, act.assign
        yield from ((acked + minutes * M, lambda office=office: act.sign(office)) for office, minutes in act.signers())
        released = act.moment(RELEASED, "release")
        if released is not None:
            yield from act.releases(released)
        held = act.moment(HELD, "press")
        if held is not None:
            yield held, act.hold
        if share("clarify", scene.number) < 0.3:
            yield at + 600 * M, act.clarify

    def seen(self, incident: int, scene: Scene, at: datetime) -> Iterator[Deed]:
        """Yield what is done about a smaller incident."""
        act = Acts(self.bureau, incident, scene, at)
        acked = act.moment(NOTICED, "notice")
        if acked is None:
            return
        yield acked, act.acknowledge
        if scene.happening.decoy and scene.happening.decoy != SMALL:
            yield acked + 12 * M, act.dismiss
            return
        answered = act.moment(ANSWERED, "reply")
        if answered is not None:
            yield max(answered, acked), act.reply


@dataclass(frozen=True, slots=True)
class Acts:
    """The deeds about one incident; one that is refused, because something came before it, is left."""

    bureau: Bureau
    incident: int
    scene: Scene
    at: datetime

    def moment(self, table: tuple[tuple[float, tuple[int, int] | None], ...], what: str) -> datetime | None:
        """Return when something is done by a table of shares, None for never."""
        chance, within = share(what, self.scene.number), share(what, self.scene.number, "when")
        span = next(span for most, span in table if chance <= most)
        return None if span is None else self.at + round(span[0] + within * (span[1] - span[0])) * M

    @property
    def officer(self) -> str:
        """Who acts: whoever of the three is at hand."""
        return self.bureau.by(("zhoulan", "hebin", "tangyue")[self.scene.number % 3])

    def acknowledge(self) -> None:
        self.bureau.parts.desk.acknowledge(self.incident, by=self.officer, now=self.bureau.clock())

    def confirm(self) -> None:
        words = wording()["people"]["confirmed"]
        self.bureau.parts.desk.confirm(self.incident, by=self.officer, now=self.bureau.clock(), reason=words)

    def dismiss(self) -> None:
        words = wording()["people"]["dismissed"]
        self.bureau.parts.desk.dismiss(self.incident, by=self.officer, now=self.bureau.clock(), reason=words)

    def assign(self) -> None:
        desk, found = self.bureau.parts.desk.assignments, self.view()
        route = desk.proposed(found)
        assert route is not None, "an office answers for the whole region"
        lead, *helps = route.offices
        note, now = wording()["people"]["note"], self.bureau.clock()
        desk.assign(self.incident, lead, helps, by=self.officer, now=now, note=note)

    def signers(self) -> Iterator[tuple[str, int]]:
        """Yield which offices sign, so many minutes after the acknowledgement; some late."""
        for office in ("command", "chemicals", "mines", "rescue", "leaders"):
            chance = share("sign", self.scene.number, office)
            yield office, 14 + round(30 * chance) if chance < 0.85 else 400 + round(1600 * chance)

    def sign(self, office: str) -> None:
        desk, who = self.bureau.parts.desk.assignments, self.bureau.parts.duty.offices[office].members[0]
        try:
            desk.sign(self.incident, office, by=self.bureau.by(who), now=self.bureau.clock())
        except Mistake:
            # It was assigned to others.
            return

    def releases(self, at: datetime) -> Iterator[Deed]:
        """Yield the release, every third of them by way of the gates, and what follows the next day."""
        if self.scene.number % 3:
            yield at, lambda: self.publish(RELEASE, "release")
        else:
            yield at - 60 * M, self.draft
            yield at - 45 * M, lambda: self.judge(Gate.SELF_REVIEW, "hebin")
            yield at - 30 * M, lambda: self.judge(Gate.SECRECY, "qiaoan")
            yield at - 15 * M, lambda: self.judge(Gate.APPROVAL, "luning")
            yield at, self.publish_draft
        days = 1 + int(2.5 * share("follow", self.scene.number))
        if share("finish", self.scene.number) < 0.8:
            yield at + (days * 1200 + 2900) * M, self.finish
        for day in range(1, 1 + days):
            yield at + day * 1200 * M, lambda: self.publish(ResponseKind.FOLLOW_UP_RELEASE, "follow")
        if share("over", self.scene.number) < 0.85:
            yield at + days * 1200 * M + 90 * M, self.close

    def close(self) -> None:
        """Say that nothing further has to be released; a conference that is held later begins it anew."""
        desk, why = self.bureau.parts.desk, wording()["people"]["over"]
        with self.bureau.database.read() as connection:
            running = views.deadlines(connection, matter_id=self.incident, live=True)
        for one in running:
            if one.obligation_id == CONTINUING:
                desk.waive(one.id, by=self.bureau.by("luning"), now=self.bureau.clock(), reason=why)

    def finish(self) -> None:
        """Release late what was forgotten, and say that it was the last."""
        self.publish(ResponseKind.FOLLOW_UP_RELEASE, "follow")
        self.close()

    def clarify(self) -> None:
        self.publish(ResponseKind.CLARIFICATION, "clarify")

    def reply(self) -> None:
        self.publish(ResponseKind.REPLY, "reply")

    def hold(self) -> None:
        rank = next(rank for most, rank in RANKS if share("rank", self.scene.number) <= most)
        people = wording()["people"]
        held = Conference(place=people["held"], speaker=people["speakers"][rank], rank=rank, questions=6)
        self.publish(PRESS, "press", particulars=held)

    def publish(self, kind: ResponseKind, what: str, *, particulars: Conference | None = None) -> None:
        """Publish something, and log it at once."""
        now = self.bureau.clock()
        self.bureau.parts.desk.respond(
            self.incident,
            kind,
            title=self.scene.say(wording()["people"][what]),
            url=f"https://yjt.bureau.example/tzgg/{self.scene.number}-{what}-{now:%m%d}.html",
            published_at=now,
            by=self.officer,
            now=now,
            text=self.text() if kind is RELEASE else "",
            particulars=particulars,
        )

    def text(self) -> str:
        """Write the text of a release from what is known by now."""
        known = [toll for toll in self.scene.happening.tolls if self.at + toll.after * M <= self.bureau.clock()]
        latest = (known or [self.scene.happening.tolls[0]])[-1]
        return self.scene.say(wording()["people"]["release_text"], latest, self.at - 40 * M)

    def draft(self) -> None:
        title = self.scene.say(wording()["people"]["release"])
        words = Wording(kind=RELEASE, title=title, text=self.text(), place="https://yjt.bureau.example/tzgg/")
        by, now = self.bureau.by("tangyue"), self.bureau.clock()
        made = self.bureau.parts.desk.drafts.begin(self.incident, words, by=by, now=now)
        self.bureau.parts.desk.drafts.submit(made.id, seen=1, by=by, now=now)

    def judge(self, gate: Gate, login: str) -> None:
        comment = wording()["people"]["secrecy"] if gate is Gate.SECRECY else ""
        by, now = self.bureau.by(login), self.bureau.clock()
        self.bureau.parts.desk.drafts.judge(
            self.draft_id(), gate, Verdict.PASSED, seen=1, by=by, now=now, comment=comment
        )

    def publish_draft(self) -> None:
        by, now = self.bureau.by("tangyue"), self.bureau.clock()
        url = f"https://yjt.bureau.example/tzgg/{self.scene.number}.html"
        self.bureau.parts.desk.drafts.publish(self.draft_id(), seen=1, published_at=now, by=by, now=now, url=url)

    def draft_id(self) -> int:
        """Return the draft of the incident."""
        with self.bureau.database.read() as connection:
            return drafts.of_matter(connection, self.incident)[-1].id

    def view(self) -> IncidentView:
        """Return the incident as it stands."""
        with self.bureau.database.read() as connection:
            found = views.incident(connection, self.incident)
        assert found is not None
        return found


def grave(incident: IncidentView) -> bool:
    """Tell whether somebody is paged of it."""
    return incident.presumed is not None and incident.presumed >= Severity.MAJOR
