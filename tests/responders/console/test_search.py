"""Words are found in whatever holds them, two characters as well, and only where one may see it."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from monitor.core.model import ResponseKind
from monitor.store.search import Found, search
from responders.console.search import excerpt, marked, words_of
from tests.responders.console.scenes import explosion, flooding
from tests.responders.console.station import Station


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("透水", {(Found.INCIDENT, 2), (Found.ITEM, 4)}),
        ("爆炸 搜救", {(Found.ITEM, 2), (Found.ITEM, 3)}),
        ("旧闻", {(Found.DECISION, 1)}),
        ("情况通报", {(Found.RESPONSE, 1)}),
        ("100%", set()),
        ("_", set()),
        ("", set()),
    ],
)
def test_words_are_found_in_everything(either_station: Station, asked: str, expected: set[tuple[Found, int]]) -> None:
    explosion(either_station)
    flooding(either_station)
    desk, now = either_station.parts.desk, either_station.clock()
    desk.respond(
        1,
        ResponseKind.AUTHORITATIVE_RELEASE,
        title="事故情况通报",
        url="",
        published_at=now,
        by="Li",
        now=now,
    )
    desk.dismiss(2, by="Li", now=now, reason="是旧闻")
    with either_station.database.read() as connection:
        hits = search(connection, words_of(asked))
        late = search(connection, words_of(asked), since=now + timedelta(minutes=1))
        elsewhere = search(connection, words_of(asked), within="110000")
    found = {(hit.found, hit.id) for hit in hits}
    assert {one for one in found if one[0] is not Found.DECISION} == {
        one for one in expected if one[0] is not Found.DECISION
    }
    assert len([one for one in found if one[0] is Found.DECISION]) >= len(
        [one for one in expected if one[0] is Found.DECISION]
    )
    assert late == []
    assert elsewhere == []


def test_the_page_marks_what_was_looked_for_and_keeps_the_filter(station: Station, client: httpx.Client) -> None:
    explosion(station)
    flooding(station)
    page = client.get("/search", params={"q": "煤矿"}).text
    assert "<mark>煤矿</mark>" in page
    assert 'href="/incidents/2"' in page
    assert 'href="/items/4"' in page
    there = client.get("/search", params={"q": "金昌", "region": "620300", "among": "incident"}).text
    assert 'href="/incidents/1"' in there
    assert "/items/" not in there
    assert '<option value="620300" selected>' in there
    nothing = client.get("/search", params={"q": "没有的词"}).text
    assert "Nothing was found." in nothing
    assert "Nothing was found." in client.get("/search", params={"q": "x" * 101}).text
    assert client.get("/search", params={"q": "爆炸", "days": "x", "among": "x"}).status_code == 200


@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=6), max_size=3))
def test_what_is_marked_is_still_escaped(text: str, words: list[str]) -> None:
    shown = str(marked(text, words)).replace("<mark>", "").replace("</mark>", "")
    assert "<" not in shown
    if not words:
        assert shown == str(escape(text))
    assert len(excerpt(text, words)) <= 200
