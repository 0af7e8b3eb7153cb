"""The sheet of a briefing in its other forms: kept as plain values, drawn, as an official paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter

from monitor.core.errors import N_
from responders.documents import charts
from responders.documents.briefing_sheet import Chart, Section, Sheet
from responders.documents.official import Grid, Heading, Official, Paragraph, Part, Picture
from responders.language import Words

_SHEET = TypeAdapter(Sheet)


def kept(sheet: Sheet) -> Mapping[str, Any]:
    """Return a sheet as values that JSON can hold."""
    values: Mapping[str, Any] = _SHEET.dump_python(sheet, mode="json")
    return values


def sheet_from(values: Mapping[str, Any]) -> Sheet:
    """Return the sheet that was kept so."""
    return _SHEET.validate_python(values)


def drawn(sheet: Sheet) -> dict[str, bytes]:
    """Draw the charts of a sheet; return those that this machine can write, by name, as PNG."""
    found = {}
    for section in sheet.sections:
        if section.chart is not None:
            png = _drawn(section.chart)
            if png is not None:
                found[section.chart.name] = png
    return found


def _drawn(chart: Chart) -> bytes | None:
    """Draw a chart; a row of bars keeps its colour from day to day, whichever others have none."""
    told = [(one, colour) for one, colour in zip(chart.series, charts.COLOURS, strict=False) if any(one.values)]
    series = {one.name: one.values for one, _ in told}
    return charts.bars(chart.title, chart.labels, series, [colour for _, colour in told])


def said(section: Section) -> str:
    """Say in one line what the chart of a section shows."""
    return "; ".join([section.title, *(f"{line.label} {line.value}" for line in section.lines)])


def official(sheet: Sheet, pictures: Mapping[str, bytes], words: Words) -> Official:
    """Return a sheet as an official paper, with its charts as `pictures`; it says what the mail says."""
    return Official(
        language=sheet.language,
        title=sheet.heading,
        masthead=words(N_("Public opinion briefing")),
        parts=tuple(_parts(sheet, pictures, words)),
        by=sheet.by,
        day=sheet.day,
    )


def _parts(sheet: Sheet, pictures: Mapping[str, bytes], words: Words) -> Iterator[Part]:
    yield Paragraph("", lead=sheet.said)
    yield Paragraph(sheet.covers, small=True)
    if sheet.notice:
        yield Paragraph(sheet.notice)
    for section in sheet.sections:
        yield Heading(section.title)
        if section.chart is not None and section.chart.name in pictures:
            yield Picture(pictures[section.chart.name], said(section))
        for row in section.rows:
            yield Paragraph(row.title, lead=f"{row.mark} · ")
            yield from (Paragraph(note, small=True) for note in row.notes)
        if section.lines:
            lines = tuple((line.label, line.value) for line in section.lines)
            yield Grid((words(N_("Subject")), words(N_("Content"))), lines, (0.3, 0.7))
        yield from (Paragraph(remark, small=True) for remark in section.remarks)
    yield from (Paragraph(line, small=True) for line in sheet.foot)
