"""Stories told on a loop of asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def in_a_thread(story: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a story in a thread of its own: where a browser is open, this one has a loop that runs already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(story())).result()
