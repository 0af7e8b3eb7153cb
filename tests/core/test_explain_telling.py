"""The pages that a policy still plans: they are shown as things stand, and go as soon as somebody acts."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.duties.deadlines import Deadline
from monitor.core.duties.obligations import MatterFacts
from monitor.core.explain.telling import Fate, PointExplained, explain_points
from monitor.core.model import Anchor
from monitor.core.people.escalation import Act
from tests.story.matters import PACK
from tests.story.office import T0
from tests.story.roster import USUAL

M = timedelta(minutes=1)
RULE = next(rule for rule in PACK.obligations if rule.id == "OP-AUTH-5H")
DEADLINE = Deadline(
    matter_id=1,
    obligation_id=RULE.id,
    anchor=Anchor.FIRST_REPORTED,
    started_at=T0,
    due_at=T0 + timedelta(hours=5),
    opened_at=T0,
    watched_until=T0,
    policy=USUAL,
)


def to_come(now: datetime, *acts: Act) -> list[PointExplained]:
    facts = MatterFacts(id=1, acts=acts, acted_at=max((act.at for act in acts), default=None))
    told, _ = explain_points(DEADLINE, RULE, [], [], facts, now)
    return [point for point in told if point.fate is Fate.TO_COME and point.name.startswith(("page:", "exhausted"))]


def test_pages_of_the_round_are_announced_until_somebody_acts() -> None:
    first = to_come(T0 + M)
    assert [(p.name, (p.at - T0) // M) for p in first[:4]] == [
        ("page:2", 10),
        ("page:3", 30),
        ("page:4", 40),
        ("exhausted", 60),
    ]
    acted = to_come(T0 + 6 * M, Act(T0 + 5 * M, "王敏", "wang"))
    # The acknowledgement lapses after half an hour and ten minutes of grace: then a round begins anew.
    assert acted[0].at == T0 + 45 * M


@given(minutes=st.integers(0, 700), acted=st.lists(st.integers(0, 700), max_size=3))
def test_what_is_still_to_come_lies_ahead(minutes: int, acted: list[int]) -> None:
    now = T0 + minutes * M
    acts = tuple(Act(T0 + n * M, "王敏", "wang") for n in sorted(acted) if n <= minutes)
    assert all(point.at > now for point in to_come(now, *acts))
