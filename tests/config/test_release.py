"""What releases are checked by is data: shipped lists are in order, and every mistake in them is named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.config.document import BadDocument
from monitor.config.lexicon import load_words
from monitor.config.release import FOLDER, load_release_rules
from monitor.core.checks.rules import WORD_LISTS
from monitor.core.checks.scorecard import Check
from monitor.core.model import Severity

KINDS = tuple(load_words()[0].kinds)


def test_the_shipped_lists_are_whole() -> None:
    rules = load_release_rules(KINDS)
    assert set(rules.checks) == set(Check)
    assert {rule.source.document and rule.source.quote for rule in rules.checks.values()} - {""}
    assert rules.needed[Severity.GENERAL] <= rules.needed[Severity.MAJOR] <= rules.needed[Severity.EXTRAORDINARY]
    assert rules.version.startswith("2026.")
    assert all("http" not in path.read_text("utf-8") for path in FOLDER.glob("*.yaml"))


def test_phrases_bridge_gaps_within_their_clause_or_sentence() -> None:
    find = load_release_rules(KINDS).phrases.find
    assert find("原因正由联合调查组调查")["cause_pending"]
    assert "next" not in find("将于今日。18时发布")
    (span, *_) = find("定于7月10日9时，在市政府召开发布会")["next"]
    assert span.start == 0
    assert "cause" not in find("因救援需要，道路封闭，引发关注")


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("checks.yaml", "  C14:", "  C15:", "C15"),
        ("checks.yaml", "weight: 1", "weight: 11", "weight"),
        ("checks.yaml", "empty_some: 0.25", "empty_some: 0.75", "empty_some must not be more than empty_most."),
        ("checks.yaml", "[authoritative_release, press_conference, follow_up_release]", "[release]", "kinds"),
        ("words.yaml", "  aim:", "  aims:", "aims is not known. Did you mean aim?"),
        ("words.yaml", "words: [目标,", "words: [目标…,", "cannot be found: a gap stands between two parts"),
        ("words.yaml", "  aim:", "  scope:", "The key scope stands here a second time"),
        ("questions.yaml", "- id: cause", "- id: toll", "The id toll stands here a second time."),
        ("questions.yaml", "figures: true", "figure: true", "figure"),
        ("speakers.yaml", "重大: head", "重大: heads", "heads is not known. Did you mean head?"),
        ("speakers.yaml", "kinds: [forest_fire]", "kinds: [forest_fires]", "Did you mean forest_fire?"),
        ("speakers.yaml", "重大: head", "大: head", "cannot be 大; it is one of"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_line(tmp_path: Path, file: str, old: str, new: str, told: str) -> None:
    folder = tmp_path / "release"
    shutil.copytree(FOLDER, folder)
    text = (folder / file).read_text("utf-8")
    assert old in text
    line = text[: text.index(old)].count("\n") + 1
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadDocument) as bad:
        load_release_rules(KINDS, folder)
    said = [str(problem) for problem in bad.value.problems]
    assert any(told in one for one in said), said
    assert all(one.startswith(str(folder / file)) for one in said), said
    assert any(abs(problem.line - line) <= 14 for problem in bad.value.problems), (line, said)


def test_a_list_that_is_missing_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "release"
    shutil.copytree(FOLDER, folder)
    (folder / "words.yaml").unlink()
    with pytest.raises(BadDocument, match="cannot be read"):
        load_release_rules(KINDS, folder)


def test_every_list_of_words_is_used() -> None:
    core = FOLDER.parents[1] / "core" / "checks"
    read: Callable[[Path], str] = lambda path: path.read_text("utf-8")  # noqa: E731 - one use
    code = "".join(read(path) for path in core.glob("*.py") if path.name != "rules.py")
    assert [name for name in WORD_LISTS if f'"{name}"' not in code] == []
