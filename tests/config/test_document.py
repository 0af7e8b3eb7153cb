"""A YAML file: its values as they are written, its lines, and every mistake in words for people."""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from monitor.config import document
from monitor.config.document import (
    BadDocument,
    Problem,
    _is_shallow_throughout,
    _looks_shallow,
    check,
    parse,
    read,
)
from monitor.core.errors import Said
from responders.language import Words

BROKEN = {
    "tab": ("a: 1\n\tb: 2", "2: A tab stands here. Indent with spaces."),
    "tab after a colon": ("a:\t- 1", "1: A tab stands here. Indent with spaces."),
    "colon": (
        "a: b: c",
        "1: A colon stands where none can be. Look at the indentation and the line above, or put the text in quotes.",
    ),
    "indentation": (
        "a:\n  b: 1\n c: 2",
        "3: This line does not fit the lines above. Look at the indentation, quotes and hyphens.",
    ),
    "quote": ("a: 'b\nc: 1\n", "3: A quotation mark is opened and never closed."),
    "bracket": ("a: [1, 2\n", "2: A bracket is not closed, or a comma is missing."),
    "stray bracket": ("a: ]", "1: A bracket or comma stands here alone. Put the text in quotes."),
    "reserved": ("a: @b", "1: A text cannot begin with this character. Put the text in quotes."),
    "escape": ('a: "C:\\quiet"', "1: A backslash stands in double quotes. Use single quotes, or write it twice."),
    "alias": ("a: *b", "1: The name after * is defined nowhere above. If the text is meant, put it in quotes."),
    "anchor twice": ("a: &b 1\nc: &b 2", "2: The same name stands after & twice. Give each a name of its own."),
    "tag": ("a: !b 1", "1: Words that begin with ! are not used here. Put the text in quotes."),
    "two documents": (
        "a: 1\n---\nb: 1",
        "2: A line of three hyphens begins a second document. A file holds one.",
    ),
    "merge": ("a: 1\n<<: 5", "2: Only keys with values can be taken over with <<."),
    "control character": (
        "a: 1\nb: \x07",
        "2: The file holds a character that no text has. Was it saved as text?",
    ),
    "list inside a line": ("a: - b", "1: A list must begin on a line of its own, or be written [a, b]."),
    "value": ("a: 1\nb: !!int x", "2: The value here cannot be read. Put it in quotes."),
    "key": ("? {a: 1}\n: 2", "1: A key must be a plain text here."),
    "itself": ("a: &b [*b]", "1: The file is nested too deeply, refers to itself or is too large."),
    "deep": ("[" * 5_000, "1: The file is nested too deeply, refers to itself or is too large."),
    "swollen": (
        "a: &a [1,1,1,1,1,1,1,1,1,1]\n"
        + "".join(f"{b}: &{b} [{','.join([f'*{a}'] * 10)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
        "1: The file is nested too deeply, refers to itself or is too large.",
    ),
}


def said(bad: BadDocument) -> list[str]:
    return [str(problem).partition(":")[2] for problem in bad.problems]


@pytest.mark.parametrize(("text", "expected"), BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_yaml_is_said_with_line_and_remedy(text: str, expected: str) -> None:
    with pytest.raises(BadDocument) as bad:
        parse(text, "f")
    assert said(bad.value) == [expected]
    assert not re.search(r"[A-Za-z]{4,}", bad.value.problems[0].told(Words("zh")))


def test_every_repeated_key_is_named_with_the_line_of_the_first() -> None:
    with pytest.raises(BadDocument) as bad:
        parse("a: 1\nb:\n  - {c: 1, c: 2}\n  - 8: 1\n    8: 2\na: 3\n", "f")
    assert said(bad.value) == [
        "3: The key c stands here a second time, first on line 3.",
        "5: The key 8 stands here a second time, first on line 4.",
        "6: The key a stands here a second time, first on line 1.",
    ]


def test_a_key_may_override_one_taken_over_also_where_the_part_is_used_again() -> None:
    document = parse("base: &b {x: 1, y: 2}\none: &o {<<: *b, y: 3}\ntwo: *o\n", "f")
    assert document.value["one"] == document.value["two"] == {"x": 1, "y": 3}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8:27", "8:27"), ("08:27", "08:27"), ("1:30:00", "1:30:00"), ("2026-07-09", "2026-07-09"),
        ("012345", "012345"), ("000000", "000000"), ("0x1f", "0x1f"), ("1_000", "1_000"), ("210100", 210100),
        ("-5", -5), ("0", 0), ("0.5", 0.5), (".5", 0.5), ("1.5e+3", 1500.0), ("true", True), ("no", False), ("~", None),
        ("５", "５"),
    ],
)  # fmt: skip
def test_plain_words_are_numbers_only_where_nobody_could_mean_a_text(text: str, value: object) -> None:
    found = parse(f"a: {text}", "f").value["a"]
    assert (found, type(found)) == (value, type(value))


