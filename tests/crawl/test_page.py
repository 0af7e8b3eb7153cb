"""A page costs by its length, whatever its shape; one that would not is refused before it is parsed."""

from __future__ import annotations

import time

import pytest

from monitor.core.sources import FailureKind
from monitor.crawl.page import MOST_ATTRIBUTES, MOST_ELEMENTS, tree_of
from monitor.crawl.raw import Unreadable
from monitor.crawl.tag_scan import most_attributes

MANY = range(MOST_ATTRIBUTES + 10)


@pytest.mark.parametrize(
    "tag",
    [
        "<div " + " ".join(f"a{n}=1" for n in range(400_000)) + ">",
        "<div " + " ".join(f"a{n}" for n in MANY) + ">",
        "<div" + "".join(f"/a{n}" for n in MANY) + ">",
        "<div " + "".join(f"a{n}='1'" for n in MANY) + ">",
        "<div " + "\t".join(f'a{n}="/"' for n in MANY),
        "<p x='>' " + " ".join(f"a{n}" for n in range(60_000)) + ">",
        '<p " ' + " ".join(f"a{n}" for n in range(60_000)) + ' ">',
        '<p x="<script" ' + " ".join(f"a{n}" for n in range(60_000)) + ' y="</script">',
        "<title><p " + " ".join(f"a{n}" for n in range(60_000)) + "></title>",
        "<\x01p " + " ".join(f"a{n}" for n in range(60_000)) + ">",
        "<!--><p " + " ".join(f"a{n}" for n in range(60_000)) + "> -->",
        "<!-- --><p x = '<!--' " + " ".join(f"a{n}" for n in range(60_000)) + ' y="-->">',
    ],
)
def test_a_tag_of_countless_attributes_is_refused_before_it_is_parsed(tag: str) -> None:
    began = time.process_time()
    with pytest.raises(Unreadable, match="attributes in a tag") as failure:
        tree_of(f"<html><body>{tag}文")
    assert failure.value.kind is FailureKind.TOO_LARGE
    assert time.process_time() - began < 1


def test_a_picture_within_the_page_and_a_long_script_are_nothing_monstrous() -> None:
    picture = f"<img src='data:image/png;base64,{'ab/+' * 100_000}' alt=x>"
    script = "<script>if (a<b) {" + "x = 1; y = 'z'; " * 1_000 + "}</script>"
    json = "<script type=application/json>" + "{ 'a' : 1 , 'b' : '<p ' } " * 5_000 + "</script>"
    tree = tree_of(f"<html><body>{picture}{script}{json}<!-- {'a ' * 9_000} --><p>正文</p></body></html>")
    assert tree.findtext(".//p") == "正文"


def test_a_page_of_countless_elements_is_refused() -> None:
    with pytest.raises(Unreadable, match="elements"):
        tree_of("<p>" * (MOST_ELEMENTS + 1))


@pytest.mark.parametrize(
    "part", ["<", "<a ", '<a x="', "<a x='", "<!--", "<script>", "<script ", "< a", "='", "<a x= ", "<a x=\"'>"]
)
def test_to_look_through_a_page_takes_time_by_its_length(part: str) -> None:
    began = time.process_time()
    most_attributes(part * (2_000_000 // len(part)))
    assert time.process_time() - began < 2
