"""Feeds made to exhaust whoever reads them: what each costs, here and in the child that reads for us."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from monitor.core.sources import Source, SourceKind
from monitor.crawl.apart import READERS
from monitor.crawl.decode import decode
from monitor.crawl.entries import ready
from monitor.crawl.feeds import read_feed
from monitor.crawl.fetch import LONGEST_BODY
from monitor.crawl.raw import Unreadable
from tests.reliability.stage import Row, Stage

SECONDS, MEGABYTES = 1.0, 100
HEAD = '<rss version="2.0"><channel>'
ITEM = f"{HEAD}<item><title>"
END = "</item></channel></rss>"


def _laughs() -> str:
    nested = "<!ENTITY a 'ha'>" + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(12))
    return f"<!DOCTYPE rss [{nested}]>{ITEM}&m;</title>{END}"


SHAPES: dict[str, Callable[[], str]] = {
    "1,000,000 deep": lambda: ITEM + "<b>" * 1_000_000,
    "200,000 deep": lambda: ITEM + "<b>" * 200_000,
    "an attribute of 5 MB": lambda: f'<rss version="2.0" x="{"a" * 5_000_000}">{ITEM}x</title>{END}',
    "an attribute that does not end": lambda: f'{HEAD}<item><title a="' + "a " * 2_500_000,
    "600,000 attributes": lambda: "<rss " + " ".join(f'a{n}="1"' for n in range(600_000)) + f">{ITEM}x</title>{END}",
    "billion laughs": _laughs,
    "quadratic entities": lambda: f'<!DOCTYPE r [<!ENTITY a "{"x" * 900}">]>{ITEM}{"&a;" * 100_000}</title>{END}',
    "500,000 entries": lambda: HEAD + "<item/>" * 500_000 + "</channel></rss>",
    "200,000 entries, broken": lambda: HEAD + "<item><title>a&x</title></item>" * 200_000,
    "7 MB in one CDATA": lambda: (
        f"{ITEM}x</title><description><![CDATA[{'<p>ab &amp; cd' * 500_000}]]></description>{END}"
    ),
    "200,000 tags in an entry": lambda: f"{ITEM}x&y</title><description>{'&lt;div&gt;&lt;a href=x&gt;' * 100_000}{END}",
    "8,000,000 opening marks": lambda: ITEM + "<" * 8_000_000,
    "8,000,000 ampersands": lambda: ITEM + "&" * 8_000_000,
    "1,000,000 declarations": lambda: HEAD + "<!A " * 1_000_000,
    "1,000,000 comments": lambda: HEAD + "<!--" * 1_000_000,
    "100,000 namespaces": lambda: HEAD + "".join(f'<a{n}:b xmlns:a{n}="u"/>' for n in range(100_000)),
    "400,000 contents of an Atom entry": lambda: (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry>' + "<content/>" * 400_000
    ),
}
PLAIN = b"<rss><channel><item><title>a&b</title></item></channel></rss>"


def row(stage: Stage, seed: int) -> Row:
    """Read each; say which took more than it should, and where."""
    if stage.server is not None:
        return Row("hostile feeds", stage.kind, "-", "no database is involved", held=True, seed=seed)
    began, over, longest, most = time.monotonic(), list[str](), 0.0, 0
    for name, make in SHAPES.items():
        READERS.dismiss()
        _read(PLAIN)
        taken, grown, child = _cost(make().encode()[:LONGEST_BODY])
        longest, most = max(longest, taken), max(most, grown, child)
        if taken > SECONDS or max(grown, child) > MEGABYTES:
            over.append(f"{name} {taken:.1f} s, {grown} MB here, {child} MB in the child")
    measured = f"{len(SHAPES) - len(over)} of {len(SHAPES)} kept; longest {longest:.1f} s, most {most} MB"
    measured += f"; over: {'; '.join(over)}" if over else ""
    wanted = f"each under {SECONDS:g} s and {MEGABYTES} MB"
    return Row("hostile feeds of up to 8 MB", stage.kind, wanted, measured, not over, seed, time.monotonic() - began)


def _cost(body: bytes) -> tuple[float, int, int]:
    """Return the seconds, and by how many megabytes this process and its child have grown."""
    before, child = _memory("self"), {pid: _memory(pid) for pid in READERS.pids}
    Path("/proc/self/clear_refs").write_text("5")
    at = time.perf_counter()
    _read(body)
    taken = time.perf_counter() - at
    grown = max((_memory(str(pid), "VmHWM") - child[pid] for pid in READERS.pids if pid in child), default=0)
    return taken, max(0, _memory("self", "VmHWM") - before), grown


def _read(body: bytes) -> None:
    source = Source(id="s", name="s", kind=SourceKind.FEED, url="http://x.example/")
    with suppress(Unreadable):
        document = read_feed(body, decode(body), content_type="application/xml")
        ready(source, document, url=source.url, now=datetime.now(UTC))


def _memory(pid: str, name: str = "VmRSS") -> int:
    status = Path(f"/proc/{pid}/status")
    lines: Iterator[str] = iter(status.read_text().splitlines()) if status.exists() else iter(())
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith(name)), 0)
