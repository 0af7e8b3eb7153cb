"""What becomes of waiting items when the second reader's endpoint, its process or its budget fails."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from monitor.core.second.circuit import Point
from monitor.service.condition import asides
from monitor.store import troubles
from monitor.store.database import Database
from tests.responders.fakes.web import Answer, Fault
from tests.second.fake_model import KEY, NOTHING, FakeModel, error
from tests.story.second_office import SecondOffice

DOUBTFUL = [f"辽宁沈阳老{kind}像电影一样塌了 12人没出来" for kind in ("厂房", "仓库", "食堂", "车库", "教室", "旅馆")]


@pytest.fixture
def model() -> Iterator[FakeModel]:
    with FakeModel() as fake:
        yield fake


@pytest.fixture
def office(database: Database, model: FakeModel) -> Iterator[SecondOffice]:
    office = SecondOffice(database, model)
    yield office
    office.parts.close()


def points(office: SecondOffice) -> list[str]:
    return [alert.point for alert in office.alerts if alert.point in list(Point)]


class Killed(BaseException):
    """The process ends here."""


def test_a_process_that_dies_in_the_middle_loses_no_item_and_asks_no_other_twice(
    office: SecondOffice, model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.told(*DOUBTFUL[:2])

    def die(*_: object) -> None:
        raise Killed

    assert office.reader is not None
    with monkeypatch.context() as patch:
        patch.setattr(type(office.reader), "_finish", die)
        with pytest.raises(Killed):
            office.tick()
    assert office.outcomes == ["asking"]
    office.tick(seconds=10)
    assert len(model.requests) == 2, "the other item; the first is still held"
    office.tick(minutes=3)
    assert office.outcomes == ["broken_off", "answered", "answered"]
    assert office.states == ["agrees", "agrees"]
    office.tick(hours=1)
    assert len(model.requests) == 3


def test_an_item_on_which_processes_die_again_and_again_is_given_up(
    office: SecondOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.told(DOUBTFUL[0])
    assert office.reader is not None

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(type(office.reader.findings), "settle", die)
        for _ in range(3):
            with pytest.raises(Killed):
                office.tick(minutes=10)
    office.tick(minutes=10)
    assert office.states == ["given_up"]


def test_an_item_whose_answer_cannot_be_settled_keeps_no_other_waiting(
    office: SecondOffice, model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.told(*DOUBTFUL[:3])
    assert office.reader is not None
    findings = type(office.reader.findings)
    settle = findings.settle

    def broken(self: Any, connection: Any, turn: Any, opinion: Any, now: Any) -> None:
        if turn.item_id == 2:
            raise ZeroDivisionError
        settle(self, connection, turn, opinion, now)

    monkeypatch.setattr(findings, "settle", broken)
    office.tick(minutes=1)
    assert sorted(office.states) == ["agrees", "agrees", "waiting"]
    with office.database.read() as connection:
        assert list(troubles.of_leg(connection, "second")) == ["2"]


def test_many_processes_ask_about_each_item_once(database: Database, database_url: str, model: FakeModel) -> None:
    office = SecondOffice(database, model)
    office.told(*DOUBTFUL)
    others = [SecondOffice(Database(database_url), model) for _ in range(3)]
    threads = [threading.Thread(target=other.tick) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(item["title"] for item in model.items) == sorted(DOUBTFUL)
    assert office.states == ["agrees"] * len(DOUBTFUL)
    for one in (office, *others):
        one.parts.close()


def test_the_first_reading_never_waits_for_the_second(office: SecondOffice, model: FakeModel) -> None:
    office.told(DOUBTFUL[0])

    def meanwhile(_: dict[str, Any]) -> object:
        if len(model.requests) == 1:
            office.told("辽宁沈阳一化工厂爆炸致12人死亡")
        return dict(NOTHING)

    model.says = meanwhile
    office.tick()
    assert office.duties(), "news came in and started its clocks while the model was thinking"


def test_an_endpoint_that_is_down_is_left_alone_told_of_once_and_again_when_it_is_well(
    office: SecondOffice, model: FakeModel
) -> None:
    model.fail(Fault.SERVER_ERROR, times=1000)
    office.told(*DOUBTFUL)
    for _ in range(60):
        office.tick(minutes=1)
    assert points(office) == [Point.DOWN]
    assert len(model.requests) <= 5 + 4
    with office.parts.database.read() as connection:
        unwell = [part.what for part in asides(office.parts, connection, office.parts.words, office.clock())]
    assert "复核接口出错" in unwell
    (alert,) = office.alerts
    assert (alert.page, alert.matter_id) == (False, None)
    assert "HTTP 503" in office.message(alert).body
    model.recover()
    office.told("辽宁沈阳老邮局像电影一样塌了 12人没出来")
    for _ in range(70):
        office.tick(minutes=1)
    assert points(office) == [Point.DOWN, Point.OVER]
    assert "answers again" in office.message(office.alerts[-1]).body
    assert "agrees" in office.states


@pytest.mark.parametrize("fault", [error(401, f"wrong key {KEY}"), Answer(b"", 302, {"Location": "http://x.example"})])
def test_who_is_refused_loses_no_item_until_it_is_old(office: SecondOffice, model: FakeModel, fault: Answer) -> None:
    model.fail(fault, times=1000)
    office.told(DOUBTFUL[0])
    for _ in range(40):
        office.tick(minutes=5)
    assert office.states == ["waiting"]
    assert len(model.requests) < 16
    model.recover()
    office.tick(hours=1)
    assert office.states == ["agrees"]
    assert KEY not in repr([office.rows_of_readings(), office.alerts])


def test_a_server_that_wants_to_be_left_alone_is(office: SecondOffice, model: FakeModel) -> None:
    model.fail(Answer(b"", 429, {"Retry-After": "1800"}))
    office.told(*DOUBTFUL)
    for _ in range(29):
        office.tick(minutes=1)
    assert len(model.requests) == 1
    office.tick(minutes=3)
    assert len(model.requests) == 1 + len(DOUBTFUL)
    assert points(office) == []


def test_what_has_waited_for_too_long_is_not_asked_about(office: SecondOffice, model: FakeModel) -> None:
    office.told(*DOUBTFUL)
    office.tick(hours=6, minutes=1)
    assert model.requests == []
    assert office.states == ["too_old"] * len(DOUBTFUL)
    assert {row.said for row in office.rows_of_readings()} == {"slow"}


def test_no_more_is_asked_than_a_day_may_cost(database: Database, model: FakeModel) -> None:
    office = SecondOffice(database, model, {"requests_per_day": 4})
    office.told(*DOUBTFUL)
    for _ in range(10):
        office.tick(minutes=1)
    assert len(model.requests) == 4
    assert office.states.count("waiting") == 2
    # 20:00 in Beijing when it began: the next day is four hours away.
    office.tick(hours=4)
    assert len(model.requests) == 6
    office.told("辽宁沈阳老邮局像电影一样塌了 12人没出来", *[f"{title}了" for title in DOUBTFUL[:4]])
    office.tick()
    assert len(model.requests) == 8
    office.tick(hours=7)
    assert {row.said for row in office.rows_of_readings() if row.state == "too_old"} == {"budget"}
    office.parts.close()


def test_a_model_that_only_talks_is_given_up_item_by_item_and_then_told_of(
    office: SecondOffice, model: FakeModel
) -> None:
    model.says = lambda _: "好的，我来分析。"
    office.told(*DOUBTFUL)
    for _ in range(30):
        office.tick(minutes=1)
    assert office.states == ["unreadable"] * len(DOUBTFUL)
    assert len(model.requests) == 3 * len(DOUBTFUL)
    office.told(*[f"{title}了" for title in DOUBTFUL])
    office.tick(minutes=1)
    assert points(office) == [Point.DOWN]
    assert office.questions == []


def test_a_model_that_declines_is_not_pressed(office: SecondOffice, model: FakeModel) -> None:
    model.says = lambda _: Answer({"choices": [{"message": {"content": None, "refusal": "no"}}]})
    office.told(*DOUBTFUL)
    office.tick()
    assert office.states == ["declined"] * len(DOUBTFUL)
    assert len(model.requests) == len(DOUBTFUL)
