"""Streams in sources.yaml: what is refused is said with its line and remedy; tokens are named, never written."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.document import BadDocument
from monitor.config.settings import load_settings
from monitor.config.source_file import add_to, entries_of
from monitor.config.sources import load_sources
from monitor.config.stream_tokens import NoToken, token_of
from monitor.core.model import Trust
from monitor.core.source_outlines import SourceEntry


def load(tmp_path: Path, group: str, *lines: str) -> str:
    """Return what is said of a stream with these lines, empty where nothing is."""
    file = tmp_path / "sources.yaml"
    file.write_text("\n".join([f"{group}:", "  - id: one", "    name: x", *(f"    {line}" for line in lines)]), "utf-8")
    try:
        load_sources(file)
    except BadDocument as bad:
        return " ".join(str(problem).removeprefix(f"{file}:") for problem in bad.problems)
    return ""


SERVER = "url: https://social.example"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([SERVER], ""),
        (["url: https://social.example/about"], "more than a server"),
        (["url: social.example"], "is not a web address"),
        ([SERVER, "timeline: hashtag"], "belong together"),
        ([SERVER, "tag: 事故"], "belong together"),
        ([SERVER, "timeline: hashtag", "tag: '#两 词'"], "is no hashtag"),
        ([SERVER, "timeline: hashtag", "tag: '#事故'"], ""),
        ([SERVER, "timeline: home"], "needs the token"),
        ([SERVER, "timeline: home", "token: abc"], "names where a secret is kept"),
        ([SERVER, "timeline: elsewhere"], "timeline"),
        ([SERVER, "article: true"], "leave article out"),
        ([SERVER, "everything: true", "keywords: [x]"], "not both"),
        ([SERVER, "keywords: ['  ']"], "keywords"),
        ([SERVER, "languages: [chinese]"], "is no language"),
    ],
)
def test_a_timeline_of_mastodon(tmp_path: Path, lines: list[str], said: str) -> None:
    found = load(tmp_path, "mastodon", *lines)
    assert said in found
    assert bool(found) == bool(said)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], ""),
        (["url: https://jetstream.example/subscribe"], "no address of a web socket"),
        (["url: wss://jetstream.example/subscribe?cursor=1"], "no address of a web socket"),
        (["everything: true"], "more than can be kept"),
        (["everything: true", "accounts: ['did:plc:abc']"], ""),
        (["accounts: [someone.bsky.social]"], "identifies no account"),
    ],
)
def test_a_jetstream(tmp_path: Path, lines: list[str], said: str) -> None:
    found = load(tmp_path, "jetstream", *lines)
    assert said in found
    assert bool(found) == bool(said)


def test_a_token_is_read_where_it_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(tmp_path, "mastodon", SERVER, "token: env:A_TOKEN") == ""
    (source,) = load_sources(tmp_path / "sources.yaml")
    assert source.trust is Trust.PLATFORM
    monkeypatch.delenv("A_TOKEN", raising=False)
    with pytest.raises(NoToken, match="A_TOKEN"):
        token_of(source)
    monkeypatch.setenv("A_TOKEN", "secret-1")
    assert token_of(source) == "secret-1"
    assert "secret-1" not in repr(source)


def test_streams_are_taken_out_of_the_file_and_added_to_it_like_all_sources(tmp_path: Path) -> None:
    file = tmp_path / "sources.yaml"
    file.write_text("# mine\nversion: 1\n", "utf-8")
    add_to(file, [SourceEntry("jetstream", {"id": "sky", "name": "Bluesky", "languages": ["zh"]})])
    add_to(file, [SourceEntry("mastodon", {"id": "toots", "name": "x", "url": "https://social.example"})])
    assert [(entry.group, entry.id) for entry in entries_of(file)] == [("mastodon", "toots"), ("jetstream", "sky")]
    assert file.read_text("utf-8").startswith("# mine\n")


def test_hubs_need_an_address_at_which_they_reach_us(tmp_path: Path) -> None:
    file = tmp_path / "huiying.yaml"
    file.write_text("console:\n  websub: true\n", "utf-8")
    with pytest.raises(BadDocument, match="websub needs public_url"):
        load_settings(file)
