"""sources.yaml: every mistake at once, with its line and a remedy; the shipped file is without any."""

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
import yaml

from monitor.config.document import BadDocument
from monitor.config.sources import SCHEMA_FILE, load_sources, schema
from monitor.core.model import Trust
from monitor.core.sources import ArticleRule, Identity, Source, SourceKind, TimeRule, Tls

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "sources.yaml"


def load(tmp_path: Path, text: str) -> tuple[Source, ...]:
    file = tmp_path / "sources.yaml"
    file.write_text(text, encoding="utf-8")
    return load_sources(file)


def mistakes(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(BadDocument) as bad:
        load(tmp_path, text)
    return [str(problem).removeprefix(str(tmp_path / "sources.yaml") + ":") for problem in bad.value.problems]


def test_the_shipped_file_is_sound_and_broad() -> None:
    sources = load_sources(SHIPPED)
    kinds = Counter(source.kind for source in sources)
    assert len(sources) >= 40
    assert set(kinds) == set(SourceKind)
    assert sum(source.enabled for source in sources) >= 25
    assert {Trust.OFFICIAL, Trust.CENTRAL_MEDIA, Trust.PLATFORM} <= {source.trust for source in sources}
    assert len({source.id for source in sources}) == len(sources)
    for source in sources:
        unfetched = source.kind in (SourceKind.PUSH, SourceKind.JETSTREAM)
        assert source.url.startswith(("http://", "https://")) or unfetched
        assert timedelta(minutes=1) <= source.interval <= timedelta(days=1)


def test_a_source_that_is_off_says_why() -> None:
    document = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    groups = [
        *document["feeds"],
        *document["lists"],
        *document["apis"],
        *document["push"],
        *document["mastodon"],
        *document["jetstream"],
        *document["rsshub"]["routes"],
    ]
    for source in groups:
        assert source.get("enabled", True) or source.get("note"), source["id"]


def test_the_schema_for_editors_is_up_to_date_and_accepts_the_shipped_file() -> None:
    stored = (ROOT / SCHEMA_FILE).read_text(encoding="utf-8")
    assert stored == schema(), "run: python -m monitor.config.sources"
    described = json.loads(stored)
    jsonschema.Draft202012Validator.check_schema(described)
    jsonschema.validate(yaml.safe_load(SHIPPED.read_text(encoding="utf-8")), described)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"feeds": [{"id": "Bad Id", "name": "x", "url": "http://x.example"}]}, described)
    first = SHIPPED.read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema={SCHEMA_FILE.as_posix()}"


def test_every_field_arrives_in_its_source(tmp_path: Path) -> None:
    feed, page, api, route = load(
        tmp_path,
        """
feeds:
  - {id: one, name: 甲, url: "http://a.example/f", interval: 90s, region: 320100, trust: official, language: en,
     timezone: UTC, time_rule: local_labelled_gmt, identity: title, may_be_empty: true, tls: legacy,
     headers: {Referer: "http://a.example/"}, article: true, enabled: false}
lists:
  - {id: two, name: 乙, url: "http://b.example/", item: li, title: ["a@title", a], link: a@href, time: span,
     article: {text: "#zoom", time: [.t]}, cdata: true}
apis:
  - {id: three, name: 丙, url: "http://c.example/", items: "data[]", title: "{a}级", link: "http://c.example/{id}",
     external_id: id, ranked: true, form: {q: 中}}
rsshub:
  base: http://hub.example/
  routes: [{id: four, name: 丁, route: /x/y, interval: 1h}]
""",
    )
    assert (feed.interval, feed.region, feed.trust, feed.language) == (
        timedelta(seconds=90),
        "320100",
        Trust.OFFICIAL,
        "en",
    )
    assert (feed.timezone, feed.time_rule, feed.identity) == ("UTC", TimeRule.LOCAL_LABELLED_GMT, Identity.TITLE)
    assert (feed.may_be_empty, feed.tls, feed.enabled) == (True, Tls.LEGACY, False)
    assert (feed.headers, feed.article) == ((("Referer", "http://a.example/"),), ArticleRule())
    assert page.list_rule is not None
    assert (page.list_rule.title, page.list_rule.time, page.list_rule.cdata) == (("a@title", "a"), ("span",), True)
    assert page.article == ArticleRule(text=("#zoom",), time=(".t",))
    assert api.api_rule is not None
    assert (api.api_rule.items, api.api_rule.url, api.api_rule.id) == ("data[]", "http://c.example/{id}", "id")
    assert (api.body, api.body_type) == (b"q=%E4%B8%AD", "application/x-www-form-urlencoded")
    assert api.ranked
    assert (route.kind, route.url, route.interval) == (SourceKind.RSSHUB, "http://hub.example/x/y", timedelta(hours=1))
    assert route.article is None


