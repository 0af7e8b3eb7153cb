"""Every text for people has a Chinese twin that names the same facts, and the stored catalogue is current."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from monitor.config.document import BadDocument, Problem
from monitor.core.errors import NaiveTime, Said
from monitor.core.model import DeadlineState, Severity
from responders.labels import LABELS
from responders.language import LOCALE, Words, chosen_language

ROOT = Path(__file__).parents[1]
STORED = LOCALE / "zh" / "LC_MESSAGES" / "huiying.po"
KEYWORDS = {"N_": None, "NN_": (1, 2), "_": None, "gettext": None, "ngettext": (1, 2)}
SENTENCE = re.compile(r"[A-Za-z]{2,},?(?: [a-z]{2,}){2,}")


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with STORED.open("rb") as file:
        return read_po(file)


def ids(catalogue: Catalog) -> set[str]:
    return {
        message.id[0] if isinstance(message.id, tuple | list) else message.id for message in catalogue if message.id
    }


def strings(one_or_more: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (one_or_more,) if isinstance(one_or_more, str) else tuple(one_or_more or ("",))


def placeholders(text: str) -> set[str]:
    return {str(name) for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_text_has_chinese(catalogue: Catalog) -> None:
    empty = [message.id for message in catalogue if message.id and not all(strings(message.string))]
    assert not empty, "give each of these Chinese in the catalogue, then: make words"
    assert not [message.id for message in catalogue if message.id and message.fuzzy]


def test_the_chinese_names_the_same_facts(catalogue: Catalog) -> None:
    for message in catalogue:
        named = placeholders(strings(message.id)[-1])  # Chinese has one form for any number: that of the plural
        assert message.id == "" or {frozenset(placeholders(text)) for text in strings(message.string)} == {
            frozenset(named)
        }, message.id


def test_the_chinese_is_chinese(catalogue: Catalog) -> None:
    untold = [
        m.id for m in catalogue if m.id for text in strings(m.string) if SENTENCE.search(re.sub("`.*?`", "", text))
    ]
    assert not untold
    same = {message.id for message in catalogue if message.id and message.id == message.string}
    assert all(not SENTENCE.search(str(text)) for text in same)


def test_the_compiled_catalogue_is_that_of_the_texts(catalogue: Catalog) -> None:
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    fresh = vars(GNUTranslations(compiled))["_catalog"]
    with STORED.with_suffix(".mo").open("rb") as file:
        stored = vars(GNUTranslations(file))["_catalog"]
    fresh.pop("")
    stored.pop("")
    assert stored == fresh, "run: make words"


def mapping() -> tuple[list[tuple[str, str]], dict[str, dict[str, str]]]:
    """Return which files are read how, as `make words` is told."""
    parser = ConfigParser()
    parser.read(LOCALE / "babel.cfg", encoding="utf-8")
    named = [(pattern, kind) for kind, pattern in (part.split(": ") for part in parser.sections())]
    return named, {pattern: dict(parser[f"{kind}: {pattern}"]) for pattern, kind in named}


def test_the_catalogue_holds_exactly_the_texts_of_the_program(catalogue: Catalog) -> None:
    methods, options = mapping()
    found = {
        str(strings(message)[0])
        for top in ("monitor", "responders")
        for _, _, message, *_ in extract_from_dir(ROOT / top, methods, options, KEYWORDS)
    }
    assert found - ids(catalogue) == set(), "run: make words"
    assert ids(catalogue) - found == set(), "run: make words"


def sayings() -> Iterator[tuple[str, str]]:
    """Yield where a bare text is spoken, with the text: it would miss the catalogue."""
    for path in sorted((*(ROOT / "monitor").rglob("*.py"), *(ROOT / "responders").rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            speaker = ast.unparse(node.func).rpartition(".")[2]
            if speaker in ("say", "words", "Problem", "Rejected", "Said") and isinstance(node.args[0].value, str):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.args[0].value


def test_nothing_is_spoken_that_was_not_marked(catalogue: Catalog) -> None:
    assert [place for place, text in sayings() if text and text not in ids(catalogue)] == []


def test_english_needs_no_catalogue(catalogue: Catalog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("responders.language.LOCALE", tmp_path)
    english = Words("en")
    assert {english(text) for text in ids(catalogue)} == ids(catalogue)
    assert english("{a} is no web address.", a="x") == "x is no web address."
    with pytest.raises(FileNotFoundError):
        Words("zh")


def test_a_fact_is_told_in_the_language_of_its_sentence() -> None:
    chinese, english = Words("zh"), Words("en")
    template = "Deadline {id} is already settled ({state}); nothing was changed."
    assert (
        english(template, id=1, state=DeadlineState.MET) == "Deadline 1 is already settled (met); nothing was changed."
    )
    assert not SENTENCE.search(chinese(template, id=1, state=DeadlineState.MET))
    assert chinese(LABELS[DeadlineState, "MET"]) in chinese(template, id=1, state=DeadlineState.MET)
    assert chinese(LABELS[Severity, "MAJOR"]) == "重大"
    nested = Said("there is no such file")
    assert english("The file cannot be read: {why}.", why=nested) == "The file cannot be read: there is no such file."
    assert not re.search("[a-z]", chinese("The file cannot be read: {why}.", why=nested))


def test_a_mistake_and_its_parts_are_told_in_one_language() -> None:
    chinese = Words("zh")
    assert not SENTENCE.search(chinese.mistake(NaiveTime(value="x")))
    problem = Problem("f.yaml", 2, "The file is not UTF-8. Save it again as UTF-8.")
    told = chinese.mistake(BadDocument([problem, problem]))
    assert told.count("f.yaml:2: ") == 2
    assert not SENTENCE.search(told)


def test_braces_in_a_fact_are_left_alone() -> None:
    assert Words("en")("{a} is no web address.", a="{b}%s{") == "{b}%s{ is no web address."


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [(None, "zh"), ("", "zh"), ("en", "en"), ("EN", "en"), ("en_US.UTF-8", "en"), ("zh-CN", "zh"), ("fr", "zh")],
)
def test_the_language_is_chinese_unless_english_is_asked_for(
    asked: str | None, chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HUIYING_LANG", raising=False)
    if asked is not None:
        monkeypatch.setenv("HUIYING_LANG", asked)
    assert chosen_language() == chosen


BROKEN = """language: zz
bureau: {region: 12, name: [x]}
chanels: []
briefing: {at: 25:61, to: [x]}
console: {port: 99999, host: 5}
http: {proxy: x, allow: [-], contact: 某}
mail: {host: '', sender: x, port: many, security: none, password: 5, username: }
database: nowhere
rules: none-such
channels:
  - kind: slack
    token: env:HUIYING_TEST_UNSET
    base_url: x
  - {kind: wecom, webhook: 'file:/none/such', secret: x}
  - {kind: fax}
  - {name: x}
  - text
  - {kind: email, to: [], name: wecom}
