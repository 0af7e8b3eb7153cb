"""Run each task in a thread of its own that does not keep the program from ending."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, wait
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Threads(Executor):
    """Starts what it is given at once. Whoever submits sees to it that there are not too many."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._under_way: set[Future[Any]] = set()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Begin the task."""
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        run = threading.Thread(target=_run, args=(future, lambda: fn(*args, **kwargs)), name=self._name, daemon=True)
        try:
            run.start()
        except RuntimeError as error:
            # The system gives no more threads: nobody shall wait for this one.
            future.set_exception(error)
            raise
        return future

    def settle(self, grace: float) -> bool:
        """Wait up to `grace` seconds for what is under way; tell whether all of it has ended."""
        return not wait(set(self._under_way), timeout=grace).not_done


def _run(future: Future[T], task: Callable[[], T]) -> None:
    try:
        result = task()
    except BaseException as error:  # noqa: BLE001 - whoever asks for the result gets it
        future.set_exception(error)
    else:
        future.set_result(result)
