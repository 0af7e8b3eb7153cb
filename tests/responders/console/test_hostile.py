"""What the web says is hostile in every page: it is shown as text, runs nothing, asks for nothing, hides nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from monitor.core.model import DeliveryState
from monitor.store import deliveries, views
from responders.console.pages import host_of
from responders.console.visitor import LONGEST_NAME, clean
from tests.responders.console.scenes import deliver, fetches
from tests.responders.console.station import Station, browsing

PAGES = (
    "/", "/incidents", "/incidents/1", "/incidents/1/why", "/items/1", "/items/9", "/decoys", "/decoys/none", "/alerts",
    "/sources", "/search?q=canary.example&days=", "/search?q=<script>&days=", "/search?q=%27-alert(1)-%27",
)  # fmt: skip
CANARY = "http://canary.example/taken"
TITLES = (
    f"<script>fetch('{CANARY}')</script>",
    f'<img src="{CANARY}" onerror="alert(1)">',
    f'"><svg onload="fetch(\'{CANARY}\')">',
    "'-alert(1)-'",
    "{{7*7}}{% raw %}{title.__class__}",
    f"</title><link rel=stylesheet href={CANARY}>",
    f"<iframe srcdoc=\"<script>parent.location='{CANARY}'</script>\">",
    f"<form action={CANARY}><button>",
    "\u202e正辟\u202c已",
    "\u2066隐\u2069\u200b藏",
    "a\x00b\x1b[31m",
    "&lt;b&gt;",
)
LINKS = (
    "javascript:alert(1)",
    "  JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "//canary.example/x",
    'https://a.example/"onmouseover="alert(1)',
    "https://good.example@evil.example/",
    "https://xn--fsqu00a.xn--0zwm56d/news",
    "https://例子.测试/新闻",
)
TOLL = "金昌市金川区一化工仓库发生爆炸，造成11人死亡"


def hostile_night(station: Station) -> None:
    """Let every text that comes from outside be hostile."""
    for n, title in enumerate(TITLES):
        station.tell(f"{title}{TOLL}", f"{TOLL}。{title}", url=LINKS[n % len(LINKS)])
    deliver(station)
    fetches(station)
    with station.database.write() as connection:
        alert = views.alerts(connection)[0]
        number = deliveries.begin(connection, alert, TITLES[1], station.clock())
        assert number is not None
        deliveries.end(connection, number, DeliveryState.REFUSED, station.clock(), said=TITLES[0])


def test_nothing_runs_and_nothing_is_asked_for(station: Station, phone: Callable[..., Page]) -> None:
    hostile_night(station)
    page = phone()
    for path in PAGES:
        page.goto(path)
        for details in page.locator("details").all():
            details.evaluate("node => { node.open = true; }")
        page.wait_for_load_state("networkidle")
        expect(page.locator("main script, main iframe, main link, main svg[onload], main img")).to_have_count(0)
        links = page.evaluate("[...document.querySelectorAll('main a')].map(a => [a.protocol, a.rel, a.target])")
        assert {protocol for protocol, _, _ in links} <= {"http:", "https:"}
        assert all(rel == "noopener noreferrer" for _, rel, target in links if target)
    # The fixture of the phone fails the test where a script, a dialog or a request to another host was seen.


def test_hostile_text_is_shown_as_it_is_without_what_hides(station: Station, client: httpx.Client) -> None:
    hostile_night(station)
    for path in PAGES:
        text = client.get(path).text
        assert "<script>fetch" not in text
        assert '<img src="http://canary' not in text
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x00\x1b]", unescape(text))
    shown = unescape(client.get("/incidents/1").text)
    assert f"<script>fetch('{CANARY}')</script>" in shown
    assert "{{7*7}}{% raw %}{title.__class__}" in shown


@pytest.mark.parametrize("link", LINKS[:6])
def test_only_web_addresses_become_links(station: Station, client: httpx.Client, link: str) -> None:
    station.tell(TOLL, url=link)
    text = client.get("/incidents/1").text
    assert 'rel="noopener noreferrer"' not in text
    assert "address not shown as a link" in text


def test_the_host_is_shown_in_both_ways_of_writing(station: Station, client: httpx.Client) -> None:
    station.tell(TOLL, url="https://例子.测试/新闻")
    assert "xn--fsqu00a.xn--0zwm56d (例子.测试)" in client.get("/incidents/1").text
    assert host_of("https://good.example@evil.example/") == "evil.example"


def test_what_people_type_is_text_as_well(station: Station, client: httpx.Client) -> None:
    station.tell(TOLL)
    own = {"Origin": station.address}
    token = re.search(r'name="token" value="(\w+)"', client.get("/").text)
    assert token is not None
    for act, fields in {
        "respond": {"title": TITLES[0], "published_at": "2026-07-09T20:00", "url": "https://a.example/<script>"},
        "dismiss": {"reason": TITLES[1]},
    }.items():
        answer = client.post(f"/incidents/1/{act}", data={"token": token[1], "by": TITLES[2], **fields}, headers=own)
        assert answer.status_code == 303, answer.text
    for path in PAGES:
        text = client.get(path).text
        assert "<script>fetch" not in text
        assert '<img src="http://canary' not in text
        assert "<svg onload" not in text


def test_a_cookie_is_text_as_well(station: Station) -> None:
    with browsing(station) as client:
        client.get("/")
        client.cookies.set("huiying_told", "%3Cscript%3Ealert(1)%3C%2Fscript%3E", domain="127.0.0.1")
        client.cookies.set("huiying_name", "%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", domain="127.0.0.1")
        text = client.get("/").text
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "&lt;script&gt;alert(1)" in text


@given(st.text(max_size=200))
def test_a_name_is_one_line_that_hides_nothing(text: str) -> None:
    name = clean(text, LONGEST_NAME)
    assert len(name) <= LONGEST_NAME
    assert not re.search("[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", name)
    assert clean(name, LONGEST_NAME) == name.strip()


def test_another_site_cannot_act_in_the_officers_name(station: Station, phone: Callable[..., Page]) -> None:
    station.tell(TOLL)
    page = phone()
    page.goto("/")
    other = browser_page_of_another_site(page, station)
    answers: list[tuple[int, str]] = []
    other.on("response", lambda answer: answers.append((answer.status, answer.url)))
    other.goto("http://attacker.example/")
    other.get_by_role("button").click()
    expect(other.locator("body")).to_contain_text("This did not come from a page of this console.")
    assert (403, f"{station.address}/incidents/1/dismiss") in answers
    assert set(station.states().values()) == {"open"}


def browser_page_of_another_site(page: Page, station: Station) -> Page:
    """Open a page of another site in the same browser, with a form aimed at the console."""
    other = page.context.new_page()
    form = (
        f'<form method="post" action="{station.address}/incidents/1/dismiss"><input name="reason" value="x">'
        '<input name="by" value="x"><button>win</button></form>'
    )
    other.route("http://attacker.example/", lambda route: route.fulfill(content_type="text/html", body=form))
    return other
