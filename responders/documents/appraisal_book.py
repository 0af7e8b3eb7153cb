"""All figures of an appraisal as a workbook: numbers as numbers, everything else text, never a formula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import IO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from monitor.core.appraisal.appraisal import Appraisal, Appraised
from monitor.core.appraisal.figures import Figure
from monitor.core.appraisal.rules import AppraisalRules
from monitor.core.errors import N_
from monitor.core.statistics.reckoned import Unit
from responders.documents.appraisal import CAVEAT, ON_THE_LOG, grade_named, named, spread_said
from responders.documents.messages import Composer
from responders.documents.sheet_files import fitting
from responders.labels import label

HEADS = (
    (N_("Name of the office"), 24),
    (N_("Content"), 24),
    (N_("Indicator"), 34),
    (N_("Value"), 12),
    (N_("Measured in"), 12),
    (N_("Cases"), 10),
    (N_("Where it comes from"), 40),
    (N_("Why there is none"), 24),
)
# Its number among the sizes of paper (ECMA-376-1, 18.3.1.63).
A4 = 9
UNITS = {Unit.COUNT: N_("number"), Unit.SHARE: N_("share"), Unit.DURATION: N_("hours")}


def write_book(
    appraisal: Appraisal,
    figures: Mapping[str, Sequence[Figure]],
    rules: AppraisalRules,
    composer: Composer,
    stream: IO[bytes],
    made_at: datetime,
) -> None:
    """Write the grades that hold and the figures of each office; `figures` are those by office."""
    words = composer.words
    book = Workbook(stream, {"in_memory": True})
    book.set_properties({"created": made_at.astimezone(UTC)})
    bold = book.add_format({"bold": True})
    grades = _page(
        book, words(N_("Grades")), [(words(N_("Name of the office")), 30), (words(N_("Grade given")), 16)], bold
    )
    for row, office in enumerate(appraisal.offices, 1):
        grades.write_string(row, 0, fitting(office.name))
        grades.write_string(row, 1, fitting(grade_named(office.grade, rules, words) if office.grade else "—"))
    page = _page(book, words(N_("Indicators")), [(words(head), width) for head, width in HEADS], bold)
    percent, hours = book.add_format({"num_format": "0.0%"}), book.add_format({"num_format": "0.00"})
    formats = {Unit.SHARE: percent, Unit.DURATION: hours, Unit.COUNT: None}
    row = 1
    for office in appraisal.offices:
        known = {one.name: one for one in figures.get(office.office, ())}
        for content in rules.contents:
            for name in content.figures:
                if name in known:
                    texts = (office.name, named(content, words), words(label(name)))
                    _figure(page, row, texts, known[name], formats, composer)
                    row += 1
            for hand in content.by_hand:
                _hand(page, row, (office.name, named(content, words), named(hand, words)), office, hand.id, composer)
                row += 1
    page.autofilter(0, 0, max(row - 1, 1), len(HEADS) - 1)
    page.write_string(row + 1, 0, fitting(words(CAVEAT)))
    book.close()


def _page(book: Workbook, name: str, heads: Sequence[tuple[str, int]], bold: object) -> Worksheet:
    page = book.add_worksheet(name[:31])
    page.set_paper(A4)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.freeze_panes(1, 0)
    for at, (head, width) in enumerate(heads):
        page.set_column(at, at, width)
        page.write_string(0, at, fitting(head), bold)
    return page


def _figure(
    page: Worksheet, row: int, texts: Sequence[str], one: Figure, formats: Mapping[Unit, object], composer: Composer
) -> None:
    words, value = composer.words, one.statistic.value
    for at, text in enumerate(texts):
        page.write_string(row, at, fitting(text))
    if value is None:
        page.write_string(row, 3, "—")
    else:
        number = round(value / 3600, 4) if one.statistic.unit is Unit.DURATION else value
        page.write_number(row, 3, number, formats[one.statistic.unit])
    page.write_string(row, 4, fitting(words(UNITS[one.statistic.unit])))
    page.write_number(row, 5, one.cases)
    page.write_string(row, 6, fitting(spread_said(one.spread, words) if one.spread else words(ON_THE_LOG)))
    page.write_string(row, 7, fitting("" if one.why is None else words(label(one.why))))


def _hand(page: Worksheet, row: int, texts: Sequence[str], office: Appraised, name: str, composer: Composer) -> None:
    words, written = composer.words, office.by_hand.get(name)
    for at, text in enumerate(texts):
        page.write_string(row, at, fitting(text))
    if written is None:
        page.write_string(row, 3, "—")
        page.write_string(row, 7, fitting(words(N_("not given"))))
        return
    page.write_number(row, 3, written.value)
    page.write_string(row, 4, fitting(words(UNITS[Unit.COUNT])))
    page.write_string(row, 6, fitting(words(N_("by hand: {source}"), source=written.source)))
