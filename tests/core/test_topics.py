"""What titles share with an incident and with little else."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.incidents.topics import TODAYS_TALK, Background, Pulse, Topic, terms_of

T0 = datetime(2026, 7, 1, tzinfo=UTC)
D = timedelta(days=1)


def background(*titles: str, days: float = 10) -> Background:
    heard = Background()
    for n, title in enumerate(titles):
        heard.hear(terms_of(title), T0 - days * D + n * timedelta(minutes=1))
    heard.hear(frozenset(), T0)
    return heard


def test_terms_are_pairs_of_characters_latin_words_and_numbers_that_name() -> None:
    assert terms_of("某桥垮塌") == {"某桥", "桥垮", "垮塌"}
    assert terms_of("K599次列车 Wi-Fi 2024年 35人") == {"k599", "列车", "wi", "fi", "2024"}
    assert terms_of("") == frozenset()


def test_what_stands_in_any_english_title_is_no_term() -> None:
    assert terms_of("The fire is out, and a man has been found at the mill") == {"fire", "man", "found", "mill"}
    assert terms_of("Who will it be?") == frozenset()


def test_what_a_number_counts_is_no_term() -> None:
    assert "人死" not in terms_of("3人死亡")
    assert "死亡" in terms_of("3人死亡")


def test_a_term_of_the_topic_speaks_for_it_and_a_common_one_hardly() -> None:
    heard = background(*["明星发声"] * 300, *["某桥通车"] * 2)
    topic = Topic()
    for n in range(4):
        topic.hear(terms_of("某桥垮塌发声"), T0 + n * timedelta(hours=1), reports=True)
    shares = heard.shares(terms_of("某桥垮塌发声"), T0)
    assert topic.gain("垮塌", shares["垮塌"]) > topic.gain("某桥", shares["某桥"]) > topic.gain("发声", shares["发声"])
    assert topic.likeness(shares) > 0 > topic.likeness(heard.shares(terms_of("新剧开播预告"), T0))


def test_only_reports_root_a_topic() -> None:
    topic = Topic()
    topic.hear(terms_of("某桥垮塌"), T0, reports=True)
    for n in range(20):
        topic.hear(terms_of("车主获奖"), T0 + n * timedelta(hours=1), reports=False)
    assert topic.roots == terms_of("某桥垮塌")
    assert topic.rooted(background().shares(terms_of("车主获奖"), T0)) == 0
    assert topic.reports == 1


def test_todays_talk_does_not_make_its_own_terms_common() -> None:
    heard = background()
    before = heard.shares({"某桥"}, T0)["某桥"]
    for n in range(500):
        heard.hear(terms_of("某桥垮塌"), T0 + n * timedelta(minutes=1))
    assert heard.shares({"某桥"}, T0 + D)["某桥"] <= before * 1.1
    later = T0 + TODAYS_TALK + 2 * D
    heard.hear(frozenset(), later)
    assert heard.shares({"某桥"}, later)["某桥"] > 10 * before


def test_old_talk_fades_and_years_of_it_overflow_nothing() -> None:
    heard = background(*["某桥通车"] * 100)
    once = heard.shares({"某桥"}, T0)["某桥"]
    for n in range(2000):
        heard.hear(terms_of("天气晴好"), T0 + n * D)
    after = heard.shares({"某桥", "天气"}, T0 + 2000 * D)
    assert after["某桥"] < once / 10
    assert 0 < after["某桥"] < after["天气"] < 1


@given(st.lists(st.integers(0, 10_000), max_size=30))
def test_a_pulse_never_counts_more_than_its_beats(minutes: list[int]) -> None:
    pulse = Pulse()
    for minute in sorted(minutes):
        pulse.beat(T0 + timedelta(minutes=minute))
    now = pulse.now(T0 + timedelta(minutes=10_000))
    assert 0 <= now <= len(minutes)
    assert pulse.now(T0 + timedelta(days=30)) <= now