def test_every_mistake_is_named_at_once_with_its_line_and_the_nearest_key(tmp_path: Path) -> None:
    found = mistakes(
        tmp_path,
        """version: 1
feed: []
feeds:
  - id: Bad Id
    name: 甲
    url: ftp://a.example
    intervall: 5m
    trust: offical
    headers: {Host: x}
  - id: two
    name: 乙
    url: http://b.example/
    interval: 5 minutes
    region: 12
    timezone: Asia/Bejing
    article: {txt: a}
  - id: two
    name: 丙
    url: http://c.example/
lists:
  - id: three
    name: 丁
    url: http://d.example/
    item: "a["
    link: "::x"
  - id: four
    name: 戊
    url: http://d.example/
    item: a@href
apis:
  - id: five
    name: 己
    url: http://e.example/
    items: data..list[
    title: "{"
    form: {a: b}
    payload: {a: b}
  - name: 庚
rsshub:
  base: nowhere
  routes:
    - {id: six, name: 辛, route: nope}
""",
    )
    assert found == [
        "2: feed is no known key. Did you mean feeds?",
        "4: id (Bad Id) is no id. Use small letters, figures and hyphens, like mem-disasters.",
        "6: url (ftp://a.example) is not a web address. It must begin with http:// or https://.",
        "7: intervall is no known key. Did you mean interval?",
        "8: trust cannot be offical. Did you mean official?",
        "9: The header Host cannot be set here.",
        "13: interval cannot be 5 minutes. Write an interval such as 90s, 10m or 1h, from 60s to 1d.",
        '14: region (12) is no division code. Write six digits, like "210100".',
        "15: timezone (Asia/Bejing) is no time zone. Write a name such as Asia/Shanghai.",
        "16: txt is no known key. Did you mean text?",
        "17: The id two is used twice, first on line 10.",
        "24: item (a[) is no CSS selector: look at character 2.",
        "25: link (::x) is no CSS selector: look at character 1.",
        "29: item (a@href) chooses the entries themselves: write a selector without @.",
        "34: items (data..list[) is no path. Write it like data.list[] or target.url.",
        "35: title ({) is no path. Write it like data.list[] or target.url.",
        "37: A source has either form or payload, not both.",
        "38: id is missing.",
        "38: url is missing.",
        "38: items is missing.",
        "38: title is missing.",
        "40: base (nowhere) is not a web address. It must begin with http:// or https://.",
        "42: route (nope) is no route. It begins with a slash, like /cctv/society.",
    ]


@pytest.mark.parametrize(
    "text", ["[]", "5", "feeds: 5", "feeds: [5]", "rsshub: []", "feeds: [{headers: 5}]", ": :", "\t"]
)
def test_files_of_any_shape_are_refused_with_a_line(text: str, tmp_path: Path) -> None:
    assert all(found.split(":")[0].isdigit() for found in mistakes(tmp_path, text))


def test_an_empty_file_is_a_file_without_sources(tmp_path: Path) -> None:
    assert load(tmp_path, "") == ()
