"""The papers of the year as their doors give them out: bulletins, the review, the appraisal, the briefing's paper."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial

from monitor.core.aftermath.courses import Aftermath, reckon
from monitor.core.aftermath.followup import HeldReview, Lesson
from monitor.core.bulletins.bulletin import BulletinKind
from monitor.store import aftermath
from responders.documents import aftermath_files
from responders.documents.aftermath import Told, told
from responders.documents.aftermath_log import Checker
from responders.documents.appraisal import notice, results, self_check
from responders.documents.appraisal_book import write_book
from responders.documents.briefing_mail import DOCX, briefing_message
from responders.documents.bulletin_paper import paper_of, plain_text
from responders.documents.official import Official
from responders.documents.official_docx import docx_of
from responders.documents.official_html import paper_html
from responders.documents.scorecard import Proofs
from tests.year.bureau import NAME
from tests.year.shown import Shown

FLASH, SPECIAL, MOBILE, MONTHLY = BulletinKind
# Its self-check is shown.
OFFICE = "rescue"


def briefing_paper(shown: Shown) -> bytes:
    """Return the paper that the briefing's mail encloses."""
    found = shown.briefing()
    message = briefing_message(found, shown.composer.words, written_at=found.compiled_at)
    return next(one.content for one in message.enclosures if one.kind == DOCX)


def issue(shown: Shown, *, kind: BulletinKind, n: int) -> Official:
    """Return the nth issue of a kind on the incident, from 0."""
    return paper_of(shown.issues(kind)[n], NAME)


def mobile(shown: Shown) -> bytes:
    """Return a newsletter for telephones."""
    return f"{plain_text(shown.newsletter(MOBILE)).text}\n".encode()


def looked_back(shown: Shown) -> tuple[Aftermath, HeldReview | None, list[Lesson]]:
    """Look back upon the incident."""
    incident = shown.incident()
    with shown.database.read() as connection:
        facts = aftermath.facts(connection, incident)
        held, lessons = aftermath.held(connection, incident.id), aftermath.lessons(connection, incident.id)
    return reckon(facts, shown.parts.pack, shown.now), held, list(lessons)


def review(shown: Shown) -> tuple[Told, Aftermath]:
    """Return the review in words, and what it tells of."""
    found, held, lessons = looked_back(shown)
    proofs = Proofs(shown.composer, shown.parts.desk.release_rules)
    checker = Checker(proofs.score, proofs.title)
    return told(found, shown.composer, held=held, lessons=lessons, checker=checker), found


def review_docx(shown: Shown) -> bytes:
    return aftermath_files.docx(*review(shown), shown.composer, bureau=NAME)


def review_xlsx(shown: Shown) -> bytes:
    return aftermath_files.workbook(review(shown)[0], shown.composer)


def review_json(shown: Shown) -> bytes:
    found, held, lessons = looked_back(shown)
    return aftermath_files.as_json(aftermath_files.plain(found, shown.composer, held, lessons))


def notice_docx(shown: Shown) -> bytes:
    rules = shown.parts.appraisals.rules
    return docx_of(notice(shown.appraisal(), rules, shown.composer, NAME, shown.now))


def self_check_docx(shown: Shown) -> bytes:
    held, desk = shown.appraisal(), shown.parts.appraisals
    part = held.office(OFFICE)
    assert part is not None
    return docx_of(self_check(held, part, part.figures, desk.rules, shown.composer, shown.now))


def results_docx(shown: Shown) -> bytes:
    return docx_of(results(shown.appraisal(), shown.parts.appraisals.rules, shown.composer, NAME))


def appraisal_book(shown: Shown) -> bytes:
    held, stream = shown.appraisal(), io.BytesIO()
    figures = {one.office: one.figures for one in held.offices}
    write_book(held, figures, shown.parts.appraisals.rules, shown.composer, stream, shown.now)
    return stream.getvalue()


def _docx(shown: Shown, *, of: Callable[[Shown], Official]) -> bytes:
    return docx_of(of(shown))


PAPERS: tuple[tuple[str, Callable[[Shown], bytes]], ...] = (
    ("briefing.docx", briefing_paper),
    ("flash-report.docx", partial(_docx, of=partial(issue, kind=FLASH, n=0))),
    ("flash-report.html", lambda shown: paper_html(issue(shown, kind=FLASH, n=0)).encode()),
    ("flash-report-sequel.docx", partial(_docx, of=partial(issue, kind=FLASH, n=1))),
    ("special-report.docx", partial(_docx, of=partial(issue, kind=SPECIAL, n=0))),
    ("newsletter.txt", mobile),
    ("newsletter-monthly.docx", partial(_docx, of=lambda shown: paper_of(shown.newsletter(MONTHLY), NAME))),
    ("after-action-review.docx", review_docx),
    ("after-action-review.xlsx", review_xlsx),
    ("after-action-review.json", review_json),
    ("appraisal-notice.docx", notice_docx),
    ("appraisal-self-check.docx", self_check_docx),
    ("appraisal-results.docx", results_docx),
    ("appraisal.xlsx", appraisal_book),
)
# What holds charts, which are drawn with the fonts of the machine, or not at all.
CHARTED = ("briefing.eml", "briefing.docx", "special-report.docx", "after-action-review.docx")
