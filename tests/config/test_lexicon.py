"""The shipped words and tables load; each mistake in them is named with file and line."""

import shutil
from pathlib import Path

import pytest

from monitor.config.document import BadDocument
from monitor.config.lexicon import RULES, load_words


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    shutil.copytree(RULES / "lexicon", tmp_path / "lexicon")
    shutil.copy(RULES / "severity.yaml", tmp_path)
    return tmp_path


def changed(rules: Path, file: str, old: str, new: str) -> int:
    """Change a rule file and return the line of the change."""
    path = rules / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


MISTAKES = [
    ("lexicon/kinds.yaml", "table: fire\n", "table: fier\n", "fire"),
    ("lexicon/kinds.yaml", "regime: accident", "regime: acident", "accident"),
    ("lexicon/kinds.yaml", "takes: [fire]", "takes: [fires]", "fire"),
    ("lexicon/kinds.yaml", "    peril: [missing, trapped]", "    perils: [missing, trapped]", "peril"),
    ("lexicon/decoys.yaml", "- id: war", "- id: wra", "war"),
    ("lexicon/voices.yaml", "  notices: [", "  notice: [", "notices"),
    ("lexicon/evidence.yaml", "  event_title:", "  event_titel:", "event_title"),
    ("lexicon/english.yaml", "  earthquake: [", "  earthqake: [", "earthquake"),
    ("severity.yaml", "      loss_yuan: {一般", "      loss_yaun: {一般", "loss_yuan"),
]


@pytest.mark.parametrize(("file", "old", "new", "near"), MISTAKES, ids=[m[2].strip() for m in MISTAKES])
def test_a_mistake_is_named_with_its_line_and_the_nearest_good_word(
    rules: Path, file: str, old: str, new: str, near: str
) -> None:
    line = changed(rules, file, old, new)
    with pytest.raises(BadDocument) as raised:
        load_words(rules)
    told = [problem for problem in raised.value.problems if problem.line == line]
    assert told, [str(problem) for problem in raised.value.problems]
    assert Path(told[0].file).name == Path(file).name
    assert near in str(told[0])


def test_bands_that_do_not_rise_are_refused(rules: Path) -> None:
    line = changed(
        rules, "severity.yaml", "deaths: {一般: 0, 较大: 3, 重大: 10", "deaths: {一般: 0, 较大: 12, 重大: 10"
    )
    with pytest.raises(BadDocument) as raised:
        load_words(rules)
    assert [problem.line for problem in raised.value.problems] == [line]


def test_mistakes_in_several_files_are_told_together(rules: Path) -> None:
    changed(rules, "lexicon/kinds.yaml", "table: fire\n", "table: fier\n")
    changed(rules, "lexicon/decoys.yaml", "- id: war", "- id: wra")
    with pytest.raises(BadDocument) as raised:
        load_words(rules)
    assert {Path(problem.file).name for problem in raised.value.problems} == {"kinds.yaml", "decoys.yaml"}


def test_the_version_changes_with_any_word(rules: Path) -> None:
    before = load_words(rules)[0].version
    changed(rules, "lexicon/signs.yaml", "happened: [", "happened: [竟然发生, ")
    assert load_words(rules)[0].version != before


def test_every_stop_phrase_hides_a_word() -> None:
    lexicon = load_words()[0]
    words = [word for word, meaning in lexicon.meanings.items() if not meaning.stop]
    idle = [
        phrase
        for phrase, meaning in lexicon.meanings.items()
        if meaning.stop and not any(word in phrase for word in words)
    ]
    assert idle == []


def test_each_word_is_found_where_it_stands_alone() -> None:
    lexicon = load_words()[0]
    for word, meaning in lexicon.meanings.items():
        if not meaning.stop:
            assert [hit.word for hit in lexicon.hits(word)] == [word]
