"""An issue says what changed and only that, advises what the rules ask for, and is passed by others than its writer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.bulletins import passing
from monitor.core.bulletins.advice import Ground, advice, risks
from monitor.core.bulletins.bulletin import (
    Bulletin,
    BulletinAct,
    BulletinKind,
    BulletinState,
    Content,
    Section,
    SectionKey,
    Step,
    Version,
    digest,
)
from monitor.core.bulletins.changes import ChangeKind, changes
from monitor.core.bulletins.facts import Asked, Facts, Said, Term, Turn
from monitor.core.drafts.draft import Person
from monitor.core.errors import Mistake
from monitor.core.incidents.heat import Heat
from monitor.core.model import CASUALTY_FIELDS, DeadlineState, Level, MatterState, ResponseKind, Severity, Wave

LIVE, MET = (DeadlineState.OPEN, DeadlineState.MISSED), (DeadlineState.MET, DeadlineState.MET_LATE)
T0 = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)
H = timedelta(hours=1)
WANG, LI, ZHAO = Person("王敏", 1), Person("李强", 2), Person("赵磊", 3)
TERM = Term(
    obligation="OP-AUTH-5H",
    ordinal=1,
    state=DeadlineState.OPEN,
    live=True,
    overdue=False,
    provisional=False,
    due_at=T0 + 5 * H,
    met_by=(ResponseKind.AUTHORITATIVE_RELEASE,),
)
KNOWN = Facts(
    incident=1, at=T0, title="爆炸", kind="chemical", place="620302", place_name="金川区", opened_at=T0, terms=(TERM,)
)
SAID = Said(id=1, kind=ResponseKind.AUTHORITATIVE_RELEASE, title="通报", url="", at=T0, by="王敏")


def kinds(before: Facts, after: Facts) -> list[ChangeKind]:
    return [one.kind for one in changes(before, after)]


terms = st.builds(
    Term,
    obligation=st.sampled_from(["A", "B"]),
    ordinal=st.integers(1, 2),
    state=st.sampled_from(DeadlineState),
    live=st.booleans(),
    overdue=st.booleans(),
    provisional=st.booleans(),
    due_at=st.sampled_from([T0, T0 + H]),
    level=st.none() | st.sampled_from(Level),
    rests=st.booleans(),
)
facts = st.builds(
    Facts,
    incident=st.just(1),
    at=st.just(T0),
    title=st.text(max_size=5),
    kind=st.sampled_from(["fire", "chemical"]),
    place=st.sampled_from([None, "620302"]),
    place_name=st.text(max_size=3),
    opened_at=st.just(T0),
    severity=st.none() | st.sampled_from(Severity),
    confirmed=st.booleans(),
    figures=st.dictionaries(st.sampled_from(CASUALTY_FIELDS), st.integers(0, 99)),
    wave=st.none() | st.sampled_from(Wave),
    heat=st.builds(Heat, titles=st.integers(0, 9)),
    terms=st.lists(terms, max_size=3, unique_by=lambda one: one.key).map(tuple),
    said=st.lists(st.integers(1, 4), max_size=3, unique=True).map(lambda ids: tuple(replace(SAID, id=n) for n in ids)),
)


@settings(max_examples=60)
@given(facts, st.integers(0, 100))
def test_where_nothing_changed_nothing_is_told_however_late(one: Facts, hours: int) -> None:
    assert changes(one, replace(one, at=one.at + hours * H)) == ()


@settings(max_examples=100)
@given(facts, facts)
def test_every_figure_that_differs_is_told_once_with_both_values(one: Facts, other: Facts) -> None:
    found = changes(one, other)
    told = {change.name: (change.was, change.now) for change in found if change.kind is ChangeKind.FIGURE}
    assert told == {
        name: (one.figures.get(name), other.figures.get(name))
        for name in CASUALTY_FIELDS
        if one.figures.get(name) != other.figures.get(name)
    }
    back = {change.name: (change.now, change.was) for change in changes(other, one) if change.kind is ChangeKind.FIGURE}
    assert back == told


def stands(term: Term) -> object:
    """Return all of a deadline that people see."""
    late = term.overdue or term.state is DeadlineState.MISSED
    if term.live:
        return term.due_at, term.level, late, term.provisional, term.rests
    return term.due_at, term.level, term.state if term.state in MET else "ended"


@settings(max_examples=150)
@given(terms, terms)
def test_no_deadline_changes_unsaid(one: Term, other: Term) -> None:
    was, now = (
        replace(term, obligation="A", ordinal=1, live=term.state in LIVE, overdue=term.overdue and term.state in LIVE)
        for term in (one, other)
    )
    found = changes(replace(KNOWN, terms=(was,)), replace(KNOWN, terms=(now,)))
    assert bool(found) == (stands(was) != stands(now))
    assert len({change.kind for change in found}) == len(found)


def test_a_deadline_that_moves_rests_or_runs_again_is_told() -> None:
    def told(was: Term, now: Term) -> list[ChangeKind]:
        return kinds(replace(KNOWN, terms=(was,)), replace(KNOWN, terms=(now,)))

    moved = replace(TERM, due_at=T0 + 9 * H)
    [change] = changes(KNOWN, replace(KNOWN, terms=(moved,)))
    assert (change.kind, change.was, change.now) == (ChangeKind.MOVED, T0 + 5 * H, T0 + 9 * H)
    paused = replace(TERM, rests=True)
    assert told(TERM, paused) == [ChangeKind.PAUSED]
    assert told(paused, moved) == [ChangeKind.MOVED, ChangeKind.RESUMED]
    assert told(replace(TERM, provisional=True), TERM) == [ChangeKind.FIRM]
    assert told(TERM, replace(TERM, provisional=True)) == [ChangeKind.PROVISIONAL]
    met = replace(TERM, state=DeadlineState.MET, live=False)
    assert told(met, TERM) == [ChangeKind.OWED_AGAIN]
    assert told(paused, met) == [ChangeKind.MET]
    assert told(replace(TERM, overdue=True), moved) == [ChangeKind.MOVED, ChangeKind.OWED_AGAIN]
    assert told(TERM, replace(TERM, level=Level.CITY)) == [ChangeKind.LEVEL]
    assert kinds(KNOWN, replace(KNOWN, terms=())) == [ChangeKind.ENDED]


def test_a_presumed_grade_that_is_proved_is_told() -> None:
    presumed = replace(KNOWN, likely=Severity.MAJOR)
    assert kinds(presumed, replace(KNOWN, severity=Severity.MAJOR)) == [ChangeKind.PROVED]


def test_a_figure_is_told_by_the_turn_that_made_it_what_it_is() -> None:
    def turn(hours: int, source: str, **figures: int) -> Turn:
        return Turn(
            at=T0 + hours * H, severity=None, likely=Severity.MAJOR, figures=figures, source=source, sentence=""
        )

    first, second = turn(0, "a", deaths=11), turn(1, "b", deaths=11, injured=30)
    known = replace(KNOWN, figures={"deaths": 11, "injured": 30}, turns=(first, second, replace(second, source="c")))
    assert known.told_by("deaths") == first
    assert known.told_by("injured") == second
    assert known.told_by("missing") is None
    assert replace(known, figures={"deaths": 12}).told_by("deaths") is None


def test_what_was_withdrawn_is_not_silence() -> None:
    withdrawn = replace(KNOWN, said=(replace(SAID, withdrawn_at=T0 + H),))
    assert [one.ground for one in risks(KNOWN)] == [Ground.SILENT]
    assert [one.ground for one in risks(withdrawn)] == [Ground.WITHDRAWN]


def test_each_thing_that_can_change_is_told() -> None:
    met = replace(TERM, state=DeadlineState.MET, live=False)
    assert kinds(KNOWN, replace(KNOWN, severity=Severity.MAJOR)) == [ChangeKind.GRADE]
    assert kinds(KNOWN, replace(KNOWN, place="620000")) == [ChangeKind.PLACE]
    assert kinds(KNOWN, replace(KNOWN, said=(SAID,), terms=(met,))) == [ChangeKind.RESPONSE, ChangeKind.MET]
    withdrawn = replace(SAID, withdrawn_at=T0 + H)
    before = replace(KNOWN, said=(SAID,))
    assert kinds(before, replace(KNOWN, said=(withdrawn,))) == [ChangeKind.WITHDRAWN]
    assert kinds(KNOWN, replace(KNOWN, terms=(replace(TERM, overdue=True),))) == [ChangeKind.MISSED]
    late = replace(TERM, state=DeadlineState.MET_LATE, live=False)
    overdue = replace(KNOWN, terms=(replace(TERM, overdue=True),))
    assert kinds(overdue, replace(KNOWN, terms=(late,))) == [ChangeKind.MET_LATE]
    assert kinds(replace(KNOWN, terms=()), KNOWN) == [ChangeKind.BEGAN]
    assert kinds(KNOWN, replace(KNOWN, heat=Heat(titles=3), wave=Wave.MAJOR)) == [ChangeKind.TALK, ChangeKind.WAVE]
    assert kinds(KNOWN, replace(KNOWN, confirmed=True)) == [ChangeKind.CONFIRMED]
    gone = replace(KNOWN, state=MatterState.DISMISSED, state_reason="演练")
    assert [(one.kind, one.name) for one in changes(KNOWN, gone)] == [(ChangeKind.STATE, "演练")]


def test_advice_follows_from_what_is_owed_and_asked_and_from_nothing_else() -> None:
    assert [one.ground for one in advice(KNOWN)] == [Ground.OWED]
    overdue = replace(KNOWN, terms=(replace(TERM, overdue=True),), asked=(Asked("cause", 3, "为什么？"),))
    assert [one.ground for one in advice(overdue)] == [Ground.OVERDUE, Ground.UNANSWERED]
    assert advice(replace(KNOWN, terms=())) == ()
    assert risks(replace(KNOWN, terms=())) == ()
    worse = replace(KNOWN, figures={"missing": 4, "trapped": 0}, disputed={"deaths": True}, said=(SAID,))
    assert [one.ground for one in risks(worse)] == [Ground.AT_RISK, Ground.OFFICIAL_LOWER]
    paused = replace(KNOWN, terms=(replace(TERM, rests=True),))
    assert advice(paused) == ()


def issue(*steps: BulletinAct, number: int = 1) -> Bulletin:
    content = Content("关于爆炸的快报", (Section(SectionKey.SITUATION, "基本情况", "时间：未知"),))
    made = Bulletin(
        id=1,
        kind=BulletinKind.FLASH,
        year=2026,
        number=number,
        made_at=T0,
        language="zh",
        version=Version(number=1, content=content, by=WANG, at=T0),
        authors=(WANG,),
    )
    by = {BulletinAct.REVIEWED: LI, BulletinAct.SIGNED: ZHAO}
    done = tuple(Step(act=act, version=1, by=by.get(act, WANG), at=T0, hash=digest(made)) for act in steps)
    return replace(made, steps=done)


def test_it_is_reviewed_then_signed_and_each_holds_for_exactly_what_it_says() -> None:
    assert issue().state is BulletinState.DRAFT
    assert issue(BulletinAct.REVIEWED).state is BulletinState.REVIEWED
    signed = issue(BulletinAct.REVIEWED, BulletinAct.SIGNED)
    assert signed.state is BulletinState.SIGNED
    version, lapse = passing.edited(signed, Content("改", signed.content.sections), seen=1, by=WANG, now=T0)
    assert lapse is not None
    edited = replace(signed, version=version, steps=(*signed.steps, lapse))
    assert edited.state is BulletinState.DRAFT
    # Changed back it says what was signed, and is unsigned all the same.
    back, again = passing.edited(edited, signed.content, seen=2, by=WANG, now=T0)
    assert again is None
    assert replace(edited, version=back).state is BulletinState.DRAFT


def test_nobody_passes_his_own_words() -> None:
    with pytest.raises(passing.OwnBulletin):
        passing.reviewed(issue(), seen=1, by=WANG, now=T0)
    with pytest.raises(passing.OwnBulletin):
        passing.signed(issue(BulletinAct.REVIEWED), seen=1, by=LI, now=T0)
    with pytest.raises(passing.OwnBulletin):
        passing.edited(issue(BulletinAct.REVIEWED), Content("x", issue().content.sections), seen=1, by=LI, now=T0)
    with pytest.raises(passing.NotReviewed):
        passing.signed(issue(), seen=1, by=ZHAO, now=T0)
    assert passing.waits_for(issue(), WANG) is None
    assert passing.waits_for(issue(), LI) is BulletinAct.REVIEWED
    assert passing.waits_for(issue(BulletinAct.REVIEWED), LI) is None
    assert passing.waits_for(issue(BulletinAct.REVIEWED), ZHAO) is BulletinAct.SIGNED


def test_a_signature_is_taken_back_by_who_gave_it_and_by_no_author() -> None:
    signed = issue(BulletinAct.REVIEWED, BulletinAct.SIGNED)
    with pytest.raises(passing.OwnBulletin):
        passing.returned(signed, seen=1, by=WANG, now=T0, comment="x")
    with pytest.raises(passing.SignedByOther):
        passing.returned(signed, seen=1, by=LI, now=T0, comment="x")
    step = passing.returned(signed, seen=1, by=ZHAO, now=T0, comment="x")
    assert replace(signed, steps=(*signed.steps, step)).state is BulletinState.DRAFT
    assert passing.may_take_back(signed, ZHAO)
    assert not passing.may_take_back(signed, LI)
    # What is not signed a reviewer sends back.
    assert passing.returned(issue(BulletinAct.REVIEWED), seen=1, by=LI, now=T0, comment="x")


def test_what_moved_or_is_void_is_refused() -> None:
    with pytest.raises(passing.BulletinMoved):
        passing.reviewed(issue(), seen=2, by=LI, now=T0)
    void = issue(BulletinAct.VOIDED)
    assert void.state is BulletinState.VOID
    for act in (
        lambda: passing.reviewed(void, seen=1, by=LI, now=T0),
        lambda: passing.edited(void, void.content, seen=1, by=WANG, now=T0),
        lambda: passing.voided(void, by=WANG, now=T0, comment="x"),
    ):
        with pytest.raises(passing.BulletinVoid):
            act()
    with pytest.raises(passing.AlreadyPassed):
        passing.reviewed(issue(BulletinAct.REVIEWED), seen=1, by=ZHAO, now=T0)


@pytest.mark.parametrize(
    "content",
    [
        Content("", (Section(SectionKey.ENTRY, "", "x"),)),
        Content("x", ()),
        Content("x" * 201, (Section(SectionKey.ENTRY, "", "x"),)),
        Content("x", (Section(SectionKey.ENTRY, "", "x" * 6001),)),
        Content("x", (Section(SectionKey.ENTRY, "", "x"),) * 61),
    ],
)
def test_what_is_empty_or_too_long_is_refused(content: Content) -> None:
    with pytest.raises(Mistake):
        passing.check(content)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.text(max_size=4), st.text(max_size=4)), max_size=3), st.integers(1, 9))
def test_the_hash_tells_any_two_issues_apart(parts: list[tuple[str, str]], number: int) -> None:
    one = issue(number=number)
    sections = tuple(Section(SectionKey.ENTRY, heading, text) for heading, text in parts)
    other = replace(one, version=replace(one.version, content=Content(one.content.title, sections)))
    assert digest(one) != digest(other)
    assert digest(replace(one, number=number + 1)) != digest(one)
