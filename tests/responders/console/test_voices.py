"""The pages of who says what: standing, contradicting figures, the rumour watch, one-tap acts, linked incidents."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from playwright.sync_api import Page

from monitor.core.model import MatterState
from monitor.store import views
from tests.responders.console.scenes import explosion
from tests.responders.console.station import Station, token_of
from tests.story.rumour_mill import CLAIM, DENIAL, Mill

HOUR = timedelta(hours=1)


@pytest.fixture
def mill(station: Station) -> Mill:
    return Mill(station)


def post(client: httpx.Client, path: str, page: str = "/incidents/1", **typed: str) -> httpx.Response:
    data = {"token": token_of(client.get(page)), "by": "王某", **typed}
    origin = {"Origin": str(client.base_url).rstrip("/")}
    return client.post(path, data=data, headers=origin, follow_redirects=True)


def part(page: str, name: str) -> str:
    """Return the text of the section of that id, tags left out."""
    found = re.search(rf'<section[^>]*id="{name}".*?</section>', page, re.DOTALL)
    assert found is not None, f"the page has no section {name}"
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0]))


def test_every_list_tells_how_well_an_incident_is_vouched_for(mill: Mill, client: httpx.Client) -> None:
    mill.tell("account", CLAIM)
    for path in ("/", "/incidents", "/incidents/1"):
        page = client.get(path).text
        assert "unverified" in page, path
        assert "claimed only" in page, path


def test_contradicting_figures_stand_side_by_side_the_official_first(mill: Mill, client: httpx.Client) -> None:
    mill.tell("bureau", "白银市一化工厂爆炸致3人死亡")
    mill.tell("evening", "白银一化工厂爆炸已致12人死亡", after=2)
    said = part(client.get("/incidents/1").text, "voices")
    assert "dead: the official figure is lower than what others tell." in said
    assert said.index("3 dead") < said.index("12 dead")
    assert "official word" in said
    assert "media only" in said


def test_a_toll_that_grows_raises_no_contradiction(station: Station, client: httpx.Client) -> None:
    explosion(station)
    said = part(client.get("/incidents/1").text, "voices")
    assert "11 dead" in said
    assert "contradict" not in said
    assert "lower" not in said


def test_a_denied_incident_is_dismissed_with_one_tap(mill: Mill, client: httpx.Client) -> None:
    mill.tell("account", CLAIM)
    mill.tell("police", DENIAL, after=1)
    page = client.get("/incidents/1").text
    assert DENIAL in page
    reason = re.search(r'id="denied".*?name="reason" value="([^"]+)"', page, re.DOTALL)
    assert reason is not None
    assert "No clock is running" not in page
    answer = post(client, "/incidents/1/dismiss", reason=reason[1])
    assert answer.status_code == 200
    assert 'id="denied"' not in answer.text
    assert "Officially denied" in answer.text
    with mill.station.database.read() as connection:
        incident = views.incident(connection, 1)
    assert incident is not None
    assert incident.state is MatterState.DISMISSED


def test_the_board_offers_the_same_tap(mill: Mill, client: httpx.Client) -> None:
    mill.tell("account", CLAIM)
    assert "Dismiss: officially denied" not in client.get("/").text
    mill.tell("police", DENIAL, after=1)
    assert "Dismiss: officially denied" in client.get("/").text


def test_our_own_denial_is_offered_as_the_response_until_it_is_logged(mill: Mill, client: httpx.Client) -> None:
    mill.tell("account", CLAIM)
    mill.tell("release", DENIAL, after=1)
    page = client.get("/incidents/1").text
    form = page.split('id="offered"', 1)[1].split("</form>", 1)[0]
    typed = dict(re.findall(r'name="(kind|title|url|published_at)" value="([^"]*)"', form))
    assert typed["kind"] == "clarification"
    assert typed["url"] == "https://release.example/2.html"
    answer = post(client, "/incidents/1/respond", **typed)
    assert answer.status_code == 200
    assert 'id="offered"' not in answer.text
    assert mill.station.states()["OP-RUMOUR"] == "met"
    assert mill.station.states()["OP-AUTH-5H"] == "open"


def test_a_denial_of_others_is_not_offered_as_ours(mill: Mill, client: httpx.Client) -> None:
    mill.tell("account", CLAIM)
    mill.tell("police", DENIAL, after=1)
    assert 'id="offered"' not in client.get("/incidents/1").text


def test_the_rumour_watch_lists_claims_growth_denials_and_clarifications(mill: Mill, client: httpx.Client) -> None:
    assert "Nothing here yet." in client.get("/rumours").text
    for by in ("account", "friend", "stranger"):
        mill.tell(by, CLAIM, after=0.5)
    page = client.get("/rumours").text
    assert "rumour is growing" in page
    assert "3 unverified item(s) from 3 source(s)" in page
    mill.tell("police", DENIAL, after=1)
    mill.tell("police", "网传定西水库垮坝系谣言", after=1)
    post(
        client,
        "/incidents/1/respond",
        kind="clarification",
        title="关于化工厂情况的说明",
        published_at="2026-07-09T22:40",
    )
    page = client.get("/rumours").text
    assert "officially denied" in page
    assert "关于化工厂情况的说明" in page
    assert "Denied, but no incident is known (1)" in page
    assert "网传定西水库垮坝系谣言" in page


def test_incidents_are_linked_and_unlinked_from_either_page(mill: Mill, client: httpx.Client) -> None:
    mill.tell("evening", "甘肃陇南暴雨引发山洪致3人遇难")
    mill.tell("evening", "四川绵阳一仓库起火致5死", after=1)
    answer = post(client, "/incidents/1/link", into="#2", tie="cause", reason="试")
    assert "A consequence: #2" in part(answer.text, "chain")
    assert "linked #2" in part(answer.text, "log")
    assert "The cause: #1" in part(client.get("/incidents/2").text, "chain")
    answer = post(client, "/incidents/2/unlink", into="1")
    assert "The cause" not in part(answer.text, "chain")


def test_a_refused_link_says_so_beside_its_form_and_loses_nothing(mill: Mill, client: httpx.Client) -> None:
    mill.tell("account", CLAIM)
    answer = post(client, "/incidents/1/link", into="1", tie="cause", reason="why not")
    assert answer.status_code == 422
    said = part(answer.text, "chain")
    assert "cannot be linked with itself" in said
    assert 'value="why not"' in answer.text


def test_what_may_follow_in_the_same_place_is_hinted_at_and_linked_with_one_tap(
    mill: Mill, client: httpx.Client
) -> None:
    mill.tell("evening", "甘肃陇南发生洪水致3人遇难")
    mill.tell("evening", "甘肃陇南山体滑坡致4人遇难", after=30)
    mill.tell("evening", "贵州毕节一大桥垮塌致9人遇难", after=1)
    page = client.get("/incidents/2").text
    said = part(page, "chain")
    assert "May belong together" in said
    assert "The cause: #1" in said
    assert "May belong together" not in part(client.get("/incidents/3").text, "chain")
    form = page.split('id="chain"', 1)[1].split("/incidents/2/link", 1)[1].split("</form>", 1)[0]
    typed = dict(re.findall(r'name="(into|tie)" value="([^"]*)"', form))
    answer = post(client, "/incidents/2/link", page="/incidents/2", **typed)
    assert "The cause: #1" in part(answer.text, "chain")
    assert "May belong together" not in part(answer.text, "chain")


def test_hostile_denials_and_sentences_do_no_harm(mill: Mill, client: httpx.Client) -> None:
    nasty = "<script>alert(1)</script>\u202e"
    mill.tell("account", CLAIM)
    mill.tell("police", f"{DENIAL}{nasty}", after=1)
    for path in ("/", "/incidents/1", "/rumours"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "\u202e" not in page


def test_the_pages_fit_a_phone(mill: Mill, phone: Callable[..., Page]) -> None:
    mill.tell("account", CLAIM)
    mill.tell("evening", "白银一化工厂爆炸已致3人死亡", after=1)
    mill.tell("police", DENIAL, after=1)
    page = phone()
    for path in ("/rumours", "/incidents/1", "/"):
        page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, path