def test_keys_are_the_texts_that_the_file_has() -> None:
    assert parse("on: 1\n0817: 2\n~: 3\n1.0: 4", "f").value == {"on": 1, "0817": 2, "~": 3, "1.0": 4}


def test_lines_are_those_of_the_keys_and_of_the_entries_of_lists() -> None:
    document = parse("# note\na:\n  b:\n    - x\n    - y: 1\n", "f")
    assert [document.line(where) for where in (("a",), ("a", "b"), ("a", "b", 0), ("a", "b", 1, "y"))] == [2, 3, 4, 5]
    assert document.line(("a", "b", 1, "z", 5)) == 5
    assert document.line(("nowhere",)) == 2


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("名: 一\n地: 二\n".encode("gb18030"), "1: The file is not UTF-8. Save it again as UTF-8."),
        (b"a: 1\nb: 2\nc: \xff\n", "3: The file is not UTF-8. Save it again as UTF-8."),
        ("a: 1".encode("utf-16"), "1: The file is not UTF-8. Save it again as UTF-8."),
    ],
)
def test_a_file_in_another_encoding_is_refused_with_its_line(data: bytes, expected: str, tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_bytes(data)
    with pytest.raises(BadDocument) as bad:
        read(file)
    assert str(bad.value.problems[0]) == f"{file}:{expected}"


def test_a_mark_of_byte_order_and_line_ends_of_windows_do_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_bytes("\ufeffa: 1\r\nb:\r\n  c: 2\r\n".encode())
    document = read(file)
    assert (document.value, document.line(("b", "c"))) == ({"a": 1, "b": {"c": 2}}, 3)


def test_a_file_that_is_missing_or_a_folder_is_named(tmp_path: Path) -> None:
    for path, why in ((tmp_path / "none", "there is no such file"), (tmp_path, "it is a folder")):
        with pytest.raises(BadDocument) as bad:
            read(path)
        assert str(bad.value.problems[0]) == f"{path}:1: The file cannot be read: {why}."


class Leaf(BaseModel):
    model_config = ConfigDict(extra="forbid")
    size: int = Field(default=1, ge=1, le=9)
    share: float = Field(default=0.5, gt=0, lt=1)
    word: str = Field(default="x", min_length=1, max_length=3, pattern="^[a-z]+$")
    on: bool = True


class Red(Leaf):
    kind: Literal["red"]
    rose: str = ""


class Blue(Leaf):
    kind: Literal["blue", "azure"]
    iris: str = ""


class Tree(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    leaves: list[Leaf] = Field(default=[], max_length=9)
    more: dict[str, Leaf] = {}
    flowers: list[Annotated[Red | Blue, Field(discriminator="kind")]] = []


def refused(text: str) -> list[str]:
    with pytest.raises(BadDocument) as bad:
        check(parse(text, "f"), Tree)
    return said(bad.value)


def test_every_refused_value_is_said_at_once_sorted_by_line() -> None:
    assert refused(
        """leaves:
  - {size: 0, share: 1, word: ABC}
  - size: 1.5
    share: half
    word: abcd
    "on": maybe
  - {size: big, word: 12, sise: 1}
  - word: ''
  - 5
more: [1]
flowers:
  - {kind: rad, iris: x}
  - {kind: azure, rose: x}
  - {iris: x}
  - secret-word
  - {kind: }
zzz: 1
"""
    ) == [
        "1: name is missing.",
        "2: size cannot be 0: it must be at least 1.",
        "2: share cannot be 1: it must be less than 1.0.",
        "2: word cannot be ABC: it does not have the form ^[a-z]+$.",
        "3: size has the wrong form (1.5): a whole number is needed.",
        "4: share has the wrong form (half): a number is needed.",
        "5: word (abcd) is too long: at most 3 characters.",
        "6: on has the wrong form (maybe): true or false is needed.",
        "7: size has the wrong form (big): a whole number is needed.",
        "7: word has the wrong form (12): a text is needed; put it in quotes.",
        "7: sise is no known key. Did you mean size?",
        "8: word is empty.",
        "9: leaves must have keys with values of its own.",
        "10: more must have keys with values of its own.",
        "12: kind cannot be rad. Did you mean red?",
        "13: rose is no known key. Known here: size, share, word, on, kind, iris.",
        "14: kind is missing.",
        "15: flowers must have keys with values of its own.",
        "16: kind cannot be nothing; it is one of red, blue, azure.",
        "17: zzz is no known key. Known here: name, leaves, more, flowers.",
    ]


@pytest.mark.parametrize("text", ["5", "[]", "word", "name：x"])
def test_a_file_without_keys_is_said_to_be_so(text: str) -> None:
    assert refused(text) == ["1: The file must consist of keys with values, like key: value."]


def test_a_colon_of_full_width_is_noticed() -> None:
    assert refused("name: x\nmore:\n  a:\n    size：1\n") == [
        "3: a must have keys with values of its own. Write a colon of half width and a space after each key."
    ]


def test_an_empty_file_lacks_only_what_is_required() -> None:
    assert refused("") == refused("# nothing\n") == ["1: name is missing."]


def test_a_value_out_of_place_is_not_shown_and_not_kept() -> None:
    with pytest.raises(BadDocument) as bad:
        check(parse("name: x\nflowers: [hush-1]\nleaves: hush-2\nmore:\n  a: {hush 3: 1}\n", "f"), Tree)
    assert len(bad.value.problems) == 3
    assert "hush" not in repr(bad.value.problems) + str(bad.value) + repr(bad.value) + repr(bad.value.facts)
    assert bad.value.__context__ is None


def test_long_values_and_lines_are_shortened() -> None:
    (line,) = refused("name: x\nmore: {a: {size: 'x\n\n   y" + "z" * 500 + "'}}")
    assert line == "2: size has the wrong form (x y" + "z" * 77 + "…): a whole number is needed."


def test_problems_are_told_in_the_reader_s_language() -> None:
    problem = Problem("f", 3, "{key} has the wrong form ({got}): {expected}.", {
        "key": "size", "got": Said("nothing"), "expected": Said("a whole number is needed")})  # fmt: skip
    assert str(problem) == "f:3: size has the wrong form (nothing): a whole number is needed."
    assert not re.search(r"[a-z]{5}", problem.told(Words("zh")))
    assert problem.told(Words("zh")) in Words("zh").mistake(BadDocument([problem, problem]))


@given(st.text(alphabet=st.sampled_from("ab:-[]{}&*!'\"#|>@`%?<=0_x.~, \n\t\\\x00：é"), max_size=60))
def test_any_text_is_a_document_or_a_list_of_mistakes(text: str) -> None:
    lines, problems = lines_or_problems(text)
    assert lines or problems or not re.sub(r"[-\s]|#.*", "", text)
    assert all(1 <= line <= len(text.splitlines()) + 1 for line in (*lines, *(problem.line for problem in problems)))
    assert all(problem.told(Words("zh")) for problem in problems)


def lines_or_problems(text: str) -> tuple[list[int], list[Problem]]:
    try:
        return list(parse(text, "f").lines.values()), []
    except BadDocument as bad:
        return [], bad.problems


OWN = sorted(Path(document.__file__).parents[1].rglob("*.yaml"))


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_both_parsers_read_our_own_files_alike(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert parse(text, path.name) == document._parse_slowly(text, path.name)


@given(
    st.lists(st.sampled_from(["a", ": ", "- ", "\n", "  ", "[", "]", "{", "}", ",", "'", '"', "&x ", "*x", "#", "1"]))
)
def test_both_parsers_read_any_file_alike(parts: list[str]) -> None:
    text = "".join(parts)

    def read_by(parse_it: Callable[[str, str], document.Document]) -> object:
        try:
            return parse_it(text, "file").value
        except BadDocument as error:
            return error.problems

    assert read_by(parse) == read_by(document._parse_slowly)


@pytest.mark.parametrize(
    "deep",
    [
        "[" * 100_000,
        "{a: " * 50_000,
        "- " * 50_000,
        "? " * 50_000,
        *(f"{begins}{'- ' * 100_000}x" for begins in ("\ufeff", "# x\r", "# x\u2028", "# x\x85")),
    ],
)
def test_no_depth_ends_the_program(deep: str) -> None:
    with pytest.raises(BadDocument):
        parse(deep, "file")


STRUCTURE = st.text(alphabet=st.sampled_from(list("ab:-?[]{},'\"#&* \n\r\x85\u2028\ufeff")), max_size=60)


@given(st.lists(st.one_of(STRUCTURE, st.sampled_from(["- ", "? ", "a: ", "\n" + " " * 30, "[", "{a: "])), max_size=40))
def test_what_looks_shallow_at_a_glance_is_shallow_throughout(parts: list[str]) -> None:
    text = "".join(parts)
    if not _looks_shallow(text):
        return
    with suppress(yaml.YAMLError):
        assert _is_shallow_throughout(text)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("feeds:\n" + "  - id: a\n    languages: [zh, en]\n    time: {zone: UTC}\n" * 500, True),
        ("- " * 60 + "a", False),
        ("a: " + "[" * 95, False),
        ("a: '['\n" * 100, False),
    ],
)
def test_an_ordinary_file_is_seen_to_be_shallow_at_a_glance(text: str, *, seen: bool) -> None:
    assert _looks_shallow(text) is seen
