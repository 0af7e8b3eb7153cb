"""Chinese headlines in every character set, under every label, right or wrong or none."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.fetched import CharsetRule
from monitor.crawl.decode import decode

SIMPLIFIED = "某市一化工厂凌晨发生爆炸，已致3人遇难、5人受伤，救援仍在进行"
TRADITIONAL = "某縣一處工地塌方，多人被困，消防人員正在全力搜救"
RARE = "堃镕㙍䶮𠮷"
LABELS = [
    "",
    "utf-8",
    "gb2312",
    "GBK",
    "gb18030",
    "big5",
    "iso-8859-1",
    "windows-1252",
    "us-ascii",
    "nonsense",
    "utf-7",
]


def page(text: str) -> str:
    return f'<?xml version="1.0"?><r>{text}</r>'


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("utf-8", SIMPLIFIED + TRADITIONAL + RARE),
        ("gbk", SIMPLIFIED),
        ("gbk", SIMPLIFIED + TRADITIONAL),
        ("gb18030", SIMPLIFIED + RARE),
        ("utf-16", SIMPLIFIED),
        ("utf-8-sig", SIMPLIFIED),
    ],
)
def test_mainland_texts_come_out_under_any_label(charset: str, text: str, label: str) -> None:
    body = page(text).encode(charset)
    content_type = f"text/xml; charset={label}" if label else "text/xml"
    assert decode(body, content_type=content_type).text == page(text)


@pytest.mark.parametrize("label", ["big5", "Big5-HKSCS", "", "utf-8", "gb2312", "iso-8859-1"])
def test_big5_comes_out_too(label: str) -> None:
    body = page(TRADITIONAL * 3).encode("big5")
    assert decode(body, content_type=f"text/html; charset={label}").text == page(TRADITIONAL * 3)


@pytest.mark.parametrize(
    ("body", "content_type", "rule"),
    [
        (b"plain", "", CharsetRule.UTF8),
        (SIMPLIFIED.encode(), "text/html; charset=gb2312", CharsetRule.UTF8),
        (SIMPLIFIED.encode("gbk"), "text/html; charset=gb2312", CharsetRule.DECLARED),
        (SIMPLIFIED.encode("gbk"), "text/html; charset=utf-8", CharsetRule.GB18030),
        (TRADITIONAL.encode("big5"), "", CharsetRule.BIG5),
        (b"\xef\xbb\xbf" + SIMPLIFIED.encode(), "text/html; charset=gbk", CharsetRule.BOM),
        ("<r>某</r>".encode("utf-16-le"), "", CharsetRule.WIDE),
        (("~{" + "1,").encode() + b"~}", "text/plain; charset=hz-gb-2312", CharsetRule.STATEFUL),
        (SIMPLIFIED.encode("gbk") + b"\xff\xff\xff<", "", CharsetRule.REPLACED),
        (b"", "", CharsetRule.UTF8),
    ],
)
def test_the_rule_that_decided_is_recorded(body: bytes, content_type: str, rule: CharsetRule) -> None:
    assert decode(body, content_type=content_type).rule is rule


@pytest.mark.parametrize(
    "head",
    [
        '<?xml version="1.0" encoding="gb2312"?>',
        '<html><head><meta charset="gbk">',
        '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">',
    ],
)
def test_declarations_inside_the_document_are_read_as_their_superset(head: str) -> None:
    found = decode((head + SIMPLIFIED + "镕堃").encode("gb18030"))
    assert (found.charset, found.rule) == ("gb18030", CharsetRule.DECLARED)
    assert found.text.endswith("镕堃")


def test_other_languages_keep_their_declared_sets() -> None:
    assert (
        decode("Explosion à l'usine, déjà".encode("latin-1"), content_type="; charset=iso-8859-1").text[-4:] == "déjà"
    )
    korean = "공장 화재로 세 명 사망"
    assert decode(korean.encode("euc-kr"), content_type="text/html; charset=euc-kr").text == korean
    japanese = "工場で火災、三人死亡"
    assert decode(japanese.encode("shift_jis"), content_type="text/html; charset=Shift_JIS").text == japanese


def test_a_few_broken_bytes_do_not_cost_the_page() -> None:
    body = (SIMPLIFIED * 20).encode("gbk") + b"\xff\xff<" + SIMPLIFIED.encode("gbk")
    found = decode(body)
    assert found.replaced
    assert found.text.startswith(SIMPLIFIED * 20)


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1), cut=st.integers(0, 3))
def test_a_body_cut_within_a_character_still_decodes(text: str, cut: int) -> None:
    body = (SIMPLIFIED + text).encode()
    found = decode(body[: len(body) - cut], cut=True)
    assert not found.replaced
    assert (SIMPLIFIED + text).startswith(found.text)


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
@pytest.mark.parametrize("cut", range(4))
def test_both_common_sets_survive_the_cut(charset: str, cut: int) -> None:
    body = (SIMPLIFIED + "𠮷").encode(charset)
    found = decode(body[: len(body) - cut], cut=True, content_type=f"text/xml; charset={charset}")
    assert found.text.startswith(SIMPLIFIED)


odd_labels = st.sampled_from([*LABELS, "euc-jp", "hz-gb-2312", "unicode", "base64", "idna"])


@given(body=st.binary(max_size=300), label=odd_labels)
def test_no_bytes_and_no_label_raise(body: bytes, label: str) -> None:
    found = decode(body, content_type=f"text/html; charset={label}")
    assert isinstance(found.text, str)
    assert decode(body, content_type=f"text/html; charset={label}") == found


@pytest.mark.parametrize("text", ["´", "é", "ü", "“”", "织", "Café", "´é"])
def test_what_says_that_it_is_utf8_and_can_be_is_nothing_else(text: str) -> None:
    document = f'<?xml version="1.0" encoding="utf-8"?><opml><outline text="{text}"/></opml>'
    assert decode(document.encode()).text == document
    assert decode(text.encode(), content_type="text/plain; charset=UTF-8").text == text


@pytest.mark.parametrize("gap", [" " * 8000, "charset=" * 1000, "charset= " * 900, '="' * 4000])
def test_a_declaration_without_an_end_is_given_up_in_linear_time(gap: str) -> None:
    began = time.thread_time()
    decode(b"<meta charset=" + gap.encode() + b"\xb8" * 60)
    decode(b"<meta charset=" + gap.encode() * 2)
    decode(b"\xb8" * 60, content_type=f"text/html; charset={gap * 20}")
    assert time.thread_time() - began < 1


@pytest.mark.parametrize("said", ['charset = " gb2312"', "charset=gb2312", "charset='gb2312'", "charset =  gb2312"])
def test_a_declaration_is_read_with_blanks_and_quotes(said: str) -> None:
    body = "甲".encode("gb18030")
    assert decode(body, content_type=f"text/html; {said}").charset == "gb18030"
    assert decode(f"<meta {said}>".encode() + body).charset == "gb18030"
