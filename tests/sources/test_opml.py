"""OPML in and out: nothing that stands in sources.yaml is lost on the way, and nothing hostile is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.document import BadDocument
from monitor.config.source_file import FORMS as PARTS
from monitor.config.source_file import CannotAdd, add_to, begin, entries_of, with_entries
from monitor.config.sources import load_sources
from monitor.core.source_outlines import BASE, PART, SourceEntry, entry_of, new_id, outline_of
from monitor.core.sources import FailureKind
from monitor.crawl.opml import read_opml, write_opml
from monitor.crawl.raw import Unreadable
from tests.cli.terminal import Terminal, at_work

SHIPPED = Path(__file__).parents[2] / "sources.yaml"
TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20) | st.sampled_from(
    [
        "true",
        "1",
        "1.5e3",
        "null",
        '"x"',
        "[1]",
        "8:27",
        "012345",
        "NaN",
        " a ",
        "a: b",
        "# x",
        "- x",
        "\x00",
        "<&\"'>\n\t\r",
    ]
)
LABELS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=9).filter(str.isprintable)
SOME = {
    "note": TEXTS,
    "enabled": st.booleans(),
    "interval": st.sampled_from(["90s", "10m", "1d"]),
    "region": st.sampled_from(["000000", "620000", "110000"]),
    "article": st.booleans() | st.fixed_dictionaries({"text": st.sampled_from(["#zoom", ["a", "p.x"]])}),
    "group": st.sampled_from(["省级媒体", "feeds", "1"]),
    "office": st.just("county"),
    "own": st.booleans(),
    "steady": st.booleans(),
    "headers": st.dictionaries(st.sampled_from(["Referer", "Cookie"]), TEXTS),
    "folders": st.lists(LABELS, max_size=3),
    "outline": st.dictionaries(
        st.sampled_from(["description", "text", "{http://x.example/ns}mark", "xmlUrl", "no name"]), TEXTS, max_size=3
    ),
}
WAYS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "feeds": {"url": st.just("https://a.example/f?x=1&y=<2>")},
    "lists": {"url": st.just("https://a.example/"), "item": st.just("ul > li:not(.x)"), "cdata": st.booleans()},
    "apis": {
        "url": st.just("https://a.example/"),
        "items": st.just("data[]"),
        "title": st.just("{a}级"),
        "payload": st.dictionaries(TEXTS, TEXTS | st.integers() | st.booleans() | st.floats(0, 9), max_size=3),
    },
    "push": {"fields": st.just({"title": "标题", "text": ["正文", "a.b"]}), "drop": st.just("in")},
    "rsshub": {"route": st.just("/cctv/society")},
    "mastodon": {
        "url": st.just("https://m.example"),
        "timeline": st.just("tag"),
        "tag": st.just("火灾"),
        "token": st.just("env:TOKEN"),
        "keywords": st.lists(TEXTS, min_size=1, max_size=2),
    },
    "jetstream": {"accounts": st.just(["did:plc:x"]), "everything": st.booleans()},
}


@st.composite
def entries(draw: st.DrawFn) -> list[SourceEntry]:
    found = []
    for number in range(draw(st.integers(1, 4))):
        group = draw(st.sampled_from(sorted(WAYS)))
        values = draw(st.fixed_dictionaries({"name": TEXTS, **WAYS[group]}, optional=SOME))
        base = "http://hub.example/" if group == "rsshub" else ""
        found.append(SourceEntry(group, {"id": f"s{number}", **values}, base=base))
    return found


def told(entries: list[SourceEntry]) -> list[tuple[str, str, str]]:
    """Return sources as what can be compared: types and the order of keys count, that of the sources does not."""
    kept = [{k: v for k, v in entry.values.items() if v or k not in ("folders", "outline")} for entry in entries]
    last = [
        {
            k: v[k]
            for k in sorted(v, key=lambda k: (k in ("folders", "outline"), k if k in ("folders", "outline") else ""))
        }
        for v in kept
    ]
    return sorted((e.group, e.base, json.dumps(v)) for e, v in zip(entries, last, strict=True))


def test_a_file_that_may_be_utf_8_is_however_few_letters_tell() -> None:
    given = [SourceEntry(group="feeds", values={"id": "s0", "name": "\x80", "url": "https://a.example/f", "note": "𐁀"})]
    outlines = read_opml(write_opml(map(outline_of, given), title="x"))
    assert [entry.values["note"] for one in outlines.found if (entry := entry_of(one))] == ["𐁀"]


@settings(max_examples=30)
@given(entries())
def test_every_field_survives_the_way_out_and_in(given: list[SourceEntry]) -> None:
    outlines = read_opml(write_opml(map(outline_of, given), title="x"))
    assert outlines.leftovers == ()
    assert told([entry for one in outlines.found if (entry := entry_of(one))]) == told(given)


def test_no_field_of_a_source_has_the_name_of_what_stands_beside_the_fields() -> None:
    assert set(WAYS) == set(PARTS)
    for form in PARTS.values():
        assert not {PART, BASE} & set(form.model_fields)


def test_a_file_that_an_earlier_version_wrote_is_read_as_it_was_meant() -> None:
    text = (
        '<opml xmlns:h="urn:huiying:sources"><body><outline h:id="a" h:name="甲" h:url="https://a.example/"'
        ' h:item="li" h:group="lists"/></body></opml>'
    )
    (entry,) = [entry_of(one) for one in read_opml(text.encode()).found]
    assert entry is not None
    assert (entry.group, "group" in entry.values) == ("lists", False)


@settings(max_examples=15)
@given(entries(), entries())
def test_what_is_added_to_a_file_is_read_back_and_what_stood_there_stands(
    first: list[SourceEntry], more: list[SourceEntry]
) -> None:
    more = [SourceEntry(e.group, {**e.values, "id": f"{e.id}-more"}, base=e.base) for e in more]
    text = with_entries("", "x", first)
    grown = with_entries(text, "x", more)
    kept = iter(grown.split("\n"))
    assert all(line in kept for line in text.split("\n"))


def test_the_shipped_sources_come_back_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_work(tmp_path, monkeypatch)
    terminal.run("source", "export", "--opml", "--sources", SHIPPED, "--out", "all.opml")
    terminal.run("source", "import", "all.opml", "--to", "new.yaml")
    assert set(load_sources(tmp_path / "new.yaml")) == set(load_sources(SHIPPED))
    again = terminal.run("source", "import", "all.opml", "--sources", SHIPPED)
    assert again.splitlines()[-1].startswith("0 source(s) added")


FOREIGN = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>mine</title><ownerName>Li</ownerName></head><body>
<outline text="News" colour="red">
  <outline text="Local" >
    <outline type="rss" text="城市晚报" title="城市晚报" xmlUrl="https://paper.example/rss.xml"
      htmlUrl="https://paper.example/" x="1"/>
  </outline>
  <outline type="rss" text="Again" xmlUrl="http://paper.example/rss.xml"/>
</outline>
<outline text="Just a page" type="link" url="https://page.example/"/>
<outline type="rss" text="Bad" xmlUrl="ftp://x.example/f"/>
</body></opml>
"""
OWN = """# mine
version: 1
feeds:  # what we read
  - id: one   # first
    name: 甲
    url: https://one.example/f

  # - id: off
lists: []   # none yet
"""


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    made = at_work(tmp_path, monkeypatch)
    (tmp_path / "sources.yaml").write_text(OWN, "utf-8")
    (tmp_path / "foreign.opml").write_text(FOREIGN, "utf-8")
    return made


