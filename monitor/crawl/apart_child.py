"""The program of the children that read hostile documents: a job comes in, its answer goes out, until nothing comes."""

from __future__ import annotations

import json
import resource
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from monitor.core.sources import FailureKind
from monitor.crawl.apart import ANSWER, HEAD
from monitor.crawl.loose import read_loosely
from monitor.crawl.raw import Unreadable

# What no feed of the longest body needs: a broken one of 8 MB with 2,000 entries takes feedparser 100 MB.
MEGABYTES = 400


def main() -> None:
    """Serve until the standard input ends."""
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = _address_space() + MEGABYTES * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while head := source.read(HEAD.size):
        facts_size, body_size = HEAD.unpack(head)
        facts = json.loads(source.read(facts_size))
        _allow_time(int(facts["seconds"]))
        answer = json.dumps(_answer(source.read(body_size), facts)).encode("ascii")
        _send(sink, answer)


def _send(sink: IO[bytes], answer: bytes) -> None:
    sink.write(ANSWER.pack(len(answer)) + answer)
    sink.flush()


def _answer(body: bytes, facts: Mapping[str, Any]) -> dict[str, Any]:
    try:
        document = read_loosely(body, decoded=facts["decoded"], content_type=facts["content_type"])
        found: dict[str, Any] = {
            "entries": [[e.title, e.link, e.external_id, e.text, e.time] for e in document.entries],
            "base": document.base,
            "ttl": document.ttl.total_seconds(),
        }
    except Unreadable as unreadable:
        found = {"kind": unreadable.kind.value, "detail": unreadable.detail}
    except Exception as error:  # noqa: BLE001 - whatever a hostile document breaks in a parser costs this document only
        found = {"kind": FailureKind.UNREADABLE.value, "detail": f"{type(error).__name__}: {error}"[:200]}
    return found | {"megabytes": _most_megabytes()}


def _most_megabytes() -> int:
    """Return how much memory this process has needed at most. The system's own count begins with that of its parent."""
    status = Path("/proc/self/status")
    said = status.read_text() if status.exists() else ""
    known = next((line.split()[1] for line in said.splitlines() if line.startswith("VmHWM:")), None)
    return int(known or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) // 1024


def _allow_time(seconds: int) -> None:
    """Allow the next job so much processor time; beyond it, the system ends this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def _address_space() -> int:
    """Return what this process has reserved so far, in bytes; a usual figure where the system does not tell."""
    status = Path("/proc/self/statm")
    if not status.exists():
        return 1024**3
    return int(status.read_text().split()[0]) * resource.getpagesize()


if __name__ == "__main__":
    main()
