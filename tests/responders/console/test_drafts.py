"""Drafts in the console, over its own forms: from hand to hand, two at once, hostile texts, objects of others."""

from __future__ import annotations

import io
import re
import zipfile

import httpx
import pytest
from docx import Document

from monitor.core.access.roles import AccountRole
from monitor.core.drafts.draft import Wording
from monitor.core.model import ResponseKind
from monitor.store import drafts, views
from tests.accounts.people import COUNTY
from tests.responders.console.scenes import explosion
from tests.responders.console.station import Station, browsing, token_of
from tests.responders.console.test_matrix import enter

RELEASE = ResponseKind.AUTHORITATIVE_RELEASE
BASE = "/incidents/1/drafts/1"
TEXT = "7月9日19时40分许，金昌市金川区一化工仓库发生爆炸，11人死亡。"
FIELDS = {"kind": "authoritative_release", "title": "情况通报", "text": TEXT, "place": "https://yjj.example.cn/"}


@pytest.fixture
def office(station: Station) -> Station:
    explosion(station)
    for login, role in (
        ("wang", AccountRole.DUTY),
        ("li", AccountRole.REVIEWER),
        ("zhao", AccountRole.APPROVER),
        ("chen", AccountRole.SPOKESPERSON),
    ):
        station.people.hire(login, role, name=f"{login} 先生")
    station.people.hire("county", AccountRole.COUNTY, region=COUNTY)
    return station


