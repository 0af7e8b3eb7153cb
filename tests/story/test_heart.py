"""The heart goes on: after faults, beside what hangs, without its metronome; and it ends when it is told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from monitor.core.errors import N_, Mistake
from monitor.service.heart import Heart, Pulse
from monitor.service.threads import Threads

LIMIT = 20.0


class Broken(Mistake):
    """Something that people can mend."""

    message = N_("It is broken at {place}.")


class Counted:
    """A tick that counts, and then does what the test wants."""

    def __init__(self, then: Callable[[], object] = lambda: None) -> None:
        self.times = 0
        self._then = then

    def __call__(self, now: datetime) -> None:
        self.times += 1
        self._then()


def utc_now() -> datetime:
    return datetime.now(UTC)


def come(condition: Callable[[], bool], limit: float = LIMIT) -> bool:
    """Wait until the condition holds; tell whether it did."""
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def fail(error: Exception) -> None:
    raise error


@pytest.fixture
def hearts() -> Iterator[list[Heart]]:
    started: list[Heart] = []
    yield started
    for heart in started:
        heart.stop(0.0)


def beating(hearts: list[Heart], *pulses: Pulse, patience: float = 60) -> Heart:
    heart = Heart(list(pulses), utc_now, patience=patience, say=lambda mistake: f"said: {mistake}")
    hearts.append(heart)
    heart.start()
    return heart


def test_a_tick_that_raises_keeps_beating_and_shows_its_fault(hearts: list[Heart]) -> None:
    ours, theirs = Counted(lambda: fail(KeyError("facts"))), Counted(lambda: fail(Broken(place="the port")))
    first, second = Pulse("first", ours, seconds=0.02), Pulse("second", theirs, seconds=0.02)
    beating(hearts, first, second)
    assert come(lambda: ours.times > 2 and theirs.times > 2)
    assert (first.fault, first.good_at) == ("KeyError: 'facts'", None)
    assert second.fault == "said: It is broken at the port."


def test_a_fault_is_forgotten_after_a_good_cycle(hearts: list[Heart]) -> None:
    faults = [KeyError("once")]
    tick = Counted(lambda: fail(faults.pop()) if faults else None)
    pulse = Pulse("leg", tick, seconds=0.02)
    beating(hearts, pulse)
    assert come(lambda: tick.times > 1 and pulse.good_at is not None)
    assert pulse.fault == ""


def test_ticks_that_hang_stop_no_other_however_many_they_are(hearts: list[Heart]) -> None:
    free = threading.Event()
    hanging = [Pulse(f"hanging {n}", Counted(lambda: free.wait(LIMIT)), seconds=0.02) for n in range(15)]
    well = Counted()
    beating(hearts, *hanging, Pulse("well", well, seconds=0.02))
    assert come(lambda: well.times > 5)
    assert {pulse.good_at for pulse in hanging} == {None}
    assert all(pulse.started_at is not None for pulse in hanging), "so that their standing still can be told"
    free.set()


def test_no_cycle_begins_while_the_last_one_goes_on(hearts: list[Heart]) -> None:
    inside, most = [0], [0]

    def slow() -> None:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(0.05)
        inside[0] -= 1

    tick = Counted(slow)
    beating(hearts, Pulse("slow", tick, seconds=0.01), patience=0.01)
    assert come(lambda: tick.times > 4)
    assert most == [1]


def test_it_is_well_from_its_first_cycle_on_however_long_the_metronome_takes_to_start(
    hearts: list[Heart], monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = BackgroundScheduler.start

    def slowly(metronome: BackgroundScheduler) -> None:
        time.sleep(0.2)
        begin(metronome)

    monkeypatch.setattr(BackgroundScheduler, "start", slowly)
    told: list[bool] = []
    beating(hearts, Pulse("leg", Counted(lambda: told.append(hearts[0].beats)), seconds=0.02))
    assert come(lambda: len(told) > 1)
    assert all(told)


def test_without_its_metronome_it_beats_all_the_same(hearts: list[Heart]) -> None:
    tick = Counted()
    heart = beating(hearts, Pulse("leg", tick, seconds=0.05), patience=0.1)
    assert come(lambda: tick.times > 0)
    heart._metronome.shutdown(wait=True)
    before = tick.times
    assert come(lambda: tick.times > before + 3)
    assert heart.stop() == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_dead_metronome_a_dead_leg_and_a_hanging_one_are_told_at_once(hearts: list[Heart]) -> None:
    free, end = threading.Event(), threading.Event()

    def leave() -> None:
        if end.is_set():
            raise SystemExit

    stuck = Pulse("stuck", Counted(lambda: free.wait(LIMIT)), seconds=0.02, longest=0.2)
    heart = beating(hearts, Pulse("leaving", Counted(leave), seconds=0.02), Pulse("well", Counted(), seconds=0.02))
    assert come(lambda: heart.pulses[0].cycles > 1)
    assert (heart.beats, heart.scheduler_beats, heart.dead, heart.hanging) == (True, True, [], {})
    other = beating(hearts, stuck)
    assert come(lambda: "stuck" in other.hanging)
    assert not other.beats

    def only_slow() -> bool:
        stuck.sign()
        return not other.hanging

    assert come(only_slow), "whatever shows a sign of life is only slow"
    free.set()
    assert come(lambda: stuck.cycles > 0)
    end.set()
    assert come(lambda: heart.dead == ["leaving"])
    assert not heart.beats
    heart._metronome.shutdown(wait=True)
    assert not heart.scheduler_beats
    assert heart.stop() == []
    assert heart.dead == []


def test_as_it_is_set_it_beats_within_ten_seconds_of_the_metronomes_death() -> None:
    heart = Heart([], utc_now)
    assert 1 + heart._patience <= 10


def test_it_ends_once_the_cycle_under_way_has_ended(hearts: list[Heart]) -> None:
    begun, ended = threading.Event(), threading.Event()

    def slow() -> None:
        begun.set()
        time.sleep(0.2)
        ended.set()

    heart = beating(hearts, Pulse("slow", Counted(slow), seconds=0.02))
    assert begun.wait(LIMIT)
    assert heart.stop() == []
    assert ended.is_set()
    assert not [thread for thread in threading.enumerate() if thread.name in ("slow", "APScheduler")]


def test_it_leaves_what_hangs_on_and_names_it(hearts: list[Heart]) -> None:
    free = threading.Event()
    tick = Counted(lambda: free.wait(LIMIT))
    heart = beating(hearts, Pulse("stuck", tick, seconds=1))
    assert come(lambda: tick.times == 1)
    before = time.monotonic()
    assert heart.stop(0.1) == ["stuck"]
    assert time.monotonic() - before < LIMIT / 2
    free.set()


def test_a_heart_that_never_began_can_be_stopped() -> None:
    assert Heart([Pulse("leg", Counted(), seconds=1)], utc_now).stop() == []


def test_threads_give_results_and_faults_and_can_be_left() -> None:
    free, threads = threading.Event(), Threads("fetch")
    assert threads.submit(lambda a, b: a + b, 1, b=2).result(LIMIT) == 3
    with pytest.raises(KeyError):
        threads.submit(fail, KeyError("x")).result(LIMIT)
    assert threads.settle(LIMIT)
    threads.submit(free.wait, LIMIT)
    assert not threads.settle(0.05)
    free.set()
    assert threads.settle(LIMIT)
