"""What an answer held before is passed over without a loss: counted as seen, made again after any change."""

from datetime import UTC, datetime

from monitor.core.fetched import Outcome, Validators
from monitor.core.sources import Source, SourceKind
from monitor.crawl.fetch import crawl
from monitor.gate import Gate
from tests.crawl.site import Site

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def feed(*titles: str, link: str = "") -> str:
    items = "".join(
        f"<item><title>{title}</title><link>{link or f'/{title}'}</link><guid>{title}</guid></item>" for title in titles
    )
    return f'<rss version="2.0"><channel>{items}</channel></rss>'


def test_only_what_is_new_is_made_and_all_is_counted(site: Site, gate: Gate) -> None:
    source = Source(id="s", name="s", kind=SourceKind.FEED, url=site.page("/f", feed("b", "a")))
    first = crawl(gate, source, Validators(), NOW)
    assert [entry.title for entry in first.entries] == ["b", "a"]
    site.page("/f", feed("c", "b", "a"))
    second = crawl(gate, source, first.validators, NOW, familiar=first.marks)
    assert (second.outcome, [entry.title for entry in second.entries], second.familiar) == (Outcome.ITEMS, ["c"], 2)
    site.page("/f", feed("c", "b", "a").replace("<title>a", "<title>a, changed"))
    third = crawl(gate, source, second.validators, NOW, familiar=second.marks)
    assert [entry.title for entry in third.entries] == ["a, changed"]


def test_a_newcomer_with_an_address_that_others_share_keeps_its_own_key(site: Site, gate: Gate) -> None:
    source = Source(id="s", name="s", kind=SourceKind.FEED, url=site.page("/f", feed("b", "a", link="/same")))
    first = crawl(gate, source, Validators(), NOW)
    site.page("/f", feed("c", "b", "a", link="/same"))
    after = crawl(gate, source, first.validators, NOW, familiar=first.marks).entries
    anew = crawl(gate, source, Validators(), NOW).entries
    assert after[0].key == anew[0].key


def test_where_something_is_dropped_or_ranked_everything_is_made_each_time(site: Site, gate: Gate) -> None:
    url = site.page("/f", feed("b", "a", "a"))
    source = Source(id="s", name="s", kind=SourceKind.FEED, url=url)
    found = crawl(gate, source, Validators(), NOW)
    assert found.dropped
    assert not found.marks
    ranked = Source(id="s", name="s", kind=SourceKind.FEED, url=site.page("/g", feed("b", "a")), ranked=True)
    known = crawl(gate, ranked, Validators(), NOW)
    assert not known.marks
    assert len(crawl(gate, ranked, Validators(), NOW, familiar=frozenset(map(hash, known.entries))).entries) == 2
