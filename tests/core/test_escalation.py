"""Pages of a deadline as points in time: rounds, acknowledgements that lapse, two people, the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.model import Severity
from monitor.core.people.escalation import Act, Page, answered_since, pages
from monitor.core.people.policies import Policy, Rung, Whom, WhomKind, choose, policy_of, snapshot

T0 = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)
M = timedelta(minutes=1)
H = timedelta(hours=1)
DUTY, BOSS = Whom(WhomKind.ROTA, "duty"), Whom(WhomKind.CONTACT, "boss")
RUNGS = (Rung(timedelta(0), (DUTY,)), Rung(10 * M, (DUTY, BOSS)))
ONCE = Policy(id="once", rungs=RUNGS, repeat=1, pause=20 * M)
LAPSING = Policy(id="lapsing", rungs=RUNGS, repeat=0, pause=20 * M, expires=30 * M, grace=10 * M)
TWO = Policy(id="two", rungs=RUNGS, repeat=1, pause=20 * M, needed=2)
DUE = T0 + 5 * H


def at(minutes: float, by: str = "wang", *, contact: str | None = None) -> Act:
    return Act(T0 + minutes * M, by, by if contact is None else contact)


def told(policy: Policy, *acts: Act, due: datetime = DUE) -> list[tuple[str, int]]:
    """Return the pages that are made, by name and minute."""
    found = sorted(pages(policy, T0, due, acts), key=lambda page: page.at)
    return [(page.name, int((page.at - T0) / M)) for page in found if page.at < due]


def test_a_round_goes_up_the_rungs_repeats_and_says_when_it_is_exhausted() -> None:
    assert told(ONCE) == [("page:2", 10), ("page:3", 30), ("page:4", 40), ("exhausted", 60)]


def test_the_first_rung_is_the_opening_alert_itself() -> None:
    assert "page:1" not in [name for name, _ in told(ONCE)]


def test_an_acknowledgement_ends_the_round() -> None:
    assert told(ONCE, at(15)) == [("page:2", 10)]
    assert told(ONCE, at(0)) == []


def test_an_acknowledgement_lapses_without_a_response_is_reminded_of_and_paged_about_anew() -> None:
    assert told(LAPSING, at(5)) == [
        ("remind", 35),
        ("page:1", 45),
        ("page:2", 55),
        ("exhausted", 75),
    ]


def test_who_acts_again_keeps_it_alive() -> None:
    assert told(LAPSING, at(5), at(30), at(65)) == [
        ("remind", 60),
        ("remind", 95),
        ("page:1", 105),
        ("page:2", 115),
        ("exhausted", 135),
    ]


def test_the_reminder_is_for_those_who_acted() -> None:
    (reminder,) = [page for page in pages(LAPSING, T0, DUE, [at(5), at(6, "li")]) if page.name == "remind"]
    assert reminder.whom == (Whom(WhomKind.ACTOR, "wang"), Whom(WhomKind.ACTOR, "li"))
    assert reminder.at == T0 + 36 * M


def test_nobody_is_reminded_after_the_end() -> None:
    assert told(LAPSING, at(5), due=T0 + 30 * M) == []
    names = [page.name for page in pages(LAPSING, T0, T0 + 30 * M, [at(5)])]
    assert names == ["page:2", "exhausted"], "the end begins a round of its own"


def test_the_end_pages_anew_although_it_was_acknowledged_before() -> None:
    late = [page for page in pages(ONCE, T0, DUE, [at(5)]) if page.at > DUE]
    assert [(page.name, page.at - DUE) for page in late] == [
        ("page:2", 10 * M),
        ("page:3", 30 * M),
        ("page:4", 40 * M),
        ("exhausted", 60 * M),
    ]
    assert [page for page in pages(ONCE, T0, DUE, [at(5), at(301)]) if page.at > DUE] == []


def test_two_must_acknowledge_and_they_must_be_two_contacts() -> None:
    assert told(TWO, at(5)) == told(TWO)
    assert told(TWO, at(5), at(6)) == told(TWO), "the same person twice"
    assert told(TWO, at(5), at(6, "stranger", contact="")) == told(TWO), "nobody knows who that is"
    assert told(TWO, at(5), at(6, "li")) == []
    assert told(TWO, at(5), at(35, "li")) == [("page:2", 10), ("page:3", 30)]


def test_anybody_may_acknowledge_where_one_is_enough() -> None:
    assert told(ONCE, at(5, "stranger", contact="")) == []


@pytest.mark.parametrize(
    ("minute", "since"),
    [(4, None), (5, 5), (34, 5), (35, None), (44, None), (45, None), (50, None), (52, 52), (60, 52)],
)
def test_the_paging_rests_from_the_acknowledgement_to_the_reminder(minute: int, since: int | None) -> None:
    found = answered_since(LAPSING, T0, DUE, [at(5), at(52)], T0 + minute * M)
    assert found == (None if since is None else T0 + since * M)


def test_a_policy_survives_being_kept() -> None:
    for policy in (ONCE, LAPSING, TWO):
        assert policy_of(snapshot(policy)) == policy


def test_the_first_policy_that_fits_is_chosen() -> None:
    grave = Policy(id="grave", rungs=RUNGS, at_least=Severity.MAJOR)
    rumour = Policy(id="rumour", rungs=RUNGS, obligations=frozenset({"R"}))
    every = (grave, rumour, ONCE)
    assert choose(every, "A", Severity.EXTRAORDINARY) is grave
    assert choose(every, "R", Severity.LARGER) is rumour
    assert choose(every, "A", None) is ONCE
    assert choose((), "A", None) is None


acts = st.lists(st.tuples(st.integers(0, 400), st.sampled_from(["wang", "li", "sun"])), max_size=6).map(
    lambda found: tuple(sorted((at(minute, by) for minute, by in found), key=lambda act: act.at))
)
policies = st.builds(
    Policy,
    id=st.just("p"),
    rungs=st.just(RUNGS),
    repeat=st.integers(0, 3),
    pause=st.integers(1, 40).map(lambda n: n * M),
    needed=st.integers(1, 2),
    expires=st.none() | st.integers(1, 90).map(lambda n: n * M),
    grace=st.integers(1, 20).map(lambda n: n * M),
)


@given(policies, acts, st.integers(1, 420))
def test_no_page_speaks_while_the_paging_rests(policy: Policy, done: tuple[Act, ...], due: int) -> None:
    end = T0 + due * M
    for page in pages(policy, T0, end, done):
        rests = answered_since(policy, T0, end, [act for act in done if act.at <= page.at], page.at)
        assert rests is None or page.answered_at == page.at, page


@given(policies, acts, st.integers(1, 420), st.integers(0, 420))
def test_what_is_still_to_come_changes_nothing_that_has_come(
    policy: Policy, done: tuple[Act, ...], due: int, minute: int
) -> None:
    """Pages up to a moment depend on acts up to that moment only: any split of looks makes the same ones."""
    end, now = T0 + due * M, T0 + minute * M

    def until_now(known: tuple[Act, ...]) -> list[tuple[str, datetime]]:
        return sorted((page.name, page.at) for page in pages(policy, T0, end, known) if page.at < now)

    assert until_now(done) == until_now(tuple(act for act in done if act.at <= now))


@given(policies, acts, st.integers(1, 420))
def test_no_two_pages_of_a_deadline_have_one_name_and_moment(policy: Policy, done: tuple[Act, ...], due: int) -> None:
    found: list[Page] = list(pages(policy, T0, T0 + due * M, done))
    assert len({(page.name, page.at) for page in found}) == len(found)
