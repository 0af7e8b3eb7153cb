"""What an answer held before is passed over without a loss: counted as seen, made again after any change."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.fetched import CharsetRule, Outcome, Validators
from monitor.core.sources import Source, SourceKind
from monitor.crawl.decode import Decoded
from monitor.crawl.entries import marked, marks_of
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


def test_a_newcomer_without_an_id_is_not_taken_for_one_whose_address_it_has(site: Site, gate: Gate) -> None:
    source = Source(id="s", name="s", kind=SourceKind.FEED, url=site.page("/f", feed("a", link="/same")))
    first = crawl(gate, source, Validators(), NOW)
    site.page("/f", feed("b", "a", link="/same"))
    second = crawl(gate, source, first.validators, NOW, familiar=first.marks)
    site.page("/f", feed("c", "b", "a", link="/same").replace("<guid>c</guid>", ""))
    third = crawl(gate, source, second.validators, NOW, familiar=second.marks)
    [newcomer] = [entry for entry in third.entries if entry.title == "c"]
    assert newcomer.key not in {entry.key for entry in (*first.entries, *second.entries)}


ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>{}</feed>'
ENTRY = "<entry><id>{0}</id><title>{0}</title><summary>{1}</summary></entry>"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            ATOM.format(ENTRY.format("a", "<![CDATA[<item>1</item><item>2</item>]]>") + ENTRY.format("OLD", "")),
            ATOM.format(ENTRY.format("a", "<![CDATA[<item>1</item><item>2</item>]]>") + ENTRY.format("NEW", "")),
        ),
        (
            '<rss version="2.0"><channel><item ><title>OLD</title></item><!-- <item>x</item> --></channel></rss>',
            '<rss version="2.0"><channel><item ><title>NEW</title></item><!-- <item>x</item> --></channel></rss>',
        ),
    ],
)
def test_what_only_looks_like_an_entry_stands_for_none(site: Site, gate: Gate, before: str, after: str) -> None:
    source = Source(id="s", name="s", kind=SourceKind.FEED, url=site.page("/f", before))
    first = crawl(gate, source, Validators(), NOW)
    assert "OLD" in [entry.title for entry in first.entries]
    site.page("/f", after)
    second = crawl(gate, source, first.validators, NOW, familiar=first.marks)
    assert "NEW" in [entry.title for entry in second.entries]


def test_more_entries_than_are_taken_are_not_taken_apart() -> None:
    assert pieces_of(feed(*map(str, range(2000)))) is not None
    assert pieces_of(feed(*map(str, range(2001)))) is None


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
OPENINGS = st.sampled_from(("<item>", "<item>", "<item>", "<item >", "<!-- <item>", "<entry>"))


@given(
    st.lists(st.tuples(OPENINGS, BODIES), max_size=4),
    st.lists(st.tuples(OPENINGS, BODIES), max_size=3),
    st.sampled_from(("", "<!-- x -->", "<!-- <item>y</item> -->", "<!--", "]]>")),
)
def test_nothing_new_is_passed_over_whatever_stands_in_a_document(
    old: list[tuple[str, str]], new: list[tuple[str, str]], head: str
) -> None:
    def document(bodies: list[tuple[str, str]]) -> str:
        items = "".join(
            f"{opening}<title>{body}</title><guid>{n}</guid></item>" for n, (opening, body) in enumerate(bodies)
        )
        return f'<rss version="2.0"><channel><title>t</title>{head}{items}</channel></rss>'

    def read(bodies: list[tuple[str, str]], known: Marks = NOTHING) -> RawDocument | None:
        text = document(bodies)
        try:
            return read_feed(text.encode(), Decoded(text, "utf-8", CharsetRule.UTF8), known=known)
        except Unreadable:
            return None

    first = read(old)
    known = marked(first, "https://x.example/") if first is not None and first.marks else {}
    # In place of what was there, and beside it.
    for bodies in ([*old, *new], [*new, *old[1:]]):
        whole, after = read(bodies), read(bodies, known)
        if whole is None:
            continue
        assert after is not None
        before = set(first.entries) if first is not None else set()
        marks = marks_of(after)
        made = {raw for raw, mark in zip(after.entries, marks, strict=True) if mark not in known}
        assert {raw for raw in whole.entries if raw not in before} <= made
        assert set(after.entries) <= set(whole.entries)
        assert len(after.entries) + len(after.passed) == len(whole.entries)
