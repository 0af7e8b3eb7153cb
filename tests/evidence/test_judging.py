"""Pure decisions: no outage, whatever its course, is taken for a disappearance, and nothing is told twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.evidence.captures import AWAY, EvidenceState, Finding, Followed, Outcome, Seen, Suspect
from monitor.core.evidence.comparing import difference
from monitor.core.evidence.judging import judge
from monitor.crawl.shown import is_front_page

T0 = datetime(2026, 7, 9, 13, 0, tzinfo=UTC)
TEXT = "第一句话在这里。第二句话写着11人遇难。\n第三句话。"
LOOKS = st.lists(st.tuples(st.sampled_from(Outcome), st.booleans()), max_size=25)


def seen(outcome: Outcome = Outcome.KEPT, text: str = TEXT, title: str = "通报", payload: str = "a") -> Seen:
    return Seen(outcome=outcome, at=T0, title=title, text=text, payload=payload)


@settings(max_examples=150)
@given(LOOKS)
def test_the_course_of_a_page(looks: list[tuple[Outcome, bool]]) -> None:
    followed, now, gone = Followed(due_at=T0), T0, 0
    course: list[tuple[Outcome, tuple[Finding, ...]]] = []
    for outcome, changed in looks:
        assert followed.due_at is not None
        now = followed.due_at
        before = followed
        step = judge(before, seen(outcome), changed=changed and before.first_kept_at is not None, now=now)
        followed = step.followed
        course.append((outcome, step.findings))
        assert followed.due_at is not None
        assert now < followed.due_at <= now + timedelta(days=7), "there is always a next look"
        if step.gone:
            gone += 1
            assert outcome in AWAY
            assert before.suspect is Suspect.AWAY, "a second look has confirmed it"
            assert before.first_kept_at is not None, "what was never there cannot have gone"
        if Finding.MISSING in step.findings:
            assert before.first_kept_at is None
        if outcome is Outcome.KEPT:
            assert followed.first_kept_at is not None
            assert followed.first_kept_at <= now
        if step.baseline:
            assert outcome is Outcome.KEPT
    told = [finding for _, findings in course for finding in findings]
    assert told.count(Finding.VANISHED) == gone
    if not {outcome for outcome, _ in looks} & AWAY:
        assert gone == 0


@settings(max_examples=60)
@given(st.integers(2, 40))
def test_a_page_that_stays_away_is_told_once(n: int) -> None:
    followed = judge(Followed(due_at=T0), seen(), changed=False, now=T0).followed
    told: list[Finding] = []
    for _ in range(n):
        assert followed.due_at is not None
        step = judge(followed, seen(Outcome.GONE), changed=False, now=followed.due_at)
        followed = step.followed
        told += step.findings
    assert told == [Finding.VANISHED]
    assert followed.state is EvidenceState.VANISHED


def test_a_404_that_turns_into_an_outage_is_told_as_what_it_is() -> None:
    followed = judge(Followed(due_at=T0), seen(), changed=False, now=T0).followed
    followed = judge(followed, seen(Outcome.GONE), changed=False, now=T0 + timedelta(days=1)).followed
    told: list[Finding] = []
    for _ in range(12):
        assert followed.due_at is not None
        step = judge(followed, seen(Outcome.FAILED), changed=False, now=followed.due_at)
        followed = step.followed
        told += step.findings
    assert told == [Finding.NO_ACCESS]


def test_spacing_and_order_are_no_difference_and_a_figure_is() -> None:
    assert not difference(seen(), seen(text="第三句话。\n第一句话 在这里。 第二句话写着11人遇难。")).any
    found = difference(seen(), seen(text=TEXT.replace("11", "13")))
    assert (found.removed, found.added) == (("第二句话写着11人遇难。",), ("第二句话写着13人遇难。",))
    assert difference(seen(), seen(title="更正")).removed == ("通报",)
    assert difference(seen(text=""), seen(text="", payload="b")).whole
    assert not difference(seen(text=""), seen(text="")).any


@given(st.text(max_size=200), st.text(max_size=200))
@settings(max_examples=60)
def test_a_text_differs_only_from_another(one: str, other: str) -> None:
    assert not difference(seen(text=one), seen(text=one)).any
    forth, back = difference(seen(text=one), seen(text=other)), difference(seen(text=other), seen(text=one))
    assert (forth.removed, forth.added) == (back.added, back.removed)


def test_front_pages_are_known_by_their_path() -> None:
    assert is_front_page("https://yjgl.example.gov.cn/")
    assert is_front_page("https://yjgl.example.gov.cn")
    assert is_front_page("https://yjgl.example.gov.cn/index.html")
    assert not is_front_page("https://yjgl.example.gov.cn/?id=3")
    assert not is_front_page("https://yjgl.example.gov.cn/gk/202607/t1.html")
