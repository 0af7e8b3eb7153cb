"""An appraisal in words: how its figures are written, and its three papers, the notice, the self-check, the results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from monitor.core.appraisal.appraisal import Appraisal, Appraised
from monitor.core.appraisal.figures import Figure, WhyNone
from monitor.core.appraisal.opinion import ANSWERS
from monitor.core.appraisal.rules import AppraisalRules, Content, FigureName, Grade, HandFigure
from monitor.core.beijing import day_of
from monitor.core.errors import N_, Mistake
from responders.documents.messages import Composer
from responders.documents.official import Grid, Heading, Official, Paragraph, Part
from responders.documents.statistics import statistic_said
from responders.labels import label
from responders.language import Words

CAVEAT = N_(
    "Public satisfaction is the share of “satisfied” and “very satisfied” among those who voted of their own accord; "
    "it is no survey and says nothing of those who did not vote."
)
ON_THE_LOG = N_("from the log")
NOT_OVER = N_("The time that is appraised was not over then; what came later is not counted.")
OVERVIEW = (
    FigureName.SHARE_IN_TIME,
    FigureName.LATE,
    FigureName.MISSED,
    FigureName.ANSWERED,
    FigureName.SATISFACTION,
)


WIDTHS = (0.2, 0.18, 0.12, 0.12, 0.18, 0.2)


class GradesOpen(Mistake):
    """The results are to be told before all grades are approved."""

    message = N_("The grades of these offices are not approved yet: {offices}. The results are told once all are.")


def named(one: Content | HandFigure | Grade, words: Words) -> str:
    """Return what something is called in the rules."""
    return one.zh if words.language == "zh" else one.en


def grade_named(name: str, rules: AppraisalRules, words: Words) -> str:
    """Return what a grade is called; one that left the rules keeps its id."""
    found = rules.grade(name)
    return name if found is None else named(found, words)


def consequence(grade: Grade, words: Words) -> str:
    """Return what follows from a grade, "" for nothing."""
    return grade.consequence_zh if words.language == "zh" else grade.consequence_en


def day_said(day: date, words: Words) -> str:
    """Write a day as papers do."""
    return words(N_("{y}-{m:02d}-{d:02d}"), y=day.year, m=day.month, d=day.day)


def figure_said(figure: Figure, composer: Composer) -> str:
    """Write a figure with the number of its cases; one that cannot be reckoned is a dash with the reason."""
    words = composer.words
    said = statistic_said(figure.statistic, composer)
    if figure.name is FigureName.SATISFACTION and figure.why is not WhyNone.NOT_ASKED:
        said = words(N_("{value} ({n} vote(s))"), value=said, n=figure.cases)
    elif figure.name in (FigureName.SHARE_IN_TIME, FigureName.FIRST_RELEASE, FigureName.ANSWERED) or (
        figure.name is FigureName.ACKNOWLEDGED
    ):
        said = words(N_("{value} ({n} case(s))"), value=said, n=figure.cases) if figure.cases else said
    return said if figure.why is None else words(N_("{value}: {why}"), value=said, why=words(label(figure.why)))


def spread_said(spread: Sequence[int], words: Words) -> str:
    """Write how many gave each answer."""
    pairs = (words(N_("{name} {n}"), name=words(label(answer)), n=n) for answer, n in zip(ANSWERS, spread, strict=True))
    return words(N_(", ")).join(pairs)


def lines_of(
    content: Content, office: Appraised, figures: Mapping[FigureName, Figure], composer: Composer
) -> list[tuple[str, str, str]]:
    """Return the figures of a content: name, value, and where it comes from."""
    words = composer.words
    lines = []
    for name in content.figures:
        if name in figures:
            one = figures[name]
            source = spread_said(one.spread, words) if one.spread else ""
            lines.append((words(label(name)), figure_said(one, composer), source or words(ON_THE_LOG)))
    for hand in content.by_hand:
        written = office.by_hand.get(hand.id)
        value, source = ("—", words(N_("not given"))) if written is None else (str(written.value), written.source)
        told = source if written is None else words(N_("by hand: {source}"), source=source)
        lines.append((named(hand, words), value, told))
    return lines


def notice(appraisal: Appraisal, rules: AppraisalRules, composer: Composer, bureau: str, now: datetime) -> Official:
    """Write the notice to the offices (考核通知); before it has gone out it is a draft."""
    words = composer.words
    sent = appraisal.announced
    told_on = day_of(now if sent is None else sent.at)
    starts = appraisal.starts_on or appraisal.start_if_told(now, rules.notice_days)
    offices = words(N_(", ")).join(one.name for one in appraisal.offices)
    approved = "—" if appraisal.approved is None else day_said(day_of(appraisal.approved.at), words)
    parts: list[Part] = [
        Paragraph(
            words(
                N_("By the plan that the leading group approved on {day}, {title} is held. Please note the following."),
                day=approved,
                title=appraisal.title,
            )
        ),
        Heading(words(N_("Who is appraised, and for which time"))),
        Paragraph(
            words(
                N_("For the time from {first} to {last} ({coverage}): {offices}."),
                first=day_said(appraisal.first, words),
                last=day_said(appraisal.last, words),
                coverage=words(label(appraisal.coverage)),
                offices=offices,
            )
        ),
        Heading(words(N_("What is appraised"))),
        *(Paragraph(f"{n}. {named(one, words)}") for n, one in enumerate(rules.contents, 1)),
        Heading(words(N_("When"))),
        Paragraph(
            words(
                N_(
                    "This notice goes out on {told}; the appraisal begins on {starts}, no less than {days} days later. "
                    "Please sign for it, check yourselves by these contents and hand in what you found before {starts}."
                ),
                told=day_said(told_on, words),
                starts=day_said(starts, words),
                days=rules.notice_days,
            )
        ),
        Heading(words(N_("Grades"))),
        Paragraph(_grades_said(rules, words)),
    ]
    if appraisal.plan:
        parts += [Heading(words(N_("Plan"))), *_paragraphs(appraisal.plan)]
    return Official(
        language=words.language,
        title=words(N_("Notice of {title}"), title=appraisal.title),
        parts=tuple(parts),
        marks=() if sent is not None else (words(N_("Draft")),),
        to=words(N_("To: {names}"), names=offices),
        by=bureau,
        day=day_said(told_on, words),
    )


def self_check(
    appraisal: Appraisal,
    office: Appraised,
    figures: Sequence[Figure],
    rules: AppraisalRules,
    composer: Composer,
    now: datetime,
) -> Official:
    """Write the self-check of an office (自查材料) with the figures of each content: kept ones, else those of `now`."""
    words, known = composer.words, {one.name: one for one in figures}
    heads = (words(N_("Indicator")), words(N_("Value")), words(N_("Where it comes from")))
    parts: list[Part] = []
    for content in rules.contents:
        parts.append(Heading(named(content, words)))
        parts += _paragraphs(office.texts.get(content.id) or words(N_("Nothing was written yet.")))
        parts.append(Grid(heads, tuple(lines_of(content, office, known, composer)), (0.42, 0.24, 0.34)))
    as_of = day_of(now if office.reviewed is None else office.reviewed.at)
    parts.append(Paragraph(words(N_("Figures as of {day}."), day=day_said(as_of, words)), small=True))
    if as_of <= appraisal.last:
        parts.append(Paragraph(words(NOT_OVER), small=True))
    parts.append(Paragraph(words(CAVEAT), small=True))
    checked = office.checked
    return Official(
        language=words.language,
        title=words(N_("{title}: self-check of {office}"), title=appraisal.title, office=office.name),
        parts=tuple(parts),
        marks=() if checked is not None else (words(N_("Draft")),),
        by=office.name,
        day="" if checked is None else day_said(day_of(checked.at), words),
    )


def results(appraisal: Appraisal, rules: AppraisalRules, composer: Composer, bureau: str) -> Official:
    """Write the circular of the results (结果通报). Raise GradesOpen."""
    words = composer.words
    missing = [one.name for one in appraisal.offices if one.settled is None]
    if missing or not appraisal.offices:
        raise GradesOpen(offices=words(N_(", ")).join(missing))
    last = max(one.settled.at for one in appraisal.offices if one.settled is not None)
    ordered = sorted(appraisal.offices, key=lambda one: -_height(one.grade, rules))
    grades = tuple((one.name, grade_named(one.grade, rules, words), _follows(one, rules, words)) for one in ordered)
    heads = (words(N_("Name of the office")), words(N_("Grade given")), words(N_("What follows")))
    return Official(
        language=words.language,
        title=words(N_("Results of {title}"), title=appraisal.title),
        parts=(
            Paragraph(
                words(
                    N_("For the time from {first} to {last} the leading group has approved these grades."),
                    first=day_said(appraisal.first, words),
                    last=day_said(appraisal.last, words),
                )
            ),
            Heading(words(N_("Grades"))),
            Grid(heads, grades, (0.4, 0.2, 0.4)),
            Heading(words(N_("Figures on which they rest"))),
            *_as_of(appraisal, ordered, words),
            _overview(ordered, composer),
            Paragraph(words(CAVEAT), small=True),
        ),
        to=words(N_("To: {names}"), names=words(N_(", ")).join(one.name for one in appraisal.offices)),
        by=bureau,
        day=day_said(day_of(last), words),
    )


def _as_of(appraisal: Appraisal, offices: Sequence[Appraised], words: Words) -> Iterator[Paragraph]:
    """Say of which day the figures are: of that of each first grade."""
    days = {one.name: day_of(one.reviewed.at) for one in offices if one.reviewed is not None}
    if len(set(days.values())) == 1:
        (day,) = set(days.values())
        yield Paragraph(words(N_("Figures as of {day}."), day=day_said(day, words)))
    else:
        said = (words(N_("{name} {day}"), name=name, day=day_said(day, words)) for name, day in days.items())
        yield Paragraph(words(N_("Figures as of each first grade: {days}."), days=words(N_(", ")).join(said)))
    if any(day <= appraisal.last for day in days.values()):
        yield Paragraph(words(NOT_OVER))


def _overview(offices: Sequence[Appraised], composer: Composer) -> Grid:
    words = composer.words
    rows = []
    for office in offices:
        known = {one.name: one for one in office.figures}
        rows.append((office.name, *(figure_said(known[name], composer) if name in known else "—" for name in OVERVIEW)))
    return Grid((words(N_("Name of the office")), *(words(label(name)) for name in OVERVIEW)), tuple(rows), WIDTHS)


def _grades_said(rules: AppraisalRules, words: Words) -> str:
    said = []
    for grade in rules.grades:
        follows = consequence(grade, words)
        name = named(grade, words)
        said.append(words(N_("{name} ({follows})"), name=name, follows=follows) if follows else name)
    return words(N_("The grades are: {grades}."), grades=words(N_(", ")).join(said))


def _follows(office: Appraised, rules: AppraisalRules, words: Words) -> str:
    grade = rules.grade(office.grade)
    return "—" if grade is None else consequence(grade, words) or "—"


def _height(name: str, rules: AppraisalRules) -> int:
    grade = rules.grade(name)
    return 0 if grade is None else grade.height


def _paragraphs(text: str) -> Iterator[Paragraph]:
    yield from (Paragraph(line.strip()) for line in text.splitlines() if line.strip())
