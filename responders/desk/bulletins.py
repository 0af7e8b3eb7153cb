"""What people do with issues of bulletins: make, edit, review, sign, send back, declare void. Each is one transaction.

Who may is asked here once more, whatever the door has asked, as for drafts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from monitor.core.access.accounts import NOTHING, About, By, may
from monitor.core.access.roles import Permission
from monitor.core.beijing import day_of
from monitor.core.bulletins import passing
from monitor.core.bulletins.bulletin import (
    NEWSLETTERS,
    OF_AN_INCIDENT,
    Bulletin,
    BulletinKind,
    Content,
    Section,
    Step,
    Version,
)
from monitor.core.bulletins.facts import Asked, Facts, Lack
from monitor.core.checks.asked import questions
from monitor.core.checks.scorecard import Check, Note
from monitor.core.drafts.draft import FOR_THE_PUBLIC, Person
from monitor.core.duties.obligations import RulePack
from monitor.core.errors import N_, Mistake
from monitor.core.text import storable
from monitor.store import accounts, bulletin_facts, bulletins, release_checks, views
from monitor.store.database import Database
from responders.desk.drafts import CommentMissing, NotInYourRole
from responders.desk.holder import Holder, needed
from responders.desk.release import Proofreader

LONGEST_COMMENT = 2000
# An issue is made in a second: what the public asks and the last release lacks is told as far as it is pressing.
MOST_LACKS = 8
# Words an issue by its facts and the issue that it continues.
Writer = Callable[[BulletinKind, Facts, Bulletin | None], Content]


class UnknownBulletin(Mistake):
    """A person named an issue that does not exist."""

    message = N_("There is no issue {id}.")


class JustMade(Mistake):
    """Two people had an issue made at once; the second one is shown the first one's."""

    message = N_(
        "{by} has just had issue {number} made on this incident; here it is. Have a further one made from it, if you "
        "need one."
    )

    def __init__(self, bulletin: Bulletin) -> None:
        super().__init__(by=bulletin.version.by.name, number=bulletin.number)
        self.bulletin = bulletin


class NothingChosen(Mistake):
    """A newsletter of nothing was to be made."""

    message = N_("Choose at least one incident or item for the newsletter.")


