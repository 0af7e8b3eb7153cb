"""A pack with rules that people may extend, pause and begin anew: an inquiry in hours, and one in days."""

from __future__ import annotations

from dataclasses import replace

from monitor.config.calendars import shipped_calendar
from monitor.core.duties.adjusting import ExtendRule
from monitor.core.duties.law import LegalSource
from monitor.core.duties.obligations import Applies, Obligation, Reminders, RulePack
from monitor.core.duties.terms import Term, Unit
from monitor.core.model import Anchor, ResponseKind, Severity
from tests.responders.console.station import shared_parts

INQUIRY, REPORT = "TEST-INQUIRY-20H", "TEST-REPORT-60D"
SOURCE = LegalSource("测试规则", "第一条", "自事故发生之日起计算")


def pack_of_terms() -> RulePack:
    """Return the shipped pack with both rules added."""
    shipped = shared_parts()[2]
    inquiry = Obligation(
        id=INQUIRY,
        name_zh="核查反馈",
        name_en="Inquiry",
        applies=Applies(at_least=Severity.MAJOR),
        anchors=(Anchor.OCCURRED, Anchor.FIRST_REPORTED),
        due=Term(20, Unit.HOUR),
        satisfied_by=frozenset({ResponseKind.REPLY}),
        source=SOURCE,
        calendar=shipped_calendar("cn"),
        extend=ExtendRule(Term(10, Unit.HOUR)),
        pause=("鉴定", "补正"),
        reset=("补正",),
        reminders=Reminders(before=(), overdue=()),
    )
    report = replace(
        inquiry,
        id=REPORT,
        name_zh="事故调查报告",
        name_en="Investigation report",
        due=Term(60, Unit.DAY),
        extend=ExtendRule(Term(60, Unit.DAY)),
        pause=("技术鉴定",),
        reset=(),
        satisfied_by=frozenset({ResponseKind.INVESTIGATION_REPORT}),
    )
    return replace(shipped, obligations=(*shipped.obligations, inquiry, report))
