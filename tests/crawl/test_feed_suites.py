"""Every file of the public feed suites, served over HTTP and crawled: no entry is lost, every text is what it means."""

import io
import json
import time
import warnings
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest

from monitor.core.fetched import Entry, Outcome, Validators
from monitor.core.sources import FailureKind, Source, SourceKind
from monitor.crawl.fetch import crawl
from monitor.crawl.plain import plain, plain_line
from monitor.gate import Gate
from tests.crawl.feed_gold import Meant, meant
from tests.crawl.site import Site

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TYPES = {".json": "application/json", ".html": "text/html"}
SHARES = 4
SLOWEST = 1.0
# Where another reading than the suite's is right, or feedparser's own is kept.
OTHERWISE = {
    "http_item_link_base_docuri.xml": "means the address at which its own test serves it",
    "item_description_and_summary.xml": "has two texts, of which the longer is kept",
    "item_description_not_a_doctype.xml": "is a comment to every browser",
    "entry_summary_iframe.xml": "shows what stands in a frame, which no browser does",
    "entry_content_iframe.xml": "shows what stands in a frame, which no browser does",
    "rss_channel_item_uri_at_protocol.xml": "has an attribute that feedparser takes for the address",
    "issue_275_extensions_and_source.xml": "has markup of its own for a text",
}


def reference(body: bytes, content_type: str) -> int:
    """Return how many entries feedparser itself sees."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return len(feedparser.parse(io.BytesIO(body), response_headers={"content-type": content_type}).entries)


def in_plain_words(one: Meant) -> str:
    """Return what a field must come out as."""
    return {"title": plain_line, "text": plain}.get(one.field, str)(one.said)


def says(entries: tuple[Entry, ...], one: Meant) -> bool:
    """Tell whether an entry says what it is meant to."""
    if one.entry >= len(entries):
        return False
    entry = entries[one.entry]
    said = {"title": entry.title, "text": entry.text, "link": entry.url, "id": entry.external_id}
    return said[one.field] == in_plain_words(one)


@pytest.mark.parametrize("share", range(SHARES))
def test_no_entry_of_the_suites_is_lost_and_every_text_is_exact(
    share: int, shared: Path, site: Site, gate: Gate
) -> None:
    folder = shared / "data" / "feeds"
    lines = (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    files = [json.loads(line)["file"] for line in lines][share::SHARES]
    assert files
    # The process that reads what the strict parser refuses is started by the first that needs it.
    crawl(gate, Source(id="s", name="s", kind=SourceKind.FEED, url=site.page("/first", "<rss>")), Validators(), NOW)
    crawled, checked, lost, wrong, slow, kinds = 0, 0, [], [], [], set()
    for number, name in enumerate(files):
        body = (folder / name).read_bytes()
        content_type = TYPES.get(Path(name).suffix, "application/xml")
        url = site.page(f"/{number}", body, content_type)
        began = time.perf_counter()
        fetched = crawl(gate, Source(id="s", name="s", kind=SourceKind.FEED, url=url), Validators(), NOW)
        slow += [name] if time.perf_counter() - began > SLOWEST else []
        crawled += 1
        assert (fetched.outcome is Outcome.FAILED) == (fetched.reason is not None), name
        kinds.add(fetched.reason)
        if len(fetched.entries) + len(fetched.dropped) < reference(body, content_type):
            lost.append((name, fetched.reason, fetched.detail))
        fields = [one for one in meant(folder / name) if in_plain_words(one)]
        if Path(name).name not in OTHERWISE:
            checked += len(fields)
            wrong += [(name, one) for one in fields if not says(fetched.entries, one)]
    assert crawled == len(files)
    assert not lost
    assert not wrong
    assert checked > 50
    assert not slow
    assert kinds <= {None, FailureKind.NOT_A_FEED, FailureKind.EMPTY, FailureKind.HOSTILE_XML}
