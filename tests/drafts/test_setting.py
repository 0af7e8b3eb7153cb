"""How a bureau says which gates it has: read as it was meant, refused with its line where it contradicts itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.config.settings import load_settings
from monitor.core.drafts.draft import Gate
from monitor.core.drafts.settings import ReleasePath, Skip
from monitor.core.errors import Mistake
from monitor.core.model import ResponseKind, Severity


def path_of(folder: Path, text: str) -> ReleasePath:
    file = folder / "huiying.yaml"
    file.write_text(f"version: 1\n{text}", encoding="utf-8")
    return load_settings(file).form.release.path


def test_without_a_word_all_gates_are_asked(tmp_path: Path) -> None:
    assert path_of(tmp_path, "") == ReleasePath()


def test_another_order_an_exception_and_a_time(tmp_path: Path) -> None:
    found = path_of(
        tmp_path,
        "release:\n  gates: [secrecy, approval]\n  later_review: 6h\n"
        "  skip:\n    - {gate: approval, kinds: [follow_up_release], up_to: larger}\n",
    )
    skip = Skip(Gate.APPROVAL, frozenset({ResponseKind.FOLLOW_UP_RELEASE}), Severity.LARGER)
    assert found == ReleasePath((Gate.SECRECY, Gate.APPROVAL), (skip,), timedelta(hours=6))


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("release:\n  gates: [secrecy, secrecy]\n", 3, "second time"),
        ("release:\n  gates: [publication]\n", 3, "publication"),
        ("release:\n  gates: [secrecy]\n  skip:\n    - gate: approval\n", 5, "no gate approval"),
        ("release:\n  later_review: 30m\n", 3, "1h to 7d"),
    ],
)
def test_what_contradicts_itself_is_named_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(Mistake) as refused:
        path_of(tmp_path, text)
    told = str(refused.value)
    assert f"huiying.yaml:{line}" in told or f"line {line}" in told
    assert said in told
