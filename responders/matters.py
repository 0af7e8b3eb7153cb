"""Matters that a person opens: open one, state a moment, log what was done, note that somebody acts, close it.

The deadlines of every kind of matter are the same; only an incident is opened by reports. Each act is one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.core.beijing import shown
from monitor.core.duties.obligations import RulePack
from monitor.core.duties.review import review
from monitor.core.errors import N_, Mistake, ReasonMissing, ResponseInFuture
from monitor.core.model import Anchor, MatterState, ResponseKind, Verb, aware
from monitor.core.views import DeadlineView, MatterView
from monitor.store import decisions, duties, matters, views
from monitor.store.database import Database
from monitor.store.matter_facts import facts_of

TYPING_SLACK = timedelta(minutes=2)


Standing = tuple[MatterView, tuple[DeadlineView, ...]]


class UnknownMatter(Mistake):
    """A person named a matter that is not stored, or one that reports opened."""

    message = N_("There is no matter {id} that a person opened. List them with `huiying matter list`.")


class NoDutiesOf(Mistake):
    """No rule in use is about this kind of matter, so nothing would be counted."""

    message = N_("No rule in use is about matters of the kind {kind}. Known: {known}. Add a pack under rules.")


class NoMoment(Mistake):
    """A matter was opened without any moment to count from."""

    message = N_("Say from which moment it counts, like --anchor aware=2026-07-09T20:00. The rules know: {anchors}")


class MomentInFuture(Mistake):
    """A moment was stated that is still to come."""

    message = N_("{anchor} ({at}) lies in the future; it is {now} now. Correct the time.")


class TitleMissing(Mistake):
    """A matter was opened without a title."""

    message = N_("Say in a few words what it is about.")


class MatterClosed(Mistake):
    """Something was to be done to a matter that is closed."""

    message = N_("Matter {id} is closed; nothing was changed.")


class Matters:
    """Carries out what people decide about matters that no report opens."""

    def __init__(self, database: Database, pack: RulePack, region: str) -> None:
        self._database = database
        self._pack = pack
        self._region = region

    @property
    def kinds(self) -> list[str]:
        """The kinds of matter that the rules in use are about, incidents left out."""
        return sorted({r.applies.matter for r in self._pack.obligations if r.enabled} - {matters.INCIDENT})

    def open(
        self, kind: str, *, title: str, anchors: Mapping[Anchor, datetime], by: str, now: datetime, reason: str = ""
    ) -> Standing:
        """Open a matter with the moments that are known of it; its deadlines begin at once."""
        if kind not in self.kinds:
            raise NoDutiesOf(kind=kind, known=", ".join(self.kinds) or "—")
        if not title.strip():
            raise TitleMissing
        if not anchors:
            raise NoMoment(anchors=", ".join(self._anchors(kind)))
        stated = _stated(anchors, now)
        with self._database.write() as connection:
            number = matters.open_matter(connection, kind, title.strip(), now)
            decisions.decide(
                connection,
                number,
                Verb.OPEN,
                by=by,
                duty=self._pack.duty,
                now=now,
                reason=reason,
                detail=stated,
                acts=False,
            )
            return self._review(connection, number, now)

    def state(
        self, number: int, anchors: Mapping[Anchor, datetime], *, by: str, now: datetime, reason: str = ""
    ) -> Standing:
        """State a further moment of a matter, such as when it was determined to be material."""
        stated = _stated(anchors, now)
        with self._open(number) as connection:
            decisions.decide(
                connection, number, Verb.STATE, by=by, duty=self._pack.duty, now=now, reason=reason, detail=stated
            )
            return self._review(connection, number, now)

    def respond(
        self, number: int, kind: ResponseKind, *, title: str, url: str, published_at: datetime, by: str, now: datetime
    ) -> Standing:
        """Log what was done; deadlines that it satisfies are met, or met late. A second tap logs nothing new."""
        if aware(published_at) > now + TYPING_SLACK:
            raise ResponseInFuture(published_at=shown(published_at), now=shown(now))
        with self._open(number) as connection:
            if decisions.logged_as(connection, number, kind, title.strip(), url, published_at) is None:
                decisions.save_response(
                    connection, number, kind, title=title.strip(), url=url, published_at=published_at, by=by, now=now
                )
                detail = {"kind": kind.value, "url": url, "published_at": published_at.isoformat()}
                decisions.decide(
                    connection, number, Verb.RESPOND, by=by, duty=self._pack.duty, now=now, reason=title, detail=detail
                )
            return self._review(connection, number, now)

    def acknowledge(self, number: int, *, by: str, now: datetime) -> Standing:
        """Take note that somebody acts: the nagging stops, the deadlines run on."""
        with self._open(number) as connection:
            decisions.decide(connection, number, Verb.ACKNOWLEDGE, by=by, duty=self._pack.duty, now=now)
            return self._review(connection, number, now)

    def close(self, number: int, *, by: str, now: datetime, reason: str) -> Standing:
        """Close a matter with a reason; its live deadlines are withdrawn, everything stays in the log."""
        if not reason.strip():
            raise ReasonMissing
        with self._open(number) as connection:
            decisions.decide(
                connection, number, Verb.DISMISS, by=by, duty=self._pack.duty, now=now, reason=reason.strip()
            )
            decisions.set_state(connection, number, MatterState.DISMISSED, reason=reason.strip())
            return self._review(connection, number, now)

    def _anchors(self, kind: str) -> list[str]:
        rules = [rule for rule in self._pack.obligations if rule.enabled and rule.applies.matter == kind]
        return list(dict.fromkeys(anchor.value for rule in rules for anchor in rule.anchors))

    @contextmanager
    def _open(self, number: int) -> Iterator[Connection]:
        """Hold an open matter for the length of a transaction."""
        with self._database.write() as connection:
            duties.lock_matter(connection, number)
            found = matters.matter(connection, number)
            if found is None or found.kind == matters.INCIDENT:
                raise UnknownMatter(id=number)
            if found.state is not MatterState.OPEN:
                raise MatterClosed(id=number)
            yield connection

    def _review(self, connection: Connection, number: int, now: datetime) -> Standing:
        facts = facts_of(connection, number, self._region)
        standing = duties.deadlines_of(connection, number)
        duties.save_review(connection, review(facts, self._pack, standing, now), self._pack, now)
        found = matters.matter(connection, number)
        assert found is not None
        return found, tuple(views.deadlines(connection, matter_id=number))


def _stated(anchors: Mapping[Anchor, datetime], now: datetime) -> dict[str, dict[str, str]]:
    """Return the moments as they are kept; refuse one that is still to come."""
    for anchor, at in anchors.items():
        if aware(at) > now + TYPING_SLACK:
            raise MomentInFuture(anchor=anchor, at=shown(at), now=shown(now))
    return {"anchors": {anchor.value: at.isoformat() for anchor, at in anchors.items()}}
