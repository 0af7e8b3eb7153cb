"""Do together what several threads ask at the same time: a transaction costs more than a row.

Whoever comes first does it for those who have come by then; nobody goes on before his own is done. How much is done at
a time is limited, because others want to write meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Generic, TypeVar

from sqlalchemy.exc import OperationalError

from monitor.core.errors import Mistake
from monitor.store.database_faults import DatabaseContended

T = TypeVar("T")
R = TypeVar("R")


@dataclass(slots=True)
class _Turn(Generic[T, R]):
    asked: T
    done: bool = False
    result: R | None = None
    error: BaseException | None = None


@dataclass(slots=True)
class Together(Generic[T, R]):
    """Gathers what is asked while something else is being done, as far as it weighs no more than `most` together."""

    weight: Callable[[T], int]
    most: int
    _waiting: list[_Turn[T, R]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _working: threading.Lock = field(default_factory=threading.Lock)

    def do(self, one: T, work: Callable[[Sequence[T]], Sequence[R]]) -> R:
        """Return what `work` makes of `one`; raise what prevents that.

        `work` does everything it is given or nothing. Where something in one of several prevents that, each is done by
        itself.
        """
        mine: _Turn[T, R] = _Turn(one)
        with self._lock:
            self._waiting.append(mine)
        while not mine.done:
            with self._working:
                if not mine.done:
                    self._work(self._next(), work)
        if mine.error is not None:
            try:
                raise mine.error
            finally:
                # Else what was raised and this frame would hold each other, and all that was asked.
                del mine
        return mine.result  # type: ignore[return-value] # it is what `work` returned

    def _next(self) -> list[_Turn[T, R]]:
        """Return those whose turn it is: the first, and those behind it that may be done with it."""
        with self._lock:
            weights = accumulate(self.weight(turn.asked) for turn in self._waiting)
            count = max(1, sum(weight <= self.most for weight in weights))
            turns, self._waiting = self._waiting[:count], self._waiting[count:]
            return turns

    def _work(self, turns: Sequence[_Turn[T, R]], work: Callable[[Sequence[T]], Sequence[R]]) -> None:
        try:
            for turn, result in zip(turns, work([turn.asked for turn in turns]), strict=True):
                turn.result = result
        except BaseException as error:  # noqa: BLE001 - raised in the thread that asked
            if len(turns) > 1 and _may_be_of_one(error):
                for turn in turns:
                    self._work([turn], work)
            else:
                for turn in turns:
                    turn.error = error
        finally:
            for turn in turns:
                turn.done = True


def _may_be_of_one(error: BaseException) -> bool:
    """Tell whether what failed may be the fault of one, or met one only: not where the database itself fails."""
    if isinstance(error, DatabaseContended):
        return True
    return isinstance(error, Exception) and not isinstance(error, (OperationalError, Mistake))