"""
BROKEN_SOURCES = """feeds:
  - {id: Bad Id, name: '', url: ftp://x, interval: 5x, trust: offical, timezone: Mars, language: chinese}
  - {id: two, name: x, headers: {Host: x}}
lists: [{id: two, name: x, url: 'http://x.example', item: 'a[', link: [5], title: {}}]
apis: [{id: two, name: x, url: 'http://x.example', items: '..', title: '{', form: {a: b}, payload: {a: b}}]
rsshub: {base: x, routes: [{id: six, name: x, route: x}]}
"""


def test_no_english_sentence_reaches_a_chinese_reader_of_broken_files(tmp_path: Path) -> None:
    (tmp_path / "huiying.yaml").write_text(BROKEN, encoding="utf-8")
    (tmp_path / "sources.yaml").write_text(BROKEN_SOURCES, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUIYING_")}
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "check"],
        cwd=tmp_path,
        env=environment | {"HUIYING_LANG": "zh", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    told = done.stdout + done.stderr
    for name, text in (("huiying.yaml", BROKEN), ("sources.yaml", BROKEN_SOURCES)):
        blamed = {int(line) for line in re.findall(rf"^{name}:(\d+): ", told, re.MULTILINE)}
        assert len(blamed) >= len(text.splitlines()) - 4
    assert not SENTENCE.findall(told)


def test_a_text_that_the_extraction_passes_over_is_in_the_catalogue_all_the_same(catalogue: Catalog) -> None:
    known = {text for message in catalogue for text in strings(message.id)}
    told = set[str]()
    for path in (path for top in ("monitor", "responders") for path in (ROOT / top).rglob("*.py")):
        # Texts inside of f-strings are seen here, and not by the extraction.
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_":
                told |= {arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)}
    assert told
    assert told <= known, told - known
