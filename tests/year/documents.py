"""One example of every document, as the doors of the service give them out. A further document is a further row."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from monitor.core.listed import Listed
from monitor.store import drafts, listing, views
from monitor.store.listing import Bounds
from responders.cap_export import cap_of
from responders.certificates import Certificates
from responders.channels.email_letter import letter
from responders.channels.safe_text import visible
from responders.documents.briefing_mail import briefing_message
from responders.documents.certificate import certificate_page
from responders.documents.deadline_calendar import deadline_calendar
from responders.documents.review_sheet import sheet_of
from responders.documents.review_sheet_docx import docx_of
from responders.documents.sheet_files import Form
from responders.documents.statistics import COLUMNS, TITLES, head_said, period_said, statistic_said, write_workbook
from responders.exports import Exports
from tests.year.bureau import BEGIN, NAME, READER, SENDER, Bureau
from tests.year.papers_written import PAPERS
from tests.year.shown import Shown

FOLDER = Path(__file__).parents[2] / "docs" / "examples"


def _mail(shown: Shown) -> bytes:
    found = shown.briefing()
    message = briefing_message(found, shown.composer.words, written_at=found.compiled_at)
    mail = letter(message, sender=SENDER, recipient=READER)
    for number, part in enumerate(one for one in mail.walk() if one.is_multipart()):
        part.set_boundary(f"=={number}==huiying")
    return mail.as_bytes()


def _certificate(shown: Shown) -> Mapping[str, Any]:
    made = Certificates(shown.database, shown.parts.pack, NAME)
    by = shown.bureau.by("luning")
    return made.issue(shown.deadline().id, by=by, now=shown.now)


def _certificate_json(shown: Shown) -> bytes:
    return (json.dumps(_certificate(shown), ensure_ascii=False, indent=1) + "\n").encode()


def _certificate_page(shown: Shown) -> bytes:
    return certificate_page(json.loads(_certificate_json(shown)), shown.composer.words).encode()


def _review_sheet(shown: Shown) -> bytes:
    incident = shown.incident()
    with shown.database.read() as connection:
        draft = drafts.of_matter(connection, incident.id)[-1]
        response = views.response(connection, draft.response_id or 0)
    path = shown.parts.desk.drafts.asked(draft, incident)
    return docx_of(sheet_of(draft, path, incident, response, shown.composer, NAME, visible), shown.now)


def _workbook(shown: Shown) -> bytes:
    stream = io.BytesIO()
    write_workbook(shown.tables(), shown.asked(), "", shown.composer, stream, shown.now)
    return stream.getvalue()


def _statistics(shown: Shown) -> bytes:
    words, lines = shown.composer.words, [period_said(shown.asked(), "", shown.composer)]
    for table in shown.tables():
        title, head, about = map(words, TITLES[table.name])
        lines += ["", f"== {title} ==", about, "\t".join([head, *(words(COLUMNS[one]) for one in table.columns)])]
        lines += [
            "\t".join(
                [head_said(table.name, one.head, shown.composer)]
                + [statistic_said(statistic, shown.composer) for statistic in one.statistics]
            )
            for one in table.lines
        ]
    return ("\n".join(lines) + "\n").encode()


def _calendar(shown: Shown) -> bytes:
    with shown.database.read() as connection:
        running = views.deadlines(connection, live=True)
        titles = listing.titles(connection, {one.matter_id for one in running})
    rows = [(one, *titles[one.matter_id]) for one in sorted(running, key=lambda one: one.due_at)]
    return deadline_calendar(rows, shown.composer, name=NAME, now=shown.now)


def _list(shown: Shown, *, listed: Listed, form: Form) -> bytes:
    stream = io.BytesIO()
    Exports(shown.database, shown.composer).write(listed, form, stream, Bounds(since=BEGIN), shown.now)
    return stream.getvalue()


Document = Callable[[Shown], bytes]
# The certificate comes last: to issue it is an act, which the log keeps.
DOCUMENTS: tuple[tuple[str, Document], ...] = (
    ("briefing.txt", lambda shown: f"{shown.briefing().title}\n\n{shown.briefing().text}".encode()),
    ("briefing.html", lambda shown: shown.briefing().html.encode()),
    ("briefing.eml", _mail),
    ("statistics.txt", _statistics),
    ("statistics.xlsx", _workbook),
    ("review-sheet.docx", _review_sheet),
    ("incident.cap.xml", lambda shown: cap_of(shown.database, shown.composer, shown.incident().id, shown.now)),
    ("deadlines.ics", _calendar),
    ("incidents.xlsx", partial(_list, listed=Listed.INCIDENTS, form=Form.XLSX)),
    ("deadlines.csv", partial(_list, listed=Listed.DEADLINES, form=Form.CSV)),
    ("responses.jsonl", partial(_list, listed=Listed.RESPONSES, form=Form.JSONL)),
    *PAPERS,
    ("certificate.json", _certificate_json),
    ("certificate.html", _certificate_page),
)


def written(bureau: Bureau) -> dict[str, bytes]:
    """Return every example by the name of its file."""
    shown = Shown(bureau)
    return {name: document(shown) for name, document in DOCUMENTS}


def write_all(bureau: Bureau, folder: Path) -> None:
    """Write every example into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in written(bureau).items():
        (folder / name).write_bytes(data)
