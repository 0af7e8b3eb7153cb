"""What the made-up people write beside their releases: bulletins, a review of what is over, an appraisal of offices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from monitor.core.appraisal.appraisal import ByHand
from monitor.core.beijing import day_of, instant
from monitor.core.bulletins.bulletin import BulletinKind, BulletinState
from monitor.core.model import MatterState
from monitor.store import aftermath, bulletins, views
from responders.desk.appraisals import Wanted
from responders.documents.bulletin_texts import BulletinWriter
from responders.documents.newsletter import editorial, incident_entry, title_of
from responders.documents.scorecard import Proofs
from tests.year.bureau import BEGIN, DAYS, Bureau, morning_of
from tests.year.people import Deed, M
from tests.year.wording import wording

H, DAY = timedelta(hours=1), timedelta(days=1)
FLASH, SPECIAL, MOBILE, MONTHLY = BulletinKind
REVIEWED, SIGNED = 12 * M, 25 * M
# After the first issue was asked for; the review comes once the bulk of it is over.
SEQUEL, SPECIAL_REPORT, REVIEW = 9 * H, 26 * H, 9 * DAY
MONDAY = 0
MOST_ENTRIES = 12
FIRST, LAST, BEGINS = date(2025, 1, 1), date(2025, 11, 30), date(2025, 12, 15)


@dataclass(frozen=True, slots=True)
class Writing:
    """Who writes an issue, reviews and signs it."""

    bureau: Bureau

    def of_incident(self, incident: int, at: datetime) -> Iterator[Deed]:
        """Yield the issues on an incident that became a grave one shortly before `at`, and its review."""
        for moment, kind in ((at + 15 * M, FLASH), (at + SEQUEL, FLASH), (at + SPECIAL_REPORT, SPECIAL)):
            yield moment, partial(self.make, incident, kind)
            yield moment + REVIEWED, partial(self.review, kind)
            yield moment + SIGNED, partial(self.sign, kind)
        yield at + REVIEW, partial(self.hold_review, incident)
        yield at + REVIEW + H, partial(self.sign_review, incident)
        yield at + REVIEW + 20 * DAY, partial(self.learn, incident)

    def newsletters(self) -> Iterator[Deed]:
        """Yield what is issued every Monday of the week before, and on the first of every month of that before."""
        for day in range(1, DAYS):
            today = FIRST + day * DAY
            if today.weekday() == MONDAY:
                yield from self._newsletter(MOBILE, today - 7 * DAY, today, morning_of(day, 9, 0))
            if today.day == 1:
                yield from self._newsletter(MONTHLY, (today - DAY).replace(day=1), today, morning_of(day, 10, 0))

    def _newsletter(self, kind: BulletinKind, first: date, end: date, at: datetime) -> Iterator[Deed]:
        yield at, partial(self.choose, kind, first, end)
        yield at + REVIEWED, partial(self.review, kind)
        yield at + SIGNED, partial(self.sign, kind)

    def make(self, incident: int, kind: BulletinKind) -> None:
        """Have the next issue on an incident made."""
        parts, composer = self.bureau.parts, self.bureau.composer
        writer = BulletinWriter(composer, Proofs(composer, parts.desk.release_rules))
        by, now = self.bureau.by("zhoulan"), self.bureau.clock()
        parts.desk.bulletins.make(incident, kind, writer=writer, language="zh", by=by, now=now)

    def choose(self, kind: BulletinKind, first: date, end: date) -> None:
        """Issue a newsletter of the incidents of a period that count, the first one first; none of nothing."""
        composer = self.bureau.composer
        since, until = (max(instant(one, time()), BEGIN) for one in (first, end))
        with self.bureau.database.read() as connection:
            found = views.incidents(connection, since=since, until=until)
            told = [one for one in reversed(found) if one.state is MatterState.OPEN][:MOST_ENTRIES]
            entries = [incident_entry(one, views.responses(connection, matter_id=one.id), composer) for one in told]
        if not entries:
            return
        title = title_of(kind, first, end - DAY, composer)
        above = editorial(wording()["papers"]["editorial"]) if kind is MONTHLY else ()
        by, now = self.bureau.by("zhoulan"), self.bureau.clock()
        self.bureau.parts.desk.bulletins.issue(kind, title, (*above, *entries), language="zh", by=by, now=now)

    def review(self, kind: BulletinKind) -> None:
        """Review what of a kind waits for it."""
        for number in self._waiting(kind, BulletinState.DRAFT):
            by, now = self.bureau.by("qiaoan"), self.bureau.clock()
            self.bureau.parts.desk.bulletins.review(number, seen=1, by=by, now=now)

    def sign(self, kind: BulletinKind) -> None:
        """Sign what of a kind was reviewed."""
        for number in self._waiting(kind, BulletinState.REVIEWED):
            by, now = self.bureau.by("luning"), self.bureau.clock()
            self.bureau.parts.desk.bulletins.sign(number, seen=1, by=by, now=now)

    def _waiting(self, kind: BulletinKind, state: BulletinState) -> list[int]:
        with self.bureau.database.read() as connection:
            return [one.id for one in bulletins.listed(connection, kind=kind, state=state)]

    def hold_review(self, incident: int) -> None:
        """Hold the review of an incident, write down what came of it, and a lesson."""
        words, desk, now = wording()["papers"], self.bureau.parts.desk.aftermath, self.bureau.clock()
        by = self.bureau.by("hebin")
        desk.hold(incident, day_of(now), attendees=words["attendees"], conclusion=words["conclusion"], by=by, now=now)
        due = day_of(now) + 30 * DAY
        desk.add_lesson(incident, words["lesson"], office=words["lesson_office"], due_on=due, by=by, now=now)

    def sign_review(self, incident: int) -> None:
        """Sign the review."""
        self.bureau.parts.desk.aftermath.sign(incident, by=self.bureau.by("luning"), now=self.bureau.clock())

    def learn(self, incident: int) -> None:
        """Carry the lesson out."""
        with self.bureau.database.read() as connection:
            open_ones = [one.id for one in aftermath.lessons(connection, incident) if one.done_at is None]
        by, now, words = self.bureau.by("hebin"), self.bureau.clock(), wording()["papers"]["learnt"]
        for lesson in open_ones:
            self.bureau.parts.desk.aftermath.end_lesson(incident, lesson, result=words, by=by, now=now)


@dataclass(frozen=True, slots=True)
class Appraising:
    """The appraisal of three offices at the end of the year, from its plan to its receipts."""

    bureau: Bureau

    def deeds(self) -> Iterator[Deed]:
        """Yield what is done, and when; notice is given three weeks before it begins."""
        yield _on(11, 17, 9), self.plan
        yield _on(11, 19, 15), self.approve
        yield _on(11, 24, 9), self.give_notice
        for hour, office in enumerate(wording()["appraisal"]["offices"], 9):
            yield _on(11, 25, hour), partial(self.receive, office)
            yield _on(12, 3, hour), partial(self.check, office)
            yield _on(12, 16, hour), partial(self.grade, office)
            yield _on(12, 18, hour), partial(self.settle, office)
            yield _on(12, 19, hour), partial(self.receive, office)

    def plan(self) -> None:
        words = wording()["appraisal"]
        wanted = Wanted(
            title=words["title"], first=FIRST, last=LAST, begins_on=BEGINS, plan=words["plan"],
            offices=tuple(words["offices"]),
        )  # fmt: skip
        self.bureau.parts.appraisals.plan(wanted, by=self.bureau.by("shenyi"), now=self.bureau.clock())

    def approve(self) -> None:
        self.bureau.parts.appraisals.approve(1, by=self.bureau.by("luning"), now=self.bureau.clock())

    def give_notice(self) -> None:
        self.bureau.parts.appraisals.give_notice(1, by=self.bureau.by("shenyi"), now=self.bureau.clock())

    def receive(self, office: str) -> None:
        """Sign for the notice or the result."""
        self.bureau.parts.appraisals.sign(1, office, by=self._member(office), now=self.bureau.clock())

    def check(self, office: str) -> None:
        """Hand in the self-check of an office."""
        words = wording()["appraisal"]
        by_hand = {name: ByHand(n, words["registers"][name]) for name, n in words["offices"][office]["by_hand"].items()}
        by, now = self._member(office), self.bureau.clock()
        self.bureau.parts.appraisals.hand_in(1, office, words["texts"], by_hand, by=by, now=now)

    def grade(self, office: str) -> None:
        """Propose a grade."""
        given = wording()["appraisal"]["offices"][office]
        by, now = self.bureau.by("qiaoan"), self.bureau.clock()
        self.bureau.parts.appraisals.review(1, office, given["grade"], by=by, now=now, reason=given["reason"])

    def settle(self, office: str) -> None:
        """Approve the grade as it was proposed."""
        given = wording()["appraisal"]["offices"][office]
        by, now = self.bureau.by("luning"), self.bureau.clock()
        self.bureau.parts.appraisals.settle(1, office, given["grade"], by=by, now=now)

    def _member(self, office: str) -> str:
        return self.bureau.by(self.bureau.parts.duty.offices[office].members[0])


def _on(month: int, day: int, hour: int) -> datetime:
    return morning_of((date(2025, month, day) - FIRST).days, hour, 0)
