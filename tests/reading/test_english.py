"""English texts on made-up headlines and posts: what happened, what only sounds like it, and how many were struck."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.core.model import CASUALTY_FIELDS, Decoy, Item
from monitor.core.reading.assess import Reader
from monitor.core.reading.english import read
from monitor.core.text import fold
from tests.reading.conftest import Shipped

TOLD = {
    "Factory fire kills 12 in Riverton, officials say": "fire",
    "Mine collapse traps 14 workers underground": "coal_mine",
    "Two trains collide near Oldbury station, at least 30 hurt": "rail",
    "Chemical plant blast: death toll rises to 26": "chemical",
    "Dam bursts in southern province, villages submerged": "flood",
    "Roof of shopping mall collapses, people feared trapped": "collapse",
    "Cargo ship sinks in strait; 11 crew missing": "water_transport",
    "Scaffolding collapse at power station kills eight": "construction",
    "Carbon monoxide poisoning kills family of four": "poisoning",
    "A fire broke out in a hotel early on Sunday, killing 16 people, state media reported.": "fire",
}

DECOYS = {
    "Court sentences factory owner to 5 years over blast that killed 12": Decoy.COURT_CASE,
    "Fire brigade holds evacuation drill at primary school": Decoy.DRILL,
    "Ten years after the mine disaster, families hold memorial": Decoy.ANNIVERSARY,
    "Inquiry into bridge collapse publishes final report": Decoy.INVESTIGATION,
    "Study finds flood risk is rising in coastal cities": Decoy.STATISTICS,
    "How to protect your home from fire this winter": Decoy.EDUCATION,
    "Novel about a plane crash wins literary prize": Decoy.FICTION,
    "Team suffers collapse in second half, loses final": Decoy.SPORT,
    "Stocks crash as investors flee technology shares": Decoy.METAPHOR,
}

TALK = (
    "omg i'm literally drowning in homework lol",
    "Had a panic attack before the exam, what a disaster of a week",
    "my phone battery died again and i feel dead inside",
    "This new album is an explosion of colour",
    "Won by a landslide! Best coach ever",
    "Lightning cable, 2 metres, black, free shipping",
)

FIGURES = {
    "12 coal miners confirmed dead after gas explosion": {"deaths": 12},
    "Gas explosion at apartment block leaves 5 injured": {"injured": 5},
    "Fire guts textile mill; nine workers burned to death": {"deaths": 9},
    "Floods: death toll passes 300, with 780 people still missing": {"deaths": 300, "missing": 780},
    "Bus crash kills family of four": {"deaths": 4},
    "Number of people killed in building collapse rises above 400": {"deaths": 400},
    "Explosion leaves over 100 seriously injured": {"injured": 100, "serious": 100},
    "Students fall ill after lunch, 40 taken to hospital": {"injured": 40},
    "Landslide blocks railway, no casualties reported": {"deaths": 0, "injured": 0},
    "Storm destroys 200 homes and kills 30 percent of livestock": {},
    "Thirty trapped in flooded mine": {"trapped": 30},
    "12 killed 70 injured in train derailment": {"deaths": 12, "injured": 70},
    "At least 12 killed in worst bus crash in 20 years": {"deaths": 12},
    "Floods kill 400 people every year": {},
}


@pytest.mark.parametrize("title", TOLD)
def test_a_report_is_believed_and_its_kind_is_named(reader: Reader, title: str) -> None:
    found = reader.assess(Item(title=title))
    assert (found.is_incident, found.kind) == (True, TOLD[title])


@pytest.mark.parametrize("title", DECOYS)
def test_a_decoy_is_disbelieved_and_its_class_is_named(reader: Reader, title: str) -> None:
    found = reader.assess(Item(title=title))
    assert (found.is_incident, found.decoy) == (False, DECOYS[title])


@pytest.mark.parametrize("title", TALK)
def test_talk_that_borrows_the_words_of_disaster_is_no_incident(reader: Reader, title: str) -> None:
    assert not reader.assess(Item(title=title)).is_incident


@pytest.mark.parametrize("title", FIGURES)
def test_figures_are_read_from_the_number_outwards(reader: Reader, title: str) -> None:
    casualties = reader.assess(Item(title=title)).casualties
    found = {name: value for name in CASUALTY_FIELDS if (value := casualties.value(name)) is not None}
    assert found == FIGURES[title]


def test_a_decoy_word_takes_points_from_a_report(words: Shipped) -> None:
    report, court = "Blast at factory kills 12 workers", "Blast at factory kills 12 workers, court hears"
    assert read(words[1], court, fold(court)).points < read(words[1], report, fold(report)).points


def test_a_stop_phrase_hides_the_words_inside_it(words: Shipped) -> None:
    assert {role for _, role, _ in words[1].found(" panic attack")} == {"stop"}
    assert "class:arms" in {role for _, role, _ in words[1].found(" attack")}


def test_a_phrase_names_the_kinds_of_its_words(words: Shipped) -> None:
    assert "kind:water_transport" in {role for _, role, _ in words[1].found(" ferry sinks")}
    assert "kind:flood" in {role for _, role, _ in words[1].found(" floods")}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(alphabet=" abdeiklmnrst0123456789,.:+%#@'\"?!-", max_size=200))
def test_no_english_text_breaks_the_reader(reader: Reader, text: str) -> None:
    item = Item(title="at least", text=f"{text} dead")
    found = reader.assess(item)
    for name in CASUALTY_FIELDS:
        figure = getattr(found.casualties, name)
        assert figure is None or (figure.value >= 0 and figure.offset < len(item.title) + len(item.text) + 1)
