"""Who may ask what: strange hosts, other sites, forms without their token, and the headers that bind the browser."""

from __future__ import annotations

import hashlib

import httpx
import pytest
from fastapi.routing import iter_route_contexts
from starlette.datastructures import Headers

from monitor.core.model import ResponseKind
from monitor.store.all_tables import METADATA
from monitor.store.database import Database
from responders.console.guard import Refusal, refusal_of
from responders.console.health import PROBES
from tests.responders.console.scenes import explosion
from tests.responders.console.station import Station, token_of

OURS = {"127.0.0.1:8765", "localhost:8765", "[::1]:8765"}
GETS = (
    "/",
    "/live",
    "/search",
    "/incidents",
    "/incidents/1",
    "/incidents/1/why",
    "/incidents/1/claims",
    "/incidents/1/conference",
    "/incidents/1/conference/sheet",
    "/incidents/1/review",
    "/incidents/1/review.docx",
    "/incidents/1/review.xlsx",
    "/incidents/1/review.json",
    "/leader",
    "/items/1",
    "/rumours",
    "/decoys",
    "/decoys/crime",
    "/alerts",
    "/alerts/1",
    "/deadlines/1",
    "/duty",
    "/sources",
    *PROBES,
    "/static/console.css",
)
POSTS = (
    "/incidents/1/confirm", "/incidents/1/dismiss", "/incidents/1/acknowledge", "/incidents/1/respond",
    "/incidents/1/merge", "/incidents/1/split", "/incidents/1/link", "/incidents/1/unlink", "/deadlines/1/waive",
    "/deadlines/1/reopen", "/deadlines/1/extend", "/deadlines/1/pause", "/deadlines/1/resume", "/deadlines/1/reset",
    "/deadlines/1/start", "/responses/1/retract", "/incidents/1/hand-back", "/incidents/1/fault",
    "/items/1/report", "/items/1/set-aside", "/me", "/incidents/1/check", "/responses/1/text",
    "/incidents/1/correct", "/incidents/1/undo", "/incidents/1/assign", "/incidents/1/sign", "/incidents/1/claims",
    "/incidents/1/conference", "/incidents/1/conference/tick", "/incidents/1/conference/drop", "/rumours/1/check",
    "/incidents/1/offer/log", "/incidents/1/offer/refuse", "/incidents/1/offer/again",
    "/incidents/1/review/held", "/incidents/1/review/signed", "/incidents/1/review/lessons",
    "/incidents/1/review/lessons/done",
)  # fmt: skip


@pytest.mark.parametrize(
    ("method", "headers", "expected"),
    [
        ("GET", {"host": "127.0.0.1:8765"}, None),
        ("GET", {"host": "LOCALHOST:8765"}, None),
        ("GET", {"host": "[::1]:8765"}, None),
        ("GET", {"host": "127.0.0.1"}, Refusal.STRANGE_HOST),
        ("GET", {"host": "127.0.0.1:8765.example.org"}, Refusal.STRANGE_HOST),
        ("GET", {"host": "attacker.example.org:8765"}, Refusal.STRANGE_HOST),
        ("GET", {}, Refusal.STRANGE_HOST),
        ("POST", {"host": "127.0.0.1:8765"}, Refusal.OTHER_SITE),
        ("POST", {"host": "127.0.0.1:8765", "origin": "http://127.0.0.1:8765"}, None),
        ("POST", {"host": "127.0.0.1:8765", "origin": "https://127.0.0.1:8765"}, None),
        ("POST", {"host": "127.0.0.1:8765", "origin": "http://127.0.0.1:8766"}, Refusal.OTHER_SITE),
        ("POST", {"host": "127.0.0.1:8765", "origin": "http://localhost:8765"}, Refusal.OTHER_SITE),
        ("POST", {"host": "127.0.0.1:8765", "origin": "null"}, Refusal.OTHER_SITE),
        ("POST", {"host": "127.0.0.1:8765", "origin": "null", "sec-fetch-site": "same-origin"}, None),
        ("POST", {"host": "127.0.0.1:8765", "sec-fetch-site": "same-origin"}, None),
        ("POST", {"host": "127.0.0.1:8765", "sec-fetch-site": "same-site"}, Refusal.OTHER_SITE),
        ("POST", {"host": "127.0.0.1:8765", "sec-fetch-site": "cross-site"}, Refusal.OTHER_SITE),
        ("POST", {"host": "127.0.0.1:8765", "sec-fetch-site": "none"}, Refusal.OTHER_SITE),
        (
            "DELETE",
            {"host": "127.0.0.1:8765", "origin": "http://127.0.0.1:8765", "sec-fetch-site": "cross-site"},
            Refusal.OTHER_SITE,
        ),
    ],
)
def test_only_our_hosts_and_acts_from_our_own_pages(
    method: str, headers: dict[str, str], expected: Refusal | None
) -> None:
    assert refusal_of(method, Headers(headers), OURS) is expected


