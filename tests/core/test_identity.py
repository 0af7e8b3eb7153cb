"""The same article is one Item, however its address is spelled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.identity import _canonical, canonical_url, is_plain, item_key
from monitor.core.sources import Identity
from monitor.crawl.entries import _address


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://News.Example:80/a/./b/../c.html#top", "http://news.example/a/c.html"),
        ("https://news.example", "https://news.example/"),
        ("https://news.example:443/x?", "https://news.example/x"),
        ("https://news.example/x?utm_source=a&id=7&spm=1.2&from=timeline", "https://news.example/x?id=7"),
        ("https://news.example/x?b=2&a=1", "https://news.example/x?a=1&b=2"),
        ("https://news.example/%7euser/%e4%b8%ad", "https://news.example/~user/%E4%B8%AD"),
        ("https://news.example/中?q=文", "https://news.example/%E4%B8%AD?q=%E6%96%87"),
        ("https://news.example/a%2Fb", "https://news.example/a%2Fb"),
        ("https://app.example/#!/story/1", "https://app.example/#!/story/1"),
        ("http://[::1]:8080/", "http://[::1]:8080/"),
        ("https://news.example./x", "https://news.example/x"),
        ("javascript:alert(1)", ""),
        ("ftp://news.example/x", ""),
        ("http://", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_canonical_addresses(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@given(st.text(max_size=50) | st.text(max_size=40).map(lambda path: "https://news.example/" + path))
def test_canonical_is_final_and_never_raises(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once


def key(
    *,
    source_id: str = "s",
    url: str = "",
    external_id: str = "",
    title: str = "",
    text: str = "",
    identity: Identity = Identity.AUTO,
) -> str:
    return item_key(source_id=source_id, url=url, external_id=external_id, title=title, text=text, identity=identity)


def test_an_address_is_the_same_item_in_every_source() -> None:
    one = key(source_id="a", url="http://news.example/1?utm_medium=x", external_id="7", title="旧题")
    other = key(source_id="b", url="https://NEWS.example/1", title="新题")
    assert one == other
    assert one != key(url="https://news.example/2")
    assert len(one) == 32


def test_ids_and_titles_belong_to_their_source() -> None:
    assert key(source_id="a", external_id="7") != key(source_id="b", external_id="7")
    assert key(source_id="a", title="某厂起火") != key(source_id="b", title="某厂起火")
    assert key(title="某厂　起火 ") == key(title="某厂起火")
    assert key(title="", text="甲") != key(title="", text="乙")


def test_a_source_can_say_what_counts() -> None:
    shared = "https://news.example/live"
    assert key(url=shared, external_id="1", identity=Identity.ID) != key(
        url=shared, external_id="2", identity=Identity.ID
    )
    assert key(url=shared, title="甲", identity=Identity.TITLE) != key(url=shared, title="乙", identity=Identity.TITLE)
    assert key(url=shared, title="甲", identity=Identity.URL) == key(url=shared, title="乙", identity=Identity.URL)


@given(st.from_regex(r"https?://[a-z0-9.-]{1,12}(:[0-9]{1,5})?/[A-Za-z0-9/._~-]{0,20}", fullmatch=True))
def test_an_address_that_looks_plain_is_its_own_form(url: str) -> None:
    if is_plain(url):
        assert _canonical(url) == url
        assert _address(url, "https://other.example/feed") == url


def test_most_addresses_look_plain() -> None:
    assert is_plain("https://news.example/2026/07/09/a_b-c.html")
    assert is_plain("http://127.1.0.2:4711/")
    for url in ("https://news.example", "https://news.example/a/../b", "https://News.example/", "http://a.example:80/"):
        assert not is_plain(url)
