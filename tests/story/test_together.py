"""What several threads ask at the same time is done together, and the fault of one is his alone."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import OperationalError

from monitor.loops.ingest.together import Together
from monitor.store.database_faults import DatabaseContended


class Works:
    """Squares numbers, slowly at first; refuses the odd one that it is told."""

    def __init__(self, refused: int = -1, error: BaseException | None = None) -> None:
        self.gathered: list[list[int]] = []
        self.go = threading.Event()
        self.begun = threading.Event()
        self.refused, self.error = refused, error or ValueError(refused)

    def __call__(self, asked: Sequence[int]) -> Sequence[int]:
        self.gathered.append(list(asked))
        self.begun.set()
        assert self.go.wait(10)
        if self.refused in asked:
            raise self.error
        return [one * one for one in asked]


def desk_of(most: int = 100) -> Together[int, int]:
    return Together(lambda number: number, most)


def asked(desk: Together[int, int], works: Works, numbers: Sequence[int]) -> list[int | BaseException | None]:
    """Let the first begin, the others come while it is at work; return what each got."""
    with ThreadPoolExecutor(len(numbers)) as pool:
        first = pool.submit(desk.do, numbers[0], works)
        assert works.begun.wait(10)
        others = [pool.submit(desk.do, number, works) for number in numbers[1:]]
        while len(desk._waiting) < len(others):
            threading.Event().wait(0.001)
        works.go.set()
        return [one.exception() or one.result() for one in (first, *others)]


def test_those_who_come_while_something_is_done_are_done_together() -> None:
    works = Works()
    assert asked(desk_of(), works, [2, 3, 4, 5]) == [4, 9, 16, 25]
    assert [len(one) for one in works.gathered] == [1, 3]


def test_no_more_is_done_at_a_time_than_others_can_wait_for() -> None:
    works = Works()
    assert asked(desk_of(most=7), works, [2, 3, 4, 20, 5]) == [4, 9, 16, 400, 25]
    assert sorted(number for group in works.gathered for number in group) == [2, 3, 4, 5, 20]
    assert all(sum(group) <= 7 or len(group) == 1 for group in works.gathered)
    assert [20] in works.gathered, "what weighs more than that by itself is done by itself"


def test_the_fault_of_one_is_his_alone() -> None:
    works = Works(refused=3)
    first, second, third = asked(desk_of(), works, [2, 3, 4])
    assert (first, third) == (4, 16)
    assert isinstance(second, ValueError)
    assert sorted(map(sorted, works.gathered)) == [[2], [3], [3, 4], [4]]


def test_where_the_database_itself_fails_all_are_told_at_once() -> None:
    works = Works(refused=3, error=OperationalError("", {}, Exception()))
    found = asked(desk_of(), works, [2, 3, 4])
    assert found[0] == 4
    assert all(isinstance(one, OperationalError) for one in found[1:])
    assert len(works.gathered) == 2


def test_after_a_fault_the_next_is_served() -> None:
    desk = desk_of()
    works = Works(refused=1)
    works.go.set()
    with pytest.raises(ValueError, match="1"):
        desk.do(1, works)
    assert desk.do(2, works) == 4


def test_whoever_lost_a_conflict_with_another_process_tries_alone() -> None:
    works = Works(refused=3, error=DatabaseContended(name="x"))
    first, second, third = asked(desk_of(), works, [2, 3, 4])
    assert (first, third) == (4, 16)
    assert isinstance(second, DatabaseContended)


def test_nobody_is_told_of_success_where_the_thread_that_worked_was_ended() -> None:
    works = Works(refused=3, error=SystemExit())
    found = asked(desk_of(), works, [2, 3, 4])
    assert [type(one) for one in found] == [int, SystemExit, SystemExit]
