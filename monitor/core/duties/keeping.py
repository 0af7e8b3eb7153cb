"""Keep the last answer of a function that is asked the same question several times in a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")
T = TypeVar("T")


def last_kept(asked: Callable[[A, B], Iterable[T]]) -> Callable[[A, B], tuple[T, ...]]:
    """Let a pure function of two values that never change answer at once where it is asked about the same two again.

    The very same objects, not equal ones. Threads may share it: the answer is kept with its question, in one piece.
    """
    last: list[tuple[A, B, tuple[T, ...]] | None] = [None]

    @wraps(asked)
    def answer(first: A, second: B) -> tuple[T, ...]:
        kept = last[0]
        if kept is not None and kept[0] is first and kept[1] is second:
            return kept[2]
        found = tuple(asked(first, second))
        last[0] = (first, second, found)
        return found

    return answer