def test_a_foreign_file_is_taken_over_with_folders_and_what_it_says_besides(terminal: Terminal) -> None:
    printed = terminal.run("source", "import", "foreign.opml")
    assert "= foreign.opml:8: Again stands there already as paper-example" in printed
    assert "1 source(s) added to sources.yaml, 1 known before, 4 not taken over." in printed
    for said in ("foreign.opml:2: not taken over: <ownerName> Li", "foreign.opml:3: not taken over: News: colour=red"):
        assert said in terminal.errors
    assert "foreign.opml:10: Just a page: no address of a feed" in terminal.errors
    assert "foreign.opml:11: x-example-f: url (ftp://x.example/f) is not a web address." in terminal.errors
    text = Path("sources.yaml").read_text("utf-8")
    assert text.startswith(OWN.partition("\n\n")[0])
    assert text.endswith(OWN.partition("\n\n")[2])
    new = entries_of(Path("sources.yaml"))[1]
    assert new.values["folders"] == ["News", "Local"]
    assert new.values["outline"] == {"htmlUrl": "https://paper.example/", "x": "1"}
    assert terminal.run("source", "import", "foreign.opml").count("+ ") == 0
    assert Path("sources.yaml").read_text("utf-8") == text
    terminal.run("source", "export", "--opml", "--out", "back.opml")
    assert 'htmlUrl="https://paper.example/"' in Path("back.opml").read_text("utf-8")


