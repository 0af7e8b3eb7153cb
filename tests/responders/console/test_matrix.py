"""Who may do what, route by route: the list of routes is the application's own, and what nobody declared is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi import APIRouter
from fastapi.routing import iter_route_contexts

from monitor.core.access.roles import AccountRole
from monitor.core.bulletins.bulletin import BulletinKind
from monitor.core.drafts.draft import Wording
from monitor.core.model import ResponseKind
from responders.console import duty as duty_module
from responders.console.permissions import ROUTES, Door
from tests.accounts.people import COUNTY, PASSWORD
from tests.bulletins.shared import make
from tests.responders.console.scenes import explosion
from tests.responders.console.station import Station, browsing, serving, token_of
from tests.responders.console.test_guard import everything

ROLES = tuple(AccountRole)
# One letter a role: Duty officer, sPokesperson, Reviewer, aPprover (V), Leader, Admin, County colleague.
LETTERS = dict(zip("DPRVLAC", ROLES, strict=True))
PROGRAMS = "/api/v1/"
ALL, STAFF = "DPRVLAC", "DPRVLA"
# Written by hand, so that a change of the grants is seen here. The county colleague's region is that of incident 1.
EXPECTED = f"""
GET / {ALL}
GET /live {ALL}
GET /search {ALL}
GET /incidents {ALL}
GET /incidents/1 {ALL}
GET /incidents/1/why {ALL}
GET /incidents/1.cap DL
GET /items/1 {ALL}
GET /alerts/1 {ALL}
GET /deadlines/1 {ALL}
GET /incidents/1/review {ALL}
GET /incidents/2/review {STAFF}
GET /incidents/1/review.docx DL
GET /incidents/1/review.xlsx DL
GET /incidents/1/review.json DL
POST /incidents/1/review/held DVL
POST /incidents/1/review/signed DVL
POST /incidents/1/review/lessons DVL
POST /incidents/1/review/lessons/done DVL
GET /leader {STAFF}
GET /incidents/2 {STAFF}
GET /incidents/2/why {STAFF}
GET /items/{{theirs}} {STAFF}
GET /alerts/{{theirs}} {STAFF}
GET /deadlines/{{theirs}} {STAFF}
GET /incidents/99 {STAFF}
GET /rumours {STAFF}
GET /decoys {STAFF}
GET /decoys/crime {STAFF}
GET /alerts {STAFF}
GET /sources {STAFF}
GET /duty {STAFF}
GET /office {STAFF}
GET /missed {STAFF}
GET /channels {STAFF}
GET /sources/evening {STAFF}
GET /rules {STAFF}
GET /rules/OP-AUTH-5H {STAFF}
GET /drills {STAFF}
GET /drills/1 {STAFF}
GET /audit LA
GET /exports DL
GET /statistics.xlsx DL
GET /statistics {STAFF}
GET /statistics/rows?table=duties&column=due {STAFF}
GET /exports/incidents.xlsx DL
GET /appraisals {STAFF}
POST /appraisals LA
GET /appraisals/1 {STAFF}
GET /appraisals/1/notice {STAFF}
GET /appraisals/1/notice.docx {STAFF}
GET /appraisals/1/result {STAFF}
GET /appraisals/1/result.docx {STAFF}
GET /appraisals/1/figures.xlsx DL
POST /appraisals/1/approve LA
POST /appraisals/1/notice LA
POST /appraisals/1/drop LA
GET /appraisals/1/offices/chem {STAFF}
GET /appraisals/1/offices/chem/rows {STAFF}
GET /appraisals/1/offices/chem/self-check {STAFF}
GET /appraisals/1/offices/chem/self-check.docx {STAFF}
POST /appraisals/1/offices/chem/hand-in DPRVL
POST /appraisals/1/offices/chem/sign DPRVL
POST /appraisals/1/offices/chem/review R
POST /appraisals/1/offices/chem/settle LA
GET /responses/1/rating {ALL}
POST /responses/1/rating/open DP
POST /responses/1/rating/revoke DP
GET /account {ALL}
GET /api/me {ALL}
GET /accounts A
GET /accounts/1 A
POST /incidents/1/confirm D
POST /incidents/1/dismiss D
POST /incidents/1/merge D
POST /incidents/1/split D
POST /incidents/1/correct D
POST /incidents/1/undo D
POST /incidents/1/assign DL
POST /incidents/2/assign DL
POST /incidents/1/sign DPRVLC
POST /incidents/2/sign DPRVL
POST /incidents/1/link D
POST /incidents/1/unlink D
POST /incidents/1/acknowledge DPLC
POST /incidents/1/hand-back DPLC
POST /incidents/2/acknowledge DPL
POST /incidents/1/respond DP
POST /incidents/1/fault DVL
POST /deadlines/1/waive DVL
POST /deadlines/1/reopen DVL
POST /deadlines/1/extend DVL
POST /deadlines/1/pause DVL
POST /deadlines/1/resume DVL
POST /deadlines/1/reset DVL
POST /deadlines/1/start DVL
POST /responses/1/retract DP
GET /responses/1/text {ALL}
POST /responses/1/text DP
GET /incidents/1/check DPC
POST /incidents/1/check DPC
GET /incidents/2/check DP
GET /incidents/1/drafts {ALL}
POST /incidents/1/drafts DPC
GET /incidents/2/drafts {STAFF}
POST /incidents/2/drafts DP
GET /incidents/1/drafts/1 {ALL}
GET /incidents/1/drafts/1/sheet {ALL}
GET /incidents/1/drafts/1/sheet.docx {ALL}
GET /incidents/2/drafts/2 {STAFF}
POST /incidents/1/drafts/1/save DPC
POST /incidents/2/drafts/2/save DP
POST /incidents/1/drafts/1/submit DPC
POST /incidents/1/drafts/1/self-review DPC
POST /incidents/1/drafts/1/review R
POST /incidents/2/drafts/2/review R
POST /incidents/1/drafts/1/approve V
POST /incidents/1/drafts/1/publish DP
POST /incidents/2/drafts/2/publish DP
POST /incidents/1/drafts/1/withdraw DPC
GET /bulletins {STAFF}
GET /bulletins/new DP
POST /bulletins/new DP
POST /incidents/1/bulletins DPC
POST /incidents/2/bulletins DP
GET /bulletins/1 {ALL}
GET /bulletins/1.docx {ALL}
GET /bulletins/1/0.png {ALL}
GET /bulletins/1/edit DPC
GET /bulletins/2 {STAFF}
GET /bulletins/2.docx {STAFF}
GET /bulletins/2/edit DP
GET /bulletins/99 {STAFF}
POST /bulletins/1/save DPC
POST /bulletins/2/save DP
POST /bulletins/1/void DPC
POST /bulletins/1/review R
POST /bulletins/2/review R
POST /bulletins/1/sign V
GET /incidents/1/claims {ALL}
GET /incidents/2/claims {STAFF}
POST /incidents/1/claims D
POST /rumours/1/check D
GET /incidents/1/conference {ALL}
GET /incidents/1/conference/sheet {ALL}
GET /incidents/2/conference {STAFF}
POST /incidents/1/conference DP
POST /incidents/2/conference DP
POST /incidents/1/conference/tick DP
POST /incidents/1/conference/drop DP
POST /incidents/1/offer/log DP
POST /incidents/2/offer/log DP
POST /incidents/1/offer/refuse DP
POST /incidents/1/offer/again DP
GET /evidence/1 {ALL}
GET /evidence/1/1/text.txt {ALL}
GET /evidence/1/1/digests.txt {ALL}
POST /items/1/report D
POST /items/1/set-aside D
GET /api {ALL}
GET /api/v1/openapi.json {ALL}
GET /api/v1/incidents {ALL}
GET /api/v1/incidents/1 {ALL}
GET /api/v1/incidents/2 {STAFF}
GET /api/v1/deadlines {ALL}
GET /api/v1/deadlines/1 {ALL}
GET /api/v1/responses {ALL}
GET /api/v1/alerts {STAFF}
POST /api/v1/incidents/1/responses DP
POST /api/v1/incidents/1/confirm D
POST /api/v1/incidents/1/dismiss D
POST /api/v1/incidents/1/acknowledge DPLC
POST /api/v1/incidents/2/acknowledge DPL
POST /me -
POST /account/password {ALL}
POST /account/sessions/x/end {ALL}
POST /account/sessions/end {ALL}
POST /account/tokens {ALL}
POST /account/tokens/x/end {ALL}
POST /account/calendar {ALL}
POST /account/calendar/end {ALL}
POST /account/code {ALL}
POST /account/code/confirm {ALL}
POST /account/code/end {ALL}
POST /accounts A
POST /accounts/1/edit A
POST /accounts/1/disable A
POST /accounts/1/enable A
POST /accounts/1/password A
POST /accounts/1/sessions/end A
POST /accounts/1/code/end A
POST /duty/override DLA
POST /duty/take DLA
POST /duty/swap DLA
POST /duty/changes/1/cancel DLA
POST /channels/test A
POST /sources/evening/preview A
POST /audit/verify LA
POST /drills/silent LA
POST /drills/start LA
POST /drills/end LA
POST /sign-out {ALL}
"""
ROWS = [tuple(line.split()) for line in EXPECTED.strip().splitlines()]
FILLED = {"reason": "because", "into": "2", "title": "x", "published_at": "2026-07-09T20:40", "at": "2026-07-09T20:40"}


def as_route(path: str) -> str:
    numbered = re.sub(r"/(\d+|\{theirs\})(?=/|\.cap$|\.docx$|$)", "/{number}", path)
    numbered = numbered.replace("/offices/chem", "/offices/{office}")
    named = numbered.replace("/decoys/crime", "/decoys/{name}").replace("/tokens/x/", "/tokens/{name}/")
    named = named.replace("/drafts/{number}", "/drafts/{draft}").replace("/{number}/0.png", "/{number}/{n}.png")
    named = named.replace("/sources/evening", "/sources/{name}").replace("/rules/OP-AUTH-5H", "/rules/{name}")
    named = named.replace("/exports/incidents.xlsx", "/exports/{name}").partition("?")[0]
    looked_at = re.sub(r"(?<=/evidence/\{number\}/)\{number\}/(?!text)[^/]+$", "{look}/{name}", named)
    looked_at = looked_at.replace("/{number}/{number}/text.txt", "/{number}/{look}/text.txt")
    return looked_at.replace("/sessions/x/", "/sessions/{session}/")


def routes_of(station: Station) -> set[tuple[str, str]]:
    contexts = iter_route_contexts(station.app(()).routes)
    found = {(method, str(context.path)) for context in contexts for method in context.methods or ()}
    return {(method, path) for method, path in found if not path.startswith("/static")}


def test_every_route_has_its_permission_and_every_permission_its_route(station: Station) -> None:
    # These doors are mounted where Slack, a push source or hubs are set up, and tested there.
    mounted = {("POST", "/slack/events"), ("POST", "/push/{source}")}
    mounted |= {(method, "/websub/{token}") for method in ("GET", "POST")}
    assert routes_of(station) == set(ROUTES) - mounted


def test_the_matrix_walks_every_route_that_is_not_open(station: Station) -> None:
    walked = {(method, as_route(path)) for method, path, _ in ROWS}
    closed = {route for route, rule in ROUTES.items() if rule not in (Door.OPEN, Door.MACHINE)}
    assert closed == walked


def test_a_route_that_nobody_declared_is_not_answered(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    router = APIRouter()
    router.add_api_route("/forgotten", lambda: "everything")
    monkeypatch.setattr(duty_module, "routes", lambda console: router)
    station.people.hire("boss", AccountRole.ADMIN, AccountRole.DUTY)
    with serving(station), browsing(station) as client:
        enter(station, client, "boss")
        answer = client.get("/forgotten")
    assert answer.status_code == 404
    assert "everything" not in answer.text


def enter(station: Station, client: httpx.Client, login: str, password: str = PASSWORD) -> httpx.Response:
    """Sign in as a person does."""
    filled = {"token": token_of(client.get("/sign-in")), "login": login, "password": password}
    answer = client.post("/sign-in", data=filled, headers={"Origin": station.address})
    assert answer.status_code == 303, answer.text
    return answer


def posted(station: Station, client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    """Send a form with the token of the page that it stands on."""
    page = client.get("/account")
    token = token_of(page if page.status_code == 200 else client.get("/sign-in"))
    return client.post(path, data={"token": token, **fields}, headers={"Origin": station.address})


@pytest.fixture
def staffed(station: Station) -> Station:
    """Return a console with an incident here, one elsewhere, and somebody in each role who was here before."""
    explosion(station)
    station.tell("兰州市一煤矿发生透水事故，造成12人死亡", "甘肃省兰州市一煤矿发生透水事故，造成12人死亡。")
    station.watch()
    now = station.clock()
    station.parts.desk.respond(1, ResponseKind.REPLY, title="x", url="", published_at=now, by="Li", now=now)
    for matter in (1, 2):
        station.parts.desk.drafts.begin(matter, Wording(kind=ResponseKind.REPLY), by="Li", now=now)
        make(station, BulletinKind.SPECIAL, by="Li", incident=matter)
    station.people.hire("zero", AccountRole.ADMIN)
    for role in ROLES:
        station.people.hire(role.value, role, region=COUNTY if role is AccountRole.COUNTY else "")
    return station


def numbers_elsewhere(station: Station) -> dict[str, int]:
    """Return the numbers of an item, an alert and a deadline of incident 2."""
    with station.database.read() as connection:
        one = connection.exec_driver_sql
        return {
            "/items/": one("SELECT min(item_id) FROM incident_item WHERE matter_id = 2").scalar_one(),
            "/alerts/": one("SELECT min(id) FROM alert WHERE matter_id = 2").scalar_one(),
            "/deadlines/": one("SELECT min(id) FROM deadline WHERE matter_id = 2").scalar_one(),
        }


def paths(station: Station) -> Iterator[tuple[str, str, str]]:
    theirs = numbers_elsewhere(station)
    for method, path, letters in ROWS:
        head = path.removesuffix("{theirs}")
        yield method, path if head == path else f"{head}{theirs[head]}", letters


def asked(station: Station, client: httpx.Client, method: str, path: str, token: str) -> httpx.Response:
    """Look at a page, or send its form filled in."""
    if method == "GET":
        return client.get(path)
    return client.post(path, data={**FILLED, "token": token}, headers={"Origin": station.address})


@pytest.mark.parametrize("letter", list(LETTERS))
def test_each_role_passes_where_it_should_and_nowhere_else(staffed: Station, letter: str) -> None:
    wrong: list[tuple[str, str, str]] = []
    with browsing(staffed) as client:
        enter(staffed, client, LETTERS[letter].value)
        for method, path, letters in paths(staffed):
            if path == "/sign-out":
                continue
            token = token_of(client.get("/account"))
            before = everything(staffed.database)
            own = {"Origin": staffed.address}
            answer = (
                client.get(path) if method == "GET" else client.post(path, data={**FILLED, "token": token}, headers=own)
            )
            may = letter in letters
            if (answer.status_code == 403) is may or answer.status_code >= 500:
                wrong.append((method, path, str(answer.status_code)))
            if (not may or method == "GET") and everything(staffed.database) != before:
                wrong.append((method, path, "changed something"))
        assert wrong == []
        signed_out = asked(staffed, client, "POST", "/sign-out", token_of(client.get("/account")))
        assert signed_out.status_code == 303
        assert client.get("/account").status_code == 303


def test_a_stranger_is_led_to_the_door_and_learns_nothing(staffed: Station) -> None:
    staffed.unwell.clear()
    with browsing(staffed) as client:
        token = token_of(client.get("/sign-in"))
        before = everything(staffed.database)
        for method, path, _ in paths(staffed):
            own = {"Origin": staffed.address}
            answer = (
                client.get(path) if method == "GET" else client.post(path, data={**FILLED, "token": token}, headers=own)
            )
            led = method == "GET" and not path.startswith(PROGRAMS)
            assert answer.status_code == (303 if led else 401), path
            assert answer.headers.get("location", "/sign-in").startswith("/sign-in")
            assert "金昌" not in answer.text
            assert "兰州" not in answer.text
        assert everything(staffed.database) == before
        for nowhere in ("/nowhere", "/incidents/1/nowhere", "/docs"):
            assert "金昌" not in client.get(nowhere).text
            assert "<nav" not in client.get(nowhere).text


@pytest.mark.parametrize("letter", ["D", "A"])
def test_no_act_without_its_token_or_from_another_site(staffed: Station, letter: str) -> None:
    with browsing(staffed) as client:
        enter(staffed, client, LETTERS[letter].value)
        token = token_of(client.get("/account"))
        with browsing(staffed) as other:
            foreign = token_of(other.get("/sign-in"))
        before = everything(staffed.database)
        own = {"Origin": staffed.address}
        tried = 0
        for method, path, letters in paths(staffed):
            # A program shows its token, and nothing else will do: see the tests of the API.
            if method == "GET" or letter not in letters or path.startswith(PROGRAMS):
                continue
            tried += 1
            for data, headers in (
                (FILLED, own),
                ({**FILLED, "token": token[::-1]}, own),
                ({**FILLED, "token": foreign}, own),
                ({**FILLED, "token": token}, {}),
                ({**FILLED, "token": token}, {"Origin": "https://evil.example"}),
                ({**FILLED, "token": token}, {**own, "Sec-Fetch-Site": "cross-site"}),
            ):
                assert client.post(path, data=data, headers=headers).status_code == 403, (path, headers)
        assert tried > 10
        assert everything(staffed.database) == before


@pytest.mark.parametrize("path", ["/sign-in", "/a/x"])
def test_the_open_doors_too_want_the_token_where_something_could_change(staffed: Station, path: str) -> None:
    before = everything(staffed.database)
    with browsing(staffed) as client:
        filled = {"login": "duty", "password": PASSWORD}
        own = {"Origin": staffed.address}
        assert client.post(path, data=filled, headers=own).status_code in (403, 404)
        assert "huiying_session" not in client.cookies
    assert everything(staffed.database) == before


def test_a_county_colleague_is_shown_his_region_only(staffed: Station) -> None:
    with browsing(staffed) as client:
        enter(staffed, client, "county")
        for path in ("/", "/incidents"):
            page = client.get(path).text
            assert "金昌" in page
            assert "兰州" not in page
        assert client.get("/incidents/2").text == client.get("/incidents/99").text.replace("/99", "/2")
        assert 'href="/sources"' not in client.get("/").text
        assert "/confirm" not in client.get("/incidents/1").text
        assert "/incidents/1/acknowledge" in client.get("/incidents/1").text


def test_everybody_sees_only_what_he_can_press(staffed: Station) -> None:
    acts = {"D": ("confirm", "acknowledge", "respond"), "R": (), "V": ("fault",), "P": ("acknowledge", "respond")}
    for letter, expected in acts.items():
        with browsing(staffed) as client:
            enter(staffed, client, LETTERS[letter].value)
            page = client.get("/incidents/1").text
        shown = {
            act for act in ("confirm", "acknowledge", "respond", "fault", "merge") if f"/incidents/1/{act}" in page
        }
        assert set(expected) <= shown, letter
        assert shown - set(expected) <= ({"merge", "fault"} if letter == "D" else set()), letter
