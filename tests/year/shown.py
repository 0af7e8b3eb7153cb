"""What the examples show of a year: which incident, briefing, issues and figures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import text

from monitor.core.appraisal.appraisal import Appraisal
from monitor.core.beijing import day_of
from monitor.core.briefing import WrittenBriefing
from monitor.core.bulletins.bulletin import Bulletin, BulletinKind
from monitor.core.model import Severity
from monitor.core.statistics.facts import Asked
from monitor.core.statistics.reckoned import Table
from monitor.core.views import DeadlineView, IncidentView
from monitor.store import briefings, bulletins, views
from responders.statistics import Statistics, period
from tests.year.bureau import Bureau
from tests.year.wording import REGION

FIVE_HOURS = "OP-AUTH-5H"


class Shown:
    """What the examples show of a year: its end, one incident that had everything, one telling morning."""

    def __init__(self, bureau: Bureau) -> None:
        self.bureau, self.now = bureau, bureau.clock()
        self.database, self.parts, self.composer = bureau.database, bureau.parts, bureau.composer

    def incident(self) -> IncidentView:
        """Return the incident about which most was published, by way of the gates."""
        number = self.one(
            """
            SELECT draft.matter_id FROM draft JOIN response ON response.matter_id = draft.matter_id
            JOIN incident ON incident.matter_id = draft.matter_id
            WHERE draft.state = 'published' AND incident.severity = :major
            GROUP BY draft.matter_id ORDER BY count(*) DESC, draft.matter_id LIMIT 1""",
            major=Severity.MAJOR,
        )
        with self.database.read() as connection:
            found = views.incident(connection, int(number))
        assert found is not None
        return found

    def deadline(self) -> DeadlineView:
        """Return its deadline of five hours."""
        with self.database.read() as connection:
            found = views.deadlines(connection, matter_id=self.incident().id)
        return next(one for one in found if one.obligation_id == FIVE_HOURS)

    def briefing(self) -> WrittenBriefing:
        """Return the fullest of the briefings."""
        day = self.one("SELECT day FROM briefing ORDER BY length(text) DESC, day LIMIT 1")
        with self.database.read() as connection:
            found = briefings.read(connection, day_of(datetime.fromisoformat(f"{day}T12:00+08:00")))
        assert found is not None
        return found

    def issues(self, kind: BulletinKind) -> list[Bulletin]:
        """Return the issues of a kind on that incident, the oldest first."""
        with self.database.read() as connection:
            found = bulletins.of_matter(connection, self.incident().id)
        return [one for one in reversed(found) if one.kind is kind]

    def newsletter(self, kind: BulletinKind) -> Bulletin:
        """Return the first newsletter of a kind that was issued after that incident."""
        number = self.one(
            """
            SELECT id FROM bulletin WHERE kind = :kind AND made_at >
            (SELECT opened_at FROM matter WHERE id = :incident) ORDER BY made_at LIMIT 1""",
            kind=kind.value,
            incident=self.incident().id,
        )
        with self.database.read() as connection:
            found = bulletins.bulletin(connection, int(number))
        assert found is not None
        return found

    def appraisal(self) -> Appraisal:
        """Return the appraisal of the year."""
        return self.parts.appraisals.one(1)

    def asked(self) -> Asked:
        """Return what the statistics are asked for: the year."""
        since, until = period("2025", "2025", self.now)
        return Asked(since=since, until=until, region=REGION, home=REGION)

    def tables(self) -> tuple[Table, ...]:
        """Return the statistics of the year."""
        return Statistics(self.database, self.parts.conferences).tables(self.asked())

    def one(self, query: str, **facts: Any) -> Any:
        """Return the one value that a query finds."""
        with self.database.read() as connection:
            return connection.execute(text(query), facts).scalar_one()
