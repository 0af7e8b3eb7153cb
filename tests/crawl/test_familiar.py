"""What an answer held before is passed over without a loss: counted as seen, made again after any change."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.fetched import CharsetRule, Outcome, Validators
from monitor.core.sources import Source, SourceKind
from monitor.crawl.decode import Decoded
from monitor.crawl.entries import marked
from monitor.crawl.familiar import NOTHING, Marks, pieces_of
from monitor.crawl.feeds import read_feed
from monitor.crawl.fetch import crawl
from monitor.crawl.raw import RawDocument, Unreadable
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
    assert len(crawl(gate, ranked, Validators(), NOW, familiar=dict.fromkeys(map(hash, known.entries), 0)).entries) == 2


def test_a_newcomer_with_the_address_of_one_that_is_known_is_told_apart_from_it(site: Site, gate: Gate) -> None:
    source = Source(id="s", name="s", kind=SourceKind.FEED, url=site.page("/f", feed("b", "a")))
    first = crawl(gate, source, Validators(), NOW)
    grown = feed("c", "b", "a").replace("<link>/c<", "<link>/b<")
    site.page("/f", grown)
    after = crawl(gate, source, first.validators, NOW, familiar=first.marks).entries
    anew = crawl(gate, source, Validators(), NOW).entries
    assert [entry.key for entry in after if entry.title == "c"] == [anew[0].key]
    assert anew[0].key not in [entry.key for entry in first.entries]


def test_an_entry_is_known_again_where_it_has_become_the_last(site: Site, gate: Gate) -> None:
    def lines(*titles: str) -> str:
        return feed(*titles).replace("</item>", "</item>\n  ")

    source = Source(id="s", name="s", kind=SourceKind.FEED, url=site.page("/f", lines("b", "a").rstrip()))
    first = crawl(gate, source, Validators(), NOW)
    site.page("/f", lines("c", "b").replace("\n  </channel>", "</channel>"))
    second = crawl(gate, source, first.validators, NOW, familiar=first.marks)
    assert ([entry.title for entry in second.entries], second.familiar) == (["c"], 1)


def test_where_nothing_is_new_though_the_document_is_another_all_is_counted(site: Site, gate: Gate) -> None:
    source = Source(id="s", name="s", kind=SourceKind.FEED, url=site.page("/f", feed("b", "a")))
    first = crawl(gate, source, Validators(), NOW)
    site.page("/f", feed("b", "a").replace("<channel>", "<channel><ttl>60</ttl>"))
    second = crawl(gate, source, first.validators, NOW, familiar=first.marks)
    assert (second.outcome, second.entries, second.familiar, second.marks) == (Outcome.ITEMS, (), 2, first.marks)


WORDS = ("a", "b<", "]]>", "<![CDATA[", "</item>", "<item>", "<item >", "<!--", "-->", "\n", "<entry>", "&amp;", "x")


@given(st.lists(st.sampled_from(WORDS), max_size=12).map("".join))
def test_what_can_be_taken_apart_is_put_together_to_the_letter(text: str) -> None:
    pieces = pieces_of(text)
    assert pieces is None or pieces.text == text


BODIES = st.lists(st.sampled_from(WORDS), max_size=5).map("".join)


@given(st.lists(BODIES, max_size=4), st.lists(BODIES, max_size=3))
def test_nothing_new_is_passed_over_whatever_stands_in_a_document(old: list[str], new: list[str]) -> None:
    def document(bodies: list[str]) -> str:
        items = "".join(f"<item><title>{body}</title><guid>{n}</guid></item>" for n, body in enumerate(bodies))
        return f'<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'

    def read(bodies: list[str], known: Marks = NOTHING) -> RawDocument | None:
        text = document(bodies)
        try:
            return read_feed(text.encode(), Decoded(text, "utf-8", CharsetRule.UTF8), known=known)
        except Unreadable:
            return None

    first = read(old)
    known = marked(first, "https://x.example/") if first is not None and first.marks else {}
    whole, after = read([*old, *new]), read([*old, *new], known)
    if whole is None:
        return
    assert after is not None
    before = set(first.entries) if first is not None else set()
    assert {raw for raw in whole.entries if raw not in before} <= set(after.entries)
    assert set(after.entries) <= set(whole.entries)
    assert len(after.entries) + len(after.passed) == len(whole.entries)
