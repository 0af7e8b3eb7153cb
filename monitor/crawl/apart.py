"""Have hostile documents read in processes of their own, which may fail, eat memory and hang without harm.

feedparser's time and memory follow no bound: a megabyte of nested tags keeps it busy for minutes. So it runs in one of
a few children of ours that live on. Each job has a limit of processor time, each child one of memory; one that breaks a
limit is ended by the system, its document counts as unreadable, and the next job gets a new child. The children get
the bytes on their standard input, know none of our secrets, and answer in JSON: whoever could take one over would have
gained a process that can tell us lies about one feed.
"""

from __future__ import annotations

import atexit
import json
import os
import queue
import struct
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from monitor.core.sources import FailureKind
from monitor.crawl.raw import RawDocument, RawEntry, Unreadable

CHILD = "monitor.crawl.apart_child"
AT_ONCE = 2
# Processor time for one document: a broken one of 8 MB with 2,000 entries takes feedparser three seconds.
SECONDS = 5
# Against a child that waits for something without working, which it never should.
LONGEST_WAIT = 60.0
LONGEST_CLOSING = 5.0
# A child that once needed so much does not give it back.
MOST_KEPT_MB = 200
HEAD = struct.Struct(">II")
ANSWER = struct.Struct(">I")
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "SYSTEMROOT", "VIRTUAL_ENV")


class _Child:
    """One process that reads; one thread uses it at a time."""

    def __init__(self) -> None:
        here = Path(__file__).parents[2]
        known = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        self._process = subprocess.Popen(  # noqa: S603 - our own program, with no word of anybody else's
            [sys.executable, "-m", CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=known | {"PYTHONPATH": str(here), "PYTHONDONTWRITEBYTECODE": "1"},
        )

    @property
    def pid(self) -> str:
        """Its number, as the system names it."""
        return str(self._process.pid)

    def ask(self, facts: bytes, body: bytes) -> dict[str, Any] | None:
        """Return the answer to one job, None where the child has ended over it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        watch = threading.Timer(LONGEST_WAIT, self._process.kill)
        watch.daemon = True
        watch.start()
        try:
            self._process.stdin.write(HEAD.pack(len(facts), len(body)) + facts + body)
            self._process.stdin.flush()
            size = _exactly(self._process.stdout, ANSWER.size)
            answer = _exactly(self._process.stdout, ANSWER.unpack(size)[0]) if size else b""
        except OSError:
            return None
        finally:
            watch.cancel()
        return dict(json.loads(answer)) if answer else None

    def kill(self) -> None:
        """Have the process end; the thread that uses it clears up."""
        self._process.kill()

    def end(self) -> None:
        """End the process, whatever it is at."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    # What could not be written any more went to nobody.
                    continue
        self._process.wait()


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    """Return `size` bytes, or nothing where the other side ends before."""
    found = pipe.read(size)
    return found if len(found) == size else b""


@dataclass(slots=True)
class Apart:
    """A few children, begun when they are first needed; safe to use from many threads."""

    at_once: int = AT_ONCE
    seconds: int = SECONDS
    _idle: queue.LifoQueue[_Child | None] = field(default_factory=queue.LifoQueue)
    _alive: set[_Child] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closed: bool = False

    def __post_init__(self) -> None:
        for _ in range(self.at_once):
            self._idle.put(None)

    def read(self, body: bytes, text: str | None, content_type: str) -> RawDocument:
        """Return what feedparser makes of a document; raise Unreadable.

        `text` is the document decoded, None where its bytes are all that is known.
        """
        facts = json.dumps(
            {"decoded": text is not None, "content_type": content_type, "seconds": self.seconds}
        ).encode()
        data = body if text is None else text.encode("utf-8", "replace")
        child = self._idle.get()
        try:
            child = self._at_work(child)
            answer = child.ask(facts, data)
            if answer is None or answer["megabytes"] > MOST_KEPT_MB:
                self._end(child)
                child = None
        except BaseException:
            if child is not None:
                self._end(child)
            child = None
            raise
        finally:
            self._idle.put(child)
        if answer is None:
            raise Unreadable(FailureKind.UNREADABLE, "reading it took more time or memory than any feed needs")
        return _document(answer)

    @property
    def pids(self) -> list[str]:
        """The numbers of the children that wait for a job."""
        with self._idle.mutex:
            return [child.pid for child in self._idle.queue if child is not None]

    def close(self) -> None:
        """End the children, whatever they are at; none is begun any more, and who waits for one is refused."""
        with self._lock:
            self._closed = True
            children = list(self._alive)
        for one in children:
            one.kill()
        self.dismiss()

    def dismiss(self) -> None:
        """End the children as they come free, within a few seconds; later ones are begun anew."""
        until = time.monotonic() + LONGEST_CLOSING
        free = 0
        with suppress(queue.Empty):
            while free < self.at_once:
                child = self._idle.get(timeout=max(0.0, until - time.monotonic()))
                free += 1
                if child is not None:
                    self._end(child)
        for _ in range(free):
            self._idle.put(None)

    def _at_work(self, child: _Child | None) -> _Child:
        """Return a child for a job, a new one where there is none."""
        with self._lock:
            if self._closed:
                raise Unreadable(FailureKind.UNREADABLE, "nothing is read any more: the process ends")
            if child is None:
                child = _Child()
                self._alive.add(child)
            return child

    def _end(self, child: _Child) -> None:
        child.end()
        with self._lock:
            self._alive.discard(child)


def _document(answer: dict[str, Any]) -> RawDocument:
    if "kind" in answer:
        raise Unreadable(FailureKind(answer["kind"]), str(answer["detail"])[:200])
    entries = tuple(
        RawEntry(title=title, link=link, external_id=identifier, text=text, time=time)
        for title, link, identifier, text, time in answer["entries"]
    )
    return RawDocument(entries, base=str(answer["base"]), ttl=timedelta(seconds=answer["ttl"]))


READERS = Apart()
atexit.register(READERS.close)