def test_two_host_headers_are_refused() -> None:
    headers = Headers(raw=[(b"host", b"127.0.0.1:8765"), (b"host", b"attacker.example.org")])
    assert refusal_of("GET", headers, OURS) is Refusal.STRANGE_HOST


def everything(database: Database) -> str:
    """Return a digest of all that is stored."""
    digest = hashlib.sha256()
    with database.read() as connection:
        for table in METADATA.sorted_tables:
            digest.update(repr((table.name, connection.execute(table.select()).all())).encode())
    return digest.hexdigest()


def test_no_page_changes_anything_by_being_read(station: Station, client: httpx.Client) -> None:
    explosion(station)
    before = everything(station.database)
    answers = {path: client.get(path).status_code for path in GETS}
    answers |= {path: client.get(path).status_code for path in POSTS}
    assert everything(station.database) == before
    shown = {"/incidents/1/check": 200, "/responses/1/text": 404}
    shown |= {"/incidents/1/claims": 200, "/incidents/1/conference": 200}
    assert answers == dict.fromkeys(GETS, 200) | dict.fromkeys(POSTS, 405) | shown


@pytest.mark.parametrize("path", POSTS)
def test_every_act_needs_our_page_and_its_token(station: Station, client: httpx.Client, path: str) -> None:
    explosion(station)
    now = station.clock()
    station.parts.desk.respond(1, ResponseKind.REPLY, title="x", url="", published_at=now, by="Li", now=now)
    token = token_of(client.get("/incidents/1"))
    before = everything(station.database)
    filled = {"by": "Li", "reason": "because", "into": "1", "title": "x", "decoy": "drill"}
    filled["published_at"] = "2026-07-09T20:40"
    own = {"Origin": station.address}
    assert client.post(path, data={**filled, "token": token}).status_code == 403
    assert client.post(path, data={**filled, "token": token}, headers={"Origin": "http://a.example"}).status_code == 403
    assert client.post(path, data=filled, headers=own).status_code == 403
    assert client.post(path, data={**filled, "token": token[::-1]}, headers=own).status_code == 403
    client.cookies.delete("huiying_visit")
    assert client.post(path, data={**filled, "token": token}, headers=own).status_code == 403
    assert everything(station.database) == before


def as_route(path: str) -> str:
    return path.replace("/1", "/{number}").replace("/decoys/crime", "/decoys/{name}")


def test_the_walk_knows_every_route(station: Station) -> None:
    contexts = iter_route_contexts(station.app(()).routes)
    found = {(str(context.path), method) for context in contexts for method in context.methods or ()}
    walked = {(as_route(path), "GET") for path in GETS if not path.startswith("/static")}
    walked |= {(as_route(path), "POST") for path in POSTS}
    walked |= {("/a/{token}", "GET"), ("/a/{token}", "POST")}  # test_links.py
    walked |= {("/u/{token}", "GET"), ("/u/{token}", "POST")}  # test_leaving.py
    walked |= {("/incidents/{number}/check", "GET"), ("/responses/{number}/text", "GET")}  # test_checks.py
    # test_matrix.py
    doors = (
        "/websub/",
        "/sign-",
        "/account",
        "/api",
        "/evidence/",
        "/exports",
        "/calendar/",
        "/rate/",
        "/responses/{number}/rating",
        "/incidents/{number}.cap",
    )
    office = (
        "/office",
        "/appraisals",
        "/duty/",
        "/channels",
        "/sources/",
        "/rules",
        "/drills",
        "/audit",
        "/statistics",
        "/missed",
    )
    elsewhere = (
        "/static",
        "/appraisals",
        "/bulletins",
        "/incidents/{number}/bulletins",
        "/incidents/{number}/drafts",
        *doors,
        *office,
    )
    assert {(path, method) for path, method in found if not path.startswith(elsewhere)} == walked


def test_a_stranger_is_told_nothing(station: Station, client: httpx.Client) -> None:
    answer = client.get("/", headers={"Host": "attacker.example.org"})
    assert answer.status_code == 400
    assert "set-cookie" not in answer.headers
    assert answer.text == "This console is not reached under that name."


@pytest.mark.parametrize("path", [*PROBES, "/", "/static/console.css"])
def test_only_the_probes_are_answered_under_the_names_of_the_probes(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers={"Host": "probe.example.org"})
    assert answer.status_code == (200 if path in PROBES else 400)


@pytest.mark.parametrize("path", [*GETS, "/nowhere", "/incidents/99", "/static/nothing.css"])
def test_every_answer_binds_the_browser(station: Station, client: httpx.Client, path: str) -> None:
    explosion(station)
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "server" not in headers


def test_cookies_stay_with_the_browser_and_with_us(station: Station, client: httpx.Client) -> None:
    cookie = client.get("/").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert client.get("/").headers.get("set-cookie") is None
