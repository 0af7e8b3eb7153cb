"""Every way in which people may write, review and publish at once: never unreviewed, never one person in two roles."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from monitor.core.drafts import gates
from monitor.core.drafts.draft import (
    EXAMINES,
    Draft,
    DraftState,
    Gate,
    Person,
    Verdict,
    Version,
    Wording,
    canonical,
    digest,
)
from monitor.core.drafts.settings import ReleasePath, Skip
from monitor.core.errors import Mistake
from monitor.core.model import ResponseKind, Severity

T0 = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)
RELEASE = ResponseKind.AUTHORITATIVE_RELEASE
PEOPLE = [Person("王", 1), Person("李", 2), Person("张", 3), Person("赵", 4)]
BETWEEN = [Gate.SELF_REVIEW, Gate.SECRECY, Gate.APPROVAL]
people = st.sampled_from(PEOPLE)
texts = st.sampled_from(["", "甲", "乙", "甲\n乙"])


def fresh(by: Person = PEOPLE[0], **wording: str) -> Draft:
    version = Version(number=1, wording=Wording(kind=RELEASE, **wording), by=by, at=T0)
    return Draft(id=1, matter_id=1, state=DraftState.DRAFTING, version=version, authors=(by,))


class OnItsWay(RuleBasedStateMachine):
    """A draft in the hands of four people who do whatever they like; the rules keep the rest."""

    @initialize(by=people, path=st.lists(st.sampled_from(BETWEEN), unique=True))
    def begun(self, by: Person, path: list[Gate]) -> None:
        self.path = tuple(path)
        self.draft = fresh(by, title="题", text="甲", place="https://a.example/")
        # What really happened, told apart from how the rules remember it.
        self.wrote: list[Person] = [by]
        self.passed: dict[Gate, tuple[Person, str]] = {}
        self.edits_since: dict[Gate, int] = {}
        self.published_by: Person | None = None

    def now(self) -> datetime:
        return T0 + timedelta(minutes=len(self.draft.steps) + self.draft.version.number)

    @rule(by=people, text=texts, place=st.sampled_from(["https://a.example/", "官网"]))
    def edit(self, by: Person, text: str, place: str) -> None:
        wording = replace(self.draft.wording, text=text, place=place)
        try:
            lapsed = gates.edited(self.draft, wording, by, self.now())
        except Mistake:
            return
        changed = [name for name in ("text", "place") if getattr(wording, name) != getattr(self.draft.wording, name)]
        for gate in list(self.passed):
            if set(changed) & set(EXAMINES[gate]):
                del self.passed[gate]
        self.wrote.append(by)
        self.draft = replace(
            self.draft,
            version=gates.next_version(self.draft, wording, by, self.now(), ()),
            authors=(*self.draft.authors, by),
            steps=(*self.draft.steps, *lapsed),
        )

    @rule(by=people)
    def submit(self, by: Person) -> None:
        try:
            step = gates.submitted(self.draft, self.draft.version.number, by, self.now())
        except Mistake:
            return
        self.draft = replace(self.draft, state=DraftState.SUBMITTED, steps=(*self.draft.steps, step))

    @rule(by=people, gate=st.sampled_from(BETWEEN), back=st.booleans(), behind=st.integers(0, 1))
    def judge(self, by: Person, gate: Gate, back: bool, behind: int) -> None:
        verdict, seen = (Verdict.RETURNED if back else Verdict.PASSED), self.draft.version.number - behind
        try:
            step = gates.judged(self.draft, self.path, gate, verdict, seen=seen, by=by, now=self.now(), comment="x")
        except Mistake:
            return
        assert behind == 0
        if step.verdict is Verdict.PASSED:
            self.passed[gate] = (by, self.draft.wording.text + self.draft.wording.place)
        state = DraftState.DRAFTING if step.verdict is Verdict.RETURNED else self.draft.state
        later = None if step.verdict is Verdict.OBJECTED else self.draft.later_due_at
        self.draft = replace(self.draft, state=state, steps=(*self.draft.steps, step), later_due_at=later)

    @rule(by=people, urgent=st.sampled_from(["", "五小时将到"]), behind=st.integers(0, 1))
    def publish(self, by: Person, urgent: str, behind: int) -> None:
        seen = self.draft.version.number - behind
        try:
            step = gates.published(self.draft, self.path, seen=seen, by=by, now=self.now(), urgent=urgent)
        except Mistake:
            return
        self.published_by = by
        assert behind == 0
        assert self.draft.wording.text
        if step.verdict is Verdict.PUBLISHED:
            assert set(self.path) <= set(self.passed), "published without a gate, or with one that had lapsed"
        else:
            assert urgent
            assert step.comment == urgent
        self.draft = replace(
            self.draft,
            state=DraftState.PUBLISHED,
            steps=(*self.draft.steps, step),
            path=self.path,
            published_at=self.now(),
            later_due_at=self.now() if gates.owed(self.draft, self.path) else None,
        )

    @invariant()
    def nobody_holds_two_roles_that_must_differ(self) -> None:
        holders = {gate: by for gate, (by, _) in self.passed.items()}
        secrecy, approver = holders.get(Gate.SECRECY), holders.get(Gate.APPROVAL)
        for one in (secrecy, approver):
            assert one is None or not any(one.is_(author) for author in self.wrote)
        assert secrecy is None or approver is None or not secrecy.is_(approver)
        assert secrecy is None or self.published_by is None or not secrecy.is_(self.published_by)

    @invariant()
    def what_the_rules_remember_is_what_happened(self) -> None:
        assert {gate for gate in BETWEEN if gates.holds(self.draft, gate)} == set(self.passed)


TestOnItsWay = OnItsWay.TestCase
TestOnItsWay.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)


def test_what_is_changed_and_changed_back_must_be_looked_at_again() -> None:
    draft = fresh(title="题", text="甲")
    draft = replace(draft, state=DraftState.SUBMITTED)
    step = gates.judged(draft, (Gate.APPROVAL,), Gate.APPROVAL, Verdict.PASSED, seen=1, by=PEOPLE[1], now=T0)
    draft = replace(draft, steps=(step,))
    assert gates.waits_at(draft, (Gate.APPROVAL,)) is Gate.PUBLICATION
    before = draft.wording
    for text in ("乙", "甲"):
        wording = replace(before, text=text)
        lapsed = gates.edited(draft, wording, PEOPLE[0], T0)
        version = gates.next_version(draft, wording, PEOPLE[0], T0, ())
        draft = replace(draft, version=version, steps=(*draft.steps, *lapsed))
    assert draft.wording == before
    assert gates.waits_at(draft, (Gate.APPROVAL,)) is Gate.APPROVAL
    with pytest.raises(gates.PathNotPassed):
        gates.published(draft, (Gate.APPROVAL,), seen=3, by=PEOPLE[0], now=T0)


def test_another_place_leaves_the_section_s_own_review_as_it_is() -> None:
    draft = replace(fresh(title="题", text="甲", place="官网"), state=DraftState.SUBMITTED)
    path = (Gate.SELF_REVIEW, Gate.SECRECY)
    for gate, by in ((Gate.SELF_REVIEW, PEOPLE[0]), (Gate.SECRECY, PEOPLE[1])):
        step = gates.judged(draft, path, gate, Verdict.PASSED, seen=1, by=by, now=T0)
        draft = replace(draft, steps=(*draft.steps, step))
    lapsed = gates.edited(draft, replace(draft.wording, place="微博"), PEOPLE[0], T0)
    assert [step.gate for step in lapsed] == [Gate.SECRECY]


def test_no_two_wordings_share_a_digest_by_moving_text_from_one_field_into_another() -> None:
    assert canonical([("a", "b:1:c"), ("d", "")]) != canonical([("a", "b"), ("d", "c")])
    base = Wording(kind=RELEASE, title="甲", text="乙丙")
    assert digest(base) != digest(replace(base, title="甲乙", text="丙"))
    assert digest(base) != digest(replace(base, text="乙", place="丙"))
    assert digest(base) != digest(replace(base, kind=ResponseKind.CLARIFICATION))
    assert digest(base, Gate.SELF_REVIEW) == digest(replace(base, place="x"), Gate.SELF_REVIEW)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Person("王敏", 1), Person("王敏", 2), False),
        (Person("王敏", 1), Person("敏", 1), True),
        (Person("王敏", 1, "wm"), Person("王二", 2, "wm"), True),
        (Person("Wang  Min"), Person("wang min"), True),
        (Person("王敏"), Person("王敏", 7), True),
        (Person("王敏"), Person("李强"), False),
    ],
)
def test_who_is_one_person(one: Person, other: Person, same: bool) -> None:
    assert one.is_(other) is same
    assert other.is_(one) is same


def test_a_gate_is_left_out_only_as_far_as_the_bureau_has_said() -> None:
    follow_up = ResponseKind.FOLLOW_UP_RELEASE
    path = ReleasePath(skips=(Skip(Gate.SELF_REVIEW, frozenset({follow_up}), Severity.LARGER),))
    everything = (Gate.SELF_REVIEW, Gate.SECRECY, Gate.APPROVAL)
    assert path.asked(RELEASE, Severity.GENERAL) == everything
    assert path.asked(follow_up, Severity.LARGER) == everything[1:]
    assert path.asked(follow_up, Severity.MAJOR) == everything
    assert path.asked(follow_up, None) == everything