def test_a_dry_run_writes_nothing_and_a_new_file_is_never_written_over(terminal: Terminal) -> None:
    assert "1 source(s) would be added" in terminal.run("source", "import", "foreign.opml", "--dry-run")
    assert Path("sources.yaml").read_text("utf-8") == OWN
    assert "exists already" in terminal.run("source", "import", "foreign.opml", "--to", "sources.yaml", code=1)
    assert Path("sources.yaml").read_text("utf-8") == OWN


def test_the_file_that_is_shipped_is_not_written_to(terminal: Terminal) -> None:
    Path("sources.yaml").unlink()
    assert "There is no sources.yaml here." in terminal.run("source", "import", "foreign.opml", code=1)


LAUGHS = '<!DOCTYPE opml [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><opml><body/></opml>'
HOSTILE = {
    LAUGHS: FailureKind.HOSTILE_XML,
    '<!DOCTYPE opml SYSTEM "file:///etc/passwd"><opml><body/></opml>': FailureKind.HOSTILE_XML,
    "<!DOCTYPE opml><opml><body/></opml>": FailureKind.HOSTILE_XML,
    "<opml><body><outline text='&x;'/></body></opml>": FailureKind.UNREADABLE,
    "<opml><body>" + "<outline text='a'>" * 3000 + "</outline>" * 3000 + "</body></opml>": FailureKind.UNREADABLE,
    "<opml><body>" + "<outline text='a'>" * 90 + "</outline>" * 90 + "</body></opml>": FailureKind.UNREADABLE,
    "<opml><body><outline text='a & b'/></body></opml>": FailureKind.UNREADABLE,
    "<html><body/></html>": FailureKind.UNREADABLE,
    "": FailureKind.UNREADABLE,
}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_file_is_refused(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_opml(text.encode())
    assert refused.value.kind is HOSTILE[text]


def test_an_address_that_is_none_is_told_and_stops_nothing(terminal: Terminal) -> None:
    rows = "".join(f"<outline text='{n}' xmlUrl='{url}'/>" for n, url in enumerate(("http://[", "https://b.example/f")))
    ours = '<outline h:id="[1]" h:name="{}" h:url="http://[" h:group="nothing"/><outline h:id="z9" h:group="feeds"/>'
    text = f'<opml xmlns:h="urn:huiying:sources"><body>{rows}{ours}</body></opml>'
    Path("odd.opml").write_text(text, "utf-8")
    assert "1 source(s) added to sources.yaml, 0 known before, 3 not taken over." in terminal.run(
        "source", "import", "odd.opml"
    )


def test_a_file_that_is_too_large_is_refused() -> None:
    many = b"<opml><body>" + b"<outline/>" * 100_001 + b"</body></opml>"
    for body in (b" " * 20_000_001, many):
        with pytest.raises(Unreadable) as refused:
            read_opml(body)
        assert refused.value.kind is FailureKind.TOO_LARGE


@settings(max_examples=50)
@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"<opml>{text}</opml>".encode("utf-8", "replace"))
)
def test_no_file_does_anything_but_be_read_or_refused(body: bytes) -> None:
    try:
        found = read_opml(body)
    except Unreadable:
        return
    for outline in found.found:
        entry_of(outline)


