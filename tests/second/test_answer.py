"""An answer is read by a closed form: what departs from it is no answer; what is made up is not believed."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.model import Decoy, Scope
from monitor.core.second.opinion import COUNTED, Certainty, Claim, Opinion, Shown
from monitor.core.second.support import made_up
from monitor.second.answer import UnreadableAnswer, opinion_of, schema
from monitor.second.asking import MOST_TEXT, as_data, cut
from tests.second.fake_model import NOTHING, reads

KINDS = ("fire", "explosion", "other")
GOOD = reads("甲市一仓库起火致3人死亡", kind="fire", deaths=3, place="甲市")


def read(value: Any) -> Opinion:
    return opinion_of(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), KINDS)


def test_an_answer_of_the_form_is_read() -> None:
    opinion = read(GOOD)
    assert (opinion.is_incident, opinion.scope, opinion.kind, opinion.place) == (True, Scope.DOMESTIC, "fire", "甲市")
    assert opinion.claims == {"deaths": Claim(3, "甲市一仓库起火致3人死亡")}
    assert (opinion.decoy, opinion.certainty, opinion.reports) == (None, Certainty.HIGH, True)
    assert not read(NOTHING).reports
    assert not read(GOOD | {"decoy": "drill"}).reports
    assert read(GOOD | {"decoy": "drill"}).decoy is Decoy.DRILL
    assert not read(GOOD | {"in_china": "no"}).reports


@pytest.mark.parametrize(
    "wrapping",
    ["{}", " \n{}\n", "```json\n{}\n```", "```\n{}\n```\n", "<think>先想想{{}}</think>\n{}", "想想</think>{}"],
)
def test_what_models_put_around_it_is_taken_off(wrapping: str) -> None:
    assert read(wrapping.format(json.dumps(GOOD, ensure_ascii=False))) == read(GOOD)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "无事故",
        "null",
        "[]",
        "{",
        json.dumps(GOOD) + " 以上。",
        json.dumps(GOOD) * 2,
        "[" * 100_000,
        '{"is_incident":' * 400,
        GOOD | {"reason": "多一个键"},
        {key: value for key, value in GOOD.items() if key != "missing"},
        GOOD | {"is_incident": "true"},
        GOOD | {"is_incident": 1},
        GOOD | {"deaths": 3},
        GOOD | {"deaths": {"count": "3", "quote": "甲市一仓库起火致3人死亡"}},
        GOOD | {"deaths": {"count": 3.5, "quote": "甲市一仓库起火致3人死亡"}},
        GOOD | {"deaths": {"count": -1, "quote": "甲市一仓库起火致3人死亡"}},
        GOOD | {"deaths": {"count": 10**30, "quote": "甲市一仓库起火致3人死亡"}},
        GOOD | {"deaths": {"count": 3, "quote": "x", "url": "http://evil.example"}},
        GOOD | {"kind": "fires"},
        GOOD | {"decoy": "nonsense"},
        GOOD | {"certainty": "certain"},
        GOOD | {"quote": "长" * 601},
        GOOD | {"place": None},
    ],
)
def test_anything_else_is_no_answer(bad: Any) -> None:
    with pytest.raises(UnreadableAnswer) as unreadable:
        read(bad)
    assert len(str(unreadable.value)) < 100
    assert "evil" not in str(unreadable.value)


claims = st.none() | st.fixed_dictionaries({"count": st.integers(0, 10**6), "quote": st.text(max_size=20)})
answers = st.fixed_dictionaries(
    {
        "is_incident": st.booleans(),
        "in_china": st.sampled_from(["yes", "no", "unknown"]),
        "kind": st.sampled_from(KINDS),
        **dict.fromkeys(COUNTED, claims),
        "place": st.text(max_size=20),
        "decoy": st.none() | st.sampled_from([decoy.value for decoy in Decoy]),
        "certainty": st.sampled_from(["high", "medium", "low"]),
        "quote": st.text(max_size=20),
    }
)


@given(answers)
def test_what_the_schema_allows_is_read(answer: dict[str, Any]) -> None:
    jsonschema.validate(answer, schema(KINDS))
    assert opinion_of(json.dumps(answer), KINDS).is_incident is answer["is_incident"]


TEXT = "甲市一仓库起火\n7月9日21时许，甲市一仓库起火，已致 3 人死亡、十二人受伤，另有2人失联。5辆消防车到场。"


def opinion(quote: str = "甲市一仓库起火", **figures: tuple[int, str]) -> Opinion:
    found = {name: Claim(*claim) for name, claim in figures.items()}
    return Opinion(is_incident=True, claims=found, quote=quote)


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        (opinion(), ""),
        (opinion("已致3人死亡、十二人受伤"), ""),
        (opinion("７月９日２１时许"), ""),
        (opinion("甲市一工厂起火"), "quote"),
        (opinion(""), "quote"),
        (opinion("火"), "quote"),
        (opinion("甲市一仓库起火，已致3人死亡"), ""),
        (opinion(deaths=(3, "已致3人死亡")), ""),
        (opinion(deaths=(30, "已致3人死亡")), "deaths"),
        (opinion(deaths=(30, "已致30人死亡")), "deaths"),
        (opinion(deaths=(9, "7月9日21时许")), "deaths"),
        (opinion(deaths=(21, "7月9日21时许，甲市一仓库起火")), "deaths"),
        (opinion(deaths=(5, "5辆消防车到场")), "deaths"),
        (opinion(injured=(12, "十二人受伤")), ""),
        (opinion(injured=(12, "死亡、十二人受伤"), missing=(2, "2人失联")), ""),
        (opinion(injured=(15, "3人死亡、十二人受伤")), "injured"),
        (opinion(deaths=(1, "甲市一仓库起火")), ""),
        (opinion(deaths=(1, "十二人受伤")), "deaths"),
        (opinion(deaths=(0, "甲市一仓库起火")), ""),
        (opinion(deaths=(0, "无人员伤亡")), "deaths"),
        (Opinion(is_incident=False), ""),
        (Opinion(is_incident=False, quote="没有这句话"), "quote"),
    ],
)
def test_only_what_the_text_bears_out_is_believed(told: Opinion, fault: str) -> None:
    assert made_up(told, TEXT) == fault


def test_english_numbers_may_be_words() -> None:
    text = "Explosion at plant\nTwelve workers were killed in the blast in Jia City on July 9."
    assert made_up(opinion("Explosion at plant", deaths=(12, "Twelve workers were killed")), text) == ""
    assert made_up(opinion("Explosion at plant", deaths=(11, "Twelve workers were killed")), text) == "deaths"


@given(st.text(max_size=200), st.text(max_size=200))
def test_no_text_leaves_its_string(title: str, text: str) -> None:
    data = as_data(Shown(title, text))
    assert not set(data) & set("<>&\n\r\u2028\u2029")
    assert {key: json.loads(data)[key] for key in ("title", "text")} == {"title": title, "text": text}


def test_no_more_than_the_beginning_is_sent() -> None:
    sent = cut(Shown("题" * 5000, "文" * 50_000 + "\x00\ud800"))
    assert (len(sent.title), len(sent.text)) == (300, MOST_TEXT)