class BulletinDesk(Holder):
    """Carries out what people do with issues; `proofreader` reads what the last release lacks, where there is one."""

    def __init__(self, database: Database, pack: RulePack, region: str, proofreader: Proofreader | None) -> None:
        super().__init__(database, pack, region)
        self._proofreader = proofreader

    def make(
        self,
        incident_id: int,
        kind: BulletinKind,
        *,
        writer: Writer,
        language: str,
        by: str,
        now: datetime,
        after: int | None = None,
    ) -> Bulletin:
        """Make the next issue on an incident; where there was one before, it says what changed since.

        `after` is the number of the last issue that the person was shown, 0 where none was; raise JustMade where
        another was made meanwhile.
        """
        assert kind in OF_AN_INCIDENT
        facts = self._facts(incident_id, now)
        with self._matter(incident_id) as (connection, incident):
            self._refuse_merged(incident)
            person = self._person(connection, by, (Permission.DRAFT,), About(incident.place))
            issued = [one for one in bulletins.of_matter(connection, incident_id) if one.kind is kind]
            before = next((one for one in issued if not one.void), None)
            # The one that was shown may have been declared void since: what stands is older then, not just made.
            if after is not None and before is not None and before.id > after:
                raise JustMade(before)
            content = storable_content(writer(kind, facts, before))
            # A void sequel keeps its name.
            sequel = 0 if before is None else max(one.sequel for one in issued) + 1
            return self._add(
                connection, kind, content, person, language, now, facts=facts, before=before, sequel=sequel
            )

    def issue(
        self,
        kind: BulletinKind,
        title: str,
        sections: Sequence[Section],
        *,
        language: str,
        by: str,
        now: datetime,
    ) -> Bulletin:
        """Make the next newsletter of chosen entries; raise NothingChosen."""
        assert kind in NEWSLETTERS
        if not sections:
            raise NothingChosen
        with self._database.write() as connection:
            person = self._person(connection, by, (Permission.DRAFT,), NOTHING)
            content = storable_content(Content(title, tuple(sections)))
            return self._add(connection, kind, content, person, language, now)

    def save(self, number: int, content: Content, *, seen: int, by: str, now: datetime) -> Bulletin:
        """Keep an edit as a new version; a review or signature lapses by it."""
        clean = storable_content(content)
        with self._held(number) as (connection, found, about):
            person = self._person(connection, by, (Permission.DRAFT,), about)
            if clean == found.content and not found.void:
                return found
            _refuse_passed(connection, found, person, about)
            version, lapse = passing.edited(found, clean, seen=seen, by=person, now=now)
            steps = () if lapse is None else (lapse,)
            authors = tuple(dict.fromkeys((*found.authors, person)))
            return self._keep(connection, replace(found, version=version, authors=authors), steps)

    def review(self, number: int, *, seen: int, by: str, now: datetime, comment: str = "") -> Bulletin:
        """Pass an issue for its words and facts."""
        with self._held(number) as (connection, found, about):
            person = self._person(connection, by, (Permission.REVIEW,), about)
            step = passing.reviewed(found, seen=seen, by=person, now=now, comment=_said(comment))
            return self._keep(connection, found, (step,))

    def sign(self, number: int, *, seen: int, by: str, now: datetime, comment: str = "") -> Bulletin:
        """Sign an issue as it stands."""
        with self._held(number) as (connection, found, about):
            person = self._person(connection, by, (Permission.APPROVE,), about)
            step = passing.signed(found, seen=seen, by=person, now=now, comment=_said(comment))
            return self._keep(connection, found, (step,))

    def send_back(self, number: int, *, seen: int, by: str, now: datetime, comment: str) -> Bulletin:
        """Send an issue back to be edited; raise CommentMissing."""
        said = _said(comment)
        if not said:
            raise CommentMissing
        with self._held(number) as (connection, found, about):
            person = self._person(connection, by, (Permission.REVIEW, Permission.APPROVE), about)
            step = passing.returned(found, seen=seen, by=person, now=now, comment=said)
            return self._keep(connection, found, (step,))

    def void(self, number: int, *, by: str, now: datetime, reason: str) -> Bulletin:
        """Declare an issue void, with a reason; it keeps its number and its texts."""
        why = needed(_said(reason))
        with self._held(number) as (connection, found, about):
            person = self._person(connection, by, (Permission.DRAFT,), about)
            _refuse_passed(connection, found, person, about)
            step = passing.voided(found, by=person, now=now, comment=why)
            return self._keep(connection, found, (step,))

    def _add(
        self,
        connection: Connection,
        kind: BulletinKind,
        content: Content,
        by: Person,
        language: str,
        now: datetime,
        *,
        facts: Facts | None = None,
        before: Bulletin | None = None,
        sequel: int = 0,
    ) -> Bulletin:
        passing.check(content)
        year = day_of(now).year
        made = Bulletin(
            id=0,
            kind=kind,
            year=year,
            number=bulletins.next_number(connection, kind, year),
            made_at=now,
            language=language,
            version=Version(number=1, content=content, by=by, at=now),
            authors=(by,),
            matter_id=None if facts is None else facts.incident,
            follows=None if before is None else before.id,
            sequel=sequel,
            facts=facts,
        )
        return _present(connection, bulletins.add(connection, made))

    def _keep(self, connection: Connection, bulletin: Bulletin, steps: Sequence[Step]) -> Bulletin:
        bulletins.save(connection, replace(bulletin, steps=(*bulletin.steps, *steps)), steps)
        return _present(connection, bulletin.id)

    @contextmanager
    def _held(self, number: int) -> Iterator[tuple[Connection, Bulletin, About]]:
        """Hold one issue for the length of a transaction, with what decides who may act on it."""
        with self._database.write() as connection:
            if not bulletins.lock(connection, number):
                raise UnknownBulletin(id=number)
            found = _present(connection, number)
            incident = None if found.matter_id is None else views.incident(connection, found.matter_id)
            yield connection, found, NOTHING if incident is None else About(incident.place)

    def _person(self, connection: Connection, by: str, permissions: Sequence[Permission], about: About) -> Person:
        """Return who acts; raise NotInYourRole where his account does not allow it, or he has none among others."""
        if not accounts.any_account(connection):
            contact = self._pack.duty.person(by)
            return Person(storable(by), 0, contact.id if contact else "")
        if isinstance(by, By):
            account = accounts.account(connection, by.account)
        else:
            account = accounts.of_login(connection, by.strip().casefold())
        if account is None or not any(may(account, one, about) for one in permissions):
            raise NotInYourRole(name=str(by))
        return Person(account.name, account.id, account.contact)

    def _facts(self, incident_id: int, now: datetime) -> Facts:
        """Read the facts of an incident, with what people ask and the last release lacks. Nothing is locked for it."""
        with self._database.read() as connection:
            incident = self._incident(connection, incident_id)
            facts = bulletin_facts.read_facts(connection, incident, self._pack, now)
            if self._proofreader is None:
                return facts
            public = [one for one in facts.standing_responses if one.kind in FOR_THE_PUBLIC]
            texts = release_checks.of_matter(connection, incident_id)
            last = next((one for one in reversed(public) if one.id in texts and texts[one.id].text), None)
            kind = None if last is None else last.kind
            known = None
            if last is not None and kind is not None:
                known = self._proofreader.circumstances(connection, incident, kind, now, without=(last.id,))
            talk = release_checks.talk_of(connection, incident_id, now)
        rules = self._proofreader.checker().rules
        if last is None or known is None:
            asked = questions(talk, rules)[: rules.limits.questions]
            return replace(facts, asked=tuple(Asked(one.topic.id, one.weight, one.sentence) for one in asked))
        card = self._proofreader.checked(texts[last.id].text, known)
        remarks = [(finding.check, remark) for finding in card.lacking for remark in finding.remarks]
        return replace(
            facts,
            asked=tuple(
                Asked(str(remark.facts["topic"]), int(remark.facts["times"]), remark.sentence)
                for _, remark in remarks
                if remark.note is Note.NOT_ANSWERED
            ),
            lacks=tuple(
                Lack(check.value, remark.note.value, dict(remark.facts))
                for check, remark in remarks
                if check is not Check.QUESTIONS
            )[:MOST_LACKS],
        )


def _refuse_passed(connection: Connection, bulletin: Bulletin, by: Person, about: About) -> None:
    """Raise PassedByOthers where he may not change what was passed; a name without an account may do everything."""
    account = accounts.account(connection, by.account) if by.account else None
    signs = account is None or may(account, Permission.APPROVE, about)
    everywhere = account is None or may(account, Permission.DRAFT)
    if not passing.may_change(bulletin, by, signs=signs, everywhere=everywhere):
        raise passing.PassedByOthers(id=bulletin.id)


def storable_content(content: Content) -> Content:
    """Return a content as it can be kept: no sections without a text, lines that end alike."""
    sections = (
        replace(one, heading=_line(one.heading), text=_lines(one.text), about=storable(one.about))
        for one in content.sections
    )
    return Content(_line(content.title), tuple(one for one in sections if one.text))


def _line(text: str) -> str:
    return " ".join(storable(text).split())


def _lines(text: str) -> str:
    return "\n".join(line for line in (_line(one) for one in storable(text).splitlines()) if line)


def _said(text: str) -> str:
    return storable(text).strip()[:LONGEST_COMMENT]


def _present(connection: Connection, number: int) -> Bulletin:
    found = bulletins.bulletin(connection, number)
    assert found is not None
    return found
