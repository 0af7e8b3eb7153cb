"""A release is pasted and checked, logged with its text, shown with what it lacks; hostile texts stay texts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.responders.console.scenes import explosion
from tests.responders.console.station import Station, browsing, token_of

EMPTY = "事故发生后，区委区政府高度重视，第一时间作出部署，全力以赴开展救援，各项工作正在有序推进。"
GUESS = (
    "爆炸事故通报\n7月9日19时40分许，金昌市一化工仓库发生爆炸，11人死亡。初步判断系违规操作引发。明早8点发布最新情况。"
)


@pytest.fixture
def client(station: Station) -> Iterator[httpx.Client]:
    """Return a client that posts as a browser does from a page of this console."""
    with browsing(station) as opened:
        opened.headers["origin"] = station.address
        yield opened


def token(client: httpx.Client, page: str) -> str:
    return token_of(client.get(page))


def test_a_draft_is_pasted_and_what_is_missing_stands_above_it(station: Station, client: httpx.Client) -> None:
    explosion(station)
    page = client.get("/incidents/1/check")
    assert page.status_code == 200
    assert "Nothing typed here is kept" in page.text
    sent = {"token": token(client, "/incidents/1/check"), "text": GUESS, "kind": "authoritative_release"}
    found = client.post("/incidents/1/check", data=sent)
    assert found.status_code == 200
    assert re.search(r"Score \d+ of 100", found.text)
    assert "C4" in found.text
    assert "It names a cause that no inquiry has found." in found.text
    assert "初步判断系违规操作引发。" in found.text
    assert "Next release promised for 2026-07-10 08:00" in found.text
    assert "生产安全事故报告和调查处理条例" in found.text
    # What was typed is still there to be mended, and nothing was logged.
    assert GUESS.splitlines()[1] in found.text.split("<textarea")[1]
    assert "Nobody has acted yet." in client.get("/incidents/1").text


def test_an_empty_draft_and_a_strange_incident_are_told(station: Station, client: httpx.Client) -> None:
    explosion(station)
    mine = token(client, "/incidents/1/check")
    refused = client.post("/incidents/1/check", data={"token": mine, "text": "  "})
    assert refused.status_code == 422
    assert "The text is empty." in refused.text
    assert client.post("/incidents/1/check", data={"token": "x", "text": GUESS}).status_code == 403
    assert client.get("/incidents/99/check").status_code == 404
    assert client.post("/incidents/99/check", data={"token": mine, "text": GUESS}).status_code == 404
    assert client.get("/responses/99/text").status_code == 404
    assert client.post("/responses/99/text", data={"token": mine, "by": "王", "text": GUESS}).status_code == 404


def test_a_response_is_logged_with_its_text_and_shows_what_it_lacks(station: Station, client: httpx.Client) -> None:
    explosion(station)
    form = {
        "token": (None, token(client, "/incidents/1")),
        "kind": (None, "authoritative_release"),
        "title": (None, "情况通报"),
        "url": (None, ""),
        "published_at": (None, "2026-07-09T20:50"),
        "by": (None, "王敏"),
        "text": (None, EMPTY),
    }
    done = client.post("/incidents/1/respond", files=form)
    assert done.status_code == 303
    page = client.get("/incidents/1").text
    row = page[page.index("Logged so far") :]
    assert re.search(r'href="/responses/1/text">Score \d+ of 100', row)
    assert "C11 Substance, not phrases: missing" in row
    kept = client.get("/responses/1/text").text
    assert EMPTY in kept
    assert "checked for 王敏" in kept
    assert "of the text are set phrases without a fact" in kept


def test_a_text_is_added_to_a_response_that_was_logged_without(station: Station, client: httpx.Client) -> None:
    explosion(station)
    form = {"token": token(client, "/incidents/1"), "kind": "authoritative_release", "title": "通报", "by": "王敏"}
    assert client.post("/incidents/1/respond", data=form | {"published_at": "2026-07-09T20:50"}).status_code == 303
    assert "Add its text and check it" in client.get("/incidents/1").text
    mine = token(client, "/responses/1/text")
    assert client.post("/responses/1/text", data={"token": mine, "text": " "}).status_code == 422
    added = client.post("/responses/1/text", data={"token": mine, "text": GUESS})
    assert (added.status_code, added.headers["location"]) == (303, "/responses/1/text")
    assert "It names a cause that no inquiry has found." in client.get("/responses/1/text").text
    assert "Release as promised" in client.get("/incidents/1").text


def test_a_hostile_text_stays_a_text(station: Station, client: httpx.Client) -> None:
    explosion(station)
    evil = "<script>alert(1)</script>原因系<img src=x onerror=alert(1)>违规引发 \"'{{123*457}}\u202e</textarea><b>"
    found = client.post("/incidents/1/check", data={"token": token(client, "/incidents/1/check"), "text": evil})
    assert found.status_code == 200
    for raw in ("<script>alert", "<img src=x", "</textarea><b>", "56211"):
        assert raw not in found.text


def test_a_long_text_passes_and_a_longer_one_is_refused(station: Station, client: httpx.Client) -> None:
    explosion(station)
    mine = (None, token(client, "/incidents/1/check"))
    long = {"token": mine, "text": (None, "火" * 17_900)}
    assert client.post("/incidents/1/check", files=long).status_code == 200
    assert client.post("/incidents/1/check", files={"token": mine, "text": (None, "火" * 19_000)}).status_code == 422
