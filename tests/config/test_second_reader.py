"""The second reader's settings and instructions: each mistake is named with its remedy, and no key is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.document import BadDocument
from monitor.config.lexicon import load_words
from monitor.config.second_reader import FILE, load_prompt
from monitor.config.second_setting import SecondReaderSetting
from monitor.config.settings import load_settings
from monitor.core.model import Decoy
from monitor.core.second.opinion import Asks
from tests.config.files import mistakes

ALLOWED = "http: {allow: [10.1.0.0/16, .office.example]}\n"
IN_THE_CLEAR = (
    "2: Over http anybody on the way reads the texts and the key. "
    "Write https, or name m.example in http: allow if it stands in your own network."
)
KINDS = {"fire": "火灾", "other": "其他"}


def setting(folder: Path, text: str) -> SecondReaderSetting | None:
    file = folder / "huiying.yaml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file).form.second_reader


def reader(address: str, more: str = "") -> str:
    return f"second_reader:\n  base_url: {address}\n  model: m\n{more}"


def test_it_is_off_unless_it_is_written(tmp_path: Path) -> None:
    assert setting(tmp_path, "language: zh\n") is None


def test_an_address_and_a_model_are_enough(tmp_path: Path) -> None:
    found = setting(tmp_path, reader("https://model.example/v1/"))
    assert found is not None
    assert (found.base_url, found.items, found.api_key) == ("https://model.example/v1", Asks.DOUBTFUL, None)
    assert (found.timeout, found.questions_per_hour, found.questions_per_day) == (45, 4, 12)


@pytest.mark.parametrize("address", ["http://10.1.0.20:8000/v1", "http://llm.office.example/v1", "https://10.1.2.3/v1"])
def test_a_model_in_ones_own_network_is_named_as_allowed(tmp_path: Path, address: str) -> None:
    assert setting(tmp_path, ALLOWED + reader(address)) is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("second_reader: {model: m}", "1: base_url is missing."),
        ("second_reader: {base_url: 'https://m.example'}", "1: model is missing."),
        ("second_reader: yes please", "1: second_reader must have keys with values of its own."),
        (reader("m.example"), "2: base_url is not a web address. It must begin with http:// or https://."),
        (
            reader("https://u:p@m.example/v1"),
            "2: base_url must be a bare address without a user, a question mark or a hash; a key goes to api_key.",
        ),
        (
            reader("https://m.example/v1/chat/completions"),
            "2: base_url ends too late: leave out /chat/completions, which is added.",
        ),
        (
            reader("http://localhost:11434/v1"),
            "2: localhost is a private address. If the model runs there, name the host or network in http: allow.",
        ),
        (
            reader("https://192.168.1.5/v1"),
            "2: 192.168.1.5 is a private address. If the model runs there, name the host or network in http: allow.",
        ),
        (reader("http://m.example/v1"), IN_THE_CLEAR),
        (reader("https://m.example", "  timeout: 600\n"), "4: timeout cannot be 600: it must be at most 90."),
        (
            reader("https://m.example", "  questions_per_hour: 0\n"),
            "4: questions_per_hour cannot be 0: it must be at least 1.",
        ),
        (reader("https://m.example", "  items: doubtfull\n"), "4: items cannot be doubtfull. Did you mean doubtful?"),
        (
            reader("https://m.example", "  api_key: env:NO_SUCH_KEY_SET\n"),
            "4: api_key names the environment variable NO_SUCH_KEY_SET, which is not set.",
        ),
        (
            reader("https://m.example", "  api_key: '密钥'\n"),
            "4: api_key is no key of an interface: it must be one line of Latin letters, figures and signs.",
        ),
        (reader("https://m.example", "  modle: x\n"), "4: modle is no known key. Did you mean model?"),
    ],
)
def test_each_mistake_has_its_place_and_remedy(
    tmp_path: Path, text: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_SUCH_KEY_SET", raising=False)
    assert mistakes(tmp_path, text, load_settings) == [expected]


def test_a_key_is_shown_nowhere_and_not_needed_to_look_at_lists(tmp_path: Path) -> None:
    file = tmp_path / "huiying.yaml"
    file.write_text(reader("https://m.example", "  api_key: hush-1f9a\n"), encoding="utf-8")
    form = load_settings(file).form
    assert "hush-1f9a" not in repr(form) + str(form)
    file.write_text(reader("https://m.example", "  api_key: env:NO_SUCH_KEY_SET\n"), encoding="utf-8")
    assert load_settings(file, secrets=False).form.second_reader is not None


def test_the_shipped_instructions_name_every_kind_and_class() -> None:
    kinds = {kind.id: kind.zh for kind in load_words()[0].kinds.values()}
    prompt = load_prompt(kinds)
    assert prompt.kinds == tuple(kinds)
    assert all(f'"{name}"' in prompt.instructions for name in (*kinds, *Decoy))
    assert "{kinds}" not in prompt.instructions
    assert "JSON" in prompt.instructions, "without the word, some interfaces refuse the form"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  war: ", "  wra: ", "wra is no known class of decoys. The nearest is war."),
        ("  drill: 演习演练\n", "", "drill is missing."),
        ("{kinds}", "kinds", "The instructions do not name {kinds}."),
        ("version: ", "verison: ", "verison is no known key. Did you mean version?"),
    ],
)
def test_changed_instructions_are_checked(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = tmp_path / "second_reader.yaml"
    head, _, rest = FILE.read_text(encoding="utf-8").partition("\nversion:")
    text = f"\nversion:{rest}"
    assert old in text
    file.write_text(head + text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadDocument) as bad:
        load_prompt(KINDS, file)
    assert any(str(problem).endswith(said) for problem in bad.value.problems)
