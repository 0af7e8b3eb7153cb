"""What makes a publication of ours one about an incident: pure, with hypothesis for what must never happen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.own_releases import load_release_words
from monitor.core.evidence.matching import Subject
from monitor.core.model import Assessment, Casualties, Figure, Place, ResponseKind
from monitor.core.offers.offer import Aside, Form
from monitor.core.offers.recognising import Known, Published, recognise
from tests.responders.console.station import T0

WORDS = load_release_words()
H = timedelta(hours=1)
PLACE = Place("620000", "620300", "620302", "金川区")
SUBJECT = Subject(
    title="金昌市金川区一化工仓库发生爆炸",
    codes=frozenset({"620300", "620302"}),
    places=frozenset({"金昌市", "金昌", "金川区", "金川"}),
    kinds=frozenset({"explosion"}),
    kind_words=frozenset({"爆炸"}),
    figures={"deaths": 11},
    began_at=T0,
)
KNOWN = Known(matter_id=1, subject=SUBJECT, place=PLACE, occurred_at=T0)
READ = Assessment(is_incident=True, kind="explosion", place=PLACE, casualties=Casualties(deaths=Figure(11)))
RELEASE = Published(
    item_id=1,
    source="site",
    title="金川区化工仓库爆炸事故情况通报",
    text="金昌市金川区一化工仓库发生爆炸，造成11人死亡。",
    url="https://site.example.cn/1",
    found_at=T0 + 2 * H,
    published_at=T0 + H,
    read=READ,
)


def aside(published: Published, known: Known = KNOWN, **beside: object) -> Aside | str | None:
    found = recognise(published, known, WORDS, **beside)  # type: ignore[arg-type]
    return "nothing" if found is None else found.aside


def test_a_release_is_recognised() -> None:
    found = recognise(RELEASE, KNOWN, WORDS)
    assert found is not None
    assert (found.form, found.aside) == (Form.FIRST, None)


def test_what_was_published_before_it_began_is_set_aside() -> None:
    assert aside(replace(RELEASE, published_at=T0 - 2 * H)) is Aside.BEFORE
    assert aside(replace(RELEASE, published_at=T0 - H)) is None


def test_two_days_apart_are_two_happenings_unless_grouping_says_otherwise() -> None:
    other = replace(RELEASE, read=replace(READ, occurred_at=T0 - 48 * H))
    assert aside(other) == "nothing"
    assert aside(other, placed="joined") is None
    assert aside(replace(RELEASE, read=replace(READ, occurred_at=T0 - 24 * H))) is None


def test_where_nobody_died_it_is_not_the_one_with_eleven_dead() -> None:
    unhurt = replace(READ, casualties=Casualties(deaths=Figure(0)))
    assert aside(replace(RELEASE, read=unhurt), placed="joined") == "nothing"


def test_place_and_kind_alone_are_not_enough() -> None:
    text = "金川区发生一起爆炸。"
    bare = replace(RELEASE, title="情况通报", text=text, read=replace(READ, casualties=Casualties()))
    assert aside(bare) == "nothing"
    assert aside(bare, placed="joined") == "nothing"


@pytest.mark.parametrize("placed", ["related", "unplaced", ""])
def test_a_loose_placing_does_not_lower_the_bar(placed: str) -> None:
    text = replace(
        RELEASE, title="情况通报", text="某地造成11人死亡。", read=replace(READ, place=Place(), kind="other")
    )
    assert aside(text, placed=placed) == "nothing"


def test_a_further_one_follows_a_response_or_a_release_of_ours() -> None:
    later = replace(RELEASE, item_id=2, title="化工仓库爆炸事故通报")
    answered = replace(KNOWN, kinds=frozenset({ResponseKind.AUTHORITATIVE_RELEASE}))
    for known, before in ((answered, ()), (KNOWN, (RELEASE,))):
        found = recognise(later, known, WORDS, before=before)
        assert found is not None
        assert found.form is Form.FURTHER


@given(
    st.text(max_size=40),
    st.text(max_size=200),
    st.sampled_from(["", "joined", "opened", "related", "denies", "by_person"]),
)
def test_no_text_without_the_place_is_ever_offered_unless_grouping_put_it_there(
    title: str, text: str, placed: str
) -> None:
    elsewhere = Assessment(is_incident=True, kind="explosion", place=Place("110000", "110100", "110105", "朝阳区"))
    published = replace(RELEASE, title=title, text=text, read=elsewhere)
    found = recognise(published, KNOWN, WORDS, placed=placed)
    if not any(name in f"{title}\n{text}" for name in SUBJECT.places):
        assert found is None


@given(
    st.lists(
        st.sampled_from(["通报", "爆炸", "金川区", "11人死亡", "新华社", "来源：", "吸取", "实录", "\n"]), max_size=12
    )
)
def test_the_words_never_disagree_with_themselves(parts: list[str]) -> None:
    """The same text is always the same, and a twin of what was recognised is the same and no second offer."""
    published = replace(RELEASE, text="".join(parts))
    first, again = recognise(published, KNOWN, WORDS), recognise(published, KNOWN, WORDS)
    assert first == again
    twin = recognise(replace(published, item_id=9), KNOWN, WORDS, before=[published])
    if first is not None and first.aside is None:
        assert twin is not None
        assert twin.aside is Aside.SAME


PLAIN = replace(RELEASE, title="情况通报")


def test_the_plainest_title_is_no_repost_of_what_others_said_of_another_matter() -> None:
    assert aside(PLAIN, papers=frozenset({0, 7})) is None
    assert aside(PLAIN, papers=frozenset({KNOWN.matter_id})) is Aside.REPOST
    assert aside(replace(RELEASE, title="金川区爆炸情况通报"), papers=frozenset({7})) is None
    assert aside(RELEASE, papers=frozenset({0})) is Aside.REPOST


def test_two_releases_of_one_title_are_two() -> None:
    later = replace(PLAIN, item_id=2, url="https://site.example.cn/2", text=PLAIN.text.replace("11人", "13人"))
    later = replace(later, text=later.text + "金川区化工仓库爆炸，11人死亡。")
    assert aside(later, before=[PLAIN]) is None
    assert aside(later, replace(KNOWN, logged=frozenset({PLAIN.url}), twins=[PLAIN])) is None
    copied = replace(PLAIN, item_id=3, url="https://account.example.cn/3")
    assert aside(copied, before=[PLAIN]) is Aside.SAME
    assert aside(copied, replace(KNOWN, logged=frozenset({PLAIN.url}), twins=[PLAIN])) is Aside.KNOWN


@pytest.mark.parametrize(
    "title", ["金川区培训机构爆炸情况通报", "金川区采购中心爆炸情况通报", "关于金川区消防演练中人员伤亡的情况通报"]
)
def test_what_burns_may_be_called_like_what_releases_nothing(title: str) -> None:
    assert aside(replace(RELEASE, title=title)) is None


@pytest.mark.parametrize("title", ["金川区化工仓库爆炸警示教育", "金川区化工仓库爆炸应急演练举行"])
def test_what_releases_nothing_is_not_offered(title: str) -> None:
    assert aside(replace(RELEASE, title=title)) is Aside.NO_RELEASE
