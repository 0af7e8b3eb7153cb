"""Escalation policies in a review: however often a deadline is looked at, the same pages come, each once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.duties.alerting import AlertDraft
from monitor.core.duties.review import review
from monitor.core.model import AlertReason, AlertState, DeadlineState
from monitor.core.people.duty import Duty
from monitor.core.people.escalation import Act
from monitor.core.people.policies import Policy, Rung, Whom, WhomKind
from tests.core.test_deadlines import PACK, T0, M, Story, major

LONGEST = 420
ONE = (Whom(WhomKind.CONTACT, "wang"),)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    delays = sorted(draw(st.sets(st.integers(1, 40), max_size=3)))
    return Policy(
        id="drawn",
        rungs=(Rung(0 * M, ONE), *(Rung(delay * M, ONE) for delay in delays)),
        repeat=draw(st.integers(0, 3)),
        pause=draw(st.integers(5, 60)) * M,
        needed=draw(st.integers(1, 2)),
        expires=draw(st.none() | st.integers(20, 90).map(lambda minutes: minutes * M)),
    )


@st.composite
def courses(draw: st.DrawFn) -> list[tuple[int, str]]:
    """Draw what people do, by the minute: who acts, and "" where all of it is handed back."""
    minutes = sorted(draw(st.sets(st.integers(1, LONGEST), max_size=4)))
    return [(minute, draw(st.sampled_from(["wang", "li", ""]))) for minute in minutes]


def run(policy: Policy, done: list[tuple[int, str]], looks: list[int]) -> Story:
    """Let a deadline run its course; the desk looks whenever somebody does something, the watch at `looks`."""
    story = Paged(policy)
    story.at(T0)
    acted = dict(done)
    for minute in sorted({*looks, *acted, LONGEST + 1}):
        now = T0 + minute * M
        if minute in acted:
            story.at(now)
            story.do(acted[minute], now)
        story.at(now)
    return story


class Paged(Story):
    """A major incident under one policy."""

    def __init__(self, policy: Policy) -> None:
        super().__init__(**{name: getattr(major().facts, name) for name in ("severity", "reached")})
        self.pack = replace(PACK, duty=Duty(policies=(policy,)))

    def do(self, who: str, now: datetime) -> None:
        if who:
            self.know(acts=(*self.facts.acts, Act(now, who, who)), acted_at=now)
        elif self.facts.acts:
            self.know(acts=(), acted_at=None, handed_back_at=now)

    def at(self, now: datetime) -> list[AlertDraft]:
        outcome = review(self.facts, self.pack, self.deadlines.values(), now)
        fresh = []
        for step in outcome.steps:
            key = (step.deadline.obligation_id, step.deadline.ordinal)
            self.deadlines[key] = replace(step.deadline, id=1)
            self.transitions += step.transitions
            fresh += list(step.alerts)
        again = [a.key for a in fresh if a.reason is AlertReason.ESCALATED and a.key in self.alerts]
        assert again == [], "no page is made twice"
        self.alerts |= {alert.key: alert for alert in fresh if alert.key not in self.alerts}
        return fresh


def pages(story: Story) -> set[str]:
    return {a.key for a in story.alerts.values() if a.reason is AlertReason.ESCALATED}


def changes(story: Story) -> list[tuple[str, int, DeadlineState, datetime]]:
    return sorted((t.obligation_id, t.ordinal, t.after, t.at) for t in story.transitions)


@settings(max_examples=40)
@given(policies(), courses(), st.lists(st.integers(1, LONGEST), max_size=12))
def test_any_split_of_looks_gives_the_same_pages_and_transitions(
    policy: Policy, done: list[tuple[int, str]], looks: list[int]
) -> None:
    often, seldom = run(policy, done, looks), run(policy, done, [])
    assert pages(often) == pages(seldom)
    assert changes(often) == changes(seldom)


@settings(max_examples=40)
@given(policies(), courses())
def test_looking_every_minute_every_page_speaks_or_says_why_not(policy: Policy, done: list[tuple[int, str]]) -> None:
    story = run(policy, done, list(range(1, LONGEST, 3)))
    for alert in story.alerts.values():
        assert (alert.state is AlertState.SKIPPED) == (alert.silence is not None), alert.key
