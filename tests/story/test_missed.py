"""A day of news as several groups of sources had it, and what the next morning says of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.beijing import day_of
from monitor.core.fetched import DropReason, Entry, Fetched, Outcome
from monitor.core.missed.report import Missed, WhyLate, missed_of
from monitor.core.model import Assessment, Item, TimeNote, Trust
from monitor.core.sources import FailureKind, Source, SourceKind
from monitor.loops.brief import Brief
from monitor.service.missed import beside_of
from monitor.store import fetches, items, sources
from monitor.store.database import Database
from monitor.store.items import Drop
from monitor.store.missed_facts import missed_facts
from responders.documents import missed as told
from responders.documents.messages import Composer
from responders.language import Words
from tests.responders.console.station import Station, browsing, serving

H, M = timedelta(hours=1), timedelta(minutes=1)
# Midnight of 8 July in Beijing; the briefing is that of 9 July.
DAY = datetime(2026, 7, 7, 16, 0, tzinfo=UTC)
MORNING = DAY + 24 * H + timedelta(hours=8, minutes=30)
BLAST = "甘肃白银一化工厂爆炸致12死30伤"


def feed(name: str, trust: Trust, *, own: bool = False, group: str = "") -> Source:
    return Source(
        id=name, name=name, kind=SourceKind.FEED, url=f"https://{name}.example/", trust=trust, own=own, group=group
    )


WATCHED = {
    one.id: one
    for one in (
        feed("gov", Trust.OFFICIAL),
        feed("paper", Trust.CENTRAL_MEDIA),
        feed("evening", Trust.LOCAL_MEDIA),
        feed("weibo", Trust.PLATFORM),
        feed("ours", Trust.OFFICIAL, own=True),
    )
}


@pytest.fixture
def station(database: Database) -> Station:
    station = Station(database)
    station.parts.sources = dict(WATCHED)
    station.clock.now = DAY
    with database.write() as connection:
        sources.register(connection, WATCHED.keys(), DAY + 100 * H)
    return station


def tell(station: Station, title: str, by: str, *, published: datetime | None = None) -> None:
    station.told += 1
    at = published or station.clock()
    entry = Entry(
        key=f"{by}:{station.told}", title=title, url="", published_at=at, time_note=TimeNote.STATED, external_id=""
    )
    station.parts.intake.take(WATCHED[by], [entry], station.clock())


def fetched(station: Station, by: str, *, fails: bool = False, new: int = 0) -> None:
    outcome = Outcome.FAILED if fails else Outcome.ITEMS if new else Outcome.UNCHANGED
    reason = FailureKind.TIMEOUT if fails else None
    with station.database.write() as connection:
        fetches.record(
            connection,
            by,
            Fetched(outcome=outcome, reason=reason),
            now=station.clock(),
            new=new,
            next_at=station.clock() + 100 * H,
            failure_score=1.0 if fails else 0.0,
        )


def missed(station: Station) -> Missed:
    since = DAY
    with station.database.read() as connection:
        return missed_of(missed_facts(connection, beside_of(station.parts), since, since + 24 * H, MORNING))


def test_who_had_it_first_and_who_had_it_not(station: Station) -> None:
    station.clock.now = DAY + 2 * H
    tell(station, BLAST, "weibo")
    station.clock.now += 30 * M
    tell(station, BLAST + "，救援进行中", "gov")
    station.clock.now += H
    tell(station, "新疆喀什一煤矿透水致5人死亡", "weibo")
    found = missed(station)
    assert [(one.id, list(one.carried)) for one in found.happenings] == [
        (1, ["social", "official"]),
        (2, ["social"]),
    ]
    assert found.carried == {"social": 2, "official": 1}
    assert found.alone == {"social": 1}
    assert found.groups == {"official": 1, "central_media": 1, "local_media": 1, "social": 1, "own": 1}
    # The second lies elsewhere and is not major: it is counted, and nobody is asked to look at it.
    assert (found.social_only, found.far) == ((), 1)


def test_what_only_the_public_tells_of_here_is_listed(station: Station) -> None:
    station.clock.now = DAY - 24 * H
    tell(station, "兰州一商场火灾致3人死亡", "paper")
    station.clock.now = DAY + 2 * H
    tell(station, BLAST, "weibo")
    assert [one.title for one in missed(station).social_only] == [BLAST]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ([False, False], WhyLate.BACKDATED),
        ([True, True], WhyLate.FAILING),
        ([], WhyLate.SLOW),
    ],
)
def test_why_an_incident_came_late_is_read_from_the_fetches(station: Station, asked: list[bool], why: WhyLate) -> None:
    fetched(station, "paper")
    published = DAY + 2 * H
    for n, fails in enumerate(asked):
        station.clock.now = published + (n + 1) * H
        fetched(station, "paper", fails=fails)
    station.clock.now = published + 4 * H
    tell(station, BLAST, "paper", published=published)
    fetched(station, "paper", new=1)
    (late,) = missed(station).late
    assert (late.why, late.lag, late.telling.source) == (why, 4 * H, "paper")


def test_a_source_that_is_new_was_not_watched(station: Station) -> None:
    station.clock.now = DAY + 6 * H
    tell(station, BLAST, "paper", published=DAY + 2 * H)
    fetched(station, "paper", new=1)
    assert [one.why for one in missed(station).late] == [WhyLate.NOT_WATCHED]


def test_what_was_left_out_is_read_again_unless_it_came_in_elsewhere(station: Station) -> None:
    station.clock.now = DAY + 2 * H
    tell(station, BLAST, "gov")
    now = station.clock()
    left = [
        Drop("paper", now, DropReason.TOO_MANY.value, "兰州一煤矿透水致11人遇难"),
        Drop("evening", now, DropReason.TOO_MANY.value, "兰州一煤矿透水致11人遇难"),
        Drop("paper", now, DropReason.BROKEN.value, BLAST),
        Drop("paper", now, DropReason.DUPLICATE.value, "兰州一客车坠崖致12死"),
        Drop("paper", now, DropReason.ADVERTISEMENT.value, "夏季大促销"),
        Drop("paper", now, DropReason.NO_TITLE.value, ""),
    ]
    with station.database.write() as connection:
        items.save_drops(connection, left)
    found = missed(station)
    assert [(one.title, one.reason) for one in found.left_out] == [("兰州一煤矿透水致11人遇难", "too_many")]
    assert (found.drops.read, found.drops.known, found.drops.mute) == (4, 1, 1)


def test_what_is_too_much_to_be_read_again_is_counted_and_said(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = DAY + 2 * H
    left = [Drop("paper", now, DropReason.ADVERTISEMENT.value, f"夏季大促销{n}") for n in range(7)]
    with station.database.write() as connection:
        items.save_drops(connection, left)
    assert missed(station).drops.unread == 0
    monkeypatch.setattr("monitor.store.missed_facts.MOST_READ_AGAIN", 3)
    found = missed(station)
    assert (found.drops.read, found.drops.unread) == (3, 4)
    composer = Composer(Words("en"), station.parts.names)
    assert told.said_drops(found, composer).endswith("; 4 more were not read, they are too many")


def test_without_an_incident_nothing_is_reckoned_since_a_day_that_nobody_knows(station: Station) -> None:
    composer = Composer(Words("en"), station.parts.names)
    assert told.said_estimate(missed(station), composer) == "There is no incident yet to reckon by."


def test_a_title_is_read_again_once_however_often_the_page_is_asked_for(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    with station.database.write() as connection:
        items.save_drops(connection, [Drop("paper", DAY + H, DropReason.BROKEN.value, BLAST)])
    read: list[str] = []
    assess = station.parts.reader.assess

    class Counting:
        def assess(self, item: Item) -> Assessment:
            read.append(item.title)
            return assess(item)

    monkeypatch.setitem(station.parts.__dict__, "reader", Counting())
    beside = beside_of(station.parts)
    for _ in range(3):
        with station.database.read() as connection:
            found = missed_facts(connection, beside, DAY, DAY + 24 * H, MORNING)
        assert [one.title for one in found.left_out] == [BLAST]
    assert read == [BLAST]


def test_a_dismissed_incident_that_others_carry_on_is_told(station: Station) -> None:
    station.clock.now = DAY + 2 * H
    tell(station, BLAST, "weibo")
    station.parts.desk.dismiss(1, by="Li", now=station.clock(), reason="谣言")
    assert missed(station).carried_on == ()
    station.clock.now += H
    tell(station, BLAST + "，省市救援力量赶到", "gov")
    (found,) = missed(station).carried_on
    assert (found.happening.id, found.since) == (1, {"official": 1})


def test_the_briefing_tells_zero_as_zero_and_what_was_missed_in_both_languages(station: Station) -> None:
    for language, title, nothing in (
        ("en", "What we missed the day before", "Known late: 0"),
        ("zh", "前一日漏报检视", "迟发现: 0"),
    ):
        station.language = language
        words = Station(station.database, language).parts.words
        composer = Composer(words, station.parts.names, "http://127.0.0.1:8765", "620000")
        brief = Brief(station.database, composer, station.parts.settings.form.briefing, beside=beside_of(station.parts))
        written = brief.of_day(day_of(MORNING), MORNING)
        assert title in written.text
        assert title in written.html
        assert nothing in written.text.replace("：", ": ")
        assert "missed?day=2026-07-08" in written.text


def test_a_briefing_shows_some_rows_and_counts_the_rest(station: Station) -> None:
    station.clock.now = DAY + H
    tell(station, "兰州一商场火灾致3人死亡", "paper")
    kinds = (
        "煤矿透水",
        "化工厂爆炸",
        "客车坠崖",
        "桥梁垮塌",
        "商场火灾",
        "燃气爆炸",
        "隧道坍塌",
        "渡船沉没",
        "山体滑坡",
    )
    towns = ("白银", "张掖", "武威", "酒泉", "平凉", "庆阳", "定西", "陇南", "天水")
    for town, kind in zip(towns, kinds, strict=True):
        station.clock.now += 20 * M
        tell(station, f"甘肃{town}一{kind}致12死", "weibo")
    found = missed(station)
    composer = Composer(station.parts.words, station.parts.names, "http://127.0.0.1:8765", "620000")
    section = told.section(found, composer, most=3)
    marks = [row.mark for row in section.rows]
    assert marks.count("social only") == 3
    assert any(f"{len(found.social_only) - 3} more" in remark for remark in section.remarks)


def test_each_figure_of_the_page_leads_to_its_rows(station: Station) -> None:
    station.clock.now = DAY - 24 * H
    tell(station, "兰州一商场火灾致3人死亡", "paper")
    station.clock.now = DAY + 2 * H
    tell(station, BLAST + "<script>", "weibo")
    station.clock.now = MORNING
    with serving(station), browsing(station) as client:
        page = client.get("/missed")
        narrowed = client.get("/missed?day=2026-07-08&group=official")
        assert client.get("/missed?day=x").status_code == 200
        assert client.get("/missed?day=9999-12-31").status_code == 200
        assert client.get("/missed?day=2026-07-06").status_code == 200
    assert page.status_code == 200
    assert 'href="/missed?day=2026-07-08&amp;group=social#all">1</a>' in page.text
    assert 'href="#list-2">1</a>' in page.text
    assert 'href="/incidents/2"' in page.text
    assert "<script>" not in page.text.replace('<script src="', "").replace("<script defer", "")
    assert 'href="/incidents/2"' not in narrowed.text.split('id="all"', 1)[1]
