"""Several duties begin with one incident: it rings once, tells of all of them, and says why the others did not ring."""

from __future__ import annotations

from monitor.config.settings import Settings, SettingsFile
from monitor.core.duties.alerting import Silence
from monitor.core.model import AlertState
from monitor.loops.deliver import scene_of
from monitor.service.parts import Parts
from monitor.store.database import Database
from responders.documents.messages import Composer
from responders.documents.reasons_telling import alert_sections
from tests.story.roster import Bureau, M


def test_several_deadlines_that_open_at_once_ring_once(database: Database) -> None:
    bureau = Bureau(database)
    bureau.major()
    bureau.pass_time(2 * M)
    openings = [alert for alert in bureau.alerts() if alert.point == "opened"]
    assert len(openings) > 1
    rung = [key for key in bureau.chat.keys if key.endswith(">wang")]
    assert rung == [f"{bureau.of('opened').key}>wang"], "the most urgent speaks for all"
    others = [alert for alert in openings if alert.obligation_id != "OP-AUTH-5H"]
    assert {one.silence for alert in others for one in alert.audience} == {Silence.TOLD_WITH_ANOTHER}
    assert {alert.state for alert in openings} == {AlertState.SENT}
    assert {alert.key for alert in openings} <= set(bureau.team.keys), "the team is told of each"


def test_why_he_was_not_rung_is_said_of_each(database: Database) -> None:
    bureau = Bureau(database)
    bureau.major()
    bureau.pass_time(2 * M)
    parts = Parts(Settings(SettingsFile.model_validate({"language": "en"}), None), database)
    parts.pack = bureau.pack
    composer = Composer(parts.words, parts.names, "")

    def told(number: int) -> str:
        sections = alert_sections(parts.inquiry.alert(number), composer)
        return "\n".join(f"{entry.text} ({entry.note})" for section in sections for entry in section.entries)

    speaking = bureau.of("opened")
    assert "For 王敏: on duty" in told(speaking.id)
    assert "chat (王敏): accepted" in told(speaking.id)
    other = next(a for a in bureau.alerts() if a.point == "opened" and a.id != speaking.id)
    assert "told by another alert of the same moment" in told(other.id)


def test_the_page_that_rings_names_the_other_clocks(database: Database) -> None:
    bureau = Bureau(database)
    number = bureau.major()
    bureau.pass_time(1 * M)
    texts = said(bureau, "opened")
    assert number == 1
    assert any("24" in text for text in texts)


def said(bureau: Bureau, point: str) -> list[str]:
    """Return the lines about other clocks in the message of a point."""
    parts = Parts(Settings(SettingsFile.model_validate({"language": "en"}), None), bureau.database)
    composer = Composer(parts.words, parts.names, "")
    with bureau.database.read() as connection:
        message = composer.message(scene_of(connection, bureau.of(point), bureau.clock()))
    return [line.value for line in message.lines if line.label == "Running as well"]
