"""docs/examples is what the service writes today, and states what stands in the database."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from icalendar import Calendar
from sqlalchemy import text

from monitor.core.audit.certificate import examined
from monitor.core.statistics.reckoned import TableName
from responders.documents.charts import can_write_chinese
from responders.documents.statistics import HEADS, TITLES
from responders.language import Words
from tests.year.bureau import Bureau
from tests.year.documents import DOCUMENTS, FOLDER
from tests.year.office_files import active, parts
from tests.year.papers_written import CHARTED
from tests.year.pictures import OFFICE
from tests.year.shown import FIVE_HOURS, Shown

ZH = Words("zh")
LARGEST = 3_000_000
NAMES = [name for name, _ in DOCUMENTS]
# Pictures are drawn with the fonts of the machine.
DRAWN = ("word/media/", "docProps/thumbnail")
YEAR = "at >= '2024-12-31 16:00' AND at < '2025-12-31 16:00'"


@pytest.mark.parametrize("name", NAMES)
def test_the_example_is_what_is_written_today(name: str, examples: dict[str, bytes]) -> None:
    if name in CHARTED and not can_write_chinese():
        pytest.skip("no font of this machine has Chinese characters, so it draws no charts")
    kept = (FOLDER / name).read_bytes()
    assert compared(name, examples[name]) == compared(name, kept), "run `make examples` and look at what changed"


def compared(name: str, data: bytes) -> Mapping[str, bytes]:
    """Return what is the same on every machine, by where it stands: everything but what its pictures show."""
    if name.endswith(OFFICE):
        return {part: held for part, held in parts(data).items() if not part.startswith(DRAWN)}
    if not name.endswith(".eml"):
        return {name: data}
    found = {}
    for number, one in enumerate(message_from_bytes(data, policy=policy.SMTP).walk()):
        found[f"{number}"] = "\n".join(f"{head}: {value}" for head, value in one.items()).encode()
        if one.is_multipart() or one.get_content_maintype() == "image":
            continue
        file, content = one.get_filename() or "", one.get_payload(decode=True)
        assert isinstance(content, bytes)
        found |= {f"{number}/{part}": held for part, held in compared(file, content).items()}
    return found


def test_there_is_an_example_of_everything_and_nothing_else() -> None:
    kept = {path.name for path in FOLDER.iterdir() if path.is_file()}
    assert kept == {*NAMES, "README.md"}
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"({name})" not in page] == []
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < LARGEST


def counted(bureau: Bureau, query: str) -> int:
    """Count with plain SQL, apart from everything that reckons."""
    with bureau.database.read() as connection:
        return int(connection.execute(text(query)).scalar_one())


def sheet(book: Any, table: TableName) -> dict[str, Sequence[Any]]:
    """Return a table of the workbook as its lines by their names."""
    rows = book[ZH(TITLES[table][0])[:31]].iter_rows(min_row=6, values_only=True)
    return {row[0]: row[1:] for row in rows if row[0] is not None}


def test_the_workbook_counts_what_is_in_the_database(bureau: Bureau, examples: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(examples["statistics.xlsx"]))
    duties = sheet(book, TableName.DUTIES)
    ours = "deadline.matter_id IN (SELECT matter_id FROM incident WHERE province = '620000')"
    for rule, name in bureau.parts.names.obligations.items():
        where = f"{ours} AND obligation_id = '{rule}' AND {YEAR.replace('at ', 'due_at ')}"
        due = counted(bureau, f"SELECT count(*) FROM deadline WHERE {where}")
        if not due:
            assert name not in duties
            continue
        states = [
            counted(bureau, f"SELECT count(*) FROM deadline WHERE {where} AND state IN ({states})")
            for states in (
                "'met'", "'met_late'", "'missed'", "'open'",
                "'waived','not_applicable','superseded','withdrawn'",
            )
        ]  # fmt: skip
        assert list(duties[name][:6]) == [due, *states]
    responses = sheet(book, TableName.RESPONSES)
    published = counted(
        bureau, f"SELECT count(*) FROM response WHERE retracted_at IS NULL AND {YEAR.replace('at ', 'published_at ')}"
    )
    assert sum(row[0] for row in responses.values()) == published
    ranks = sheet(book, TableName.CONFERENCES)
    held = counted(bureau, "SELECT count(*) FROM conference")
    assert sum(row[0] for row in ranks.values()) == held
    kinds = sheet(book, TableName.KINDS)
    opened = counted(
        bureau,
        "SELECT count(*) FROM matter JOIN incident ON matter_id = matter.id "
        f"WHERE state = 'open' AND province = '620000' AND NOT drill AND {YEAR.replace('at ', 'opened_at ')}",
    )
    assert sum(row[0] for row in kinds.values()) == opened
    sources = sheet(book, TableName.SOURCES)
    fetches = counted(bureau, f"SELECT count(*) FROM fetch WHERE {YEAR}")
    assert sum(row[0] for row in sources.values()) in (fetches, counted(bureau, "SELECT count(*) FROM item"))
    false = sheet(book, TableName.REACTION)[ZH(HEADS["false_alarms"])]
    assert false[0] == counted(
        bureau,
        "SELECT count(*) FROM matter JOIN incident ON matter_id = id WHERE state = 'dismissed' AND province = '620000'",
    )


def test_the_text_says_what_the_workbook_says(examples: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(examples["statistics.xlsx"]))
    said = examples["statistics.txt"].decode()
    for page in book.worksheets:
        for row in page.iter_rows(min_row=6, values_only=True):
            if row[0] is None:
                continue
            (line,) = [one for one in said.split(f"== {page['A1'].value} ==")[1].split("\n\n")[0].splitlines()
                       if one.split("\t")[0] == row[0]]  # fmt: skip
            for cell, told in zip((one for one in row[1:] if one is not None), line.split("\t")[1:], strict=True):
                if told.isdigit():
                    assert told == str(cell)


def test_the_briefing_counts_what_is_in_the_database(bureau: Bureau, examples: dict[str, bytes]) -> None:
    said = examples["briefing.txt"].decode()
    since, until = (
        datetime.fromisoformat(f"{told}+08:00").astimezone(UTC).strftime("%Y-%m-%d %H:%M")
        for told in re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d", said)[:2]
    )
    between = f">= '{since}' AND {{0}} < '{until}'"
    opened = counted(bureau, f"SELECT count(*) FROM matter WHERE opened_at {between.format('opened_at')}")
    assert re.search(r"新增 (\d+) 起", said)[1] == str(opened)  # type: ignore[index]
    assert len(re.findall(r"^\* ", section(said, "新增事件"), re.MULTILINE)) == opened
    ended = f"settled_at < '{until}' OR state IN ('superseded', 'withdrawn')"
    overdue = (
        f"SELECT count(*) FROM deadline WHERE due_at < '{until}' AND opened_at < '{until}' "
        f"AND coalesce({ended}, false) = false AND due_at"
    )
    long_since = (datetime.fromisoformat(until) - timedelta(hours=72)).strftime("%Y-%m-%d %H:%M")
    running = section(said, "在办时限")
    assert len(re.findall(r"^\* 已超", running, re.MULTILINE)) == counted(bureau, f"{overdue} >= '{long_since}'")
    older = counted(bureau, f"{overdue} < '{long_since}'")
    assert f"另有{older}项已超期三天以上，见看板。" in running
    numbers, taken = section(said, "数字"), "channel = 'chat' AND state = 'accepted' AND started_at"
    for told, query in (
        (r"新条目: (\d+)", f"SELECT count(*) FROM item WHERE first_seen_at {between.format('first_seen_at')}"),
        (r"抓取: (\d+)", f"SELECT count(*) FROM fetch WHERE at {between.format('at')}"),
        (r"渠道 chat: 已送达 (\d+)", f"SELECT count(*) FROM delivery WHERE {taken} {between.format('started_at')}"),
    ):
        assert re.search(told, numbers)[1] == str(counted(bureau, query)), told  # type: ignore[index]


def section(said: str, title: str) -> str:
    """Return what stands under a title of the briefing."""
    return said.split(f"== {title} ==\n")[1].split("\n== ", maxsplit=1)[0]


def test_page_and_mail_say_what_the_text_says(bureau: Bureau, examples: dict[str, bytes]) -> None:
    mail = message_from_bytes(examples["briefing.eml"], policy=policy.SMTP)
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    told = examples["briefing.txt"].decode()
    for line in Shown(bureau).briefing().text.splitlines():
        assert line.strip() in told
        assert line.strip() in plain.get_content()
    shown = re.sub(r'<img src="cid:[^>]+>', "", page.get_content())
    assert shown.split() == examples["briefing.html"].decode().split()
    enclosed = next(one for one in mail.iter_attachments() if one.get_filename("").endswith(".docx"))
    assert compared("x.docx", enclosed.get_content()) == compared("x.docx", examples["briefing.docx"])
    assert not re.search(
        r"(?:src|href)=\"(?!cid:|https://duty\.bureau\.example|https://[a-z]+\.example/)", page.get_content()
    )


def test_the_certificate_is_whole_and_tells_of_the_deadline(bureau: Bureau, examples: dict[str, bytes]) -> None:
    certificate = json.loads(examples["certificate.json"])
    assert examined(certificate, []).good
    number = certificate["deadline"]
    assert counted(bureau, f"SELECT count(*) FROM deadline WHERE id = {number} AND obligation_id = '{FIVE_HOURS}'") == 1
    account, matter = certificate["account"], certificate["incident"]["id"]
    alerts = counted(
        bureau, f"SELECT count(*) FROM alert WHERE matter_id = {matter} AND obligation_id = '{FIVE_HOURS}'"
    )
    assert len(account["alerts"]) == alerts
    assert certificate["incident"]["title"] in examples["certificate.html"].decode()


def test_the_calendar_holds_what_runs(bureau: Bureau, examples: dict[str, bytes]) -> None:
    found = Calendar.from_ical(examples["deadlines.ics"].decode()).walk("VEVENT")
    assert len(found) == counted(bureau, "SELECT count(*) FROM deadline WHERE state IN ('open', 'missed')") > 0
    assert counted(bureau, "SELECT count(*) FROM deadline WHERE state = 'open'") > 0, "what runs is shown running"


def test_lists_have_a_line_for_each_row(bureau: Bureau, examples: dict[str, bytes]) -> None:
    lines = examples["responses.jsonl"].decode().splitlines()
    assert len(lines) == counted(bureau, "SELECT count(*) FROM response") > 50
    rows = openpyxl.load_workbook(io.BytesIO(examples["incidents.xlsx"])).worksheets[0].max_row
    assert rows - 1 == counted(bureau, "SELECT count(*) FROM incident")


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(OFFICE)])
def test_nothing_in_an_office_document_runs_reckons_or_fetches(name: str, examples: dict[str, bytes]) -> None:
    assert list(active(examples[name])) == []


def test_the_year_had_everything(bureau: Bureau) -> None:
    """The examples would show little of a year in which all went well."""
    assert counted(bureau, "SELECT count(*) FROM alert WHERE reason = 'briefing' AND state = 'sent'") > 350
    for query in (
        "SELECT count(*) FROM deadline WHERE state = 'met_late'",
        "SELECT count(*) FROM deadline WHERE state = 'missed'",
        "SELECT count(*) FROM deadline WHERE state = 'waived'",
        "SELECT count(*) FROM matter WHERE state = 'dismissed'",
        "SELECT count(*) FROM delivery WHERE channel = 'chat' AND state = 'unreachable'",
        "SELECT count(*) FROM alert WHERE reason = 'trouble' AND point LIKE '%duty%'",
        "SELECT count(*) FROM draft WHERE state = 'published'",
        "SELECT count(*) FROM response WHERE kind = 'clarification'",
        "SELECT count(DISTINCT conference.rank) - 2 FROM conference",
    ):
        assert counted(bureau, query) > 0, query


def test_the_database_goes_by_the_clock_of_the_year(bureau: Bureau) -> None:
    with bureau.database.read() as connection:
        first, last = connection.execute(text("SELECT min(at), max(at) FROM audit WHERE kind <> 'x'")).one()
    assert date.fromisoformat(first[:10]).year == 2024
    assert last[:4] == "2025"


def test_pictures_are_there_of_every_office_document() -> None:
    wanted = {f"{name}.png" for name in NAMES if name.endswith(OFFICE)}
    assert {path.name for path in Path(FOLDER / "previews").iterdir()} == wanted
