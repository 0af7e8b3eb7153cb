"""How a deadline is shown: urgency, order, what is said of an alert's point and of what an act led to."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.rules import load_pack
from monitor.core.model import LIVE, AlertReason, AlertState, Anchor, DeadlineState, ResponseKind, Verb
from monitor.core.naming import Names
from monitor.core.views import AlertView, DeadlineView, Done
from responders.console import app
from responders.console.clocks import Urgency, by_time_left, clock_of, urgency_of
from responders.documents.messages import Composer
from responders.documents.outcomes import outcome
from responders.documents.points import said_point
from responders.language import Words
from tests.core.briefing_examples import incident
from tests.responders.console.station import T0

PACK = load_pack("cn-gov")
COMPOSER = Composer(Words("en"), Names())
H = timedelta(hours=1)
RUNNING = DeadlineView(
    id=1,
    matter_id=1,
    obligation_id="OP-AUTH-5H",
    ordinal=1,
    state=DeadlineState.OPEN,
    provisional=False,
    anchor=Anchor.OCCURRED,
    anchors={Anchor.OCCURRED: T0},
    started_at=T0,
    due_at=T0 + 5 * H,
    opened_at=T0,
    settled_at=None,
    pack="cn-gov@1",
)


@pytest.mark.parametrize(
    ("state", "hours", "expected"),
    [
        (DeadlineState.OPEN, 1, Urgency.RUNNING),
        (DeadlineState.OPEN, 4, Urgency.SOON),
        (DeadlineState.OPEN, 5, Urgency.OVERDUE),
        (DeadlineState.MISSED, 6, Urgency.OVERDUE),
        (DeadlineState.MET, 6, Urgency.MET),
        (DeadlineState.MET_LATE, 6, Urgency.LATE),
        (DeadlineState.WAIVED, 1, Urgency.ENDED),
        (DeadlineState.SUPERSEDED, 6, Urgency.ENDED),
    ],
)
def test_the_moment_decides_how_pressing_a_clock_is(state: DeadlineState, hours: int, expected: Urgency) -> None:
    assert urgency_of(replace(RUNNING, state=state), T0 + hours * H) is expected


@given(st.integers(-10_000, 10_000), st.sampled_from(DeadlineState))
def test_a_clock_is_always_showable(minutes: int, state: DeadlineState) -> None:
    clock = clock_of(replace(RUNNING, state=state), COMPOSER, PACK, T0 + timedelta(minutes=minutes))
    assert 0 <= clock.spent <= 1
    assert clock.state
    assert clock.live == (state in LIVE)
    assert (clock.urgency in (Urgency.OVERDUE, Urgency.SOON, Urgency.RUNNING)) == clock.live


@given(st.lists(st.tuples(st.integers(-100, 100), st.sampled_from(DeadlineState)), max_size=20))
def test_live_clocks_come_first_by_the_time_left(drawn: list[tuple[int, DeadlineState]]) -> None:
    deadlines = [replace(RUNNING, id=n, due_at=T0 + hours * H, state=state) for n, (hours, state) in enumerate(drawn)]
    ordered = by_time_left(clock_of(deadline, COMPOSER, PACK, T0) for deadline in deadlines)
    assert sorted(c.deadline.id for c in ordered) == [d.id for d in deadlines]
    live = [clock.live for clock in ordered]
    assert live == sorted(live, reverse=True)
    due = [clock.deadline.due_at for clock in ordered if clock.live]
    assert due == sorted(due)


@pytest.mark.parametrize(
    ("point", "said"),
    [
        ("share:0.5", "50 percent of the time is over"),
        ("before:30m", "0:30 before the end"),
        ("overdue:240m", "4:00 after the end"),
        ("again:3", "nobody has acted, repeat 3"),
        ("undated", "no trustworthy time, so no clock yet"),
        ("opened", ""),
        ("settled:20260709T120000", ""),
    ],
)
def test_points_are_said_in_words(point: str, said: str) -> None:
    alert = AlertView(
        id=1,
        key="k",
        reason=AlertReason.REMINDER,
        matter_id=1,
        obligation_id=None,
        ordinal=1,
        point=point,
        page=False,
        at=T0,
        created_at=T0,
        not_before=T0,
        useful_until=T0,
        state=AlertState.SENT,
        silence=None,
    )
    assert said_point(alert, Words("en")) == said


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb as WCAG 2 defines it."""
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


PAIRS = [
    *((ink, ground) for ink in ("text", "muted", "accent") for ground in ("ground", "card")),
    *((tone, "card") for tone in ("red", "amber", "green", "violet")),
    ("red", "red-wash"), ("amber", "amber-wash"), ("green", "green-wash"), ("on-accent", "accent"), ("card", "red"),
    ("text", "amber-wash"), ("muted", "amber-wash"), ("accent", "hover"), ("text", "blue-wash"), ("muted", "blue-wash"),
]  # fmt: skip


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_every_text_stands_out_from_its_ground(theme: int, ink: str, ground: str) -> None:
    sheet = (Path(app.__file__).parent / "static" / "console.css").read_text(encoding="utf-8")
    themes = re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", themes[theme]))
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize(("settled", "says_when"), [(None, True), (T0 + 7 * H, False)])
def test_an_act_promises_no_end_of_a_turn_that_is_over(settled: datetime | None, says_when: bool) -> None:
    missed = replace(RUNNING, state=DeadlineState.MISSED, settled_at=settled)
    moved = replace(missed, due_at=T0 + 6 * H)
    told = outcome(Verb.SET_ANCHOR, Done(incident(1), (moved,)), [missed], COMPOSER)
    assert "overdue" in told
    assert ("due " in told) is says_when


def test_a_clock_shows_the_rule_that_it_kept() -> None:
    used = PACK.obligation("OP-AUTH-5H")
    assert used is not None
    kept = replace(used, satisfied_by=frozenset({ResponseKind.REPLY}), pause=("鉴定",), note="旧版")
    clock = clock_of(replace(RUNNING, rule=kept), COMPOSER, PACK, T0)
    assert (clock.met_by, clock.note, clock.rule.pause) == ((ResponseKind.REPLY,), "旧版", ("鉴定",))


def test_a_clock_whose_rule_left_the_packs_offers_nothing_that_the_desk_refuses() -> None:
    used = PACK.obligation("OP-AUTH-5H")
    assert used is not None
    gone = replace(PACK, obligations=())
    clock = clock_of(replace(RUNNING, rule=replace(used, pause=("鉴定",))), COMPOSER, gone, T0)
    assert clock.rule.pause == ()
    assert set(clock.met_by) == set(used.satisfied_by)
    assert clock.sources == (used.source,)
    assert clock_of(RUNNING, COMPOSER, gone, T0).sources == ()
