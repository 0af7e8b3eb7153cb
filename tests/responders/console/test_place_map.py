"""The schematic map: every division of the first level has a tile of its own, and the right one is marked."""

from __future__ import annotations

from monitor.config.gazetteer import place_names
from monitor.core.model import Place
from monitor.core.naming import Names
from responders.console.place_map import TILES, tiles

NAMES = Names(places=place_names())


def test_each_division_of_the_first_level_has_its_own_tile() -> None:
    provinces = {code[:2] for code in NAMES.places if code.endswith("0000")}
    assert provinces - {"00"} <= TILES.keys()
    assert len(set(TILES.values())) == len(TILES)


def test_where_it_is_and_where_it_may_be_are_marked() -> None:
    found = tiles(Place("620000", "620300", "620302", among=("630000", "620400")), NAMES)
    assert [tile.code for tile in found if tile.here] == ["62"]
    assert [tile.code for tile in found if tile.maybe] == ["63"]
    assert next(tile.name for tile in found if tile.here) == "甘肃省"


def test_an_unknown_place_has_no_map() -> None:
    assert tiles(Place(), NAMES) == ()
    assert tiles(Place(name="somewhere"), NAMES) == ()
