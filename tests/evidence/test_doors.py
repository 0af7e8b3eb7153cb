"""What people see of evidence: at the response, on its page, in messages, at the terminal, in the certificate."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from monitor.cli.speech import say
from monitor.core.audit.certificate import examined
from monitor.store import views
from monitor.store.database import Database
from responders.certificates import Certificates
from responders.documents.certificate import certificate_sections
from responders.documents.evidence import said
from responders.language import Words
from tests.cli.terminal import Terminal, at_work
from tests.evidence.web import BODY, DAY, TITLE, Bureau, H, bureau_at_work, page
from tests.responders.console.station import browsing, serving


@pytest.fixture
def bureau(database: Database) -> Iterator[Bureau]:
    with bureau_at_work(database) as bureau:
        yield bureau


@pytest.fixture
def client(bureau: Bureau) -> Iterator[httpx.Client]:
    with serving(bureau.station) as station, browsing(station) as client:
        yield client


def test_the_incident_page_leads_to_what_was_kept(bureau: Bureau, client: httpx.Client) -> None:
    bureau.publish()
    bureau.respond()
    assert "即将存证" in client.get("/incidents/1").text
    bureau.tick()
    shown = client.get("/incidents/1").text
    assert 'href="/evidence/1"' in shown
    assert "与存证一致" in shown
    kept = bureau.evidence().captures[0]
    one = client.get("/evidence/1")
    assert one.status_code == 200
    for told in (
        kept.payload_sha256,
        kept.warc_sha256,
        kept.manifest_sha256,
        kept.stamps[0].sha256,
        "本单位内部时间戳",
    ):
        assert told in one.text
    assert "2026-07-09 21:10" in one.text


def test_a_kept_page_is_never_shown_as_a_page(bureau: Bureau, client: httpx.Client) -> None:
    bureau.publish(page(BODY + "<p><script>alert(1)</script>&lt;img src=x onerror=alert(2)&gt;现场已清理完毕。</p>"))
    bureau.respond()
    bureau.tick()
    text = client.get("/evidence/1/1/text.txt")
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert text.headers["content-disposition"].startswith("attachment")
    assert text.headers["x-content-type-options"] == "nosniff"
    assert TITLE in text.text
    archive = client.get("/evidence/1/1/page.warc.gz")
    assert archive.content[:2] == b"\x1f\x8b"
    for answer in (archive, client.get("/evidence/1/1/manifest.json"), client.get("/evidence/1/1/internal.tsr")):
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment")
    assert "onerror=alert" not in client.get("/evidence/1").text
    for path in (
        "1/2/manifest.json",
        "1/1/SHA256SUMS",
        "1/1/..%2f..%2fetc%2fpasswd",
        "9/1/manifest.json",
        "1/9/text.txt",
    ):
        assert client.get(f"/evidence/{path}").status_code == 404


def test_there_is_a_page_before_anything_is_kept(bureau: Bureau, client: httpx.Client) -> None:
    bureau.respond(url="")
    assert "没有网址，无可存证" in client.get("/evidence/1").text
    assert client.get("/evidence/7").status_code == 404


def test_a_vanished_page_is_shown_where_it_was_logged(bureau: Bureau, client: httpx.Client) -> None:
    bureau.publish()
    bureau.respond()
    bureau.tick()
    bureau.answer(404)
    bureau.wait(DAY + H)
    shown = client.get("/incidents/1").text
    assert "网页不可访问" in shown
    assert "已发布网页不可访问" in shown, "the log says why the clock runs again"
    again = client.post("/responses/1/retract")
    assert again.status_code in (403, 422)
    assert "HTTP 404" in client.get("/evidence/1").text


def test_every_finding_has_its_sentence_in_both_languages(bureau: Bureau) -> None:
    bureau.publish(
        page("<p>全省农机购置补贴工作推进会在省城召开，部署下半年任务，总结上半年工作。</p>" * 4, title="农机补贴")
    )
    bureau.respond(at=bureau.now - H)
    bureau.tick()
    assert bureau.points() == ["elsewhere", "later"]
    names = bureau.station.parts.names
    elsewhere, later = bureau.alerts()
    assert "似与本事件无关：农机补贴" in said(elsewhere, Words("zh"), names)
    assert "晚于登记的 2026-07-09 20:15" in said(later, Words("zh"), names)
    assert "does not seem to speak of this incident: 农机补贴" in said(elsewhere, Words("en"), names)


def test_the_certificate_names_the_evidence_and_its_stamp(bureau: Bureau) -> None:
    bureau.publish()
    bureau.respond()
    bureau.tick()
    with bureau.station.database.read() as connection:
        number = next(d.id for d in views.deadlines(connection) if d.obligation_id == "OP-AUTH-5H")
    issued = Certificates(bureau.station.database, bureau.station.parts.pack, "示例").issue(
        number, by="李某", now=bureau.now
    )
    certificate = json.loads(json.dumps(issued, ensure_ascii=False))
    kept = bureau.evidence().captures[0]
    [capture] = certificate["account"]["captures"]
    assert capture["manifest_sha256"] == kept.manifest_sha256
    assert capture["stamps"][0]["sha256"] == kept.stamps[0].sha256
    assert examined(certificate).good
    told = [entry for part in certificate_sections(certificate, Words("zh")) for entry in part.entries]
    assert any(kept.stamps[0].sha256 in entry.text and kept.warc_sha256 in entry.note for entry in told)
    certificate["account"]["captures"][0]["manifest_sha256"] = "0" * 64
    assert not examined(certificate).good


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    return at_work(tmp_path, monkeypatch)


def test_the_terminal_lists_shows_exports_and_examines(terminal: Terminal, tmp_path: Path) -> None:
    database = Database(terminal.url)
    database.migrate()
    with bureau_at_work(database) as bureau:
        bureau.respond()
        assert "Nothing has been kept of response 1" in terminal.run("evidence", "export", 1, "--out", "x", code=1)
        bureau.publish()
        bureau.tick()
    database.close()
    assert "stands as kept" in terminal.run("evidence", "list")
    [listed] = terminal.json("evidence", "list")
    assert (listed["response_id"], listed["state"], len(listed["captures"])) == (1, "kept", 1)
    shown = terminal.run("evidence", "show", 1)
    assert "internal authority of this office" in shown
    assert listed["captures"][0]["warc_sha256"] in shown
    assert "no response 9" in terminal.run("evidence", "show", 9, code=1)
    assert "5 files written" in terminal.run("evidence", "export", 1, "--out", tmp_path / "out")
    assert "is there already" in terminal.run("evidence", "export", 1, "--out", tmp_path / "out", code=1)
    told = terminal.run("evidence", "verify", tmp_path / "out")
    assert "The evidence is whole: 1 look(s)" in told
    assert "no third party" in told
    (tmp_path / "out" / "0001" / "page.warc.gz").write_bytes(b"forged")
    assert "0001/page.warc.gz was changed" in terminal.run("evidence", "verify", tmp_path / "out", code=1)
    assert "no evidence as this program" in terminal.run("evidence", "verify", tmp_path, code=1)
    assert say.language == "en"
