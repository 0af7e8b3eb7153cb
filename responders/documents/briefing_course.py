"""What a briefing shows as charts, with lines that say the same: incidents by severity, deadlines by how they ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.core.briefing import Briefing
from monitor.core.briefing_course import GRADES
from monitor.core.errors import N_
from monitor.core.model import DeadlineState
from responders.channels.base import Line
from responders.documents.briefing_sheet import Chart, Section, Series
from responders.documents.messages import Composer

# In the order of the charts' colours: what is worst has the first.
ENDS: Mapping[DeadlineState, str] = {
    DeadlineState.MISSED: N_("missed"),
    DeadlineState.MET: N_("kept in time"),
    DeadlineState.MET_LATE: N_("kept late"),
}


def incidents(briefing: Briefing, composer: Composer) -> Section:
    """Tell how many incidents were opened on each of fourteen days, by grade; a zero is told as zero."""
    words, course = composer.words, briefing.course
    names = {grade: words(N_("no grade yet")) if grade is None else composer.severity(grade) for grade in GRADES}
    series = tuple(Series(names[grade], course.opened[grade]) for grade in GRADES if grade in course.opened)
    labels = tuple(f"{day:%m-%d}" for day in course.days)
    return _section("opened", words(N_("Incidents opened in 14 days, by grade")), labels, series, composer)


def deadlines(briefing: Briefing, composer: Composer) -> Section:
    """Tell how the deadlines ended that fell due in thirty days; those that nobody owes any more are not among them."""
    words, course = composer.words, briefing.course
    series = tuple(Series(words(ENDS[state]), course.ended[state]) for state in ENDS if state in course.ended)
    labels = tuple(f"{first:%m-%d}~{last:%m-%d}" for first, last in course.spans)
    return _section("ended", words(N_("Deadlines that fell due in 30 days")), labels, series, composer)


def _section(name: str, title: str, labels: tuple[str, ...], series: Sequence[Series], composer: Composer) -> Section:
    chart = Chart(name, title, labels, tuple(series))
    drawn = chart if any(any(one.values) for one in series) else None
    return Section(title, lines=tuple(_line(labels, one, composer) for one in series), chart=drawn)


def _line(labels: Sequence[str], one: Series, composer: Composer) -> Line:
    """Say a row of bars: the sum, then each label that has any."""
    words = composer.words
    told = words(N_(", ")).join(
        words(N_("{label}: {n}"), label=label, n=n) for label, n in zip(labels, one.values, strict=True) if n
    )
    total = sum(one.values)
    return Line(one.name, words(N_("{total} ({told})"), total=total, told=told) if told else str(total))
