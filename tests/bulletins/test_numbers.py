"""The numbers of an issue are those of the database, counted here by plain SQL."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from monitor.core.bulletins.bulletin import BulletinKind, Content, Section, SectionKey
from monitor.core.model import ResponseKind
from monitor.store.database import Database
from responders.documents.bulletin_paper import paper_of
from responders.documents.bulletin_texts import LONGEST_SUMMARY
from responders.documents.official import Picture
from tests.bulletins.shared import H, M, exploded, make, stored, text_of
from tests.responders.console.station import T0, Station


@pytest.fixture
def station(database: Database) -> Station:
    made = exploded(Station(database, "zh"))
    for n in range(5):
        made.clock.now = T0 + H + n * 40 * M
        made.tell(f"金川区化工仓库爆炸第{n}问", "金昌市金川区化工仓库爆炸，为什么会爆炸？", by="list")
    made.parts.desk.respond(
        1,
        ResponseKind.AUTHORITATIVE_RELEASE,
        title="通报",
        url="",
        published_at=made.clock(),
        by="王",
        now=made.clock(),
    )
    made.watch()
    return made


def test_titles_sources_responses_and_deadlines_are_those_stored(station: Station) -> None:
    special = make(station, BulletinKind.SPECIAL)
    told = text_of(special)
    with station.database.read() as connection:

        def one(sql: str) -> int:
            return int(connection.scalar(text(sql)) or 0)

        titles = one("SELECT count(*) FROM incident_item WHERE matter_id = 1")
        sources = one(
            "SELECT count(DISTINCT source_id) FROM item JOIN incident_item ON item_id = item.id "
            "WHERE matter_id = 1 AND trust <> 'official'"
        )
        official = one(
            "SELECT count(*) FROM item JOIN incident_item ON item_id = item.id "
            "WHERE matter_id = 1 AND trust = 'official'"
        )
        responses = one("SELECT count(*) FROM response WHERE matter_id = 1 AND retracted_at IS NULL")
        by_source = connection.execute(
            text(
                "SELECT source_id, count(*) AS n FROM item JOIN incident_item ON item_id = item.id "
                "WHERE matter_id = 1 GROUP BY source_id"
            )
        ).all()
        deaths = one("SELECT deaths FROM incident WHERE matter_id = 1")
        running = one(
            "SELECT count(*) FROM deadline WHERE matter_id = 1 AND state IN ('open', 'missed') AND settled_at IS NULL"
        )
        steps = one("SELECT count(*) FROM severity_step WHERE matter_id = 1")
    assert titles >= 8
    assert f"共{titles}条标题" in told
    assert f"{sources} 个来源 {titles} 条" in special.content.sections[0].text
    assert f"官方：共 {official} 条" in told
    assert f"已回应 {responses} 次" in told
    assert f"{deaths} 人死亡" in told
    for row in by_source:
        assert f"{station.parts.names.source(row.source_id)} {row.n} 条" in told
    answer = next(section.text for section in special.content.sections if section.key is SectionKey.RESPONSES)
    assert answer.count("剩余") == running > 0
    facts = special.facts
    assert facts is not None
    assert len(facts.turns) == steps
    assert sum(point.titles for point in facts.heat.course) == titles
    assert stored(station, special.id).facts == facts


def test_the_first_paragraph_is_short_and_the_chart_is_drawn_from_what_is_kept(station: Station) -> None:
    station.tell("长" * 400 + "金昌市金川区化工仓库爆炸已致11人遇难", "金昌市金川区化工仓库爆炸，11人死亡。", by="city")
    special = make(station, BulletinKind.SPECIAL)
    summary = special.content.sections[0]
    assert summary.key is SectionKey.SUMMARY
    assert 40 < len(summary.text) <= LONGEST_SUMMARY
    [drawn] = [part for part in paper_of(special, "").parts if isinstance(part, Picture)]
    station.clock.now += 5 * H
    station.tell("金川区化工仓库爆炸又一则", "金昌市金川区化工仓库爆炸。", by="evening")
    [again] = [part for part in paper_of(stored(station, special.id), "").parts if isinstance(part, Picture)]
    assert again == drawn
    # Whoever takes the section out takes the chart out.
    rest = tuple(one for one in special.content.sections if one.key is not SectionKey.SPREAD)
    saved = station.parts.desk.bulletins.save(special.id, Content("专报", rest), seen=1, by="王敏", now=station.clock())
    assert not any(isinstance(part, Picture) for part in paper_of(saved, "").parts)
    assert all(isinstance(one, Section) for one in saved.content.sections)
