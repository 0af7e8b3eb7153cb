"""Entries as written become entries ready to be stored; what is left out has a reason."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.fetched import Dropped, DropReason, Entry
from monitor.core.model import TimeNote
from monitor.core.sources import Identity, Source, SourceKind
from monitor.crawl.entries import ready
from monitor.crawl.raw import MOST_ENTRIES, RawDocument, RawEntry

NOW = datetime(2026, 7, 9, 13, 0, tzinfo=UTC)
URL = "https://news.example/feed/"
SOURCE = Source(id="s", name="s", kind=SourceKind.FEED, url=URL)


def prepare(*raws: RawEntry, source: Source = SOURCE, base: str = "") -> tuple[list[Entry], list[Dropped]]:
    return ready(source, RawDocument(raws, (), base), url=URL, now=NOW)


def test_fields_are_plain_and_addresses_absolute() -> None:
    entries, _ = prepare(
        RawEntry(
            title="<b>某厂</b>\n起火",
            link="../a 1.html?utm_source=x",
            text="<p>一</p><script>x</script>",
            time="2026-07-09",
        )
    )
    entry = entries[0]
    assert (entry.title, entry.text) == ("某厂 起火", "一")
    assert entry.url == "https://news.example/a%201.html?utm_source=x"
    assert (entry.published_at, entry.published_day, entry.time_note) == (None, date(2026, 7, 9), TimeNote.DATE_ONLY)


def test_dangerous_links_are_dropped_but_not_their_entries() -> None:
    links = [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "http://u:p@x.example/",
        "http://x.example/\u202e",
        "mailto:a@b",
    ]
    entries, dropped = prepare(*(RawEntry(title=f"标题{n}", link=link) for n, link in enumerate(links)))
    assert [entry.url for entry in entries] == [""] * 6
    assert dropped == []


def test_the_same_article_is_one_entry_and_the_other_leaves_a_row() -> None:
    entries, dropped = prepare(
        RawEntry(title="某厂起火", link="http://news.example/1?spm=a"),
        RawEntry(title="某厂起火（更新）", link="https://NEWS.example:443/1#top"),
    )
    assert len(entries) == 1
    assert [(drop.reason, drop.title) for drop in dropped] == [(DropReason.DUPLICATE, "某厂起火（更新）")]


def test_entries_that_share_a_link_are_told_apart_by_their_ids() -> None:
    raws = [RawEntry(title=f"第{n}条快讯", link="http://news.example/live", external_id=f"id{n}") for n in range(3)]
    entries, dropped = prepare(*raws)
    assert len(entries) == 3
    assert not dropped
    assert {entry.url for entry in entries} == {"http://news.example/live"}


def test_entries_that_link_to_the_front_page_are_told_apart_by_their_titles() -> None:
    entries, _ = prepare(RawEntry(title="甲", link="/"), RawEntry(title="乙", link="https://news.example"))
    assert len({entry.key for entry in entries}) == 2


def test_identity_can_be_fixed_by_the_source() -> None:
    raws = [RawEntry(title="同题", link="http://a.example/1"), RawEntry(title="同题", link="http://a.example/2")]
    by_title, dropped = prepare(*raws, source=replace(SOURCE, identity=Identity.TITLE))
    assert len(by_title) == 1
    assert len(dropped) == 1


def test_an_entry_without_a_title_takes_the_beginning_of_its_text() -> None:
    entries, dropped = prepare(
        RawEntry(text="<p>某地发生地震。</p><p>后文</p>"), RawEntry(link="/only-a-link"), RawEntry()
    )
    assert [entry.title for entry in entries] == ["某地发生地震。", "https://news.example/only-a-link"]
    assert [drop.reason for drop in dropped] == [DropReason.NO_CONTENT]


def test_rank_and_heat_of_a_hot_list() -> None:
    hot = replace(SOURCE, ranked=True)
    heats = ["123.4万热度", "1,234", "综艺 850468", "2亿", "", "无", "999999亿"]
    entries, _ = prepare(*(RawEntry(title=f"话题{n}", heat=heat) for n, heat in enumerate(heats)), source=hot)
    assert [entry.rank for entry in entries] == [1, 2, 3, 4, 5, 6, 7]
    # No more than every database keeps in an integer.
    assert [entry.heat for entry in entries] == [1_234_000, 1234, 850_468, 200_000_000, None, None, 2**31 - 1]


def test_the_day_in_the_address_stands_in_for_a_missing_time() -> None:
    entries, _ = prepare(RawEntry(title="某厂起火", link="/202607/t20260708_1.html"))
    assert (entries[0].published_day, entries[0].time_note) == (date(2026, 7, 8), TimeNote.MISSING)


def test_a_document_without_end_is_cut_with_a_reason() -> None:
    entries, dropped = prepare(*(RawEntry(title=f"标题{n}") for n in range(MOST_ENTRIES + 1)))
    assert len(entries) == MOST_ENTRIES
    assert [drop.reason for drop in dropped] == [DropReason.TOO_MANY]


fields = st.text(max_size=40) | st.sampled_from(
    ["http://news.example/1", "/1", "//x", "http://[", "<b>", "2026-07-09 20:00"]
)


@given(
    st.lists(st.builds(RawEntry, title=fields, link=fields, external_id=fields, text=fields, time=fields, heat=fields))
)
def test_nothing_is_lost_without_a_reason_and_keys_are_unique(raws: list[RawEntry]) -> None:
    entries, dropped = prepare(*raws)
    assert len(entries) + len(dropped) == len(raws)
    assert len({entry.key for entry in entries}) == len(entries)
    for entry in entries:
        assert entry.title
        assert entry.url == "" or entry.url.startswith(("http://", "https://"))
    assert prepare(*raws) == (entries, dropped)


def test_half_a_character_in_an_address_costs_the_address_and_nothing_else() -> None:
    entries, dropped = prepare(RawEntry(title="甲", link="https://news.example.org/\ud800"), RawEntry(title="乙"))
    assert ([(entry.title, entry.url) for entry in entries], dropped) == ([("甲", ""), ("乙", "")], [])


def test_a_rank_that_no_database_keeps_is_left_out() -> None:
    entries, _ = prepare(RawEntry(title="甲", rank=10**30))
    assert entries[0].rank is None


def test_an_entry_that_breaks_what_reads_it_is_dropped_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(text: str) -> int | None:
        if text == "坏":
            raise ArithmeticError(text)
        return None

    monkeypatch.setattr("monitor.crawl.entries._heat", breaks)
    entries, dropped = prepare(RawEntry(title="甲", heat="坏"), RawEntry(title="乙"))
    assert [entry.title for entry in entries] == ["乙"]
    assert dropped == [Dropped(DropReason.BROKEN, "甲", "ArithmeticError: 坏")]
