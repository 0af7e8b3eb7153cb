"""Deadlines whose rule has left the packs, or that the facts ask for no more, where one duty has several."""

from __future__ import annotations

from dataclasses import replace

from monitor.core.duties.adjusting import Adjustment, AdjustmentKind
from monitor.core.duties.obligations import RulePack
from monitor.core.duties.review import waive
from monitor.core.incidents.voices import Voice
from monitor.core.model import DeadlineState, Level, MatterState, Severity, Trust
from monitor.core.people.duty import Duty
from tests.core.test_escalation import ONCE
from tests.core.test_series import CLIMB, LATE, MISSED, OPEN, T0, UP, H, M, Tale

GONE = RulePack("p", "2", ())


def two_running() -> Tale:
    """Return a chain whose first report was withdrawn after the second hop had opened: both run."""
    tale = Tale(CLIMB)
    tale.at(T0)
    tale.log(UP, T0 + H, Level.COUNTY).at(T0 + H)
    [report] = tale.facts.responses
    tale.know(responses=(), retracted={report.id: T0 + H + M}).at(T0 + H + M)
    assert tale.states == [OPEN, OPEN]
    return tale


def test_every_hop_of_a_rule_that_left_runs_to_its_end() -> None:
    tale = two_running()
    tale.pack = GONE
    tale.at(T0 + 4 * H)
    assert tale.states == [MISSED, MISSED]


def test_every_hop_of_a_rule_that_left_ends_with_its_matter() -> None:
    tale = two_running()
    tale.pack = GONE
    tale.know(state=MatterState.DISMISSED).at(T0 + 2 * H)
    assert tale.states == [DeadlineState.WITHDRAWN, DeadlineState.WITHDRAWN]


def test_each_of_two_running_hops_is_paged_about() -> None:
    tale = Tale(CLIMB)
    tale.pack = replace(tale.pack, duty=Duty(policies=(ONCE,)))
    tale.at(T0)
    tale.log(UP, T0 + 2 * M, Level.COUNTY).at(T0 + 2 * M)
    [report] = tale.facts.responses
    tale.know(responses=(), retracted={report.id: T0 + 4 * M}).at(T0 + 4 * M)
    tale.at(T0 + 12 * M)
    names = [alert.point for alert in tale.alerts.values() if alert.ordinal == 1]
    assert "page:2" in names


def test_a_hop_that_the_grade_asks_for_no_more_follows_what_people_decide() -> None:
    tale = Tale(CLIMB, Severity.MAJOR)
    tale.at(T0)
    for n, level in enumerate((Level.COUNTY, Level.CITY, Level.PROVINCE), 1):
        tale.log(UP, T0 + n * 10 * M, level).at(T0 + n * 10 * M)
    assert tale.states[-1] is OPEN
    tale.know(severity=Severity.GENERAL, reached={Severity.GENERAL: T0})
    tale.at(T0 + H)
    assert tale.states[-1] is OPEN
    stated = Adjustment(kind=AdjustmentKind.SET_ANCHOR, at=T0 + H, decided_at=T0 + H, by="王某", reason="更正")
    tale.know(adjustments={("X", 4): (stated,)}).at(T0 + H)
    assert (tale.deadlines[4].started_at, tale.deadlines[4].due_at) == (T0 + H, T0 + 3 * H)
    tale.log(UP, T0 + 4 * H, Level.STATE).at(T0 + 4 * H)
    assert tale.states[-1] is LATE


def test_a_denial_asks_about_an_earlier_hop_that_runs_though_the_newest_was_waived() -> None:
    tale = two_running()
    tale.deadlines[2] = waive(tale.deadlines[2], T0 + 80 * M).deadline
    tale.at(T0 + 80 * M)
    claim = Voice(item_id=1, title="爆炸", source="post", trust=Trust.PERSONAL, at=T0)
    denial = Voice(item_id=2, title="不实", source="release", trust=Trust.OFFICIAL, at=T0 + 80 * M, denies=True)
    told = tale.know(voices=(claim, denial)).at(T0 + 80 * M)
    assert tale.states == [OPEN, DeadlineState.WAIVED]
    assert [point for point in told if point.endswith(":denied")] == ["1:denied"]
