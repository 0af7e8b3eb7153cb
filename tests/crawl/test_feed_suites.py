"""Every file of the public feed suites, served over HTTP and crawled: nothing raises, no entry is lost."""

import io
import json
import warnings
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest

from monitor.core.fetched import Outcome, Validators
from monitor.core.sources import FailureKind, Source, SourceKind
from monitor.crawl.fetch import crawl
from monitor.gate import Gate
from tests.crawl.site import Site

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TYPES = {".json": "application/json", ".html": "text/html"}
SHARES = 4


def reference(body: bytes, content_type: str) -> int:
    """Return how many entries feedparser itself sees."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return len(feedparser.parse(io.BytesIO(body), response_headers={"content-type": content_type}).entries)


@pytest.mark.parametrize("share", range(SHARES))
def test_no_entry_of_the_suites_is_lost(share: int, shared: Path, site: Site, gate: Gate) -> None:
    folder = shared / "data" / "feeds"
    lines = (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    files = [json.loads(line)["file"] for line in lines][share::SHARES]
    assert files
    crawled, lost, kinds = 0, [], set()
    for number, name in enumerate(files):
        body = (folder / name).read_bytes()
        content_type = TYPES.get(Path(name).suffix, "application/xml")
        url = site.page(f"/{number}", body, content_type)
        fetched = crawl(gate, Source(id="s", name="s", kind=SourceKind.FEED, url=url), Validators(), NOW)
        crawled += 1
        assert (fetched.outcome is Outcome.FAILED) == (fetched.reason is not None), name
        kinds.add(fetched.reason)
        if len(fetched.entries) + len(fetched.dropped) < reference(body, content_type):
            lost.append((name, fetched.reason, fetched.detail))
    assert crawled == len(files)
    assert not lost
    assert kinds <= {None, FailureKind.NOT_A_FEED, FailureKind.EMPTY, FailureKind.HOSTILE_XML}
