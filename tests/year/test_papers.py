"""What the papers of the year state is what stands in the database, counted again by plain SQL."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import openpyxl
import pytest
from docx import Document
from sqlalchemy import text

from monitor.core.appraisal.rules import FigureName
from monitor.core.bulletins.bulletin import BulletinKind
from responders.labels import label
from responders.language import Words
from tests.year.bureau import Bureau
from tests.year.papers_written import OFFICE
from tests.year.shown import Shown

ZH = Words("zh")


def one(bureau: Bureau, query: str, **facts: Any) -> Any:
    """Return the one value of a query."""
    with bureau.database.read() as connection:
        return connection.execute(text(query), facts).scalar_one()


def said(data: bytes) -> str:
    """Return what a paper says, its paragraphs before its tables."""
    paper = Document(io.BytesIO(data))
    cells = (" | ".join(cell.text for cell in row.cells) for table in paper.tables for row in table.rows)
    return "\n".join([*(line.text for line in paper.paragraphs), *cells])


@pytest.fixture
def incident(bureau: Bureau) -> int:
    return Shown(bureau).incident().id


ISSUES = (
    ("flash-report.docx", BulletinKind.FLASH, 0),
    ("flash-report-sequel.docx", BulletinKind.FLASH, 1),
    ("special-report.docx", BulletinKind.SPECIAL, 0),
)


@pytest.mark.parametrize(("name", "kind", "n"), ISSUES)
def test_an_issue_states_what_was_known_when_it_was_made(
    name: str, kind: BulletinKind, n: int, bureau: Bureau, incident: int, examples: dict[str, bytes]
) -> None:
    told = said(examples[name])
    made = one(
        bureau,
        "SELECT made_at FROM bulletin WHERE matter_id = :incident AND kind = :kind AND sequel = :n",
        incident=incident, kind=kind.value, n=n,
    )  # fmt: skip
    by_then = {"incident": incident, "made": made}
    issues = "SELECT count(*) FROM bulletin WHERE kind = :kind AND made_at <= :made"
    assert f"2025年第{one(bureau, issues, kind=kind.value, made=made)}期" in told
    titles = one(
        bureau,
        "SELECT count(*) FROM incident_item JOIN item ON item.id = item_id "
        "WHERE matter_id = :incident AND first_seen_at <= :made",
        **by_then,
    )
    assert f"共{titles}条标题" in told
    deaths = one(
        bureau,
        "SELECT max(json_extract(figures, '$.deaths')) FROM severity_step "
        "WHERE matter_id = :incident AND reported_at <= :made",
        **by_then,
    )
    assert f"伤亡：{deaths} 人死亡" in told
    with bureau.database.read() as connection:
        published = connection.execute(
            text("SELECT title FROM response WHERE matter_id = :incident AND published_at <= :made"), by_then
        ).scalars()
        assert [title for title in published if title not in told] == []
    logged = one(
        bureau, "SELECT count(*) FROM response WHERE matter_id = :incident AND published_at <= :made", **by_then
    )
    assert ("尚未回应" in told) == (logged == 0)
    if kind is BulletinKind.SPECIAL:
        assert f"已回应 {logged} 次" in told


def test_issues_were_reviewed_and_signed_by_different_people(bureau: Bureau, examples: dict[str, bytes]) -> None:
    assert one(bureau, "SELECT count(*) FROM bulletin WHERE state <> 'signed'") == 0
    same = """
        SELECT count(*) FROM bulletin_step AS reviewed JOIN bulletin_step AS signed USING (bulletin_id)
        JOIN bulletin_version AS version USING (bulletin_id)
        WHERE reviewed.act = 'reviewed' AND signed.act = 'signed'
        AND (reviewed.account IN (signed.account, version.account) OR signed.account = version.account)"""
    assert one(bureau, same) == 0
    for name, _, _ in ISSUES:
        assert "编辑：周岚　审核：乔安　签发：陆宁" in said(examples[name])


def test_the_page_of_the_flash_report_says_what_its_paper_says(examples: dict[str, bytes]) -> None:
    whole = examples["flash-report.html"].decode()
    assert re.search(r"<script|<link|\b(?:src|href)=\"?(?!data:image/png)|@import|url\(", whole) is None
    page = re.sub(r"<[^>]+>|\s", "", whole)
    for line in said(examples["flash-report.docx"]).splitlines():
        assert "".join(line.split()) in page


def test_newsletters_have_an_entry_for_each_incident_of_their_days(bureau: Bureau, examples: dict[str, bytes]) -> None:
    for name, kind, entry in (("newsletter.txt", "mobile", r"^\d+\. "), ("newsletter-monthly.docx", "monthly", None)):
        told = examples[name].decode() if name.endswith(".txt") else said(examples[name])
        first, last = re.findall(r"\d{4}-\d\d-\d\d", told)[:2]
        count = one(
            bureau,
            """
            SELECT count(*) FROM matter JOIN incident ON matter_id = matter.id
            WHERE state = 'open' AND opened_at >= datetime(:first, '-8 hours')
            AND opened_at < datetime(:last, '+16 hours')""",
            first=first, last=last,
        )  # fmt: skip
        entries = re.findall(entry or r"^[一二三四五六七八九十]+、", told, re.MULTILINE)
        assert len(entries) == min(count, 12) > 1, kind


def test_the_review_accounts_for_every_duty_and_response(
    bureau: Bureau, incident: int, examples: dict[str, bytes]
) -> None:
    values = json.loads(examples["after-action-review.json"])
    facts = {"incident": incident}
    deadlines = one(bureau, "SELECT count(*) FROM deadline WHERE matter_id = :incident", **facts)
    assert len(values["duties"]) + len(values["others"]) == deadlines > 3
    met = one(bureau, "SELECT count(*) FROM deadline WHERE matter_id = :incident AND state = 'met'", **facts)
    assert sum(duty["state"] == "met" for duty in values["duties"]) == met > 0
    book = openpyxl.load_workbook(io.BytesIO(examples["after-action-review.xlsx"]))
    assert book["做得好的"].max_row - 1 == met
    assert book["时间线"].max_row - 1 == len(values["timeline"]) > 20
    lesson = one(bureau, "SELECT text FROM lesson WHERE matter_id = :incident", **facts)
    assert values["lessons"][0]["text"] == lesson
    for told in (
        said(examples["after-action-review.docx"]),
        str([cell.value for row in book["教训与整改措施"] for cell in row]),
    ):
        assert lesson in told
    held, signed = values["held"]["by"], values["held"]["signed_by"]
    assert held != signed
    assert signed in said(examples["after-action-review.docx"])


def test_the_appraisal_counts_what_was_assigned_to_an_office(bureau: Bureau, examples: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(examples["appraisal.xlsx"]))
    offices = bureau.parts.duty.offices
    rows = {(row[0], row[2]): row[3] for row in book.worksheets[1].iter_rows(min_row=2, values_only=True)}
    for office in ("command", "chemicals", "rescue"):
        for name, states in (
            (FigureName.DUE, "'met', 'met_late', 'missed'"),
            (FigureName.IN_TIME, "'met'"),
            (FigureName.LATE, "'met_late'"),
            (FigureName.MISSED, "'missed'"),
        ):
            query = f"""
                SELECT count(*) FROM deadline WHERE state IN ({states})
                AND due_at >= '2024-12-31 16:00' AND due_at < '2025-11-30 16:00' AND matter_id IN
                (SELECT assignment.matter_id FROM assignment JOIN receipt ON assignment_id = assignment.id
                WHERE office = :office)"""
            assert rows[offices[office].name, ZH(label(name))] == one(bureau, query, office=office), (office, name)
    late = rows[offices[OFFICE].name, ZH(label(FigureName.LATE))]
    assert f"{ZH(label(FigureName.LATE))} | {late} |" in said(examples["appraisal-self-check.docx"])
    assert re.search(rf"{offices[OFFICE].name} \| [^|]+ \| {late} \|", said(examples["appraisal-results.docx"]))


def test_the_appraisal_gave_its_notice_in_time_and_was_received(bureau: Bureau, examples: dict[str, bytes]) -> None:
    held = Shown(bureau).appraisal()
    assert held.announced is not None
    assert held.starts_on is not None
    assert (held.starts_on - held.announced.at.date()).days >= 15
    assert one(bureau, "SELECT count(*) FROM appraised WHERE told_at IS NULL") == 0
    notice = said(examples["appraisal-notice.docx"])
    assert "2025年11月24日" in notice
    assert "2025年12月15日" in notice
    for office in held.offices:
        assert office.name in notice


def test_the_paper_of_the_briefing_says_what_its_text_says(examples: dict[str, bytes]) -> None:
    told, plain = said(examples["briefing.docx"]), examples["briefing.txt"].decode()
    numbers = re.search(r"新增 \d+ 起[^\n]*", plain)
    assert numbers is not None
    assert numbers[0] in told
    for title in re.findall(r"^== (.+) ==$", plain, re.MULTILINE):
        assert title in told
