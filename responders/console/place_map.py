"""Where an incident lies, on a schematic map: one tile for each division of the first level, about where it is.

No outline is drawn: what is shown needs no data but the codes of GB/T 2260, and claims no border.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.core.model import Place
from monitor.core.naming import Names

# Column and row of each tile, by the first two digits of the code.
TILES = {
    "23": (9, 0), "15": (6, 1), "22": (9, 1), "65": (0, 2), "62": (3, 2), "64": (4, 2), "14": (6, 2), "13": (7, 2),
    "11": (8, 2), "21": (9, 2), "63": (2, 3), "61": (5, 3), "41": (6, 3), "37": (7, 3), "12": (8, 3), "54": (1, 4),
    "51": (3, 4), "50": (4, 4), "42": (5, 4), "34": (7, 4), "32": (8, 4), "31": (9, 4), "52": (4, 5), "43": (5, 5),
    "36": (7, 5), "33": (8, 5), "53": (3, 6), "45": (4, 6), "44": (6, 6), "35": (7, 6), "71": (9, 6), "46": (5, 7),
    "82": (6, 7), "81": (7, 7),
}  # fmt: skip
STEP_X, STEP_Y = 36, 24


@dataclass(frozen=True, slots=True)
class Tile:
    """A division of the first level; `here` where the incident lies, `maybe` where it may lie."""

    code: str
    name: str
    x: int
    y: int
    here: bool
    maybe: bool


def tiles(place: Place, names: Names) -> tuple[Tile, ...]:
    """Return the tiles of the map; none where nobody knows in which division the incident lies."""
    here = (place.code or "")[:2]
    maybe = {code[:2] for code in place.among} - {here}
    if here not in TILES and not maybe & TILES.keys():
        return ()
    return tuple(
        Tile(code, names.division(f"{code}0000"), column * STEP_X, row * STEP_Y, code == here, code in maybe)
        for code, (column, row) in TILES.items()
    )