def send(office: Station, client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    page = client.get("/account")
    return client.post(path, data={"token": token_of(page), **fields}, headers={"Origin": office.address})


def as_(office: Station, login: str, path: str, **fields: str) -> httpx.Response:
    """Let somebody sign in and send one form with the newest version."""
    with browsing(office) as client:
        enter(office, client, login)
        version = fields.pop("version", "") or str(newest(office))
        return send(office, client, path, version=version, **fields)


def newest(office: Station, number: int = 1) -> int:
    with office.database.read() as connection:
        found = drafts.draft(connection, number)
    return found.version.number if found else 0


def page(office: Station, login: str, path: str = BASE) -> str:
    with browsing(office) as client:
        enter(office, client, login)
        return client.get(path).text


def begun(office: Station) -> None:
    assert as_(office, "wang", "/incidents/1/drafts", **FIELDS).headers["location"] == BASE


def test_from_hand_to_hand_and_everybody_sees_only_his_button(office: Station) -> None:
    begun(office)
    assert f'formaction="{BASE}/submit"' in page(office, "wang")
    assert "<textarea" not in page(office, "li")
    assert as_(office, "wang", f"{BASE}/submit", **FIELDS).status_code == 303
    for login, path in (("wang", "self-review"), ("li", "review"), ("zhao", "approve")):
        for other in ("wang", "li", "zhao", "chen"):
            shown = f'action="{BASE}/{path}"' in page(office, other)
            assert shown is (other == login or (path == "self-review" and other == "chen")), (path, other)
        assert "waits for you" in page(office, login, "/")
        assert as_(office, login, f"{BASE}/{path}", verdict="passed", comment="同意").status_code == 303
        assert "waits for you" not in page(office, login, "/") or login == "wang"
    now = office.clock()
    told = as_(office, "wang", f"{BASE}/publish", published_at="2026-07-09T20:52", url="https://yjj.example.cn/1.html")
    assert told.headers["location"] == "/incidents/1"
    with office.database.read() as connection:
        [response] = views.responses(connection, matter_id=1)
    assert (response.title, response.by, response.logged_at) == ("情况通报", "wang 先生", now)
    assert f"{BASE}/sheet" in page(office, "wang", "/incidents/1")
    assert office.states()["OP-AUTH-5H"] == "met"


def test_nobody_does_two_things_that_two_must_do(office: Station) -> None:
    office.people.hire("all", AccountRole.DUTY, AccountRole.REVIEWER, AccountRole.APPROVER, name="全")
    assert as_(office, "all", "/incidents/1/drafts", **FIELDS).status_code == 303
    assert as_(office, "all", f"{BASE}/submit", **FIELDS).status_code == 303
    assert as_(office, "all", f"{BASE}/self-review", verdict="passed").status_code == 303
    refused = as_(office, "all", f"{BASE}/review", verdict="passed")
    assert refused.status_code == 422
    assert "must be different people" in refused.text
    assert "somebody else has to do this" in page(office, "all")


def test_the_second_of_two_writers_is_told_and_loses_nothing(office: Station) -> None:
    begun(office)
    assert as_(office, "chen", f"{BASE}/save", **{**FIELDS, "text": "甲。丙。"}).status_code == 303
    mine = {**FIELDS, "text": "乙。丙。"}
    late = as_(office, "wang", f"{BASE}/save", version="1", **mine)
    assert late.status_code == 409
    assert "chen 先生 saved version 2" in late.text
    assert "<del>甲。</del>" in late.text
    assert "<ins>乙。</ins>" in late.text
    assert ">乙。丙。</textarea>" in late.text
    assert 'name="version" value="2"' in late.text
    assert as_(office, "wang", f"{BASE}/save", version="2", **mine).status_code == 303
    with office.database.read() as connection:
        assert [one.wording.text for one in drafts.versions(connection, 1)] == [TEXT, "甲。丙。", "乙。丙。"]


def test_a_draft_of_another_incident_is_nobody_s_by_way_of_his_own(office: Station) -> None:
    office.tell("兰州市一煤矿发生透水事故，造成12人死亡", "甘肃省兰州市一煤矿发生透水事故，造成12人死亡。")
    begun(office)
    assert as_(office, "wang", "/incidents/2/drafts", **{**FIELDS, "text": "兰州的机密"}).status_code == 303
    for login in ("county", "wang"):
        assert "兰州的机密" not in page(office, login, "/incidents/1/drafts/2")
        for act in ("save", "submit", "self-review", "withdraw"):
            answer = as_(office, login, f"/incidents/1/drafts/2/{act}", version="1", **FIELDS, reason="x")
            assert answer.status_code == 404, act
    assert newest(office, 2) == 1
    assert "兰州" not in page(office, "county", "/")


def test_urgently_published_it_is_shown_until_somebody_has_reviewed_it(office: Station) -> None:
    begun(office)
    nothing = as_(office, "wang", f"{BASE}/publish", **FIELDS, published_at="2026-07-09T20:52")
    assert nothing.status_code == 422
    done = as_(office, "wang", f"{BASE}/publish", **FIELDS, published_at="2026-07-09T20:52", urgent="联系不上")
    assert done.status_code == 303
    assert office.states()["OP-AUTH-5H"] == "met"
    for path in ("/", "/incidents/1", BASE):
        assert "published before review; owed until" in page(office, "li", path)
    assert as_(office, "chen", f"{BASE}/self-review", verdict="passed").status_code == 303
    assert as_(office, "li", f"{BASE}/review", verdict="passed", comment="不涉密").status_code == 303
    assert as_(office, "zhao", f"{BASE}/approve", verdict="passed").status_code == 303
    assert "published before review; owed until" not in page(office, "li", "/")
    assert "联系不上" in page(office, "li", f"{BASE}/sheet")


def test_what_was_logged_directly_says_so(office: Station) -> None:
    now = office.clock()
    office.parts.desk.respond(1, RELEASE, title="x", url="", published_at=now, by="王", now=now)
    office.parts.desk.respond(1, ResponseKind.UPWARD_REPORT, title="y", url="", published_at=now, by="王", now=now)
    assert page(office, "wang", "/incidents/1").count("logged without review") == 1


def test_the_page_s_own_script_saves_and_is_refused_politely(office: Station) -> None:
    begun(office)
    with browsing(office) as client:
        enter(office, client, "wang")
        token = token_of(client.get("/account"))
        head = {"Origin": office.address, "Accept": "application/json"}
        new = {"token": token, "version": "1", **FIELDS, "text": "新"}
        assert client.post(f"{BASE}/save", data=new, headers=head).json()["version"] == 2
        late = client.post(f"{BASE}/save", data={**new, "text": "旧"}, headers=head)
        assert late.status_code == 409
        assert "Both texts are kept" in late.json()["said"]
        assert client.post(f"{BASE}/save", data={**new, "token": ""}, headers=head).status_code == 403
        send(office, client, f"{BASE}/submit", version="2", **{**FIELDS, "text": "新"})
        handed_in = client.post(f"{BASE}/save", data={**new, "version": "2", "text": "改"}, headers=head)
        assert handed_in.status_code == 409
    assert newest(office) == 2


HOSTILE = [
    "<script>alert(1)</script>",
    "'\"><img src=x onerror=alert(1)>",
    "{{7*7}}{% raw %}",
    "a\x00b\x0b\x1bc\ufffe\ud800",
    "\u202e反\u200b隐",
    "]]></w:t><w:t>x",
    "=cmd|' /C calc'!A0",
    "𝕬🏴‍☠️" * 50,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_do_no_harm_on_page_sheet_or_file(office: Station, text: str) -> None:
    wording = Wording(kind=RELEASE, title=text, text=f"{text}\n{text}", place=text)
    desk, now = office.parts.desk.drafts, office.clock()
    desk.begin(1, wording, by="wang", now=now)
    desk.submit(1, seen=1, by="wang", now=now)
    for path in (BASE, f"{BASE}/sheet", "/incidents/1", "/incidents/1/drafts", "/"):
        shown = page(office, "wang", path)
        assert "<script>alert" not in shown
        assert "<img" not in re.sub(r'<img src="/static/icon.svg"[^>]*>', "", shown)
        assert "\u202e" not in shown or path == BASE
    with browsing(office) as client:
        enter(office, client, "wang")
        answer = client.get(f"{BASE}/sheet.docx")
    assert answer.headers["content-disposition"] == 'attachment; filename="review-1-1.docx"'
    assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None
    paper = Document(io.BytesIO(answer.content))
    said = "\n".join(cell.text for table in paper.tables for row in table.rows for cell in row.cells)
    assert "\u202e" not in said
    assert "\x1b" not in said
    if text.isprintable() and "\u200d" not in text:
        assert text in said