FORMS = {
    "feeds: []\n": "feeds:\n  - id: new",
    "feeds:\n": "feeds:\n  - id: new",
    "feeds: null  # none\n": "feeds:  # none\n  - id: new",
    "lists: []": "lists: []\n\nfeeds:\n  - id: new",
    "feeds:\n- {id: a1, name: x, url: 'http://x.example'}\nlists: []\n": "'}\n- id: new",
    "feeds: [{id: a1, name: x, url: 'http://x.example'},]\n": """'}, {"id": "new\"""",
    "feeds:\r\n  - id: a1\r\n    name: x\r\n    url: http://x.example\r\n": "x.example\r\n  - id: new\r\n",
    "feeds:\n  - id: a1\n    url: http://x.example\n    name: |\n      x\n      y\n\n# end\n": "  - id: new",
    "version: 1\n...\n": None,
    "{version: 1}\n": None,
}


@pytest.mark.parametrize("text", FORMS)
def test_whatever_form_a_file_has_it_is_added_to_or_left_alone(text: str, tmp_path: Path) -> None:
    file, new = tmp_path / "sources.yaml", SourceEntry("feeds", {"id": "new", "name": "新", "url": "http://n.example"})
    file.write_bytes(text.encode())
    part = FORMS[text]
    if part is None:
        with pytest.raises(CannotAdd) as refused:
            add_to(file, [new])
        assert "id: new" in str(refused.value)
        assert file.read_bytes() == text.encode()
        return
    add_to(file, [new])
    assert part in file.read_bytes().decode()
    assert [source.id for source in load_sources(file)][-1] == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["sources.yaml"]


def test_a_route_of_an_instance_gets_its_place(tmp_path: Path) -> None:
    file, route = (
        tmp_path / "sources.yaml",
        SourceEntry("rsshub", {"id": "r1", "name": "r", "route": "/x"}, "http://h.example"),
    )
    for text in (
        "",
        "rsshub:\n",
        "rsshub:\n  base: http://h.example\n",
        "rsshub:\n  base: http://h.example\n  routes: []\n",
    ):
        file.write_text(text)
        add_to(file, [route])
        assert [source.url for source in load_sources(file)] == ["http://h.example/x"]


def test_a_file_with_a_mistake_is_not_added_to(tmp_path: Path) -> None:
    file = tmp_path / "sources.yaml"
    file.write_text("feeds:\n  - {id: a1, name: x, url: nonsense}\n")
    with pytest.raises(BadDocument):
        add_to(file, [SourceEntry("feeds", {"id": "new", "name": "n", "url": "http://n.example"})])
    with pytest.raises(BadDocument):
        begin(tmp_path / "new.yaml", [SourceEntry("feeds", {"id": "new"})])
    assert not (tmp_path / "new.yaml").exists()


def test_a_new_id_tells_what_it_is_and_is_nobody_elses() -> None:
    assert new_id("https://www.mem.gov.cn/xw/rss.xml", ()) == "mem-xw"
    assert new_id("https://www.mem.gov.cn/xw/rss.xml", ["mem-xw", "mem-xw-2"]) == "mem-xw-3"
    assert new_id("https://www.cn/", ()) == "source"
    assert len(new_id("https://x.example/" + "a" * 200, ())) <= 60
