"""Why was I, or was I not, told: asked by the one on duty, and by the one who was not."""

from __future__ import annotations

from monitor.config.settings import Settings, SettingsFile
from monitor.core.explain.contact import ContactAnswer
from monitor.core.people.duty import Because
from monitor.service.parts import Parts
from monitor.store.database import Database
from responders.documents.messages import Composer
from responders.documents.reasons_contact import contact_sections
from tests.story.roster import CONTACTS, Bureau, H, M


def asked(bureau: Bureau, name: str) -> tuple[ContactAnswer, str]:
    parts = Parts(Settings(SettingsFile.model_validate({"language": "en"}), None), bureau.database)
    parts.pack = bureau.pack
    answer = parts.inquiry.contact(CONTACTS[name], bureau.clock())
    sections = contact_sections(answer, Composer(parts.words, parts.names, ""))
    return answer, "\n".join(f"{e.text} ({e.note})" for section in sections for e in section.entries)


def test_the_one_on_duty_and_the_one_who_is_not_both_learn_why(database: Database) -> None:
    bureau = Bureau(database)
    bureau.major()
    bureau.pass_time(3 * M)
    mine, told = asked(bureau, "wang")
    assert [shift.mine for shift in mine.shifts] == [True]
    assert mine.told[0].meant is not None
    assert mine.told[0].meant.because is Because.LAYER
    rung = [one for one in mine.told if one.meant is not None and not one.meant.silence]
    assert [[attempt.channel for attempt in one.attempts] for one in rung] == [["chat"]]
    assert "told by another alert of the same moment" in told
    assert "for him: on duty duty" in told
    assert "chat (王敏): accepted" in told
    other, told = asked(bureau, "li")
    assert [shift.mine for shift in other.shifts] == [False]
    assert all(one.meant is None for one in other.told)
    assert "总值班: 王敏" in told
    assert "not for him, but for 王敏 (on duty duty)" in told


def test_who_takes_over_is_told_so_and_the_other_sees_the_change(database: Database) -> None:
    bureau = Bureau(database)
    bureau.rota_desk.take("duty", "li", by="李强", now=bureau.clock(), ends=bureau.clock() + 2 * H)
    bureau.major()
    bureau.pass_time(3 * M)
    answer, told = asked(bureau, "wang")
    assert answer.told[0].meant is None
    assert "not for him, but for 李强 (has taken over duty duty)" in told
    bureau.clock.advance(hours=30)
    answer, told = asked(bureau, "wang")
    assert answer.told == ()
    assert "No alert was made in this time." in told
