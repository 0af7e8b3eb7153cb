"""No text hides anything, no cut tears a character, no address carries markup."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.channels.safe_text import CUT_MARK, cut, harmless, head, one_line, utf8_size, visible, web_address
from tests.responders.channels.messages import HOSTILE
from tests.responders.fakes.markup import hidden, live

ANY = st.text(alphabet=st.characters(codec=None), max_size=200)  # half surrogates and controls too


@given(ANY)
def test_visible_text_hides_nothing_and_can_be_encoded(text: str) -> None:
    shown = visible(text)
    assert hidden(shown.replace("\n", "")) == []
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert visible(shown) == shown


@given(ANY)
def test_one_line_is_one_line_and_never_empty(text: str) -> None:
    shown = one_line(text)
    assert shown.splitlines() == [shown]
    assert shown.strip() == shown != ""


def test_ordinary_text_is_left_alone() -> None:
    ordinary = "某市A区“7·9”火灾（较大）：2人死亡、1人失联；👨‍👩‍👧 é"
    assert one_line(ordinary) == visible(ordinary) == harmless(ordinary) == ordinary


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE.keys())
def test_harmless_text_has_nothing_live(title: str) -> None:
    assert live(harmless(title)) == []


@given(st.text(alphabet="[]()<>*_`~#@!&;|\\-+=> \n13al:/.ht", max_size=60))
def test_no_mixture_of_markup_is_live(text: str) -> None:
    assert live(harmless(text)) == []


@given(ANY, st.integers(10, 100))
def test_a_cut_keeps_the_limit_and_shows_its_mark(text: str, limit: int) -> None:
    shown = visible(text)
    for size in (len, utf8_size):
        result = cut(shown, limit, size=size)
        assert size(result) <= limit
        if size(shown) <= limit:
            assert result == shown
        else:
            assert result.endswith(CUT_MARK)
            assert shown.startswith(result.removesuffix(CUT_MARK))


@pytest.mark.parametrize("limit", range(30))
def test_no_cut_tears_a_family_a_skin_tone_or_an_accent(limit: int) -> None:
    text = "👩‍👩‍👧‍👦e\u0301👍🏽" * 4
    whole = {"👩‍👩‍👧‍👦", "e\u0301", "👍🏽"}
    rest = head(text, limit)
    while rest:
        first = next((one for one in whole if rest.startswith(one)), None)
        assert first is not None, f"torn: {[unicodedata.name(c, hex(ord(c))) for c in rest]}"
        rest = rest.removeprefix(first)


@given(
    st.lists(
        st.sampled_from(["见", "https://duty.example.org/incidents/12?tab=log", "，", "http://h.cn/a", " ", "🇨🇳"])
    ),
    st.integers(12, 200),
)
def test_no_cut_tears_an_address_or_a_flag(pieces: list[str], limit: int) -> None:
    text = "始" + "".join(pieces)
    for size, longest in ((len, limit), (utf8_size, 3 * limit)):
        kept = head(text, longest, size=size)
        assert size(kept) <= longest
        assert text.startswith(kept)
        whole = re.findall(r"https?://[!-~]+", text)
        assert [one for one in re.findall(r"https?:?/?/?[!-~]*", kept) if one not in whole] == []
        assert sum("\U0001f1e6" <= c <= "\U0001f1ff" for c in kept) % 2 == 0


def test_an_address_longer_than_the_room_is_torn_all_the_same() -> None:
    assert len(head("https://h.example/" + "x" * 500, 100)) == 100


def test_a_pile_of_accents_is_cut_all_the_same() -> None:
    assert len(head("e" + "\u0301" * 5000, 100)) == 100


@pytest.mark.parametrize(
    ("given_url", "address"),
    [
        ("https://duty.example.org/incidents/12?tab=log#top", "https://duty.example.org/incidents/12?tab=log#top"),
        ("https://事故.example.org/报告", "https://xn--3kqx76c.example.org/%E6%8A%A5%E5%91%8A"),
        ("http://h.example/a b(c)[d]<e>|f*_`", "http://h.example/a%20b%28c%29%5Bd%5D%3Ce%3E%7Cf%2A_%60"),
        ("http://user:secret@h.example/x", "http://h.example/x"),
        ("http://[2001:db8::1]:8080/x", "http://[2001:db8::1]:8080/x"),
        ("HTTPS://H.example", "https://h.example"),
    ],
)
def test_a_web_address_is_made_inert(given_url: str, address: str) -> None:
    assert web_address(given_url) == address


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//h.example", "file:///etc/passwd", "https://", "x", "",
     "http://h.example:99999/", "http://<at>/", "http://h ost/", "https://h.example/" + "x" * 3000,
     "\x01javascript:alert(1)", "http://a..b/", "vbscript:x"],
)  # fmt: skip
def test_what_is_no_web_address_becomes_no_link(url: str) -> None:
    assert web_address(url) is None
