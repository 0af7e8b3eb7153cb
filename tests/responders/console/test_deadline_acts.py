"""What people do to a running deadline from the page of its incident, also without scripts and on a stale page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from monitor.core.beijing import local
from monitor.core.model import DeadlineState, ResponseKind
from monitor.core.views import DeadlineView
from monitor.loops.watch import Watch
from monitor.store import views
from monitor.store.database import Database
from tests.responders.console.scenes import explosion
from tests.responders.console.station import REGION, T0, Station, browsing, serving, token_of
from tests.story.pack_of_terms import INQUIRY, pack_of_terms

Phone = Callable[..., Page]
H = timedelta(hours=1)
# The explosion happened twenty minutes before T0.
END = T0 - timedelta(minutes=20) + 20 * H


@pytest.fixture(params=["en"])
def station(embedded_file: Path, request: pytest.FixtureRequest) -> Iterator[Station]:
    """Return a served console whose pack has rules that people may extend, pause and begin anew."""
    database = Database(f"sqlite:///{embedded_file}", durable=False)
    made = Station(database, request.param)
    made.parts.rules = made.parts.pack = pack_of_terms()
    with serving(made) as served:
        explosion(served)
        yield served
    database.close()


@pytest.fixture
def client(station: Station) -> Iterator[httpx.Client]:
    with browsing(station) as opened:
        yield opened


def deadline(station: Station, name: str = INQUIRY) -> DeadlineView:
    with station.database.read() as connection:
        return next(d for d in views.deadlines(connection, matter_id=1) if d.obligation_id == name)


def version_on(page: str, number: int, verb: str) -> str:
    found = re.search(rf'action="/deadlines/{number}/{verb}".*?name="version" value="(\d+)"', page, re.DOTALL)
    assert found is not None, f"the page has no form to {verb}"
    return found[1]


def send(client: httpx.Client, station: Station, path: str, **typed: str) -> httpx.Response:
    token = token_of(client.get("/incidents/1"))
    return client.post(
        path, data={"token": token, "by": "王某", **typed}, headers={"Origin": station.address}, follow_redirects=True
    )


def stamp(station: Station, **before: float) -> str:
    return local(station.clock() - timedelta(**before)).strftime("%Y-%m-%dT%H:%M")


def test_forms_stand_only_where_the_rule_allows_them(station: Station, client: httpx.Client) -> None:
    page = client.get("/incidents/1").text
    inquiry, five = deadline(station), deadline(station, "OP-AUTH-5H")
    for verb in ("extend", "pause", "reset", "start", "waive"):
        assert f'action="/deadlines/{inquiry.id}/{verb}"' in page
    for verb in ("extend", "pause", "reset", "resume", "reopen"):
        assert f'action="/deadlines/{five.id}/{verb}"' not in page
    assert f'action="/deadlines/{five.id}/start"' in page


def test_a_deadline_is_paused_and_resumed(station: Station, client: httpx.Client) -> None:
    number = deadline(station).id
    seen = version_on(client.get("/incidents/1").text, number, "pause")
    answer = send(client, station, f"/deadlines/{number}/pause", version=seen, ground="鉴定", at=stamp(station))
    assert "Inquiry 20 h: paused." in answer.text
    assert "paused since" in answer.text
    assert f'action="/deadlines/{number}/pause"' not in answer.text
    assert re.search(r'class="clock is-paused', answer.text)
    station.clock.advance(hours=50)
    Watch(station.database, station.parts.pack, REGION).tick(station.clock())
    assert "is-paused" in client.get("/").text
    seen = version_on(client.get("/incidents/1").text, number, "resume")
    answer = send(client, station, f"/deadlines/{number}/resume", version=seen, at=stamp(station))
    assert "Inquiry 20 h: running, due 2026-07-12 17:40." in answer.text
    assert deadline(station).due_at == END + 50 * H


def test_the_minute_left_as_it_was_means_now(station: Station, client: httpx.Client) -> None:
    number = deadline(station).id
    station.clock.advance(seconds=40)
    send(client, station, f"/deadlines/{number}/pause", ground="鉴定", at=stamp(station))
    assert deadline(station).paused_since == station.clock()


def test_a_refused_extension_keeps_what_was_typed_and_names_the_field(station: Station, client: httpx.Client) -> None:
    number = deadline(station).id
    typed = {"span": "10h", "notice": "市函", "reason": "案情复杂", "version": str(deadline(station).version)}
    answer = send(client, station, f"/deadlines/{number}/extend", approver="", **typed)
    assert answer.status_code == 422
    assert "Say who approved the extension." in answer.text
    assert 'value="案情复杂"' in answer.text
    assert re.search(rf'id="extend-approver-{number}"[^>]*aria-invalid="true"', answer.text)
    assert deadline(station).due_at == END
    answer = send(client, station, f"/deadlines/{number}/extend", approver="市政府", **typed)
    assert deadline(station).due_at == END + 10 * H
    assert "extended by 10h; approved by 市政府; notice: 市函" in answer.text
    assert "without pauses and extensions" in answer.text


def test_a_page_opened_before_somebody_else_acted_changes_nothing(station: Station, client: httpx.Client) -> None:
    number = deadline(station).id
    seen = version_on(client.get("/incidents/1").text, number, "waive")
    station.parts.desk.pause(number, ground="鉴定", by="另一人", now=station.clock())
    answer = send(client, station, f"/deadlines/{number}/waive", version=seen, reason="不必")
    assert answer.status_code == 422
    assert "has changed since this page was opened" in answer.text
    assert 'value="不必"' in answer.text
    assert deadline(station).state is DeadlineState.OPEN
    again = version_on(answer.text, number, "waive")
    assert int(again) > int(seen)
    send(client, station, f"/deadlines/{number}/waive", version=again, reason="不必")
    assert deadline(station).state is DeadlineState.WAIVED


@pytest.mark.parametrize("version", ["x", "-1", "²", "9" * 40])
def test_a_version_that_is_none_fits_no_deadline(station: Station, client: httpx.Client, version: str) -> None:
    number = deadline(station).id
    answer = send(client, station, f"/deadlines/{number}/waive", version=version, reason="不必")
    assert answer.status_code == 422
    assert deadline(station).state is DeadlineState.OPEN


def test_what_is_not_there_is_not_found(station: Station, client: httpx.Client) -> None:
    assert send(client, station, "/deadlines/404/extend", reason="x").status_code == 404
    assert send(client, station, "/responses/404/retract", reason="x", at=stamp(station)).status_code == 404


def test_a_withdrawn_release_is_logged_and_stays_to_be_seen(station: Station, client: httpx.Client) -> None:
    kind = ResponseKind.AUTHORITATIVE_RELEASE
    station.parts.desk.respond(
        1, kind, title="情况通报", url="", published_at=station.clock(), by="发言人", now=station.clock()
    )
    station.clock.advance(hours=1)
    answer = send(client, station, "/responses/1/retract", reason="内容有误", at=stamp(station, minutes=5))
    assert "it is logged that the response was withdrawn" in answer.text
    assert "First authoritative release 5 h: running." in answer.text
    assert "withdrawn 07-09" in answer.text
    assert "内容有误" in answer.text
    assert 'action="/responses/1/retract"' not in answer.text
    assert deadline(station, "OP-AUTH-5H").state is DeadlineState.OPEN


def test_a_waiver_is_taken_back_on_the_page(station: Station, client: httpx.Client) -> None:
    number = deadline(station, "OP-PRESS-24H").id
    send(client, station, f"/deadlines/{number}/waive", reason="省级发布")
    page = client.get("/incidents/1").text
    answer = send(
        client, station, f"/deadlines/{number}/reopen", reason="省级未发布", version=version_on(page, number, "reopen")
    )
    assert "Press conference 24 h: running." in answer.text


def test_a_finding_is_kept_with_its_evidence_and_stands_apart(station: Station, client: httpx.Client) -> None:
    typed = {"fault": "concealed", "deadline": str(deadline(station, "OP-AUTH-5H").id), "reason": "少报2人"}
    answer = send(client, station, "/incidents/1/fault", **typed, evidence="")
    assert answer.status_code == 422
    assert "Name the evidence" in answer.text
    answer = send(client, station, "/incidents/1/fault", **typed, evidence="笔录<12>号")
    panel = answer.text.partition('id="faults"')[2].partition("</section>")[0]
    assert "hidden" in panel
    assert "笔录&lt;12&gt;号" in panel
    assert send(client, station, "/incidents/1/fault", **{**typed, "fault": "late"}, evidence="x").status_code == 422


def test_an_acknowledgement_is_handed_back(station: Station, client: httpx.Client) -> None:
    assert "/incidents/1/hand-back" not in client.get("/incidents/1").text
    send(client, station, "/incidents/1/acknowledge")
    answer = send(client, station, "/incidents/1/hand-back")
    assert "nobody acts on it now" in answer.text
    assert "Nobody has acted yet." in answer.text


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without"])
def test_a_thumb_pauses_extends_and_resumes(station: Station, phone: Phone, scripts: bool) -> None:
    page = phone(java_script_enabled=scripts)
    page.goto("/incidents/1")
    number = deadline(station).id
    page.locator("#who").get_by_role("textbox").fill("王某")
    page.locator("#who").get_by_role("button").click()
    duty = page.locator("#law article", has=page.locator(f'[action="/deadlines/{number}/waive"]'))
    duty.get_by_text("Extend…").click()
    form = duty.locator(f'[action="/deadlines/{number}/extend"]')
    form.get_by_label("Who approved it").fill("市政府")
    form.get_by_label("How those concerned were told").fill("市函〔2026〕1号")
    form.get_by_label("Reason; it is kept").fill("案情复杂")
    form.get_by_role("button", name="Extend this deadline").click()
    expect(page.get_by_role("status")).to_contain_text("Inquiry 20 h: running, due 2026-07-11 01:40.")
    duty.get_by_text("Pause…").click()
    duty.get_by_role("button", name="Let its time stand still").click()
    expect(page.get_by_role("status")).to_contain_text("Inquiry 20 h: paused.")
    duty.get_by_text("Resume…").click()
    duty.get_by_role("button", name="Let its time run again").click()
    expect(page.get_by_role("status")).to_contain_text("Inquiry 20 h: running.")
    width = page.evaluate("document.documentElement.scrollWidth") if scripts else 390
    assert width <= 390, "no page is wider than a phone"


@pytest.mark.parametrize("station", ["zh"], indirect=True)
def test_the_page_speaks_chinese(station: Station, client: httpx.Client) -> None:
    number = deadline(station).id
    answer = send(client, station, f"/deadlines/{number}/pause", ground="鉴定", at=stamp(station))
    assert "已中止计时" in answer.text
    assert "恢复计时…" in answer.text
    for english in ("Resume", "Extend…", "paused", "Withdrawn", "Faults"):
        assert f">{english}" not in answer.text
