"""What a person states of an incident holds against later readings, and the last decision can be taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.errors import ReasonMissing
from monitor.core.incidents.grader import Grader
from monitor.core.incidents.history import Report, fold
from monitor.core.incidents.stated import NOTHING_STATED, Stated, StatedToll, fold_with, struck_by
from monitor.core.incidents.undoing import LastDecision, NothingToUndo, TooLateToUndo
from monitor.core.model import DeadlineState, MatterState, Place, Severity, Trust
from monitor.store import undoing, views
from monitor.store.database import Database
from responders.desk.corrections import NothingCorrected, UnknownKind
from tests.responders.console.scenes import explosion
from tests.responders.console.station import T0, Station, shared_parts
from tests.story.test_desk import BLAST, FIRE, FIVE, M, deadlines, desk, incident, items, news

YONGCHANG = Place("620000", "620300", "620321", "")


@pytest.fixture
def station(database: Database) -> Station:
    return Station(database)


def last(station: Station, number: int) -> LastDecision:
    with station.database.read() as connection:
        found = undoing.last_decision(connection, number)
    assert found is not None
    return found


def undo(station: Station, number: int) -> None:
    desk(station).undo(number, last(station, number).id, by="Li", now=station.clock())


def test_a_toll_that_a_person_states_holds_until_there_is_news(station: Station) -> None:
    explosion(station)
    assert incident(station, 1).severity is Severity.MAJOR
    station.clock.advance(minutes=5)
    stated = {"deaths": 3, "injured": 5}
    with pytest.raises(ReasonMissing):
        desk(station).correct(1, figures=stated, by="Li", now=station.clock(), reason=" ")
    desk(station).correct(1, figures=stated, by="Li", now=station.clock(), reason="the bureau called")
    assert incident(station, 1).figures == stated
    assert incident(station, 1).presumed is Severity.LARGER
    with pytest.raises(NothingCorrected):
        desk(station).correct(1, figures=stated, by="Li", now=station.clock(), reason="again")

    station.clock.advance(minutes=5)
    news(station, "金昌市金川区化工仓库爆炸致11人死亡", by="city", text="金昌市金川区化工仓库爆炸已造成11人死亡。")
    assert incident(station, 1).figures["deaths"] == 3
    assert incident(station, 1).presumed is Severity.LARGER
    assert items(station, 1)[3:]

    station.clock.advance(minutes=5)
    news(station, "金昌市金川区化工仓库爆炸致12人死亡", by="city", text="金昌市金川区化工仓库爆炸已造成12人死亡。")
    assert incident(station, 1).figures["deaths"] == 12
    assert incident(station, 1).severity is Severity.MAJOR
    with station.database.read() as connection:
        grades = [step.severity for step in views.steps(connection, 1)]
    assert grades[-3:] == [Severity.MAJOR, Severity.LARGER, Severity.MAJOR]


def test_an_official_source_may_say_what_a_person_struck(station: Station) -> None:
    explosion(station)
    station.clock.advance(minutes=5)
    desk(station).correct(1, figures={"deaths": 3}, by="Li", now=station.clock(), reason="too high")
    station.clock.advance(minutes=5)
    news(
        station, "金昌化工仓库爆炸事故续报：11人遇难", by="release", text="金昌市金川区化工仓库爆炸事故已造成11人死亡。"
    )
    assert incident(station, 1).severity is Severity.MAJOR


def test_kind_and_place_stay_as_stated_and_can_be_put_back(station: Station) -> None:
    explosion(station)
    before = incident(station, 1)
    with pytest.raises(UnknownKind):
        desk(station).correct(1, kind="no_such", by="Li", now=station.clock(), reason="x")
    kind = next(slug for slug in station.parts.names.kinds if slug not in (before.kind, "other"))
    desk(station).correct(1, kind=kind, place=YONGCHANG, by="Li", now=station.clock(), reason="wrong county")
    station.clock.advance(minutes=3)
    news(
        station, "金昌市金川区化工仓库爆炸已致11人死亡 现场画面", text="金昌市金川区化工仓库发生爆炸，已造成11人死亡。"
    )
    assert incident(station, 1).kind == kind
    assert incident(station, 1).place.code == "620321"
    undo(station, 1)
    assert incident(station, 1).kind == before.kind
    assert incident(station, 1).place.code == before.place.code
    with pytest.raises(NothingToUndo):
        undo(station, 1)


def test_a_confirmation_and_a_dismissal_are_undone(station: Station) -> None:
    station.tell("白银市平川区一煤矿发生透水 11人被困", "白银市平川区一煤矿发生透水事故，井下11人被困。")
    station.watch()
    assert deadlines(station, 1)[FIVE].provisional
    desk(station).confirm(1, by="Li", now=station.clock())
    assert not deadlines(station, 1)[FIVE].provisional
    undo(station, 1)
    assert not incident(station, 1).confirmed
    station.clock.advance(minutes=1)
    desk(station).dismiss(1, by="Li", now=station.clock(), reason="slip of the thumb")
    assert not deadlines(station, 1)[FIVE].live
    due = deadlines(station, 1)[FIVE].due_at
    station.clock.advance(minutes=9)
    undo(station, 1)
    assert incident(station, 1).state is MatterState.OPEN
    assert deadlines(station, 1)[FIVE].live
    assert deadlines(station, 1)[FIVE].due_at == due
    with station.database.read() as connection:
        assert [line.what for line in views.log(connection, 1) if line.by] == ["confirm", "undo", "dismiss", "undo"]


def test_after_ten_minutes_or_another_decision_nothing_is_undone(station: Station) -> None:
    number = news(station, BLAST)
    desk(station).confirm(number, by="Li", now=station.clock())
    first = last(station, number)
    station.clock.advance(minutes=10)
    with pytest.raises(TooLateToUndo):
        undo(station, number)
    desk(station).dismiss(number, by="Wang", now=station.clock(), reason="ours is another")
    with pytest.raises(NothingToUndo):
        desk(station).undo(number, first.id, by="Li", now=station.clock())
    assert incident(station, number).state is MatterState.DISMISSED


def test_a_merge_is_undone_from_either_page(station: Station) -> None:
    for page in ("source", "target"):
        station.clock.advance(days=8)
        blast, fire = news(station, BLAST), news(station, FIRE)
        before = {number: (items(station, number), incident(station, number).figures) for number in (blast, fire)}
        running = {number: {k for k, d in deadlines(station, number).items() if d.live} for number in (blast, fire)}
        desk(station).merge(fire, blast, by="Li", now=station.clock(), reason="the same")
        assert incident(station, fire).state is MatterState.MERGED
        station.clock.advance(minutes=2)
        undo(station, fire if page == "source" else blast)
        assert {n: (items(station, n), incident(station, n).figures) for n in (blast, fire)} == before
        assert incident(station, fire).state is MatterState.OPEN
        now_running = {number: {k for k, d in deadlines(station, number).items() if d.live} for number in (blast, fire)}
        assert now_running == running


def test_a_split_is_undone(station: Station) -> None:
    explosion(station)
    before = items(station, 1)
    new = desk(station).split(1, before[:1], by="Li", now=station.clock()).incident.id
    assert items(station, new) == before[:1]
    undo(station, new)
    assert items(station, 1) == before
    assert incident(station, new).merged_into == 1
    assert incident(station, 1).severity is Severity.MAJOR
    assert all(not d.live for d in deadlines(station, new).values())


def test_what_was_stated_of_the_one_holds_of_both_where_nothing_was_stated_of_the_other(station: Station) -> None:
    blast, fire = news(station, BLAST), news(station, FIRE)
    station.clock.advance(minutes=1)
    desk(station).correct(
        fire, place=YONGCHANG, figures={"deaths": 5}, by="Li", now=station.clock(), reason="they called"
    )
    desk(station).correct(blast, figures={"deaths": 14}, by="Li", now=station.clock(), reason="they called")
    desk(station).merge(fire, blast, by="Li", now=station.clock(), reason="the same")
    assert incident(station, blast).figures == {"deaths": 14}
    assert incident(station, blast).place.county == YONGCHANG.county
    undo(station, blast)
    assert incident(station, blast).place.county != YONGCHANG.county
    assert incident(station, fire).place.county == YONGCHANG.county
    assert incident(station, fire).figures == {"deaths": 5}


def test_a_merge_that_somebody_built_on_is_not_undone(station: Station) -> None:
    blast, fire = news(station, BLAST), news(station, FIRE)
    desk(station).merge(fire, blast, by="Li", now=station.clock())
    station.clock.advance(minutes=1)
    desk(station).confirm(blast, by="Wang", now=station.clock())
    with pytest.raises(NothingToUndo):
        undo(station, fire)
    assert deadlines(station, blast)[FIVE].state is not DeadlineState.NOT_APPLICABLE


counts = st.dictionaries(st.sampled_from(["deaths", "missing", "trapped", "injured", "serious"]), st.integers(0, 120))
tellings = st.lists(st.tuples(st.integers(0, 600), counts, st.sampled_from(Trust)), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(tellings, counts, st.integers(0, 600))
def test_until_news_comes_the_toll_is_what_the_person_said(
    told: list[tuple[int, dict[str, int], Trust]], stated: dict[str, int], at: int
) -> None:
    grader = Grader(shared_parts()[0][2], shared_parts()[0][0].kinds)
    reports = [
        Report(item_id=n + 1, title=f"t{n}", source=f"s{n}", trust=trust, first_seen_at=T0 + m * M, figures=figures)
        for n, (m, figures, trust) in enumerate(told)
    ]
    known = fold(reports, grader)
    assert fold_with(reports, grader, NOTHING_STATED) == known
    toll = StatedToll(stated, struck_by(known.figures, stated), T0 + at * M + timedelta(seconds=30))
    folded = fold_with(reports, grader, Stated(toll=toll))
    if all(m <= at for m, _, _ in told):
        assert dict(folded.figures) == stated
    assert [step.at for step in folded.steps] == sorted(step.at for step in folded.steps)
    assert (folded.items, folded.sources, folded.title) == (known.items, known.sources, known.title)
