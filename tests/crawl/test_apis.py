"""JSON answers are read by paths and templates."""

import json

import pytest

from monitor.core.fetched import DropReason
from monitor.core.sources import ApiRule, FailureKind
from monitor.crawl.apis import pick, read_api, walk
from monitor.crawl.raw import Unreadable

HOT = {
    "ok": 1,
    "data": {
        "realtime": [
            {"word": "某地化工厂爆炸", "num": 1234567, "time": 1783600000},
            {"word": "买一送一", "num": 9, "is_ad": 1},
            {"num": 5},
            "stray",
            {"word": "C&D #1/2?", "num": 3, "is_ad": 0},
        ]
    },
}
RULE = ApiRule(
    items="data.realtime[]",
    title="word",
    url="https://s.example/q?q=%23{word}%23",
    time="time",
    heat="num",
    skip_if="is_ad",
)


def test_a_hot_list_is_read_and_everything_left_out_has_a_reason() -> None:
    document = read_api(json.dumps(HOT), RULE)
    assert [entry.title for entry in document.entries] == ["某地化工厂爆炸", "C&D #1/2?"]
    assert (document.entries[0].heat, document.entries[0].time) == ("1234567", "1783600000")
    assert document.entries[1].link == "https://s.example/q?q=%23C%26D%20%231%2F2%3F%23"
    reasons = [drop.reason for drop in document.dropped]
    assert reasons == [DropReason.ADVERTISEMENT, DropReason.NO_TITLE, DropReason.NO_CONTENT]


@pytest.mark.parametrize(
    "text",
    [
        'callback({"data": {"realtime": [{"word": "起火"}]}});',
        'var data = {"data": {"realtime": [{"word": "起火"}]}};',
        '\ufeff {"data": {"realtime": [{"word": "起火"}]}}',
        '/**/ cb_1({"data": {"realtime": [{"word": "起火"}]}})',
    ],
)
def test_json_in_a_callback_or_a_script_is_found(text: str) -> None:
    assert read_api(text, RULE).entries[0].title == "起火"


def test_json_inside_a_page_is_found_after_its_mark() -> None:
    page = '<html><script>var a = {};</script><!--s-data:{"cards": [{"word": "起火"}]}--></html>'
    rule = ApiRule(items="cards[]", title="word", after="<!--s-data:")
    assert read_api(page, rule).entries[0].title == "起火"
    with pytest.raises(Unreadable) as failure:
        read_api("<html></html>", rule)
    assert failure.value.kind is FailureKind.NOTHING_MATCHED


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("", [{"a": [[1, 2], [3]], "b": {"x": 4, "y": 5}}]),
        ("b.x", [4]),
        ("a[]", [[1, 2], [3]]),
        ("a[][]", [1, 2, 3]),
        ("a[0][1]", [2]),
        ("a[7]", []),
        ("b.*", [4, 5]),
        ("b[]", []),
        ("nothing.here", []),
    ],
)
def test_paths(path: str, found: list[object]) -> None:
    assert list(walk({"a": [[1, 2], [3]], "b": {"x": 4, "y": 5}}, path)) == found


def test_templates_need_all_their_values() -> None:
    item = {"place": "某县", "size": 5.1, "none": None}
    assert pick(item, "{place}发生{size}级地震") == "某县发生5.1级地震"
    assert pick(item, "{place}{none}") == ""
    assert pick(item, "none") == ""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", FailureKind.NOT_JSON),
        ("<html>busy</html>", FailureKind.NOT_JSON),
        ('{"data": {"realtime": [', FailureKind.NOT_JSON),
        ('{"a":' * 100_000, FailureKind.NOT_JSON),
        ("[" * 100_000, FailureKind.NOT_JSON),
        ('{"data": {"realtime": [' + "9" * 5000 + "]}}", FailureKind.NOT_JSON),
        ('{"ok": -100, "url": "https://passport.example"}', FailureKind.NOTHING_MATCHED),
        ('{"data": {"realtime": []}}', FailureKind.EMPTY),
        ("[]", FailureKind.EMPTY),
        ('{"data": {"realtime": [{"words": "x"}]}}', FailureKind.NOTHING_MATCHED),
    ],
)
def test_other_answers_say_what_they_are(text: str, kind: FailureKind) -> None:
    with pytest.raises(Unreadable) as failure:
        read_api(text, RULE)
    assert failure.value.kind is kind
