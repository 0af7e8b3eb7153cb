"""Short Chinese texts are the hard case of character sets: few bytes, which are valid in several."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.crawl.decode import decode
from monitor.crawl.likelihood import cost
from tests.crawl.charsets import LABELS, MANY, MEANT, archived, cells, own

# Of 2,000, how many may be misread where the label lies and the bytes are valid in both sets: words of two characters.
LIES = {"big5": 40, "gbk": 8, "gb18030": 8, "utf-8": 0}


def test_our_own_headlines_are_exact_in_every_set_under_every_label() -> None:
    found = cells(own())
    assert set(found) == {(meant, label) for meant in MEANT for label in LABELS}
    assert {cell: wrong for cell, (_, wrong) in found.items() if wrong} == {}
    assert sum(tried for tried, _ in found.values()) > 3 * 400 * len(LABELS)


@pytest.mark.measured
def test_real_headlines_are_exact_unless_a_label_lies_about_two_characters(shared: Path) -> None:
    for (meant, label), (tried, wrong) in cells(archived(shared)).items():
        assert tried == MANY
        honest = label == meant or (meant in ("gbk", "gb18030") and label in ("gbk", "gb18030", ""))
        misread = [text for text in wrong if len(text.encode("gb18030", "ignore")) > 12]
        assert len(wrong) <= (0 if honest else LIES[meant]), (meant, label, wrong)
        assert len(misread) <= 8, (meant, label, misread)


FOREIGN = {
    "iso-8859-1": ["Explosion à l'usine, déjà 3 morts", "Café", "São Paulo", "Málaga: explosión", "£500m", "50 °C"],
    "windows-1252": ["“Quoted” – it’s done", "Überfall in Köln"],
    "windows-1251": ["Взрыв на заводе", "Москва", "Пожар в школе, погибли 3"],
    "koi8-r": ["Взрыв на заводе"],
    "iso-8859-7": ["Έκρηξη σε εργοστάσιο"],
    "euc-kr": ["공장 화재로 세 명 사망", "서울", "폭발 사고"],
    "shift_jis": ["工場で火災、三人死亡", "東京", "地震"],
    "euc-jp": ["東京で地震"],
}


@pytest.mark.parametrize(("charset", "text"), [(name, text) for name, texts in FOREIGN.items() for text in texts])
def test_words_of_other_languages_stay_what_they_are(charset: str, text: str) -> None:
    assert decode(text.encode(charset), content_type=f"text/html; charset={charset}").text == text
    for label in LABELS:
        assert decode(text.encode(), content_type=f"text/html; charset={label}").text == text, label


@pytest.mark.parametrize("sign", ["·", "A · B", "© 2026", "read on »", "a—b", "😀", "x ² y", "首页", "火"])
@pytest.mark.parametrize("label", LABELS)
def test_one_sign_in_utf_8_is_no_chinese_character_of_another_set(sign: str, label: str) -> None:
    assert decode(sign.encode(), content_type=f"text/html; charset={label}").text == sign


def test_a_team_s_name_around_one_word_is_not_taken_for_armenian() -> None:
    text = "WBG战胜JDG"
    assert text.encode("gbk").decode("utf-8") != text
    assert decode(text.encode("gbk"), content_type="text/html; charset=gbk").text == text


def test_utf_8_by_its_other_name_is_expected_too() -> None:
    assert decode("谢谢".encode(), content_type="text/html; charset=utf8").text == "谢谢"


@pytest.mark.parametrize(
    ("likelier", "other"),
    [("发生爆炸", "唏汜惪旃"), ("déjà", "ØáÂü"), ("Москва", "јЛЅ±"), ("受伤", "受\ufffd"), ("", "字")],
)
def test_what_somebody_wrote_costs_less_than_what_nobody_wrote(likelier: str, other: str) -> None:
    assert cost(likelier) < cost(other)


@given(first=st.text(), second=st.text())
def test_a_longer_text_never_costs_less(first: str, second: str) -> None:
    assert 0 <= cost(first) <= cost(first + " " + second) + 1e-6


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
@pytest.mark.parametrize("label", ["", "utf-8", "gbk"])
@given(at=st.integers(0, 40), broken=st.sampled_from([b"\xff", b"\xa0", b"\xe6", b"\xe6\x9f", b"\xc4"]))
def test_a_broken_byte_does_not_turn_a_text_into_another_set_s(
    charset: str, label: str, at: int, broken: bytes
) -> None:
    text = "某市一化工厂发生爆炸 已致3人遇难 救援仍在进行"
    body = text[:at].encode(charset) + broken + b" " + text[at:].encode(charset)
    found = decode(body, content_type=f"text/html; charset={label}").text
    assert sum(character in text for character in found) >= len(text) - 1
