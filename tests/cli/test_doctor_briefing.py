"""The doctor and the check say who gets the briefing, who left, and which reader cannot be served."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.cli.doctor_briefing import readers_finding
from monitor.config.settings import Settings, SettingsFile
from monitor.core.beijing import short
from monitor.core.briefing_readers import Edition
from monitor.core.people.contacts import Office
from monitor.core.people.duty import Duty
from monitor.service import Parts
from monitor.service.briefing import UnknownOffice, brief_of, readers_of
from monitor.service.condition import asides
from monitor.service.running import Service
from monitor.store.database import Database
from monitor.store.unsubscriptions import Unsubscription, add
from responders.documents.messages import Composer
from responders.language import Words

NOW = datetime(2026, 7, 9, 1, 0, tzinfo=UTC)
PRESS = {"address": "b@b.example", "office": "press", "language": "en"}


def parts_of(database: Database, *to: object) -> Parts:
    form = {"language": "zh", "bureau": {"region": "210400"}, "briefing": {"to": list(to)}}
    parts = Parts(Settings(SettingsFile.model_validate(form), None), database)
    parts.duty = Duty(offices={"press": Office("press", "宣传科", ())})
    return parts


def left(database: Database, *addresses: str) -> None:
    with database.write() as connection:
        for address in addresses:
            add(connection, Unsubscription(address, NOW, "link"))


def test_it_counts_who_gets_it_and_names_who_left(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = parts_of(database, "a@b.example", PRESS)
    assert (readers_finding(parts).well, "2" in readers_finding(parts).said) == (True, True)
    left(database, "a@b.example", "gone@b.example")
    finding = readers_finding(parts)
    assert finding.well
    assert "a@b.example" in finding.said
    assert short(NOW) in finding.said
    assert "gone@b.example" not in finding.said, "he stands on no list any more"
    left(database, "b@b.example")
    assert not readers_finding(parts).well


def test_an_office_that_is_not_in_the_duty_file_is_said_with_those_that_are(database: Database) -> None:
    parts = parts_of(database, {"address": "b@b.example", "office": "pres"})
    with pytest.raises(UnknownOffice, match=r"b@b\.example.* pres.*press"):
        readers_of(parts, "zh")
    assert not readers_finding(parts).well


def test_alerts_start_where_the_office_of_a_reader_was_removed_and_it_is_told(database: Database) -> None:
    parts = parts_of(database, {"address": "b@b.example", "office": "gone", "region": "210402"})
    parts.sources = {}
    service = Service(parts, ("watch", "deliver", "brief"))
    pulses = [pulse.name for pulse in service.heart.pulses]
    assert {"watch", "deliver console", "sweep", "brief"} <= set(pulses)
    [reader] = brief_of(parts, Composer(parts.words, parts.names)).readers
    assert reader.edition == Edition(region="210402"), "what else bounds him does so still"
    with database.read() as connection:
        [told] = [one for one in asides(parts, connection, Words("en"), NOW) if one.ailment == "briefing"]
    assert "gone" in told.said


def test_a_brief_has_a_composer_for_each_language_and_a_moment_of_the_office(database: Database) -> None:
    parts = parts_of(database, "a@b.example", PRESS)
    brief = brief_of(parts, Composer(parts.words, parts.names))
    assert {name: composer.words.language for name, composer in brief.others.items()} == {"en": "en"}
    assert brief.moment(NOW.date()) == brief_of(parts, Composer(parts.words, parts.names)).moment(NOW.date())
