"""Deadlines whose rule has left the packs, or that the facts ask for no more, where one duty has several."""

from __future__ import annotations

from dataclasses import replace

from monitor.core.duties.obligations import RulePack
from monitor.core.model import DeadlineState, Level, MatterState
from monitor.core.people.duty import Duty
from tests.core.test_escalation import ONCE
from tests.core.test_series import CLIMB, MISSED, OPEN, T0, UP, H, M, Tale

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
